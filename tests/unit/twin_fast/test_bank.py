"""What is learned from the bank's log: hand-worked cases, and one real day where the log is at hand."""

import csv
import datetime as dt
import gzip
import random
from pathlib import Path

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.twin.bank import COLUMNS, Call, observed, read_bank
from pasokh.twin.bank_day import band, incidents, judge, predict, scenario_of
from pasokh.twin.bank_fit import agent_delays, fit, kaplan_meier, presence, quantiles, skills_of, weibull_fit
from pasokh.twin.bank_toml import scenario_text
from pasokh.twin.runner import PlainRunner
from pasokh.twin.scenario_file import parse_scenario

DAY = dt.date(1999, 2, 1)
LOG = Path(__file__).parents[4] / "shared/data/technion_bank_calls_1999-02_dev.csv.gz"


def call(asked, wait=0, service=60, agent="a", kind="PS", answered=True, high=False):
    return Call(DAY, kind, high, asked, wait, answered, asked + wait, service if answered else 0, agent)


def made_up_day(seed=1, date=DAY):
    """Two agents, a call a minute for three hours."""
    rng = random.Random(seed)
    calls = []
    for k in range(180):
        wait = rng.choice((0, 0, 5, 20, 70))
        answered = wait < 60 or rng.random() < 0.5
        kind = rng.choice(("PS", "PS", "NW", "NE"))
        c = call(36_000 + 60 * k, wait, rng.randint(20, 120), "ab"[k % 2], kind, answered)
        calls.append(Call(date, *[getattr(c, f) for f in c.__struct_fields__[1:]]) if date != DAY else c)
    return calls


def test_kaplan_meier_by_hand():
    curve = kaplan_meier([(1, True), (2, False), (3, True), (3, True), (5, False)])
    assert curve.at_s == (1, 3)
    assert curve.share == pytest.approx((4 / 5, 4 / 5 * 1 / 3))
    assert (curve.n, curve.events, curve.beyond(0.5)) == (5, 3, 1.0)


def test_quantiles_give_the_curve_back():
    curve = kaplan_meier([(x, True) for x in range(1, 101)])
    assert quantiles(curve, None, 100) == tuple(float(x) for x in range(1, 101))


def test_quantiles_beyond_the_last_event_follow_the_tail():
    curve = kaplan_meier([(10, True)] * 50 + [(10.5, False)] * 50)
    values = quantiles(curve, (1.0, 100.0), 1_000)
    assert sum(v == 10 for v in values) == 500
    beyond = [v - 10 for v in values if v > 10]
    assert sum(beyond) / len(beyond) == pytest.approx(100, rel=0.02)


def test_weibull_is_recovered_under_censoring():
    rng = random.Random(3)
    drawn = [(rng.weibullvariate(161.2, 0.852), rng.expovariate(1 / 90)) for _ in range(20_000)]
    shape, scale = weibull_fit([(min(x, end), x <= end) for x, end in drawn])
    assert shape == pytest.approx(0.852, abs=0.03)
    assert scale == pytest.approx(161.2, rel=0.05)


def test_a_delay_is_seen_only_while_somebody_waits():
    first, second = call(0, 0, 100), call(50, 57, 60)
    idle = call(400, 0, 30)
    day = [first, second, idle]
    assert agent_delays(day, skills_of(day), 900) == [(first, 7.0, True)]
    left = call(80, 40, answered=False, agent="")
    day = [first, left, call(300, 0, 30)]
    assert agent_delays(day, skills_of(day), 900) == [(first, 20.0, False)]


def test_absences_part_the_presence():
    day = [call(1_000, 0, 100), call(1_200, 0, 100), call(5_000, 0, 50)]
    found = presence(day, 900)["a"]
    assert [(s.since_s, s.until_s) for s in found] == [(940, 1_301), (4_999, 5_051)]


def test_incident_is_many_calls_that_end_at_once():
    learned = fit({DAY: made_up_day()})
    assert incidents([call(3_600 + k, 0, 5) for k in range(50)], learned) == {2}
    assert incidents([call(3_600 + k, 0, 60) for k in range(50)], learned) == frozenset()


def test_a_day_becomes_a_scenario_and_is_judged():
    other = dt.date(1999, 2, 2)
    days = {DAY: made_up_day(), other: made_up_day(2, other)}
    learned = fit({DAY: days[DAY]})
    assert scenario_of(days[other], learned, 4) == scenario_of(days[other], learned, 4)
    found = predict(days[other], learned, PlainRunner(), 3)
    assert found.log == observed(days[other])
    verdict = judge({other: found})
    assert verdict.calls == 180
    assert verdict.wait_bias == pytest.approx(found.mean_wait_s.mean / found.log.mean_wait_s - 1)


def test_band():
    found = band(range(101))
    assert (found.low, found.mean, found.high) == (5, 50, 95)


def write_log(path, rows):
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


ROW = dict.fromkeys(COLUMNS, "0") | {
    "type": "PS", "date": "1999-02-01", "vru_exit": "9:00:00", "q_start": "9:00:00", "q_exit": "9:00:09",
    "q_time": "9", "outcome": "AGENT", "ser_start": "9:00:09", "ser_exit": "9:01:09", "ser_time": "60",
    "server": "S01", "priority": "2",
}  # fmt: skip


def test_log_is_read_and_faults_are_named(tmp_path):
    path = tmp_path / "log.csv.gz"
    menu = ROW | {"outcome": "HANG", "q_start": "0:00:00", "q_time": "0"}
    write_log(path, [ROW, ROW | {"outcome": "PHANTOM"}, menu, ROW | {"outcome": "HANG", "server": ""}])
    (calls,) = read_bank(path).values()
    assert [(c.wait_s, c.answered, c.high) for c in calls] == [(9, True, True), (9, False, True)]
    write_log(path, [ROW, ROW | {"q_time": "soon"}])
    with pytest.raises(PasokhError, match=r"bank\.log.*line=3"):
        read_bank(path)
    with pytest.raises(PasokhError, match=r"bank\.log"):
        read_bank(tmp_path / "none.csv.gz")


@pytest.mark.skipif(not LOG.exists(), reason=f"the bank's log is not at {LOG}")
def test_a_real_day_as_a_scenario_file():
    days = read_bank(LOG)
    date = dt.date(1999, 2, 16)
    text = scenario_text(days[date], fit({d: c for d, c in days.items() if d != date}), str(LOG))
    loaded = parse_scenario(text, Path("/"))
    assert sum(len(r.at) for r in loaded.recorded.values()) == len(days[date]) == 1_649


def test_the_kept_scenario_says_where_the_log_should_be():
    path = Path(__file__).parents[3] / "scenarios/bank_day.toml"
    with pytest.raises(PasokhError, match=r"scenario\.recording"):
        parse_scenario(path.read_text("utf-8").replace("../../shared/", "nowhere/"), path.parent)
