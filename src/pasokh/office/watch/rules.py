"""What a supervisor may change on the wall, and what counts as usual. Pure."""

from collections.abc import Collection, Iterable

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, Instant
from pasokh.live.intervals import STEP, SURGE_STEP

WEEKS = 4
"""How many earlier weeks tell what is usual."""


def same_quarters(at: Instant) -> list[tuple[Instant, Instant]]:
    """The quarter of an hour around `at` in each of the last `WEEKS` weeks, as [from, to)."""
    begin = at - at % STEP
    return [(begin - 7 * DAY * week, begin - 7 * DAY * week + STEP) for week in range(1, WEEKS + 1)]


def usual_arrivals(counts: Collection[int]) -> float:
    """Mean arrivals in five minutes, of the counts of whole quarters; 0 without any."""
    return sum(counts) / len(counts) * SURGE_STEP / STEP if counts else 0.0


def check_overflow(queue: str, to: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Whose agents help at once, each once; raises `setup.unknown_queue`, `setup.overflow_to_itself`."""
    helping = tuple(dict.fromkeys(to))
    for key in helping:
        if key not in known:
            raise PasokhError("setup.unknown_queue", field="to", value=key[:60])
    if queue in helping:
        raise PasokhError("setup.overflow_to_itself", field="to", queue=queue)
    return helping
