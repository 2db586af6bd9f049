"""A zone's wall clock, in Python and as SQL: engines need know nothing of time zones."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pasokh.kernel.time import Instant

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)


class WallClock:
    """Between instants (milliseconds UTC) and the wall clock of a zone, from 2000 to 2100."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._changes = self._found()

    def at(self, instant: Instant) -> int:
        """The wall clock of an instant."""
        changes = self._changes
        return instant + changes[bisect_right(changes, instant, hi=len(changes) - 1, key=lambda each: each[0])][1]

    def local(self, at: str, low: Instant, high: Instant) -> str:
        """The wall clock of an expression that gives instants from `low` to `high`: no more cases than that takes."""
        first = bisect_right(self._changes, low, hi=len(self._changes) - 1, key=lambda each: each[0])
        held = [each for each in self._changes[first:-1] if each[0] <= high]
        last = self._changes[first + len(held)][1]
        cases = " ".join(f"WHEN {at} < {until} THEN {offset}" for until, offset in held)
        return f"({at} + CASE {cases} ELSE {last} END)" if cases else f"({at} + {last})"

    def instant(self, local: str) -> str:
        """The instant of an expression that gives a wall clock; of an hour that comes twice, the first."""
        cases = " ".join(f"WHEN {local} < {until + offset} THEN {offset}" for until, offset in self._changes[:-1])
        last = self._changes[-1][1]
        return f"({local} - CASE {cases} ELSE {last} END)" if cases else f"({local} - {last})"

    def day(self, at: int) -> date:
        """The local day of an instant."""
        return datetime.fromtimestamp(at / 1000, self._zone).date()

    def midnight(self, day: date) -> int:
        """The instant at which a local day begins."""
        return round(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp() * 1000)

    def _offset(self, at: datetime) -> int:
        return round((at.astimezone(self._zone).utcoffset() or timedelta()) / timedelta(milliseconds=1))

    def _found(self) -> list[tuple[int, int]]:
        """Until which instant which offset holds; the last one holds for good."""
        changes, at, offset = [], _FIRST, self._offset(_FIRST)
        while at < _LAST:
            later = at + timedelta(days=1)
            now = self._offset(later)
            if now != offset:
                low, high = at, later
                while high - low > timedelta(minutes=1):
                    middle = low + (high - low) / 2
                    middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
                    low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
                changes.append((round(high.timestamp() * 1000), offset))
                offset = now
            at = later
        return [*changes, (0, offset)]
