"""Draws: right distributions, the same for the same seed, and undisturbed by changes elsewhere."""

import math
from pathlib import Path

import pytest
from scipy import stats

from pasokh.acd.model import Channel
from pasokh.kernel.time import FOREVER, HOUR, MINUTE
from pasokh.twin.draw import Purpose, key_of, pick, span, uniform, unit_lognormal
from pasokh.twin.plan import draw_plan
from pasokh.twin.roster import bounds, draw_workers, local_instant, queue_hours
from pasokh.twin.scenario import Constant, Empirical, Exponential, Infinite, LogLogistic, Lognormal, Weibull
from pasokh.twin.scenario_file import parse_scenario

N = 4_000


def drawn(spans, purpose=Purpose.SERVICE):
    key = key_of(7, purpose, "test")
    return [span(spans, uniform(key, k)) / 1000 for k in range(N)]


@pytest.mark.parametrize(
    ("spans", "law"),
    [
        (Exponential(180.0), stats.expon(scale=180)),
        (Weibull(0.852, 161.2), stats.weibull_min(0.852, scale=161.2)),
        (LogLogistic(1.194, 100.7), stats.fisk(1.194, scale=100.7)),
        (
            Lognormal(240.0, 0.8),
            stats.lognorm(math.sqrt(math.log1p(0.64)), scale=240 / math.sqrt(1.64)),
        ),
    ],
)
def test_spans_follow_their_distribution(spans, law):
    assert stats.kstest(drawn(spans), law.cdf).pvalue > 0.001


def test_the_default_patience_is_the_one_asked_for():
    law = Weibull()
    gone = [1 - math.exp(-((t / law.scale_s) ** law.shape)) for t in (60, 180)]
    assert gone == pytest.approx([0.35, 0.667], abs=0.003)


def test_plain_spans():
    assert span(Constant(2.5), 0.3) == 2_500
    assert span(Infinite(), 0.3) == FOREVER
    assert set(drawn(Empirical((1.0, 2.0, 5.0)))) == {1.0, 2.0, 5.0}
    assert pick([0.0, 1.0, 3.0], 0.2) == 1
    assert pick([0.0, 1.0, 3.0], 0.999999) == 2
    factors = [unit_lognormal(0.3, uniform(9, k)) for k in range(N)]
    assert sum(factors) / N == pytest.approx(1.0, abs=0.02)


def test_numbers_are_uniform_and_streams_independent():
    a = [uniform(key_of(1, Purpose.ARRIVAL, "x"), k) for k in range(N)]
    b = [uniform(key_of(1, Purpose.PATIENCE, "x"), k) for k in range(N)]
    c = [uniform(key_of(1, Purpose.ARRIVAL, "x"), k, 1) for k in range(N)]
    for values in (a, b, c):
        assert stats.kstest(values, "uniform").pvalue > 0.001
    assert abs(stats.pearsonr(a, b).statistic) < 0.05
    assert abs(stats.pearsonr(a, c).statistic) < 0.05
    assert abs(stats.pearsonr(a[:-1], a[1:]).statistic) < 0.05


BASE = """
zone = "Europe/Kyiv"
start = 2026-03-28
horizon_h = 47
[[queues]]
id = "q"
[[groups]]
id = "g"
count = 3
queues = ["q"]
spread_cv = 0.2
[[groups.shifts]]
since = "22:00"
until = "06:00"
days = ["sat"]
agents = 2
breaks = [{ at = "02:30", minutes = 20, stagger_s = 600 }]
[[groups.shifts]]
since = "08:00"
until = "24:00"
agents = 1
[[hours]]
queue = "q"
since = "07:00"
until = "22:00"
[[arrivals]]
queue = "q"
per_interval = [30.0]
returning = 0.2
priorities = { low = 1, high = 3 }
"""


def plan(text=BASE, seed=3):
    return draw_plan(parse_scenario(text, Path()), seed)


def test_equal_seeds_give_equal_days():
    assert plan().customers == plan().customers
    assert plan().customers != plan(seed=4).customers


