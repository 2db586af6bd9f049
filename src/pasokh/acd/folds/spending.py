"""Folding calls to the outside and what they cost."""

from collections.abc import Callable
from typing import Any

from pasokh.acd import events as ev
from pasokh.acd.spending import next_reached
from pasokh.acd.state import Dial, State
from pasokh.kernel.time import Instant


def dial_begun(state: State, e: ev.DialBegun, at: Instant) -> None:
    """One more; its terms are what holds for all from now on."""
    known, terms = state.spending, e.terms
    if terms.currency != known.currency:  # what was spent in another one says nothing about these limits
        known.today = known.this_month = 0
    if terms.month != known.month:
        known.this_month = 0
    known.currency, known.month, known.next_month = terms.currency, terms.month, terms.next_month
    known.day_limit, known.month_limit, known.cut = terms.day_limit, terms.month_limit, terms.cut
    state.dials[e.call] = Dial(
        e.call, e.purpose, e.interaction, e.prefix, terms.currency, terms.a_minute, terms.first_s, terms.step_s,
        state.day, terms.month,
    )  # fmt: skip
    known.due = next_reached(state, at)


def dial_answered(state: State, e: ev.DialAnswered, at: Instant) -> None:
    """It costs from now on."""
    dial = state.dials[e.call]
    dial.answered_at = at
    i = state.interactions.get(dial.interaction)
    if i is not None and dial.purpose == "callback":
        i.reached_at = at
    state.spending.due = next_reached(state, at)


def dial_ended(state: State, e: ev.DialEnded, at: Instant) -> None:
    """Counted in the day and month in which it began, if they still are."""
    del state.dials[e.call]
    i = state.interactions.get(e.interaction)
    if i is not None and e.purpose == "callback":
        i.reached_at = 0
    known = state.spending
    if e.currency == known.currency:
        known.today += e.cost if e.day == state.day else 0
        known.this_month += e.cost if e.month == known.month else 0
    known.due = next_reached(state, at)


def dials_kept(_: State, __: ev.DialsKept, ___: Instant) -> None:
    """What follows from it comes as events of its own."""


def spend_reached(state: State, e: ev.SpendReached, at: Instant) -> None:
    """Told once."""
    state.spending.told.append(f"{e.span}:{e.percent}")
    state.spending.due = next_reached(state, at)


def spend_eased(state: State, e: ev.SpendEased, at: Instant) -> None:
    """It may be reached again."""
    state.spending.told.remove(f"{e.span}:{e.percent}")
    state.spending.due = next_reached(state, at)


def begin_day(state: State, at: Instant) -> None:
    """Another day of the organisation began: what it cost so far is nothing, and so is another month's."""
    known = state.spending
    known.today = 0
    if known.next_month and state.day >= known.next_month:
        known.this_month, known.month, known.next_month = 0, "", ""
    known.due = next_reached(state, at)


# Each fold takes exactly its own event, which a dict cannot say; hence Any.
FOLDS: dict[type, Callable[[State, Any, Instant], None]] = {
    ev.DialBegun: dial_begun,
    ev.DialAnswered: dial_answered,
    ev.DialEnded: dial_ended,
    ev.DialsKept: dials_kept,
    ev.SpendReached: spend_reached,
    ev.SpendEased: spend_eased,
}
