"""What the analyses read from facts: worked on a few rows."""

from datetime import date, timedelta

import pytest
from tests.fact_rows import DAY, MIDNIGHT, fill, row, visit

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.analysis import readings
from pasokh.metrics.analysis.goals import Share
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period
from pasokh.metrics.warehouse import Warehouse

HOUR, S, DAY_MS = 3_600_000, 1_000, 86_400_000
PERIOD = Period(DAY, DAY)
NOW = MIDNIGHT + 30 * DAY_MS


@pytest.fixture
def warehouse(tmp_path) -> Warehouse:
    return Warehouse(tmp_path)


def test_waits_by_group_and_who_still_waits(warehouse):
    fill(warehouse, {"visits": [
        visit(1, 9 * HOUR, "abandoned", 30.04), visit(2, 9 * HOUR, "answered", 30), visit(3, 9 * HOUR, "callback", 60),
        visit(4, 20 * HOUR, "abandoned", 10, queue="sales"),
        visit(5, 20 * HOUR, "waiting", 0, queue="sales", left_at=None, left_local=None),
    ]})  # fmt: skip
    now = MIDNIGHT + 20 * HOUR + 45 * S
    assert readings.waits(warehouse, PERIOD, now) == {
        "": [(10_000, 1, 0), (30_000, 1, 1), (45_000, 0, 1), (60_000, 0, 1)]
    }
    assert readings.waits(warehouse, PERIOD, now, "queue")["sales"] == [(10_000, 1, 0), (45_000, 0, 1)]
    assert list(readings.waits(warehouse, PERIOD, now, "part_of_day")) == ["evening", "morning"]
    assert readings.waits(warehouse, PERIOD, now, "", [("queue", ["sal'es"])]) == {}
    with pytest.raises(PasokhError, match=r"kpi\.split"):
        readings.waits(warehouse, PERIOD, now, "", [("outcome", ["x"])])


def _contact(name: str, **given: object) -> dict[str, object]:
    usual = {"contact": name, "reason": "bill", "answered": 1, "closed_at": MIDNIGHT + HOUR, "agent": "sara",
             "resolved": None, "rating": None, "next_contact_at": None}  # fmt: skip
    return row("contacts", HOUR, **usual | given)


def _handling(contact: str, number: int, agent: str = "sara", **given: object) -> dict[str, object]:
    usual = {"handling": f"{contact}/{number}", "contact": contact, "agent": agent, "kind": "contact", "reason": "bill"}
    return row("handlings", HOUR + number * S, **usual | given)


def test_where_the_time_of_a_contact_went(warehouse):
    contacts = [
        _contact("a"), _contact("b", next_contact_at=MIDNIGHT + HOUR + 7 * DAY_MS),
        _contact("c", next_contact_at=MIDNIGHT + HOUR + 7 * DAY_MS + 1), _contact("d", rating=3),
        _contact("e", resolved=0),
        _contact("late", closed_at=NOW - 6 * DAY_MS), _contact("never", answered=0), _contact("unknown", reason=""),
    ]  # fmt: skip
    handlings = [
        _handling("a", 1, talk_ms=100, hold_ms=50, wrap_ms=10, ended_by="transfer"),
        _handling("a", 2, "omid", talk_ms=70, hold_ms=5, wrap_ms=3),
        _handling("a", 3, talk_ms=20, wrap_ms=1),
        _handling("a", 4, kind="consult", talk_ms=40),
        *(_handling(name, 1, talk_ms=10) for name in ("b", "c", "d", "e", "late", "never", "unknown")),
    ]
    fill(warehouse, {"contacts": contacts, "handlings": handlings})
    found = readings.handled(warehouse, PERIOD, NOW)
    assert list(found) == ["bill"]
    of = {each.contact: each for each in found["bill"]}
    assert list(of) == ["a", "b", "c", "d", "e"]
    a = of["a"]
    assert (a.hold_ms, a.search_ms, a.transfer_ms, a.repetition_ms, a.wrap_ms, a.talk_ms) == (15, 40, 73, 21, 10, 100)
    assert a.handle_ms == 100 + 50 + 10 + 70 + 5 + 3 + 20 + 1, "the parts are the whole"
    assert [of[name].well for name in "abcde"] == [True, False, True, False, False]
    assert [of[name].again for name in "bc"] == [True, False]


def test_what_came_by_hour(warehouse):
    fill(warehouse, {"visits": [
        visit(1, 9 * HOUR, "answered"), visit(2, 10 * HOUR - 1, "abandoned"), visit(3, 9 * HOUR, "moved"),
        visit(4, DAY_MS, "answered"),
    ]})  # fmt: skip
    week = Period(DAY, DAY + timedelta(days=6))
    assert readings.hourly(warehouse, week) == {(DAY, 9): 2, (DAY + timedelta(days=1), 0): 1}
    assert readings.hourly(warehouse, PERIOD, "visits", [("how", ["abandoned"])]) == {(DAY, 9): 1}


def test_days_of_a_figure_add_up_to_it(warehouse):
    fill(warehouse, {"visits": [
        visit(1, 0, "answered", 10), visit(2, 0, "answered", 30), visit(3, DAY_MS, "answered", 90),
    ]})  # fmt: skip
    asa, entered = measure("asa.answered"), measure("queue.entered")
    week = Period(DAY, DAY + timedelta(days=6))
    found = readings.days_of(warehouse, asa, week, NOW)
    assert found == {DAY: Share(40_000, 2), DAY + timedelta(days=1): Share(90_000, 1)}
    assert readings.value_in(warehouse, asa, week, NOW) == (pytest.approx(130_000 / 3), 3)
    assert readings.days_of(warehouse, entered, week, NOW)[DAY] == Share(2.0)
    assert readings.value_in(warehouse, asa, Period(date(2020, 1, 1), date(2020, 1, 2)), NOW) == (None, 0)
    with pytest.raises(PasokhError, match=r"goal\.not_additive"):
        readings.days_of(warehouse, measure("wait.median"), week, NOW)


def test_reasons(warehouse):
    fill(warehouse, {"contacts": [_contact("a"), _contact("b"), _contact("c", reason="")]})
    assert readings.reasons(warehouse, PERIOD) == {"": 1, "bill": 2}
