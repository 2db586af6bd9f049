"""Queues open and close at their boundaries exactly once; what a supervisor switches by hand holds until the next."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest
from tests.office_stage import Office

from pasokh.i18n.dates import instant
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, MINUTE
from pasokh.office.audit.selectors import of_target
from pasokh.office.hours.actions import do_assign_calendar, do_remove_calendar, do_save_calendar, do_set_day
from pasokh.office.hours.models import QueueHours
from pasokh.office.hours.rules import CalendarConfig, Day, Span
from pasokh.office.hours.schedule import apply_due
from pasokh.office.hours.selectors import next_opening
from pasokh.office.supervise.actions import do_open_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.ops.hours import OfficeHours
from pasokh.store import schema

ZONE = "Asia/Tehran"
WEEK = CalendarConfig(ZONE, ((Span(540, 1_020),),) * 7)


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)))


def look(office: Office, now: int) -> int:
    """What the worker does, twice: the second look must change nothing."""
    office.now = now
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as connection:
        switched = apply_due(connection, now)
        assert apply_due(connection, now) == 0
    return switched


def is_open() -> bool:
    with organisation_scope("alpha"):
        return Queue.objects.get(key="help").is_open


def keep(office: Office, now: int, config: CalendarConfig = WEEK) -> None:
    office.now = now
    with organisation_scope("alpha"):
        do_assign_calendar("system", "help", None)
        do_save_calendar("user:boss", "day", {"en": "Day"}, config)
        do_assign_calendar("user:boss", "help", "day")


def commands(office: Office) -> list[str]:
    with psycopg.connect(office.dsn(schema.ENGINE)) as connection:
        rows = connection.execute("SELECT key FROM command_inbox WHERE key LIKE 'hours:%' ORDER BY id").fetchall()
    return [key for (key,) in rows]


def test_a_week_of_boundaries_acts_once_each(office: Office) -> None:
    keep(office, at("2026-11-22T12:00"))
    assert look(office, at("2026-11-22T12:00")) == 0, "open already"
    moments = [at(f"2026-11-22T{time}") for time in ("16:59", "17:00", "17:01", "23:00")]
    assert [look(office, now) for now in moments] == [0, 1, 0, 0]
    assert not is_open()
    assert look(office, at("2026-11-23T08:59")) == 0
    assert look(office, at("2026-11-23T09:00")) == 1
    assert is_open()
    assert commands(office) == [f"hours:help:{at('2026-11-22T17:00')}", f"hours:help:{at('2026-11-23T09:00')}"]
    assert all(answer.ok for answer in office.work("alpha"))
    with organisation_scope("alpha"):
        assert [(e.actor, e.action) for e in of_target("queue:help")][:2] == [
            ("system:hours", "queue.open"), ("system:hours", "queue.close"),
        ]  # fmt: skip


def test_switching_by_hand_holds_until_the_next_boundary(office: Office) -> None:
    keep(office, at("2026-11-22T12:00"))
    look(office, at("2026-11-22T17:00"))
    with organisation_scope("alpha"):
        do_open_queue("user:boss", "help")
    assert look(office, at("2026-11-22T18:00")) == 0
    assert is_open(), "overtime"
    assert look(office, at("2026-11-23T09:00")) == 0, "it is open already"
    assert look(office, at("2026-11-23T17:00")) == 1
    assert not is_open()


def test_a_worker_that_slept_catches_up_with_the_last_boundary_only(office: Office) -> None:
    keep(office, at("2026-11-22T12:00"))
    look(office, at("2026-11-22T12:00"))
    assert look(office, at("2026-11-25T20:00")) == 1
    assert not is_open()
    assert commands(office) == [f"hours:help:{at('2026-11-25T17:00')}"]


def test_a_changed_calendar_acts_at_once_and_an_unrelated_change_leaves_the_hand(office: Office) -> None:
    keep(office, at("2026-11-22T12:00"))
    look(office, at("2026-11-22T12:00"))
    office.now = at("2026-11-22T12:10")
    with organisation_scope("alpha"):
        do_set_day("user:boss", "day", "2026-11-22", Day(name="Trip"))
    assert look(office, at("2026-11-22T12:11")) == 1
    assert not is_open()
    with organisation_scope("alpha"):
        do_open_queue("user:boss", "help")
    office.now = at("2026-11-22T12:20")
    with organisation_scope("alpha"):
        do_set_day("user:boss", "day", "2026-12-30", Day(name="Later"))
    assert look(office, at("2026-11-22T12:21")) == 0
    assert is_open()
    with organisation_scope("alpha"):
        do_set_day("user:boss", "day", "2026-11-22", None)
    look(office, at("2026-11-22T12:22"))
    assert is_open()


def test_what_others_read_without_django(office: Office) -> None:
    import asyncio

    keep(office, at("2026-11-22T18:00"))
    look(office, at("2026-11-22T18:00"))
    reader = OfficeHours(office.dsn(schema.ENGINE))
    found = asyncio.run(reader.hours("alpha", "help"))
    assert (found.kept, found.planned_open, found.is_open) == (True, False, False)
    assert found.next_opening == found.changes_at == at("2026-11-23T09:00")
    assert asyncio.run(reader.hours("alpha", "nothing")).kept is False
    with organisation_scope("alpha"):
        opening = next_opening("help", at("2026-11-22T18:00"))
        assert (opening.open, opening.at, opening.zone) == (False, at("2026-11-23T09:00"), ZONE)
        assert next_opening("nothing", 0).open is True


def test_refusals_change_nothing(office: Office) -> None:
    keep(office, at("2026-11-22T12:00"))
    with organisation_scope("alpha"):
        with pytest.raises(PasokhError, match=r"setup\.changed_meanwhile"):
            do_save_calendar("user:boss", "day", {"en": "Day"}, WEEK, expected_version=7)
        with pytest.raises(PasokhError, match=r"hours\.in_use"):
            do_remove_calendar("user:boss", "day")
        bad = msgspec.structs.replace(WEEK, days={"2026-11-22": Day((Span(0, 60), Span(30, 90)))})
        with pytest.raises(PasokhError, match=r"hours\.overlap"):
            do_save_calendar("user:boss", "day", {"en": "Day"}, bad)
        with pytest.raises(PasokhError, match=r"hours\.unknown_calendar"):
            do_assign_calendar("user:boss", "help", "nothing")
        assert QueueHours.objects.get(queue__key="help").calendar.key == "day"
        do_assign_calendar("user:boss", "help", None)
        do_remove_calendar("user:boss", "day")


def test_one_tenants_boundary_leaves_the_other_alone(office: Office) -> None:
    keep(office, at("2026-11-22T12:00"))
    look(office, at("2026-11-22T17:00") + DAY + MINUTE)
    with organisation_scope("beta"):
        assert Queue.objects.get(key="help").is_open
