"""Who is to be joined with whom, and the moves that bring it about. Pure: the same for a live call and after a crash.

Every change of a call is made the same way: say how it is to be (`wanted`), look how it is (`Seen`), make the
difference (`moves`). So an engine that takes over finds its calls in whatever state they were left, and goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Party(StrEnum):
    """Whom the agent talks with while a consult is open."""

    CUSTOMER = "customer"
    HELPER = "helper"
    BOTH = "both"


@dataclass(slots=True)
class Talk:
    """One interaction by voice, as the core decided it. Empty names mean nobody."""

    interaction: str
    contact: str
    caller: str = ""
    """Channel of the customer; empty while there is none (a callback before it is dialled)."""
    number: str = ""
    """The customer's, as given: shown by the telephones that ring for the talk."""
    dialled: bool = False
    """We called the customer: one who is gone is called again, as long as the callback is open."""
    for_agent: str = ""
    """The agent whose telephone rings once the customer who is being dialled is there."""
    agent: str = ""
    """Who serves the customer; nobody = the customer waits."""
    held: bool = False
    consult: str = ""
    helper: str = ""
    """Who answered the consult."""
    party: Party = Party.CUSTOMER
    busy: bool = False
    """The customer is being spoken to by the switch itself (a menu, a survey): no music, no bridge."""
    unrecorded: bool = False
    """The agent paused the recording, perhaps before there was one (a callback whose customer still rings)."""
    barging: tuple[str, ...] = ()
    """Channels of supervisors who take part."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which channels are joined in which bridge, and which hear music."""

    bridges: Mapping[str, frozenset[str]] = field(default_factory=dict)
    music: frozenset[str] = frozenset()


def bridge_of(interaction: str) -> str:
    """The bridge of an interaction's talk."""
    return f"b-{interaction}"


def wanted(talk: Talk, legs: Mapping[str, str]) -> Arrangement:
    """How a talk is to be. `legs`: agent → channel, of telephones that were answered."""
    agent, helper = legs.get(talk.agent, ""), legs.get(talk.helper, "")
    main: set[str] = set()
    aside: set[str] = set()
    if agent:
        (aside if helper and talk.party is Party.HELPER else main).add(agent)
    if helper:
        if talk.party is Party.HELPER:
            aside.add(helper)
        elif talk.party is Party.BOTH:
            main.add(helper)
    if talk.caller and not talk.busy and not talk.held and main:
        main.add(talk.caller)
    main.update(talk.barging if main else ())
    bridges = {bridge_of(talk.interaction): frozenset(main)} if main else {}
    if aside:
        bridges[bridge_of(talk.consult)] = frozenset(aside)
    joined = main | aside
    alone = {helper} if helper and helper not in joined else set()
    if talk.caller and not talk.busy and talk.caller not in joined:
        alone.add(talk.caller)
    return Arrangement(bridges, frozenset(alone))


# -- what is there -------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Seen:
    """What is there: listed at a takeover, then kept by the exchange's own moves and the ends of channels.

    Nobody else moves channels of this organisation. What the switch tells of bridges comes later than the next move
    may be made, so it would only make the picture older.
    """

    bridges: dict[str, set[str]] = field(default_factory=dict)
    music: set[str] = field(default_factory=set)

    def gone(self, channel: str) -> None:
        """A channel is no more."""
        self.music.discard(channel)
        for members in self.bridges.values():
            members.discard(channel)


@dataclass(frozen=True, slots=True)
class Create:
    """A bridge is made."""

    bridge: str


@dataclass(frozen=True, slots=True)
class Destroy:
    """A bridge nobody needs any more."""

    bridge: str


@dataclass(frozen=True, slots=True)
class Add:
    """A channel joins a bridge."""

    bridge: str
    channel: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A channel leaves a bridge."""

    bridge: str
    channel: str


@dataclass(frozen=True, slots=True)
class Music:
    """Music for a channel begins or ends."""

    channel: str
    on: bool


type Move = Create | Destroy | Add | Remove | Music


def moves(talk: Talk, arrangement: Arrangement, seen: Seen) -> list[Move]:
    """What leads from what is seen to the arrangement, and nothing for what is so already.

    Music ends before anybody is joined (a channel that keeps its music hears both), nobody is ever in two bridges,
    and a bridge goes when it is empty.
    """
    own = {bridge_of(talk.interaction), bridge_of(talk.consult)} if talk.consult else {bridge_of(talk.interaction)}
    bridges = {name: set(seen.bridges[name]) for name in own | set(arrangement.bridges) if name in seen.bridges}
    joined = {channel for members in arrangement.bridges.values() for channel in members}
    made: list[Move] = [Music(channel, on=False) for channel in sorted(joined & seen.music)]
    made += [Create(name) for name in sorted(arrangement.bridges) if name not in bridges]
    for name, members in sorted(bridges.items()):
        made += [Remove(name, channel) for channel in sorted(members - arrangement.bridges.get(name, frozenset()))]
    for name, wanted_members in sorted(arrangement.bridges.items()):
        made += [Add(name, channel) for channel in sorted(wanted_members - bridges.get(name, set()))]
    made += [Music(channel, on=True) for channel in sorted(arrangement.music - seen.music)]
    if talk.busy and talk.caller in seen.music:
        made.append(Music(talk.caller, on=False))
    made += [Destroy(name) for name in sorted(bridges) if name not in arrangement.bridges]
    return made


def made(seen: Seen, done: Iterable[Move]) -> None:
    """Note moves as carried out."""
    for move in done:
        match move:
            case Create(bridge):
                seen.bridges.setdefault(bridge, set())
            case Destroy(bridge):
                seen.bridges.pop(bridge, None)
            case Add(bridge, channel):
                for members in seen.bridges.values():
                    members.discard(channel)
                seen.bridges.setdefault(bridge, set()).add(channel)
            case Remove(bridge, channel):
                seen.bridges.get(bridge, set()).discard(channel)
            case Music(channel, on):
                (seen.music.add if on else seen.music.discard)(channel)
