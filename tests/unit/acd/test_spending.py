"""What calls to the outside cost, when the limits refuse one more, and who is told before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.model import QueueConfig, Terms
from pasokh.acd.spending import cost, spent
from pasokh.acd.state import dump_state, load_state
from pasokh.acd.step import next_due
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, SECOND

UAH = 1_000_000


def terms(**more: object) -> Terms:
    given = {
        "currency": "UAH", "a_minute": UAH, "max_calls": 10, "month": "2026-10", "next_month": "2026-11-01", **more,
    }  # fmt: skip
    return Terms(**given)


def centre() -> Centre:
    c = Centre(QueueConfig("q"))
    c.do(cmd.StartDay("2026-10-24"))
    return c


def talk(c: Centre, call: str, minutes: int, **more: object) -> None:
    c.do(cmd.BeginDial(call, "transfer", terms(**more), "+380"))
    c.do(cmd.AnswerDial(call))
    c.wait(minutes * MINUTE)
    c.do(cmd.EndDial(call))


def refusal(c: Centre, call: str = "late", **more: object) -> str:
    with pytest.raises(PasokhError) as error:
        c.do(cmd.BeginDial(call, "callback", terms(**more), "+380"))
    return error.value.code


@pytest.mark.parametrize(
    ("talked_ms", "first_s", "step_s", "billed_s"),
    [(0, 60, 60, 60), (1, 60, 60, 60), (60_000, 60, 60, 60), (60_001, 60, 60, 120), (31_000, 30, 6, 36),
     (36_000, 30, 6, 36), (12_300, 1, 1, 13)],
)  # fmt: skip
def test_time_is_paid_as_carriers_bill_it(talked_ms, first_s, step_s, billed_s):
    assert cost(60, first_s, step_s, talked_ms) == billed_s


def test_a_part_of_a_millionth_counts_as_one():
    assert cost(1, 1, 1, 0) == 1
    assert cost(0, 60, 60, 10 * MINUTE) == 0


@given(
    st.integers(0, 10**12), st.integers(1, 3_600), st.integers(1, 3_600), st.integers(0, 10**8), st.integers(0, 10**6)
)
def test_more_time_never_costs_less(a_minute, first, step, talked, more):
    assert cost(a_minute, first, step, talked) <= cost(a_minute, first, step, talked + more)


def test_unanswered_calls_cost_nothing_and_answered_ones_count_when_they_end():
    c = centre()
    c.do(cmd.BeginDial("d1", "callback", terms()))
    c.wait(40 * SECOND)
    (ended,) = c.do(cmd.EndDial("d1"))
    assert (ended.cost, ended.answered, ended.talk_ms) == (0, False, 0)
    talk(c, "d2", 3)
    assert (c.state.spending.today, c.state.spending.this_month) == (3 * UAH, 3 * UAH)
    assert c.do(cmd.EndDial("d2")) == []
    assert c.do(cmd.AnswerDial("d2")) == []


def test_the_same_call_is_begun_once():
    c = centre()
    c.do(cmd.BeginDial("d1", "callback", terms(max_calls=1)))
    assert c.do(cmd.BeginDial("d1", "callback", terms(max_calls=1))) == []
    assert refusal(c, "d2", max_calls=1) == "dial.too_many_calls"
    c.do(cmd.EndDial("d1"))
    c.do(cmd.BeginDial("d2", "callback", terms(max_calls=1)))


def test_a_limit_refuses_what_would_not_last_and_names_the_span():
    c = centre()
    talk(c, "d1", 4, day_limit=5 * UAH)
    assert refusal(c, day_limit=5 * UAH, least_s=61) == "dial.spent_today"
    c.do(cmd.BeginDial("d2", "callback", terms(day_limit=5 * UAH)))
    c.do(cmd.EndDial("d2"))
    assert refusal(c, day_limit=50 * UAH, month_limit=4 * UAH) == "dial.spent_this_month"
    c.do(cmd.BeginDial("free", "callback", terms(day_limit=0, month_limit=0, a_minute=0)))
    assert refusal(c, day_limit=0) == "dial.spent_today"


def test_calls_under_way_count_while_they_go_on():
    c = centre()
    c.do(cmd.BeginDial("d1", "callback", terms(day_limit=5 * UAH)))
    c.do(cmd.AnswerDial("d1"))
    c.wait(4 * MINUTE + SECOND)
    assert spent(c.state, "day", c.now) == 5 * UAH
    assert refusal(c, day_limit=5 * UAH) == "dial.spent_today"
    c.wait(MINUTE)
    (ended,) = [e for e in c.do(cmd.EndDial("d1")) if isinstance(e, ev.DialEnded)]
    assert ended.cost == 6 * UAH, "a call under way is not cut unless the policy says so"
    assert not [each for each in c.effects if isinstance(each, ef.CutDial)]


def test_four_fifths_and_the_whole_are_told_at_their_moment_while_a_call_goes_on():
    c = centre()
    c.do(cmd.BeginDial("d1", "callback", terms(first_s=1, step_s=1, day_limit=10 * UAH)))
    c.do(cmd.AnswerDial("d1"))
    began = c.now
    c.wait(20 * MINUTE)
    told = [(at - began, e.percent) for at, e in c.log if isinstance(e, ev.SpendReached)]
    assert [share for _, share in told] == [80, 100]
    assert abs(told[0][0] - 8 * MINUTE) <= 2 * SECOND
    assert abs(told[1][0] - 10 * MINUTE) <= 2 * SECOND
    assert list(c.state.faults) == ["spend_day:100"], "one alarm a limit"
    assert next_due(c.state) is None


def test_a_policy_that_cuts_ends_calls_that_cost_when_the_limit_is_reached():
    c = centre()
    rules = {"day_limit": 2 * UAH, "cut": True}
    c.do(cmd.BeginDial("d1", "callback", terms(**rules), interaction="i1"))
    c.do(cmd.BeginDial("free", "station", terms(a_minute=0, **rules)))
    c.do(cmd.AnswerDial("d1"))
    c.do(cmd.AnswerDial("free"))
    c.wait(MINUTE + SECOND)
    assert [each.call for each in c.effects if isinstance(each, ef.CutDial)] == ["d1"]


def test_another_day_begins_with_nothing_spent_and_an_old_call_belongs_to_its_own():
    c = centre()
    talk(c, "d1", 5, day_limit=5 * UAH, month_limit=100 * UAH)
    c.do(cmd.BeginDial("night", "callback", terms(day_limit=6 * UAH, month_limit=100 * UAH)))
    c.do(cmd.AnswerDial("night"))
    c.wait(10 * SECOND)
    said = c.do(cmd.StartDay("2026-10-25"))  # the night of 25 hours in Kyiv: a day is a date, however long
    assert [e.span for e in said if isinstance(e, ev.SpendEased)] == ["day", "day"]
    assert not c.state.faults
    c.wait(25 * 60 * MINUTE)
    c.do(cmd.EndDial("night"))
    assert c.state.spending.today == 0
    assert c.state.spending.this_month > 1_000 * UAH


def test_another_month_begins_with_its_first_day():
    c = centre()
    talk(c, "d1", 5, month_limit=5 * UAH)
    assert list(c.state.faults) == ["spend_month:100"]
    c.do(cmd.StartDay("2026-10-31"))
    assert list(c.state.faults) == ["spend_month:100"]
    c.do(cmd.StartDay("2026-11-01"))
    assert not c.state.faults
    c.do(cmd.BeginDial("d2", "callback", terms(month_limit=5 * UAH, month="2026-11", next_month="2026-12-01")))


def test_a_raised_limit_ends_the_alarm_and_another_currency_begins_anew():
    c = centre()
    talk(c, "d1", 5, day_limit=5 * UAH)
    talk(c, "d2", 1, day_limit=50 * UAH)
    assert not c.state.faults
    talk(c, "d3", 1, currency="EUR", day_limit=5 * UAH)
    assert (c.state.spending.currency, c.state.spending.today) == ("EUR", UAH)


def test_whoever_takes_over_says_which_calls_are_there():
    c = centre()
    for call in ("gone", "rings", "talks"):
        c.do(cmd.BeginDial(call, "callback", terms()))
    c.do(cmd.AnswerDial("gone"))
    c.state = load_state(dump_state(c.state))
    c.wait(90 * SECOND)
    said = c.do(cmd.KeepDials(("rings", "talks", "another"), ("talks",)))
    assert [type(e).__name__ for e in said] == ["DialsKept", "DialEnded", "DialAnswered"]
    assert said[1].cost == 2 * UAH
    assert c.do(cmd.KeepDials(("rings", "talks"), ("talks",))) == []
    assert sorted(c.state.dials) == ["rings", "talks"]
