"""What the engine needs besides the store: carriers that perform effects, and the organisations' zones."""

from collections.abc import Collection, Sequence
from typing import Protocol

from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect
from pasokh.acd.events import AnyEvent
from pasokh.acd.state import Call, Interaction, State
from pasokh.kernel.time import Instant


class Carrier(Protocol):
    """Performs the effects of the channels it is registered for."""

    @property
    def name(self) -> str:
        """Names it in metrics and logs."""

    @property
    def in_log(self) -> bool:
        """Whether the committed event itself is the performance, so that nothing is left to do or resume."""

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Do it; done twice with the same effect id it must have happened once.

        Raises `EffectRefusedError` when it can never succeed; any other exception means: try again later.
        """

    async def reconcile(
        self, org: str, held: Sequence[Interaction], calls: Sequence[Call], undone: Collection[str]
    ) -> list[AnyCommand]:
        """Compare what the core holds open on this carrier's channels with what is there outside.

        `calls` wait for nobody yet; `undone` names interactions with effects still to be performed. Called once at
        every takeover, before anything else is done, also where nothing is held. Returns the commands
        that bring the core in line, such as `LeaveContact` for a caller who hung up while nobody led.
        """

    async def leave(self, org: str) -> None:
        """Act for this organisation no longer: the lead is over. What is there outside stays as it is."""


class Follower(Protocol):
    """Looks on in the engine's own process: what is decided, once it is durable. Must be quick, and changes nothing."""

    def begin(self, org: str, state: State) -> None:
        """A lead begins with this state, which the engine goes on changing."""

    def follow(self, org: str, events: Sequence[tuple[AnyEvent, Instant]]) -> None:
        """These events were recorded; the state has them all already."""

    def end(self, org: str) -> None:
        """The lead is over; the state is worth nothing any more."""


class Zones(Protocol):
    """Where organisations live."""

    async def zone(self, org: str) -> str:
        """The IANA name of the organisation's time zone."""


class OneZone:
    """Every organisation in the same zone."""

    def __init__(self, name: str = "UTC") -> None:
        self._name = name

    async def zone(self, org: str) -> str:  # noqa: ARG002 - the port's shape
        """The one zone."""
        return self._name


class LogCarrier:
    """For channels that browsers follow through the log (chat, the desk): a committed event has arrived."""

    name = "log"
    in_log = True

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Nothing is left to do: whoever follows the log has it."""

    async def reconcile(
        self, org: str, held: Sequence[Interaction], calls: Sequence[Call], undone: Collection[str]
    ) -> list[AnyCommand]:  # fmt: skip
        """The log is all there is."""
        del org, held, calls, undone
        return []

    async def leave(self, org: str) -> None:
        """Nothing was held."""