def test_more_agents_change_no_customer():
    more = plan(BASE.replace("count = 3", "count = 9").replace("spread_cv = 0.2", "spread_cv = 0.7"))
    mine, theirs = plan(), more
    assert [(c.at, c.priority) for c in mine.customers] == [(c.at, c.priority) for c in theirs.customers]
    for c in mine.customers[:50]:
        other = theirs.customers[c.number]
        for k in range(2):
            assert mine.streams[0].talk_ms(c, k, "q", Channel.VOICE) == theirs.streams[0].talk_ms(
                other, k, "q", Channel.VOICE
            )
            assert mine.streams[0].patience_ms(c, k, "q", Channel.VOICE) == theirs.streams[0].patience_ms(
                other, k, "q", Channel.VOICE
            )


def test_another_stream_changes_no_customer_of_the_first():
    more = plan(BASE + '[[arrivals]]\nqueue = "q"\nchannel = "chat"\nper_interval = [30]\n')
    assert [c.at for c in more.customers if c.stream == 0] == [c.at for c in plan().customers]


def test_rates_weekdays_and_surges():
    text = BASE.replace("per_interval = [30.0]", "per_interval = [0, 60]\nweekdays = { sun = 0 }").replace(
        "priorities", "[[arrivals.surges]]\nat = 2026-03-28T12:30:00\nminutes = 90\nfactor = 20\n#"
    )
    p = plan(text)
    hours = [0] * 48
    for c in p.customers:
        hours[(c.at - p.start) // HOUR] += 1
    assert all(hours[h] == 0 for h in range(0, 24, 2))
    assert all(20 <= hours[h] <= 110 for h in range(1, 24, 2) if h != 13)
    assert 1_000 <= hours[13] <= 1_400
    assert sum(hours[24:]) == 0


def test_changes_of_clocks_are_kept():
    s = parse_scenario(BASE, Path()).scenario
    start, end = bounds(s)
    assert end - start == 47 * HOUR
    assert local_instant(s, 2, 0) - local_instant(s, 1, 0) == 23 * HOUR  # 2026-03-29 in Kyiv
    assert local_instant(s, 1, 8 * HOUR) - local_instant(s, 1, 0) == 7 * HOUR


def test_shifts_across_midnight_with_staggered_breaks():
    s = parse_scenario(BASE, Path()).scenario
    workers = draw_workers(s, 1)
    start, _ = bounds(s)
    first = [(at - start) // MINUTE for at, _ in workers[0].duty]
    assert [what for _, what in workers[0].duty] == ["on", "break", "on", "off"]
    assert first == [22 * 60, 26 * 60 + 30, 26 * 60 + 50, 29 * 60]  # one hour is skipped at 03:00
    assert workers[1].duty[1][0] - workers[0].duty[1][0] == 10 * MINUTE
    assert [what for _, what in workers[2].duty] == ["on", "off", "on"]
    assert {w.factor for w in workers} != {1.0}


def test_queue_hours():
    s = parse_scenario(BASE, Path()).scenario
    start, _ = bounds(s)
    changes = [((at - start) // MINUTE, opens) for at, _, opens in queue_hours(s)]
    assert changes == [(0, False), (420, True), (1320, False), (1800, True), (2700, False)]


def test_thinning_and_doubling_a_recording(tmp_path):
    rows = "".join(f"2026-03-28T{h:02}:{m:02}:00,{60 + m}\n" for h in range(8, 20) for m in range(60))
    (tmp_path / "c.csv").write_text("at,s\n" + rows)
    text = BASE[: BASE.index("[[hours]]")] + (
        '[[arrivals]]\nqueue = "q"\nfactor = FACTOR\n[arrivals.recorded]\nfile = "c.csv"\nat = "at"\nservice = "s"\n'
    )
    counts = {}
    for factor in ("0.5", "1.0", "2.5"):
        p = draw_plan(parse_scenario(text.replace("FACTOR", factor), tmp_path), 1)
        counts[factor] = len(p.customers)
        assert all(60_000 <= c.service_ms < 120_000 for c in p.customers)
    assert counts["1.0"] == 720
    assert counts["0.5"] == pytest.approx(360, abs=60)
    assert counts["2.5"] == pytest.approx(1_800, abs=60)
