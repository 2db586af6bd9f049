"""What calls to the outside cost, from the log to the page, across restarts of the worker and the ends of days."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.db import connection
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import Terms
from pasokh.i18n.dates import instant
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.office.telephony import spending
from pasokh.office.telephony.actions import do_save_dial_policy
from pasokh.office.telephony.models import OutsideCall
from pasokh.office.telephony.money import read_amount, shown_amount, typed_amount
from pasokh.office.telephony.selectors import dial_settings
from pasokh.office.telephony.usage import used
from pasokh.office.tenancy.models import Organisation
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.telephony.billing import month_of, terms_of
from pasokh.telephony.dial import OutboundPolicy, Price, Request, Usage, permit

UNIT = 1_000_000
POLICY = OutboundPolicy(
    region="IR",
    countries=("IR", "UA"),
    currency="UAH",
    prices=(Price("+380", 2 * UNIT, 60, 60),),
    spend_a_day=10 * UNIT,
)
NUMBER = "+380441234567"


def begun(call: str, now: int, zone: str, purpose: str = "callback") -> cmd.BeginDial:
    leave = permit(Request(NUMBER, "callback"), POLICY, Usage())
    return cmd.BeginDial(call, purpose, terms_of(POLICY, leave, now, zone), "+380")  # type: ignore[arg-type]


def fold(limit: int = 500) -> None:
    while spending.advance("alpha", limit=limit):
        pass


def test_the_page_shows_what_is_used_up_and_the_try_says_it_would_be_refused(office: Office) -> None:
    with organisation_scope("alpha"):
        others = OutsideCall.objects.count()  # the stage's own, which never ends
        zone = Organisation.objects.get().zone
        settings = dial_settings()
        do_save_dial_policy("system", msgspec.structs.replace(settings.config, policy=POLICY), settings.version)
    today = datetime.fromtimestamp(office.now / 1_000, ZoneInfo(zone)).date().isoformat()
    office.work("alpha", [
        cmd.StartDay(today), begun("d1", office.now, zone), cmd.AnswerDial("d1"), cmd.EndDial("d1"),
        begun("d2", office.now, zone, "transfer"), cmd.EndDial("d2"), begun("d3", office.now, zone),
        cmd.AnswerDial("d3"),
    ])  # fmt: skip
    fold(limit=3)  # in pieces, as after a crash of the worker
    fold()
    with organisation_scope("alpha"):
        now = used(POLICY, office.now + 61_000)
        assert (now.calls - others, now.day.calls, now.day.answered) == (1, 2, 1)
        assert (now.day.cost, now.month.cost) == (6 * UNIT, 6 * UNIT), "one call of a begun minute, one of two"
        assert used(POLICY, office.now + 3 * 86_400_000).day.cost == 0
        assert now.day.permille == 600
    page = signed_in("alpha-administrator").get("/setup/dial/")
    assert page.status_code == 200
    assert "<progress" in page.content.decode()
    office.work("alpha", [cmd.EndDial("d3")], pause_ms=10 * 60_000)
    fold()
    with organisation_scope("alpha"):
        assert used(POLICY, office.now).calls == others
        assert used(POLICY, office.now).day.permille >= 1_000
    with organisation_scope("beta"):
        assert used(POLICY, office.now).day.calls == 0, "another organisation's calls are its own"


@pytest.mark.parametrize(
    ("moment", "zone", "calendar", "month", "after"),
    [
        ("2026-10-25T00:30", "Europe/Kyiv", "gregorian", "2026-10", "2026-11-01"),
        ("2026-03-29T23:59", "Europe/Kyiv", "gregorian", "2026-03", "2026-04-01"),
        ("2026-12-31T23:59", "Asia/Tehran", "gregorian", "2026-12", "2027-01-01"),
        ("2026-03-20T12:00", "Asia/Tehran", "jalali", "1404-12", "2026-03-21"),
        ("2026-03-21T00:00", "Asia/Tehran", "jalali", "1405-01", "2026-04-21"),
        ("2026-11-22T03:00", "Asia/Tehran", "jalali", "1405-09", "2026-12-22"),
    ],
)  # fmt: skip
def test_a_month_is_that_of_the_organisations_calendar_and_zone(moment, zone, calendar, month, after) -> None:
    policy = msgspec.structs.replace(POLICY, calendar=calendar)
    leave = permit(Request(NUMBER, "callback"), policy, Usage())
    said = terms_of(policy, leave, instant(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))), zone)
    assert (said.month, said.next_month) == (month, after)


def test_every_day_is_before_the_next_month_and_in_its_own() -> None:
    for calendar in ("gregorian", "jalali"):
        for number in range(date(2024, 1, 1).toordinal(), date(2031, 1, 1).toordinal()):
            day = date.fromordinal(number)
            month, after = month_of(day, calendar)
            assert day < after
            assert month_of(date.fromordinal(after.toordinal() - 1), calendar)[0] == month
            assert month_of(after, calendar)[0] > month


def test_amounts_are_read_in_any_digits_and_shown_in_the_language_of_whoever_reads() -> None:
    for text, amount in (
        ("0.85", 850_000),
        ("۱۲٫۵", 12_500_000),
        ("12,50", 12_500_000),
        ("1,234", 1_234 * UNIT),
        ("0", 0),
    ):
        assert read_amount(text, "x") == amount
        assert read_amount(typed_amount(amount), "x") == amount
    for wrong in ("", "-1", "1e3", "0.0000001", "9" * 25, "NaN", "١٢؛٣", "0x10", "--1"):
        with pytest.raises(PasokhError) as error:
            read_amount(wrong, "x")
        assert error.value.code == "money.bad_amount"
    assert strip_invisible(shown_amount(12_504_999, "UAH", "uk")) == "12,50 грн"
    assert strip_invisible(shown_amount(12_000_400_000, "IRR", "fa")) == "۱۲٬۰۰۰ ریال"
    assert strip_invisible(shown_amount(1, "CHF", "en")) == "0.00 CHF"


def test_amounts_of_before_are_brought_to_millionths_of_a_named_currency(office: Office) -> None:
    from importlib import import_module

    migration = import_module("pasokh.office.telephony.migrations.0004_spending")
    with organisation_scope("alpha"):
        settings = dial_settings()
        do_save_dial_policy("system", msgspec.structs.replace(settings.config, policy=POLICY), settings.version)
        with connection.cursor() as cursor:
            for table, column, path in (
                ("telephony_dialpolicy", "definition", "{policy}"),
                ("telephony_plantdocument", "document", "{dial,policy}"),
            ):  # fmt: skip
                cursor.execute(
                    f"UPDATE {table} SET {column} = jsonb_set({column}, '{path}', %s)",
                    [json.dumps({"region": "IR", "spend_a_day": 500, "prices": [{"prefix": "+98", "a_minute": 350}]})],
                )
        migration.rewrite(connection, "alpha", "IRR", "jalali")
        policy = dial_settings().config.policy
    assert (policy.currency, policy.calendar, policy.spend_a_day) == ("IRR", "jalali", 500 * UNIT)
    assert policy.prices == (Price("+98", 350 * UNIT),)
    assert Terms(currency=policy.currency, max_calls=1).currency == "IRR"
