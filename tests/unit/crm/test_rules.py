"""Addresses in one spelling, what an address of the list asks for, when the next break is."""

from datetime import UTC, date, datetime

import pytest

from pasokh.acd import events as ev
from pasokh.acd.model import Channel, Closing
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.rules import Address, as_address, customer_key
from pasokh.office.day.rules import Break, NextBreak, next_break
from pasokh.office.desk.asked import day_range, parse_wait, read_address
from pasokh.office.desk.rows import History
from pasokh.office.desk.rules import fold
from pasokh.office.desk.search import query_words, ranges_of, words_of

TEHRAN = "Asia/Tehran"


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "09121234567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢١٢٣٤٥٦٧",
        "+98 912 123 4567",
        "0098-912-123-4567",
        "(0912) 123 45 67",
        "‎+989121234567",
    ],
)
def test_a_telephone_number_has_one_spelling(text: str) -> None:
    assert as_address(text, "IR") == Address("phone", "+989121234567")
    assert customer_key(text, "IR") == customer_key("+989121234567", None)


def test_other_addresses() -> None:
    assert as_address(" Sara@Example.ORG ", None) == Address("email", "sara@example.org")
    assert as_address("067 123 45 67", "UA") == Address("phone", "+380671234567")
    assert as_address("12345", None) == Address("phone", "12345")
    assert as_address("somebody", "IR") == Address("other", "somebody")
    assert as_address("\u202e", "IR") is None
    assert customer_key("somebody") == "" == customer_key("")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("20", 20_000),
        ("20s", 20_000),
        ("۲۰", 20_000),
        ("2m", 120_000),
        ("1:30", 90_000),
        ("1:00:00", 3_600_000),
        ("1h", 3_600_000),
    ],
)
def test_waits_are_read(text: str, ms: int) -> None:
    assert parse_wait(text) == ms


@pytest.mark.parametrize("text", ["", "x", "-5", "1:2", "9999999"])
def test_what_is_no_wait_is_refused(text: str) -> None:
    with pytest.raises(PasokhError, match="not_a_wait"):
        parse_wait(text)


def test_days_are_the_organisations_in_either_calendar() -> None:
    now = at(2026, 3, 21, 21, 0)  # half past midnight of the 22nd in Tehran
    today = read_address({"day": "today"}, TEHRAN, "fa", now).asked
    assert (today.since, today.until) == (at(2026, 3, 21, 20, 30), at(2026, 3, 22, 20, 30))
    jalali = read_address({"from": "۱۴۰۵/۱/۲", "to": "1405/1/2"}, TEHRAN, "en", now).asked
    assert (jalali.since, jalali.until) == (today.since, today.until)
    gregorian = read_address({"day": "2026-03-22"}, TEHRAN, "uk", now).asked
    assert gregorian.since == today.since
    begin, end = day_range(date(2026, 3, 29), "Europe/Kyiv")
    assert end - begin == 23 * 3_600_000


def test_what_cannot_be_read_is_told_at_its_field_and_kept_as_typed() -> None:
    given = {
        "from": "yesterdayish",
        "wait_over": "long",
        "rating": "9",
        "state": "gone",
        "queue": "q",
        "q": "a\x00b\x1bc",
    }
    reading = read_address(given, TEHRAN, "en", at(2026, 1, 1))
    assert set(reading.errors) == {"from", "wait_over", "rating", "state"}
    assert all(error.params["field"] == name for name, error in reading.errors.items())
    assert reading.typed["from"] == "yesterdayish"
    assert (reading.asked.queue, reading.asked.q) == ("q", "abc")
    crossed = read_address({"from": "2026-03-22", "to": "2026-03-20"}, TEHRAN, "en", at(2026, 1, 1))
    assert crossed.errors["to"].code == "contacts.dates_crossed"
    assert read_address({"rating": "۲-۱"}, TEHRAN, "fa", 0).asked.rating == (1, 2)


def test_words_are_found_from_their_beginning_and_numbers_from_their_end() -> None:
    assert words_of("علي كريمي، سفارش ۱۲۳۴") == ["علی", "کریمی", "سفارش", "1234"]
    assert query_words("+98 912 123") == ["98912123"]
    assert query_words("%") == []
    assert ranges_of("4567") == [("4567", "4567\U0010ffff"), ("<7654", "<7654\U0010ffff")]


PLAN = [Break(6, 600, 615, "tea"), Break(6, 23 * 60 + 50, 10, "night")]  # Sundays


def test_the_next_break_is_the_one_going_on_or_the_nearest() -> None:
    sunday = (2026, 3, 22)
    assert next_break(PLAN, at(*sunday, 6, 0), TEHRAN) == NextBreak(at(*sunday, 6, 30), at(*sunday, 6, 45), "tea")
    assert next_break(PLAN, at(*sunday, 6, 40), TEHRAN) == NextBreak(at(*sunday, 6, 30), at(*sunday, 6, 45), "tea")
    night = NextBreak(at(*sunday, 20, 20), at(*sunday, 20, 40), "night")
    assert next_break(PLAN, at(*sunday, 7, 0), TEHRAN) == night
    assert next_break(PLAN, at(*sunday, 20, 35), TEHRAN) == night  # past midnight it still goes on
    following = next_break(PLAN, at(*sunday, 20, 40), TEHRAN)
    assert following is not None
    assert following.at == at(2026, 3, 29, 6, 30)
    assert next_break([], 0, TEHRAN) is None


def test_a_break_keeps_its_wall_clock_time_when_the_clocks_change() -> None:
    found = next_break([Break(6, 600, 615)], at(2026, 3, 29, 0, 30), "Europe/Kyiv")
    assert found == NextBreak(at(2026, 3, 29, 7, 0), at(2026, 3, 29, 7, 15), "")


def test_events_of_contacts_nobody_knows_stop_nothing() -> None:
    history = History()
    fold(history, [
        (ev.ContactRated("gone", "gone.i", "q", "", 5), 1),
        (ev.FollowUpSet("f", "gone", "a", 5, "note", "b"), 2),
        (ev.FollowUpClosed("g", "gone", "a", 5, "b"), 3),
        (ev.IncidentWithdrawn("i", "b"), 4),
    ])  # fmt: skip
    assert list(history.follow_ups) == ["f"]


def test_the_last_rating_wins_and_a_reopened_promise_says_so() -> None:
    history = History()
    fold(history, [
        (ev.ContactOpened("c", "c.i", Channel.CHAT, "q", "own", 1, address="a@b.cd"), 1),
        (ev.ContactRated("c", "c.i", "q", "x", 2, "slow"), 2),
        (ev.ContactRated("c", "c.i", "q", "x", 5, "fine"), 3),
        (ev.FollowUpSet("f", "c", "a", 5, "note", "b"), 4),
        (ev.FollowUpClosed("f", "c", "a", 5, "b", "done"), 5),
        (ev.FollowUpSet("f", "c", "a", 9, "again", "b"), 6),
        (ev.InteractionClosed("c.i", "c", "q", Channel.CHAT, Closing.CLOSED, 5), 7),
    ])  # fmt: skip
    contact, promise = history.contacts["c"], history.follow_ups["f"]
    assert (contact.rating, contact.rating_comment, contact.rated_at) == (5, "fine", 3)
    assert (promise.closed_at, promise.reopened, promise.due_at, promise.set_at) == (0, 1, 9, 4)
    assert promise.customer == customer_key("a@b.cd")
    assert [v.how for v in history.visits.values()] == ["refused"]
