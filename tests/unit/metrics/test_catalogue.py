"""The catalogue: every definition is whole, counted the way it is worked by hand, and never changed once released."""

import tomllib
from pathlib import Path

import pytest
from tests.fact_rows import DAY, MIDNIGHT, fill, row, visit

from pasokh.acd.counting import count_answered, count_left
from pasokh.acd.model import Closing, QueueConfig
from pasokh.acd.state import QueueDay
from pasokh.kernel.errors import PasokhError
from pasokh.metrics import kpi as catalogue
from pasokh.metrics import service_level
from pasokh.metrics.facts import TABLES
from pasokh.metrics.kpi import Measure, measure
from pasokh.metrics.question import Period, Question
from pasokh.metrics.sql import columns_of, select
from pasokh.metrics.warehouse import Warehouse

SEALED = Path(__file__).with_name("sealed.toml")
SECOND, HOUR, DAY_MS = 1_000, 3_600_000, 86_400_000

VISITS = [
    visit(1, 0, "answered", 4, offers=1, target_ms=30_000),
    visit(2, 1_000, "answered", 19.999, offers=2, target_ms=30_000),
    visit(3, 2_000, "answered", 20, offers=1, target_ms=10_000),
    visit(4, 3_000, "answered", 21, offers=3),
    visit(5, 4_000, "answered", 95, offers=1),
    visit(6, 5_000, "abandoned", 2),
    visit(7, 6_000, "abandoned", 5),
    visit(8, 7_000, "abandoned", 18),
    visit(9, 8_000, "abandoned", 61),
    visit(10, 9_000, "callback", 15),
    visit(11, 10_000, "moved", 30),
    visit(12, 11_000, "message", 64),
    visit(13, 12_000, "waiting"),
]
"""Five answered (three within 20 s), four gave up (2, 5, 18, 61 s), three left otherwise, one still waits."""
HANDLINGS = [
    row("handlings", 0, handling="h1", kind="contact", agent="a", ring_ms=4_000, talk_ms=100_000, hold_ms=20_000,
        holds=2, wrap_ms=30_000, ended_by="customer"),
    row("handlings", 1, handling="h2", kind="contact", agent="a", ring_ms=2_000, talk_ms=5_000, wrap_ms=1_000,
        ended_by="agent"),
    row("handlings", 2, handling="h3", kind="contact", agent="b", ring_ms=3_000, talk_ms=55_000, wrap_ms=9_000,
        ended_by="transfer"),
    row("handlings", 3, handling="h4", kind="consult", agent="c", ring_ms=1_000, talk_ms=40_000, ended_by="agent"),
]  # fmt: skip
AGENT_TIME = [
    row("agent_time", 0, agent="a", state="busy", doing="talking", ms=400_000, work_ms=700_000, capacity_ms=800_000),
    row("agent_time", 400_000, agent="a", state="busy", doing="hold", ms=50_000, work_ms=50_000, capacity_ms=100_000),
    row("agent_time", 450_000, agent="a", state="busy", doing="wrap_up", ms=150_000, work_ms=150_000,
        capacity_ms=300_000),
    row("agent_time", 600_000, agent="a", state="idle", doing="idle", ms=300_000, capacity_ms=600_000),
    row("agent_time", 900_000, agent="a", state="ringing", doing="ringing", ms=60_000, capacity_ms=120_000),
    row("agent_time", 960_000, agent="a", state="away", doing="away", reason="lunch", ms=840_000, capacity_ms=0),
]  # fmt: skip
QUEUE_TIME = [
    row("queue_time", 0, queue="support", ms=600_000, waiting=0, staffed=2, staffed_ms=1_200_000),
    row("queue_time", 600_000, queue="support", ms=60_000, waiting=3, waiting_ms=180_000, longest_ms=75_000, staffed=1,
        staffed_ms=60_000),
    row("queue_time", 660_000, queue="support", ms=40_000, waiting=1, waiting_ms=40_000, longest_ms=110_000),
    row("queue_time", 0, queue="sales", ms=500_000, staffed=1, staffed_ms=500_000),
]  # fmt: skip
ISSUES = [
    row("issues", 0, issue="c1", contacts=1, answered=1, handlings=1, handle_ms=50_000),
    row("issues", 1, issue="c2", contacts=3, answered=2, handlings=4, handle_ms=250_000),
    row("issues", 2, issue="c3", contacts=1, answered=0),
]
OVER = MIDNIGHT + 2 * HOUR


