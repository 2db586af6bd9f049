"""Calls to the outside, and what they cost. Amounts are millionths of the currency."""

from pasokh.acd.model import Terms
from pasokh.kernel.messages import Event
from pasokh.kernel.time import Millis


class DialBegun(Event, tag="dial.begun", frozen=True):
    """A number outside is being called."""

    call: str
    purpose: str
    terms: Terms
    prefix: str = ""
    interaction: str = ""


class DialAnswered(Event, tag="dial.answered", frozen=True):
    """It costs from now on."""

    call: str


class DialEnded(Event, tag="dial.ended", frozen=True):
    """It is over, and cost so much. `day` and `month` are those in which it began: the budget it belongs to."""

    call: str
    purpose: str
    answered: bool
    talk_ms: Millis
    cost: int
    currency: str
    day: str
    month: str
    prefix: str = ""
    interaction: str = ""


class DialsKept(Event, tag="dials.kept", frozen=True):
    """Which calls were found to be there after nobody had looked for a while, where that was news."""

    calls: tuple[str, ...]
    answered: tuple[str, ...]


class SpendReached(Event, tag="spend.reached", frozen=True):
    """The calls of a ``day`` or ``month`` (`span`) cost `percent` of its limit, calls under way included."""

    span: str
    percent: int
    spent: int
    limit: int
    currency: str


class SpendEased(Event, tag="spend.eased", frozen=True):
    """It is less again: another day or month began, or the limit was raised."""

    span: str
    percent: int
