"""Body of `pasokh replay`: the comparison of a replay, or of a what-if with the record, as text or JSON."""

from datetime import UTC, datetime
from pathlib import Path

from pasokh.kernel.errors import PasokhError
from pasokh.twin.figures import ALL, Spread
from pasokh.twin.recorded_day import read_day
from pasokh.twin.replay import Replayed, replay
from pasokh.twin.replay_log import read_log
from pasokh.twin.report import LABELS, Outcome, number, refusal, to_json
from pasokh.twin.what_if import Compared, read_policy, read_staffing, what_if


def replay_command(
    log: Path,
    *,
    policy: Path | None = None,
    staffing: Path | None = None,
    as_json: bool = False,
    replications: int = 20,
) -> Outcome:
    """Replay a log and report differences (code 3 if any), or with a change say what would have been."""
    try:
        rows = read_log(log)
        if policy is None and staffing is None:
            result = replay(rows)
            text = to_json(result) if as_json else replay_text(result)
            return Outcome(text, 3 if result.differences else 0)
        queues = read_day(rows).queues
        compared = what_if(
            rows,
            policy=read_policy(policy, queues) if policy is not None else None,
            staffing=read_staffing(staffing) if staffing is not None else None,
            replications=replications,
        )
    except PasokhError as e:
        return refusal(e, Path(str(e.params.get("path", log))), as_json=as_json)
    return Outcome(to_json(compared) if as_json else what_if_text(compared))


def replay_text(r: Replayed) -> str:
    """A replay in words."""
    lines = [
        f"{r.events:,} events in {r.steps:,} steps from {_when(r.first)} to {_when(r.last)} (UTC)",
        f"{r.assignments:,} assignments, {r.differing_assignments:,} differing",
    ]
    if not r.differences:
        lines.append("every step came out as recorded: 0 differences")
    else:
        lines.append(f"{r.differences:,} steps came out otherwise:")
    for d in r.told:
        mark = "assignment" if d.assignment else "event"
        lines += [
            f"  seq {d.seq}, {_when(d.at)}: {mark} differs in {d.field}",
            f"    command  {d.command}",
            f"    recorded {d.recorded}",
            f"    replayed {d.replayed}",
        ]
    if r.differences > len(r.told):
        lines.append(f"  … and {r.differences - len(r.told):,} more")
    return "\n".join(lines)


def what_if_text(c: Compared) -> str:
    """Recorded, simulated and changed figures side by side."""
    lines = [f"{c.contacts:,} contacts, {c.agents:,} agents; mean and 90 % band of {c.replications} replications"]
    lines += c.notes
    for queue, recorded in c.recorded.items():
        lines += ["", "all queues together" if queue == ALL else f"queue {queue}"]
        heads = f"{'recorded':>12}{'simulated as it was':>34}" + (f"{'changed':>34}" if c.changed else "")
        lines.append(f"  {'':42}{heads}")
        for name, label in LABELS.items():
            if name not in recorded or (recorded[name] is None and name == "occupancy"):
                continue
            row = f"{number(name, recorded[name]):>12}{_band(name, c.unchanged[queue][name]):>34}"
            if c.changed is not None:
                row += f"{_band(name, c.changed[queue][name]):>34}"
            lines.append(f"  {label:42}{row}")
    return "\n".join(lines)


def _band(name: str, s: Spread) -> str:
    if s.mean is None:
        return "–"
    return f"{number(name, s.mean)} ({number(name, s.band_low)} … {number(name, s.band_high)})"


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
