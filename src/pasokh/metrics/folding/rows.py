"""Rows of facts on their way out of a fold."""

from collections.abc import Callable, Iterator
from typing import Protocol

from pasokh.kernel.time import MINUTE, Instant, Millis

QUARTER: Millis = 15 * MINUTE
SOURCE = "log"
type Row = dict[str, str | int | None]
type Local = Callable[[Instant], Instant]
"""The wall clock of an instant."""


class Sink(Protocol):
    """Takes rows as they come to be. A row of the same key replaces the one before it."""

    def tell(self, table: str, row: Row, *, settled: bool = False) -> None:
        """A row as it stands; it may be changed until the next event. `settled` = this fold never changes it again."""

    def withdraw(self, table: str, row: Row) -> None:
        """There is no such row any more; of `row` only the key and the first clock are given."""


def quarters(begun: Instant, end: Instant) -> Iterator[tuple[Instant, Instant]]:
    """A stretch of time in pieces, none of which goes over a quarter of an hour."""
    while begun < end:
        cut = min(end, begun - begun % QUARTER + QUARTER)
        yield begun, cut
        begun = cut


def number(value: object) -> int:
    """A number of a row; 0 for none."""
    return value if isinstance(value, int) else 0