def _contact(number: int, **given: object) -> dict[str, object]:
    usual = {"answered": 1, "handlings": 1, "customer": "x", "resolvable": 1, "closed_at": OVER, "closed_local": OVER,
             "resolved": None, "survey_resolved": None, "rating": None, "recommends": None, "effort": None,
             "next_contact_at": None, "previous_at": None, "issue_number": 1}  # fmt: skip
    return row("contacts", number, contact=f"c{number}", **usual | given)


CONTACTS = [
    _contact(
        1,
        resolved=1,
        promises=3,
        promises_kept=2,
        promises_late=1,
        rating=5,
        recommends=10,
        effort=7,
        wait_ms=10_000,
        handle_ms=50_000,
        survey_resolved=1,
    ),
    _contact(2, resolved=1, handlings=2, rating=4, recommends=9, effort=6, next_contact_at=OVER + 7 * DAY_MS),
    _contact(
        3,
        resolved=0,
        rating=1,
        recommends=0,
        next_contact_at=OVER + 7 * DAY_MS + 1,
        survey_resolved=0,
        previous_at=MIDNIGHT - 2,
        issue_number=2,
        promises=1,
    ),
    _contact(
        4,
        rating=3,
        recommends=8,
        resolvable=0,
        next_contact_at=OVER + HOUR,
        previous_at=MIDNIGHT - 3 * HOUR,
        issue_number=3,
    ),
    _contact(5, customer="", next_contact_at=None),
    _contact(6, answered=0, abandoned=1, handlings=0),
    _contact(7, closed_at=None, closed_local=None, handlings=0, answered=0, issue_number=0),
]
NOW = OVER + 8 * DAY_MS

