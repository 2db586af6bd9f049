"""Sweeps and replays as people read them: a plain text table, or JSON. Bodies of `pasokh simulate` and `replay`."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.twin.figures import ALL, Spread
from pasokh.twin.scenario_file import read_scenario
from pasokh.twin.sweep import Sweep, run_sweep

LABELS = {
    "offered": "offered",
    "answered": "answered",
    "abandoned": "abandoned",
    "abandoned_short": "  of these short",
    "left_otherwise": "left otherwise",
    "callbacks": "  callbacks taken",
    "messages": "  messages left",
    "refused": "refused (closed, full, nobody there)",
    "sl.answered_or_abandoned": "SL answered in X / (answered + abandoned)",
    "sl.short_abandons_excluded": "SL short abandons excluded",
    "sl.abandons_in_x_excluded": "SL abandons within X excluded",
    "sl.left_queue_in_x": "SL left the queue in X / left the queue",
    "sl.answered_only": "SL answered in X / answered",
    "abandonment.offered": "abandoned / offered",
    "abandonment.short_dropped": "abandoned / offered, short ones dropped",
    "asa_s": "mean wait of answered (ASA), s",
    "wait_all_s": "mean wait of all, s",
    "longest_s": "longest wait, s",
    "handled": "talks ended",
    "aht_s": "mean handling (AHT), s",
    "occupancy": "occupancy, busy / (busy + idle)",
}
INTERVAL_COLUMNS = (
    ("offered", "offered"),
    ("answered", "answered"),
    ("abandoned", "abandoned"),
    ("SL", "sl.answered_or_abandoned"),
    ("SL 5 %", "sl.answered_or_abandoned"),
    ("SL 95 %", "sl.answered_or_abandoned"),
    ("ASA s", "asa_s"),
)


class Outcome(msgspec.Struct, frozen=True):
    """What a command prints and its exit code: 0 done, 1 refused, 3 differences found."""

    text: str
    code: int = 0


def simulate_command(
    path: Path,
    replications: int | None = None,
    *,
    as_json: bool = False,
    by: str = "total",
    engine: str = "auto",
    workers: int | None = None,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Outcome:
    """Run a scenario file; `by` is total, day or interval. A broken file is told in one line, with code 1."""
    try:
        loaded = read_scenario(path)
        if seed is not None:
            loaded = msgspec.structs.replace(loaded, scenario=msgspec.structs.replace(loaded.scenario, seed=seed))
        sweep = run_sweep(
            loaded,
            replications if replications is not None else loaded.scenario.replications,
            engine=engine,
            workers=workers,
            progress=progress,
            cancelled=cancelled,
        )
    except PasokhError as e:
        return refusal(e, path, as_json=as_json)
    if as_json:
        return Outcome(to_json(sweep))
    return Outcome(table(sweep, loaded.scenario.zone, by))


def refusal(e: PasokhError, path: Path, *, as_json: bool) -> Outcome:
    """An error as one line that names the place and what to do, or as JSON."""
    if as_json:
        return Outcome(json.dumps({"error": {"code": e.code, "params": e.params}}, ensure_ascii=False), 1)
    place = str(path)
    if e.params.get("line"):
        place += f":{e.params['line']}"
    said = [str(e.params[name]) for name in ("field", "problem") if e.params.get(name)]
    text = f"{place}: " + (": ".join(said) if said else e.code)
    if e.params.get("fix"):
        text += f"\n  {e.params['fix']}"
    return Outcome(f"{text}\n  [{e.code}]", 1)


def to_json(value: object) -> str:
    """Indented JSON with stable order."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode()


def table(sweep: Sweep, zone: str, by: str = "total") -> str:
    """A sweep as plain text."""
    lines = [
        f"{sweep.name or 'Scenario'}: {sweep.replications} replications of {sweep.contacts:,.0f} contacts, "
        f"seed {sweep.seed}, {sweep.engine} engine" + (f" ({sweep.why_plain})" if sweep.why_plain else "")
    ]
    for queue, figures in sweep.total.items():
        lines += ["", "all queues together" if queue == ALL else f"queue {queue}"]
        lines.append(f"  {'':44}{'mean':>10}{'95 % of the mean':>23}{'90 % of runs':>23}")
        for name, label in LABELS.items():
            if name in figures and not (name in {"refused", "callbacks", "messages"} and not figures[name].mean):
                lines.append(f"  {label:44}" + _cells(name, figures[name]))
        for mark, found in sweep.sl_at.get(queue, {}).items():
            if found.mean is not None:
                lines.append(f"  {f'SL at {mark} s, answered / (answered + abandoned)':44}" + _cells("sl.", found))
        if by == "day":
            rows = list(zip(sweep.day_names, sweep.days[queue], strict=True))
            lines += _rows("day", rows)
        elif by == "interval":
            tz = ZoneInfo(zone)
            starts = [datetime.fromtimestamp(at / 1000, tz).strftime("%m-%d %H:%M") for at in sweep.interval_starts]
            lines += _rows("from", list(zip(starts, sweep.intervals[queue], strict=True)))
    return "\n".join(lines)


def _rows(head: str, rows: list[tuple[str, dict[str, Spread]]]) -> list[str]:
    lines = [f"  {head:12}" + "".join(f"{label:>11}" for label, _ in INTERVAL_COLUMNS)]
    for name, figures in rows:
        if not figures["offered"].mean:
            continue
        cells = []
        for label, figure in INTERVAL_COLUMNS:
            found = figures[figure]
            value = {"SL 5 %": found.band_low, "SL 95 %": found.band_high}.get(label, found.mean)
            cells.append(f"{number(figure, value):>11}")
        lines.append(f"  {name:12}" + "".join(cells))
    return lines


def _cells(name: str, found: Spread) -> str:
    def pair(a: float | None, b: float | None) -> str:
        return f"{number(name, a)} … {number(name, b)}" if a is not None else ""

    return f"{number(name, found.mean):>10}{pair(found.low, found.high):>23}{pair(found.band_low, found.band_high):>23}"


def number(name: str, value: float | None) -> str:
    """A figure as text: shares in per cent, spans in seconds, a dash for none."""
    if value is None:
        return "–"
    if name.startswith(("sl.", "abandonment.")) or name == "occupancy":
        return f"{value * 100:.1f} %"
    return f"{value:,.1f}"
