"""How often the alarms of `metrics.analysis.alerts` ring where nothing happened, and how soon where something did.

python -m benchmarks.figures_alerts [--data FOLDER] [--seeds 10]

Drawn centres: twenty contacts at noon, quieter nights and weekends, days that scatter by a sixth beyond chance. False
alarms are those in weeks in which nothing was planted; power is the share of planted events that rang: an hour with
four times as many, a day with 1.6 times as many, five hours without any. With a folder of public data (hourly arrivals
of an emergency department, calls of a bank), the alarms a week on them too: there some are true, and nobody says which.
"""

import argparse
import csv
import datetime as dt
import gzip
import math
import random
from collections import Counter
from pathlib import Path

from benchmarks.machine import report

from pasokh.metrics.analysis.alerts import FEWEST_WEEKS, LIMITS, WEEK, Hour, Limit, follow

REACH_FALSE, REACH_FLOOD, REACH_RISE, REACH_DEAD = 0.15, 0.8, 0.7, 0.9
MONDAY = dt.datetime(1970, 1, 5)  # noqa: DTZ001 - the wall clock of the data
EVENT = 10 * WEEK + 24 + 9


def drawn(seed: int, weeks: int, scatter: float = 0.03) -> list[Hour]:
    """Hours of a centre in which nothing happens."""
    rng, hours = random.Random(seed), []
    for number in range(weeks * WEEK):
        hour, day = number % 24, number % WEEK // 24
        mean = 20 * max(0.0, math.sin((hour - 7) / 14 * math.pi)) * (0.4 if day >= 5 else 1.0)
        mean = rng.gammavariate(1 / scatter, mean * scatter) if mean else 0.0
        limit, product, count = math.exp(-mean), rng.random(), 0
        while product > limit:
            product *= rng.random()
            count += 1
        hours.append(Hour(number, count))
    return hours


def times(hours: list[Hour], begin: int, length: int, factor: float) -> list[Hour]:
    """The same with some hours made busier, or silent."""
    return [Hour(h.number, round(h.count * factor)) if begin <= h.number < begin + length else h for h in hours]


def delays(seeds: int, length: int, factor: float, side: str, limit: Limit, begin: int = EVENT) -> list[int]:
    """Hours from an event's beginning to its alarm, of those that rang."""
    found = []
    for seed in range(seeds):
        rang = [
            v.number - begin
            for v in follow(times(drawn(seed, 12), begin, length, factor), limit)
            if v.side == side and begin <= v.number < begin + length
        ]
        found += rang[:1]
    return found


def a_week(hours: list[Hour], limit: Limit) -> float:
    """Alarms a week."""
    weeks = (hours[-1].number - hours[0].number) / WEEK - FEWEST_WEEKS
    return round(sum(verdict.side is not None for verdict in follow(hours, limit)) / weeks, 3)


def emergency(folder: Path) -> list[Hour]:
    """Arrivals by hour, 24 × 7."""
    with gzip.open(folder / "emergency_arrivals_hourly_dev.csv.gz", "rt") as file:
        return [Hour(_number(row["start"]), int(float(row["arrivals"]))) for row in csv.DictReader(file)]


def bank(folder: Path) -> list[Hour]:
    """Calls handled by hour, weekdays from 7 to 21."""
    counts: Counter[int] = Counter()
    with gzip.open(folder / "bank_calls_5min_dev.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            counts[_number(row["start"])] += int(row["calls"])
    return [Hour(number, count) for number, count in sorted(counts.items()) if 7 <= number % 24 < 21]


def _number(start: str) -> int:
    at = dt.datetime.fromisoformat(start).replace(tzinfo=None)
    return int((at - MONDAY).total_seconds() // 3600)


def main() -> None:
    """Measure, print, and say whether the figures were reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    figures = {sense: _of(limit, given.seeds, given.data) for sense, limit in LIMITS.items()}
    usual = figures["usual"]
    reached = (
        (usual["false_a_week"] or 0) <= REACH_FALSE
        and (usual["flood_power"] or 0) >= REACH_FLOOD
        and (usual["rise_power"] or 0) >= REACH_RISE
        and (usual["dead_power"] or 0) >= REACH_DEAD
    )
    report(
        "figures_alerts",
        parameters={"seeds": given.seeds},
        senses=figures,
        reach_of_usual={"false": REACH_FALSE, "flood": REACH_FLOOD, "rise": REACH_RISE, "dead": REACH_DEAD},
        reached=reached,
    )
    raise SystemExit(0 if reached else 1)


def _of(limit: Limit, seeds: int, data: Path | None) -> dict[str, float | None]:
    found: dict[str, float | None] = {
        "false_a_week": round(sum(a_week(drawn(seed, 26), limit) for seed in range(seeds)) / seeds, 3)
    }
    for name, begin, length, factor, side in (
        ("flood", EVENT + 3, 1, 4.0, "more"), ("rise", EVENT, 24, 1.6, "more"), ("dead", EVENT, 5, 0.0, "less"),
    ):  # fmt: skip
        rang = sorted(delays(seeds * 2, length, factor, side, limit, begin))
        found[f"{name}_power"] = round(len(rang) / (seeds * 2), 2)
        found[f"{name}_delay_h"] = rang[len(rang) // 2] if rang else None
    if data is not None:
        found |= {"emergency_a_week": a_week(emergency(data), limit), "bank_a_week": a_week(bank(data), limit)}
    return found


if __name__ == "__main__":
    main()