WORKED: dict[str, tuple[float | None, int]] = {
    "sl.answered_or_abandoned@20s": (3 / 9, 9),
    "sl.short_abandons_excluded@20s/5s": (3 / 7, 7),
    "sl.abandons_in_x_excluded@20s": (3 / 6, 6),
    "sl.left_queue_in_x@20s": (7 / 12, 12),
    "sl.answered_only@20s": (3 / 5, 5),
    "sl.own_target": (2 / 3, 3),
    "genesys.service_level@20s": (3 / 9, 9),
    "genesys.service_level_flowouts@20s": (3 / 12, 12),
    "genesys.service_level_no_short@20s/10s": (3 / 7, 7),
    "connect.service_level@20s": (7 / 13, 13),
    "talkdesk.service_level@20s/5s": (3 / 8, 8),
    "cisco.uccx_only_handled@20s": (3 / 5, 5),
    "cisco.uccx_without_abandon@20s": (3 / 9, 9),
    "cisco.uccx_positive_abandon@20s": (6 / 12, 12),
    "cisco.uccx_negative_abandon@20s": (3 / 12, 12),
    "cisco.ucce_ignored@20s": (3 / 6, 6),
    "cisco.ucce_negative@20s": (3 / 9, 9),
    "cisco.ucce_positive@20s": (6 / 9, 9),
    "asterisk.service_level_perf@60s": (4 / 5, 5),
    "asterisk.service_level_perf2@60s": (7 / 9, 9),
    "queuemetrics.sla_answered@20s": (3 / 5, 5),
    "queuemetrics.sla_offered@20s": (3 / 12, 12),
    "queue.entered": (13, 13),
    "queue.answered": (5, 5),
    "queue.abandoned": (4, 4),
    "queue.left_otherwise": (3, 3),
    "queue.callbacks": (1, 1),
    "queue.lost": (0, 0),
    "abandon.over_queued": (4 / 12, 12),
    "abandon.over_offered": (4 / 9, 9),
    "abandon.short_dropped@5s": (2 / 7, 7),
    "abandon.callbacks_counted": (6 / 12, 12),
    "asa.answered": ((4_000 + 19_999 + 20_000 + 21_000 + 95_000) / 5, 5),
    "asa.all": ((159_999 + 86_000 + 109_000) / 12, 12),
    "wait.abandoned_mean": (86_000 / 4, 4),
    "wait.median": (20_000, 5),
    "wait.p90": (95_000, 5),
    "wait.longest": (95_000, 12),
    "wait.over@60s": (3 / 12, 12),
    "queue.offers": (8 / 5, 5),
    "handled": (3, 3),
    "aht": (220_000 / 3, 3),
    "aht.talk_and_hold": (180_000 / 3, 3),
    "talk.mean": (160_000 / 3, 3),
    "talk.median": (55_000, 3),
    "hold.of_held": (20_000, 1),
    "hold.of_all": (20_000 / 3, 3),
    "wrap.mean": (40_000 / 3, 3),
    "ring.mean": (2_500, 4),
    "transfer.rate": (1 / 3, 3),
    "hangup.agent_first": (1 / 3, 3),
    "hangup.short_answer@10s": (1 / 3, 3),
    "occupancy": (660_000 / 960_000, 960_000),
    "occupancy.concurrent": (900_000 / 1_920_000, 1_920_000),
    "time.signed_in": (1_800_000, 1_800_000),
    "time.away": (840_000, 840_000),
    "time.away_share": (840_000 / 1_800_000, 1_800_000),
    "contacts_per_hour": (3 / 0.5, 1_800_000),
    "contacts": (7, 7),
    "contacts.unanswered": (1 / 7, 7),
    "fcr.no_repeat@7d": (2 / 4, 4),
    "fcr.net@7d": (2 / 3, 3),
    "fcr.agent_said": (1 / 3, 3),
    "fcr.survey": (1 / 2, 2),
    "repeat.rate@7d": (2 / 4, 4),
    "csat.share": (2 / 4, 4),
    "csat.mean": (13 / 4, 4),
    "nps": (100 * (2 - 1) / 4, 4),
    "ces.mean": (13 / 2, 2),
    "handlings_per_contact": (6 / 5, 5),
    "contact.whole_time": (60_000 / 5, 5),
    "issues": (3, 3),
    "issues.one_contact": (1 / 2, 2),
    "issues.contacts_mean": (5 / 3, 3),
    "issues.handle_mean": (300_000 / 2, 2),
    "fcr.issue@7d": (1 / 2, 2),
    "repeat.share": (2 / 6, 6),
    "promises": (4, 4),
    "promises.kept": (2 / 3, 3),
    "queue.waiting_mean": (220_000 / 1_200_000, 1_200_000),
    "queue.waiting_peak": (3, 4),
    "queue.longest_moment": (110_000, 2),
    "queue.staffed_mean": (1_760_000 / 1_200_000, 1_200_000),
    "queue.nobody_there": (40_000 / 100_000, 100_000),
    "time.talking": (400_000 / 1_800_000, 1_800_000),
    "time.hold": (50_000 / 1_800_000, 1_800_000),
    "time.wrap_up": (150_000 / 1_800_000, 1_800_000),
    "time.idle": (300_000 / 1_800_000, 1_800_000),
}
"""Worked on paper from the rows above."""


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("facts"))
    rows = {
        "visits": VISITS,
        "handlings": HANDLINGS,
        "agent_time": AGENT_TIME,
        "contacts": CONTACTS,
        "queue_time": QUEUE_TIME,
        "issues": ISSUES,
    }
    fill(warehouse, rows)
    return warehouse


def test_every_figure_is_as_worked_by_hand(golden: Warehouse) -> None:
    assert {measure(name).kpi.id for name in WORKED} == set(catalogue.catalogue()), "work every figure by hand"
    measures = tuple(map(measure, WORKED))
    (values,) = golden.ask(Question(measures=measures, period=Period(DAY, DAY), now=NOW)).rows
    found = {name: tuple(values[2 * i : 2 * i + 2]) for i, name in enumerate(WORKED)}
    assert found == {name: (pytest.approx(value), n) for name, (value, n) in WORKED.items()}


def test_nothing_to_divide_by_is_nothing_with_n_0(golden: Warehouse) -> None:
    measures = tuple(map(measure, WORKED))
    empty = Question(measures=measures, period=Period(DAY, DAY), where=(("channel", ("nobody's",)),), now=NOW)
    known = [m for m in measures if m.kpi.fact not in ("agent_time", "queue_time") and not m.kpi.per_fact]
    (values,) = golden.ask(Question(measures=tuple(known), period=empty.period, where=empty.where, now=NOW)).rows
    for i, each in enumerate(known):
        counted = each.kpi.unit == "count"
        assert values[2 * i : 2 * i + 2] == ((0, 0) if counted else (None, 0)), each.name


def test_a_clock_that_has_not_struck_counts_nowhere(golden: Warehouse) -> None:
    """A contact whose seven days are not over says nothing about repeats yet."""
    question = Question(measures=(measure("fcr.no_repeat@7d"),), period=Period(DAY, DAY), now=OVER + 6 * DAY_MS)
    assert golden.ask(question).rows == ((None, 0),)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse", "spark"])
