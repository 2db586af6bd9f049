"""What an exchange needs of others: the core behind its inbox, the telephones, and the flow of a caller."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from pasokh.acd.commands import AnyCommand
from pasokh.acd.model import Alternative, Terms
from pasokh.telephony.dial import Purpose
from pasokh.telephony.events import AnySwitchEvent, ChannelSnapshot


class Core(Protocol):
    """The one who decides."""

    async def ask(self, key: str, command: AnyCommand) -> None:
        """Put a command to it and wait for the answer; the same key again has no second effect.

        Raises `PasokhError`: the core's refusal, or ``command.unanswered`` when nobody decided in time.
        """

    async def note(self, key: str, command: AnyCommand) -> None:
        """Tell it something whose answer changes nothing: what is asked later is decided later. Raises as `ask`."""


class Fare(msgspec.Struct, frozen=True, kw_only=True):
    """What is told to the core before a number outside is dialled, so that caps and limits hold."""

    purpose: Purpose
    terms: Terms
    prefix: str = ""
    """By which it was priced."""


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is called."""

    endpoint: str
    """As the switch dials it, made from validated models."""
    headers: tuple[tuple[str, str], ...] = ()
    """Said to the telephone with the call: that it may answer by itself, and what for."""
    may_be_lost: bool = False
    """It never hangs up by itself (a browser): a talk it leaves was lost, not ended."""
    fare: Fare | None = None
    """Of a number outside; None for telephones that cost nothing."""


class Stations(Protocol):
    """The telephones of an organisation."""

    async def of_user(self, user: str) -> Station | None:
        """Where an agent or a supervisor is called; None while no telephone is there."""

    async def outside(self, address: str, purpose: Purpose = "callback", via: Sequence[str] = ()) -> Station:
        """How a number outside is dialled; raises `PasokhError` ``dial.*`` where the dial policy refuses it.

        `via`: numbers the call has come over, its caller first, as they were given; a loop is refused.
        """


class Whispers(Protocol):
    """What an agent's telephone says before it is joined with a customer."""

    async def before(self, agent: str, interaction: str) -> Sequence[str]:
        """What the switch plays to the agent who has just answered; nothing where nothing is wanted."""


class Silence:
    """Nothing is ever said."""

    async def before(self, agent: str, interaction: str) -> Sequence[str]:  # noqa: ARG002 - the port's
        """See `Whispers`."""
        return ()


class Agreed(msgspec.Struct, frozen=True):
    """What is known of a caller who is to be recorded."""

    consent: str = ""
    """`Position.consent`."""
    default: bool = False
    """Whether calls of the number called are recorded where no rule says anything."""
    caller: str = ""
    """E.164; empty when withheld."""


class Front(Protocol):
    """The part of a call that the switch leads: greeting, menus, what is said while waiting, surveys."""

    def callers(self) -> Mapping[str, tuple[str, str]]:
        """Of those it leads: (call, number called) by channel."""

    def keep(self, channels: Collection[str]) -> None:
        """Forget whoever is not among these: they are not there any more."""

    async def last_resort(self, number: str) -> str:
        """The queue of whoever called this number and cannot be served by a flow; empty for a number not ours."""

    async def enter(self, channel: ChannelSnapshot) -> None:
        """A caller came in, or came back from the dialplan."""

    def leads(self, channel: str) -> bool:
        """Whether a waiting caller is in its hands: then what is heard is its business."""

    def agreed(self, channel: str) -> Agreed:
        """What a caller said to being recorded."""

    def lane_of(self, sound: str) -> str:
        """The caller a playback or a recording belongs to: work of one caller comes in order."""

    async def hear(self, event: AnySwitchEvent) -> bool:
        """A key, the end of a sound, the caller's end; False where the caller is none of its own."""

    async def connected(self, channel: str, queue: str, agent: str) -> None:
        """An agent is about to talk with the caller: be silent."""

    async def waits(self, channel: str) -> None:
        """The caller waits again."""

    async def to_menu(self, channel: str, flow: str, node: str) -> None:
        """An agent sent the caller back to the menu: to a node of a flow, else to the start."""

    async def transfer_ended(self, channel: str, *, answered: bool) -> None:
        """The number outside answered, or did not."""

    async def offer(self, channel: str, interaction: str, options: Sequence[Alternative]) -> None:
        """Tell a waiting caller what else is possible."""

    async def part(self, channel: str, interaction: str, reason: str) -> bool:
        """The core is done with a caller; True where the front goes on with it (a survey), and hangs up itself."""
