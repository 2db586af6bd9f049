"""How those who wait stand, from the engine's own state: place, a wait that can be trusted, open incidents."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from pasokh.acd.events import AnyEvent
from pasokh.acd.model import Channel, Phase, capacity_class
from pasokh.acd.state import Interaction, State
from pasokh.acd.waits import Waits
from pasokh.kernel.time import Instant, Millis

_STANDING = (Phase.QUEUED, Phase.OFFERED)
_VOICE = capacity_class(Channel.VOICE)


class Standing(NamedTuple):
    """What may be told to somebody who waits; 0 = nothing."""

    place: int = 0
    low_ms: Millis = 0
    high_ms: Millis = 0


class Places:
    """`pasokh.engine.ports.Follower` of every lead of this process."""

    def __init__(self) -> None:
        self._leads: dict[str, tuple[State, Waits]] = {}

    # -- following -----------------------------------------------------------------------------------------------------
    def begin(self, org: str, state: State) -> None:
        """Forecasts begin anew: they are silent until enough was seen."""
        self._leads[org] = (state, Waits())

    def follow(self, org: str, events: Sequence[tuple[AnyEvent, Instant]]) -> None:
        """Learn from what was recorded.

        The state is that after the whole turn: who was offered in the same turn has waited for nothing and teaches
        nothing.
        """
        state, waits = self._leads[org]
        for event, at in events:
            waits.fold(state, event, at)

    def end(self, org: str) -> None:
        """Nothing is known any more."""
        self._leads.pop(org, None)

    # -- asking --------------------------------------------------------------------------------------------------------
    def standing(self, org: str, interaction: str, now: Instant) -> Standing:
        """Place and wait of a caller, as far as they can be stated."""
        lead = self._leads.get(org)
        found = lead[0].interactions.get(interaction) if lead is not None else None
        if lead is None or found is None or found.phase not in _STANDING:
            return Standing()
        state, waits = lead
        expected = waits.trusted(interaction, now)
        low, high = (max(0, expected.low_at - now), max(0, expected.high_at - now)) if expected else (0, 0)
        return Standing(place_of(state, found), low, high)

    def call(self, org: str, interaction: str) -> Interaction | None:
        """What is known of a call that is offered."""
        lead = self._leads.get(org)
        return lead[0].interactions.get(interaction) if lead is not None else None

    def queue_names(self, org: str, queue: str) -> Mapping[str, str]:
        """What a queue is called, by language."""
        lead = self._leads.get(org)
        found = lead[0].queues.get(queue) if lead is not None else None
        return found.config.name if found is not None else {}

    def client(self, org: str, contact: str) -> str:
        """The client a contact is for."""
        lead = self._leads.get(org)
        found = lead[0].contacts.get(contact) if lead is not None else None
        return found.client if found is not None else ""

    def incident(self, org: str, queues: Collection[str], languages: Sequence[str]) -> str:
        """What customers are told of the latest incident in any of these queues, in the first language it has."""
        lead = self._leads.get(org)
        open_now = [] if lead is None else [each for each in lead[0].incidents.values() if {*each.queues} & {*queues}]
        for each in sorted(open_now, key=lambda incident: -incident.since):
            for language in (*languages, *each.texts):
                if text := each.texts.get(language, ""):
                    return text
        return ""


def place_of(state: State, who: Interaction) -> int:
    """The place among those who wait for the same kind of agent; 0 where no order can be stated.

    It can when all of them are alike to the router: one class, the same skills asked, nobody kept for or from an agent.
    """
    ahead = 1
    for other in state.interactions.values():
        if other.queue != who.queue or other.phase not in _STANDING or other.kind == "consult":
            continue
        if capacity_class(other.channel) != _VOICE:
            continue
        if (other.priority, other.requires) != (who.priority, who.requires):
            return 0
        if other.hold_agent is not None or other.barred_agent is not None:
            return 0
        ahead += _order(other) < _order(who)
    return ahead


def _order(i: Interaction) -> tuple[bool, Instant, int]:
    return i.phase is not Phase.OFFERED, i.queued_at - i.head_start_ms, i.number