@pytest.mark.parametrize("split", ["interval", "weekday", "hour_of_day", "interval_of_day", "day"])
def test_every_figure_can_be_said_in_every_dialect(dialect: str, split: str) -> None:
    measures = tuple(map(measure, WORKED))
    text = select(Question(measures=measures, period=Period(DAY, DAY), by=(split,), now=NOW), dialect)
    assert "count_if" not in text.lower()


def test_every_definition_is_whole() -> None:
    for versions in catalogue.catalogue().values():
        for kpi in versions:
            assert set(kpi.name) == set(kpi.says) == {"fa", "uk", "en"}, kpi.id
            assert all([*kpi.name.values(), *kpi.says.values()]), kpi.id
            given = Measure(kpi, tuple((name, 1) for name in kpi.params))
            for expression, table in ((kpi.of, kpi.fact), (kpi.per, kpi.per_fact or kpi.fact), (kpi.n, kpi.fact)):
                if expression:
                    assert columns_of(given.filled(expression, NOW), TABLES[table]), kpi.id
            holes = {hole for text in (kpi.of, kpi.per, kpi.n) for hole in catalogue._HOLE.findall(text)}
            assert holes - {catalogue.NOW} == set(kpi.params), kpi.id
            assert kpi.n or kpi.per or kpi.unit in {"count", "ms"}, f"{kpi.id}: what is it based on?"


def test_a_released_definition_never_changes() -> None:
    """What is counted otherwise is another version: contracts are paid by the one they name."""
    sealed = tomllib.loads(SEALED.read_text("utf-8"))
    now = {f"{k.id}:{k.version}": k.digest for versions in catalogue.catalogue().values() for k in versions}
    changed = {name for name, digest in sealed.items() if now.get(name) != digest}
    assert not changed, "released definitions changed or went; add a version instead"
    assert set(now) == set(sealed), "seal the new ones in sealed.toml"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "kpi.name"),
        ("SL!", "kpi.name"),
        ("sl.answered_or_abandonned", "kpi.unknown"),
        ("sl.answered_only:9", "kpi.version"),
        ("sl.answered_only@20s/3s", "kpi.params"),
        ("handled@20s", "kpi.params"),
        ("sl.answered_only@20", "kpi.duration"),
        ("sl.answered_only@-1s", "kpi.duration"),
        ("sl.answered_only@99999999d", "kpi.duration"),
        ("sl.answered_only@20s; DROP TABLE visits", "kpi.duration"),
    ],
)
def test_what_nobody_can_read_is_refused(written: str, code: str) -> None:
    with pytest.raises(PasokhError) as refused:
        measure(written)
    assert refused.value.code == code


def test_a_name_says_everything() -> None:
    assert measure("sl.short_abandons_excluded").name == "sl.short_abandons_excluded:1@20s/5s"
    assert measure(measure("fcr.net").name) == measure("fcr.net@7d")
    assert measure("sl.answered_only@90s").name == "sl.answered_only:1@90s"
    assert measure("sl.answered_only@0s").name == "sl.answered_only:1@0ms"
    assert measure("sl.answered_only@۲۰s") == measure("sl.answered_only@20s")
    assert [measure(name).kpi.additive for name in ("aht", "wait.median", "wait.longest")] == [True, False, False]


def test_the_walls_formulas_are_the_catalogues(golden: Warehouse) -> None:
    """Two places count service level, the wall from counters and figures from facts: one name, one number."""
    config, day = QueueConfig("support", target_ms=20_000, short_ms=5_000), QueueDay()
    left = {"abandoned": Closing.ABANDONED, "callback": Closing.DIVERTED, "message": Closing.DIVERTED}
    visits = [row for row in VISITS if row["how"] not in ("moved", "waiting")]
    for each in visits:
        if each["how"] == "answered":
            count_answered(day, config, int(str(each["wait_ms"])))
        else:
            count_left(day, config, left[str(each["how"])], int(str(each["wait_ms"])))
    for formula in service_level.CATALOGUE:
        asked = measure(f"{formula.id}:{formula.version}")
        params = "/".join({"x": "20s", "s": "5s"}[name] for name in asked.kpi.params)
        question = Question(
            measures=(measure(f"{formula.id}:{formula.version}@{params}"),),
            period=Period(DAY, DAY),
            where=(("how", tuple(sorted({str(row["how"]) for row in visits}))),),
        )
        assert golden.ask(question).rows == (formula(day),), formula.id
