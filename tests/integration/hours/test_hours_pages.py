"""The pages of business hours: lines in any digits, days in any calendar, and what a queue keeps."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.office_stage import Office
from tests.security.browser import Browser, signed_in

from pasokh.kernel.errors import PasokhError
from pasokh.office.hours.forms import read_spans, spans_text
from pasokh.office.hours.models import Calendar, QueueHours
from pasokh.office.hours.rules import Day, Span
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope

NOON = int(datetime(2026, 11, 15, 8, 30, tzinfo=UTC).timestamp() * 1000)
WEEK = {f"day_{n}": "9:00-17:00" for n in range(7)} | {"zone": "Asia/Tehran", "name_en": "Shop"}


def boss(language: str = "en") -> Browser:
    browser = signed_in("alpha-administrator")
    browser.cookies["pasokh_language"] = language
    return browser


def saved(key: str = "shop") -> Calendar:
    with organisation_scope("alpha"):
        return Calendar.objects.get(key=key)


def create(browser: Browser, **changed: Any) -> Any:
    return browser.post("/hours/new/", WEEK | {"key": "shop", "version": "0"} | changed)


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("9-17", (Span(540, 1020),)),
        ("۹:۳۰ تا ۱۳، ۱۴–۱۸", (Span(570, 780), Span(840, 1080))),
        ("٩:٠٠–١٧:٠٠", (Span(540, 1020),)),
        ("22:00–2:00", (Span(1320, 1560),)),
        ("0:00-24:00", (Span(0, 1440),)),
        ("  ", ()),
    ],
)
def test_lines_are_read_in_any_digits_and_written_back(typed: str, spans: tuple[Span, ...]) -> None:
    assert read_spans(typed) == spans
    for language in ("fa", "uk", "en"):
        assert read_spans(spans_text(spans, language)) == spans


def test_a_calendar_is_made_kept_by_a_queue_and_acts_at_once(office: Office) -> None:
    office.now = NOON
    browser = boss()
    assert create(browser, day_6="", day_4="9:00–13:00, 14:00–18:00").status_code == 302
    config = saved().config
    assert config.week[6] == ()
    assert config.week[4] == (Span(540, 780), Span(840, 1080))
    assert browser.post("/hours/assign/", {"calendar_help": "shop"}).status_code == 302
    with organisation_scope("alpha"):
        assert QueueHours.objects.get(queue__key="help").calendar.key == "shop"
        assert not Queue.objects.get(key="help").is_open, "15 November 2026 is a Sunday"
    for path in ("/hours/", "/hours/shop/", "/hours/shop/?year=2027&calendar=gregorian", "/hours/shop/?calendar=solar"):
        assert browser.get(path).status_code == 200, path


def test_what_is_wrong_is_told_at_its_day_and_everything_stays(office: Office) -> None:
    page = create(boss(), day_2="from nine to five", day_3="9-12, 11-14", name_en="Kept 😀")
    body = page.content.decode()
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"day_2", "day_3"}
    assert "from nine to five" in body
    assert "Kept 😀" in body


def test_a_holiday_is_worked_on_confirmed_and_given_back(office: Office) -> None:
    office.now = NOON
    browser = boss("fa")
    create(browser, countries=["IR"])
    sent = {"date": "۱۴۰۶/۳/۲۵", "spans": "", "name": "عاشورا", "holiday": "IR:ashura"}
    assert browser.post("/hours/shop/day/", sent).status_code == 302
    assert saved().config.days == {"2027-06-15": Day((), "عاشورا", "IR:ashura")}
    assert browser.post("/hours/shop/day/", {"date": "1406/1/1", "spans": "۱۰–۱۲"}).status_code == 302
    assert saved().config.days["2027-03-21"] == Day((Span(600, 720),))
    assert 'value="۱۴۰۶/۰۱/۰۱"' in browser.get("/hours/shop/?day=2027-03-21").content.decode()
    assert browser.get("/hours/shop/?day=soon").status_code == 200
    refused = browser.post("/hours/shop/day/", {"date": "روزی", "spans": "10"})
    assert refused.status_code == 400
    assert set(refused.context["day_form"].errors) == {"date", "spans"}
    assert browser.post("/hours/shop/day/", {"remove": "2027-03-21"}).status_code == 302
    assert set(saved().config.days) == {"2027-06-15"}


def test_two_people_at_once_are_told(office: Office) -> None:
    browser = boss()
    create(browser)
    assert browser.post("/hours/shop/", WEEK | {"version": "1", "day_0": ""}).status_code == 302
    late = browser.post("/hours/shop/", WEEK | {"version": "1", "day_1": ""})
    assert late.status_code == 409
    assert saved().config.week[1] == (Span(540, 1020),)


def test_a_calendar_in_use_is_not_removed(office: Office) -> None:
    browser = boss()
    create(browser)
    assert browser.post("/hours/help/remove/").status_code == 302
    assert saved("help")
    assert browser.post("/hours/shop/remove/").status_code == 302
    with organisation_scope("alpha"):
        assert not Calendar.objects.filter(key="shop").exists()
    assert browser.get("/hours/nothing/").status_code == 404


def test_business_hours_stand_in_the_configuration_file(office: Office) -> None:
    from pasokh.office.exchange.sections import sections

    browser = boss()
    create(browser, day_6="", day_4="22:00–2:00", countries=["IR", "UA"])
    browser.post("/hours/shop/day/", {"date": "2026-12-31", "spans": "9–12", "name": "Short"})
    [section] = [each for each in sections() if each.name == "hours"]
    with organisation_scope("alpha"):
        items = section.read()
        assert items["shop"]["week"]["fri"] == "22:00–2:00"
        assert items["help"]["queues"] == ["help"]
        before = saved().config
        section.write("user:boss", "copy", section.shape("copy", items["shop"] | {"queues": ["help"]}))
        assert saved("copy").config == before
        assert section.read()["copy"]["queues"] == ["help"]
        with pytest.raises(PasokhError, match=r"hours\.bad_text") as refused:
            section.write("user:boss", "copy", section.shape("copy", items["shop"] | {"week": {"mon": "early"}}))
        assert refused.value.params["field"] == "week.mon"
        assert section.retire is not None
        section.retire("user:boss", "copy")
        assert "copy" not in section.read()
