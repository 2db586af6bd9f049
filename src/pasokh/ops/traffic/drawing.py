"""Chance for drawn people: every number comes from the seed and how often it was asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pasokh.acd import commands as cmd
from pasokh.acd.model import Phase
from pasokh.acd.state import State
from pasokh.kernel.time import Millis
from pasokh.twin.draw import Purpose, key_of, span, uniform
from pasokh.twin.scenario import Lognormal

READING = Lognormal(5.0, 0.6)
TALK_TURN = Lognormal(9.0, 0.7)


@dataclass(frozen=True, slots=True)
class Due:
    """A command to be handed in after `delay_ms`, if `still` holds then."""

    delay_ms: Millis
    command: cmd.AnyCommand
    still: Callable[[State], bool]
    picture: bool = False
    """A picture goes with it (a message)."""


@dataclass(slots=True)
class Drawing:
    """One sequence of drawn numbers."""

    seed: int
    asked: int = 0
    _keys: dict[Purpose, int] = field(default_factory=dict)

    def wait(self, spans: Lognormal) -> Millis:
        """A while, never less than a third of a second."""
        return max(span(spans, self.draw(Purpose.SERVICE)), 300)

    def one[T](self, items: Sequence[T]) -> T:
        """One of them."""
        return items[self.number(len(items))]

    def number(self, below: int) -> int:
        """A whole number from 0."""
        return int(self.draw(Purpose.JITTER) * below)

    def draw(self, purpose: Purpose) -> float:
        """The next number in [0, 1) for a purpose."""
        self.asked += 1
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = key_of(self.seed, purpose, "live")
        return uniform(key, self.asked)


def phase_of(state: State, interaction: str) -> Phase | None:
    """Where it stands; None when it is over."""
    found = state.interactions.get(interaction)
    return found.phase if found else None


def has(state: State, agent: str, interaction: str, *phases: Phase) -> bool:
    """Whether this agent has the interaction in one of the phases (it may have gone to another since)."""
    found = state.interactions.get(interaction)
    return found is not None and found.agent == agent and found.phase in phases


def stands(interaction: str, *phases: Phase) -> Callable[[State], bool]:
    """Asks whether an interaction is in one of the phases."""
    return lambda state: phase_of(state, interaction) in phases


def holds(agent: str, interaction: str, *phases: Phase) -> Callable[[State], bool]:
    """Asks whether an agent has it in one of the phases."""
    return lambda state: has(state, agent, interaction, *phases)


def goes_on(interaction: str) -> Callable[[State], bool]:
    """Asks whether it is not over."""
    return lambda state: interaction in state.interactions
