"""Many replications on all cores, with progress and cancel, gathered into figures with confidence and bands."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.twin.figures import ALL, NAMES, SL_MARKS_S, Part, Spread, answered_within, part_of, spread
from pasokh.twin.roster import bounds
from pasokh.twin.runner import MINUTE_MS, PlainRunner, Runner, choose_runner, seeds_of
from pasokh.twin.scenario import Scenario
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import AT, Tally

KEPT_BY_INTERVAL = 200
"""Figures by interval come from this many replications at most, to bound memory."""
INTERVAL_FIGURES = (
    "offered", "answered", "abandoned", "sl.answered_or_abandoned", "asa_s", "wait_all_s", "aht_s", "longest_s",
    "abandonment.offered", "occupancy",
)  # fmt: skip


class Reduced(msgspec.Struct):
    """One run as a sweep keeps it."""

    total: Part
    days: list[Part]
    intervals: list[Part]
    """Empty beyond `KEPT_BY_INTERVAL`."""
    marks: list[list[float | None]]
    """By queue: service level at `SL_MARKS_S`."""


class Sweep(msgspec.Struct):
    """What a sweep says. Figures by queue (`*` = all together) and name."""

    name: str
    engine: str
    why_plain: str
    seed: int
    replications: int
    contacts: float
    """Mean per replication."""
    total: dict[str, dict[str, Spread]]
    sl_at: dict[str, dict[str, Spread]]
    """Answered ÷ (answered + abandoned) by threshold in seconds."""
    days: dict[str, list[dict[str, Spread]]]
    day_names: list[str]
    intervals: dict[str, list[dict[str, Spread]]]
    interval_starts: list[int]
    """Instants in ms."""


class CancelledError(Exception):
    """The sweep was cancelled; nothing of it is kept."""


def run_sweep(
    loaded: Loaded,
    replications: int,
    *,
    engine: str = "auto",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Sweep:
    """Run replications on all cores; `progress(done, all)` after each part, `cancelled()` asked every tenth second.

    Raises `CancelledError`, or `PasokhError` ``twin.replications``.
    """
    if not 1 <= replications <= 1_000_000:
        raise PasokhError("twin.replications", field="replications", value=replications)
    runner, why = choose_runner(loaded, replications, engine)
    seeds = seeds_of(loaded, replications)
    cores = workers or os.cpu_count() or 1
    parts = _parts(seeds, cores)
    done: dict[int, list[Reduced]] = {}
    count = 0

    def note(k: int, reduced: list[Reduced]) -> None:
        nonlocal count
        done[k] = reduced
        count += len(reduced)
        if progress is not None:
            progress(count, replications)

    if cores == 1 or len(parts) == 1 or runner.name == "compiled":
        for k, part in enumerate(parts):
            _check(cancelled)
            note(k, _run(runner, loaded, part, k * len(parts[0]), cores))
    else:
        _spread_out(loaded, parts, cores, note, cancelled)
    return _gather(loaded, runner.name, why, [r for k in range(len(parts)) for r in done[k]])


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise CancelledError


def _parts(seeds: Sequence[int], cores: int) -> list[list[int]]:
    size = max(1, min(50, -(-len(seeds) // (cores * 4))))
    return [list(seeds[k : k + size]) for k in range(0, len(seeds), size)]


def _spread_out(
    loaded: Loaded,
    parts: list[list[int]],
    cores: int,
    note: Callable[[int, list[Reduced]], None],
    cancelled: Callable[[], bool] | None,
) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(cores, len(parts)), context, initializer=_begin, initargs=(loaded,)) as pool:
        waiting: dict[Future[list[Reduced]], int] = {
            pool.submit(_work, part, k * len(parts[0])): k for k, part in enumerate(parts)
        }
        try:
            while waiting:
                finished, _ = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in finished:
                    note(waiting.pop(future), future.result())
                _check(cancelled)
        except BaseException:
            for process in list((pool._processes or {}).values()):  # noqa: SLF001 - no public way to stop them
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


class _Here:
    """What a worker process runs on."""

    loaded: Loaded


def _begin(loaded: Loaded) -> None:
    _Here.loaded = loaded


def _work(seeds: list[int], first: int) -> list[Reduced]:
    return _run(PlainRunner(), _Here.loaded, seeds, first)


def _run(runner: Runner, loaded: Loaded, seeds: list[int], first: int, cores: int = 1) -> list[Reduced]:
    days = day_intervals(loaded.scenario)
    return [
        reduce_tally(tally, days, with_intervals=first + k < KEPT_BY_INTERVAL)
        for k, tally in enumerate(runner.run(loaded, seeds, cores))
    ]


def day_intervals(s: Scenario) -> dict[str, list[int]]:
    """Local dates and the report intervals that begin in them."""
    start, end = bounds(s)
    width = s.report_minutes * MINUTE_MS
    zone = ZoneInfo(s.zone)
    days: dict[str, list[int]] = {}
    for k in range(max(1, -(-(end - start) // width))):
        date = datetime.fromtimestamp((start + k * width) / 1000, zone).date().isoformat()
        days.setdefault(date, []).append(k)
    return days


def reduce_tally(tally: Tally, days: dict[str, list[int]], *, with_intervals: bool) -> Reduced:
    """A run's counts in total, by day and, if asked, by interval."""
    return Reduced(
        part_of(tally),
        [part_of(tally, intervals) for intervals in days.values()],
        [part_of(tally, [k]) for k in range(tally.intervals)] if with_intervals else [],
        [[answered_within(tally, q, mark) for mark in SL_MARKS_S] for q in range(len(tally.queues))],
    )


def _gather(loaded: Loaded, engine: str, why: str, runs: list[Reduced]) -> Sweep:
    s = loaded.scenario
    days = day_intervals(s)
    start, _ = bounds(s)
    queues: list[tuple[str, int | None]] = [(q.id, k) for k, q in enumerate(s.queues)]
    if len(queues) > 1:
        queues.append((ALL, None))

    def spreads(parts: list[Part], queue: int | None, names: Sequence[str] = NAMES) -> dict[str, Spread]:
        centre = queue is None or len(s.queues) == 1
        found = [p.figures(None if centre else queue) for p in parts]
        return {name: spread([f[name] for f in found]) for name in names if centre or name != "occupancy"}

    total = {name: spreads([r.total for r in runs], k) for name, k in queues}
    by_day = {name: [spreads([r.days[d] for r in runs], k) for d in range(len(days))] for name, k in queues}
    with_intervals = [r for r in runs if r.intervals]
    by_interval = {
        name: [
            spreads([r.intervals[i] for r in with_intervals], k, INTERVAL_FIGURES)
            for i in range(len(with_intervals[0].intervals))
        ]
        for name, k in queues
    }
    sl_at = {
        q.id: {str(mark): spread([r.marks[k][m] for r in runs]) for m, mark in enumerate(SL_MARKS_S)}
        for k, q in enumerate(s.queues)
    }
    entered = [sum(row[AT["entered"]] + row[AT["refused"]] for row in r.total.rows) for r in runs]
    return Sweep(
        s.name, engine, why, s.seed, len(runs), sum(entered) / len(entered), total, sl_at, by_day, list(days),
        by_interval, [start + k * s.report_minutes * MINUTE_MS for k in range(sum(map(len, days.values())))],
    )  # fmt: skip
