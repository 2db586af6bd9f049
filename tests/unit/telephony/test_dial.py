"""A number is one number however it is written; it is called only where that is allowed, and within the budget."""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasokh.acd.spending import cost
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.dial import (
    OutboundPolicy,
    Price,
    Request,
    Usage,
    caller_number,
    calling_codes,
    is_blocked,
    permit,
    read_number,
)

POLICY = OutboundPolicy(region="IR", countries=("IR", "UA"))
MOBILE, LINE = "+989121234567", "+982191001234"


@pytest.mark.parametrize(
    ("text", "region", "number", "kind", "said"),
    [
        ("09121234567", "IR", MOBILE, "mobile", "09121234567"),
        ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "IR", MOBILE, "mobile", "09121234567"),
        ("٠٩١٢١٢٣٤٥٦٧", "IR", MOBILE, "mobile", "09121234567"),
        ("+98 912 123 4567", "UA", MOBILE, "mobile", MOBILE),
        ("0098-912-123-4567", "UA", MOBILE, "mobile", MOBILE),
        ("(021) 9100 1234", "IR", LINE, "fixed", "02191001234"),
        ("+98 (21) 9100-1234", "IR", LINE, "fixed", "02191001234"),
        ("\u202a+98 912 123 4567\u202c", "IR", MOBILE, "mobile", "09121234567"),
        ("044 123 4567", "UA", "+380441234567", "fixed", "0441234567"),
        ("050 123-45-67", "UA", "+380501234567", "mobile", "0501234567"),
        ("+380 50 123 45 67", "IR", "+380501234567", "mobile", "+380501234567"),
        ("0800 500 123", "UA", "+380800500123", "free", "0800500123"),
        ("+1 201-555-0123", "IR", "+12015550123", "fixed_or_mobile", "+12015550123"),
        ("+39 06 698 12345", "IR", "+390669812345", "fixed", "+390669812345"),
        ("+881612345678", "IR", "+881612345678", "satellite", "+881612345678"),
    ],
)
def test_a_number_has_one_spelling(text, region, number, kind, said):
    found = read_number(text, region)
    assert (found.number, found.kind, found.said) == (number, kind, said)
    assert read_number(found.number, region) == found


@given(st.text(max_size=60), st.sampled_from(["IR", "UA", "GB"]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_number_or_a_refusal(text, region):
    _one_or_the_other(text, region)


@given(st.text("0123456789+ -().۰۱۲۳۹٠٩\u200e;@&", max_size=24), st.sampled_from(["IR", "UA"]))
@settings(max_examples=500, deadline=None)
def test_whatever_looks_like_a_number_is_one_or_is_refused(text, region):
    _one_or_the_other(text, region)


def _one_or_the_other(text, region):
    caller_number(text, region)
    try:
        found = read_number(text, region)
    except PasokhError as no:
        code = no.code
    else:
        code = ""
    if code:
        assert code.startswith("dial.")
        return
    assert re.fullmatch(r"\+[1-9][0-9]{4,14}" if not found.emergency else r"[0-9]{2,6}", found.number)
    assert read_number(found.number, region).number == found.number


def refused(request, policy=POLICY, usage=None):
    with pytest.raises(PasokhError) as error:
        permit(request, policy, usage or Usage())
    return error.value.code


def test_nothing_is_allowed_unless_it_is_allowed():
    nowhere = OutboundPolicy(region="IR")
    assert refused(Request("09121234567", "callback"), nowhere) == "dial.country_not_allowed"
    assert permit(Request("09121234567", "callback"), POLICY, Usage()).destination.number == MOBILE
    assert refused(Request("+380891234567", "callback")) == "dial.kind_not_allowed"
    voip = OutboundPolicy(region="IR", countries=("UA",), kinds=("voip",))
    assert permit(Request("+380891234567", "callback"), voip, Usage()).destination.kind == "voip"


def test_premium_and_satellite_need_more_than_a_country():
    assert refused(Request("+380900312345", "callback")) == "dial.premium"
    assert refused(Request("+881612345678", "callback")) == "dial.satellite"
    named = OutboundPolicy(region="IR", exactly=("+380900312345", "+881612345678", "+982199999"))
    for number in named.exactly:
        assert permit(Request(number, "callback"), named, Usage()).destination.number == number
    sky = OutboundPolicy(region="IR", kinds=("satellite",))
    assert permit(Request("+881612345678", "callback"), sky, Usage())


def test_exceptions_within_a_country_hold_even_for_numbers_named():
    policy = OutboundPolicy(region="IR", countries=("IR",), denied=("+98912",), exactly=(MOBILE,))
    assert refused(Request(MOBILE, "callback"), policy) == "dial.denied"


def test_own_numbers_and_circles_are_refused():
    assert refused(Request("021 9100 1234", "transfer", own=frozenset({LINE}))) == "dial.own_number"
    assert refused(Request("09121234567", "forward", via=("+380441234567", MOBILE))) == "dial.loop"
    assert refused(Request("09121234567", "forward", via=("+380441234567", LINE))) == "dial.too_many_forwards"
    assert permit(Request("09121234567", "forward", via=("+380441234567",)), POLICY, Usage())
    assert refused(Request("09121234567", "callback", blocked=frozenset({MOBILE}))) == "dial.blocked"


def test_emergency_is_for_people_and_never_capped():
    full = Usage(calls=1_000, spent_today=10**9)
    assert permit(Request("۱۱۰", "station"), OutboundPolicy(region="IR", spend_a_day=0), full).destination.emergency
    for purpose in ("callback", "transfer", "forward", "campaign"):
        assert refused(Request("112", purpose)) == "dial.emergency"
    assert read_number("102", "UA").emergency


def test_so_many_calls_at_once_and_no_more():
    policy = OutboundPolicy(region="IR", countries=("IR",), max_calls=2)
    assert permit(Request(MOBILE, "callback"), policy, Usage(calls=1))
    assert refused(Request(MOBILE, "callback"), policy, Usage(calls=2)) == "dial.too_many_calls"


def test_the_budget_refuses_what_it_would_not_pay_for_and_cuts_only_where_it_is_told_to():
    prices = (Price("+98", 600), Price("+98912", 1_200, first_s=30, step_s=6), Price("+9821", 0))
    policy = OutboundPolicy(
        region="IR", countries=("IR", "UA"), prices=prices, spend_a_day=12_000, spend_a_month=100_000, cut=True
    )
    patient = msgspec.structs.replace(policy, cut=False)
    assert permit(Request(MOBILE, "callback"), policy, Usage()).max_seconds == 600
    assert permit(Request(MOBILE, "callback"), patient, Usage()).max_seconds == 7_200
    assert permit(Request("+989351112233", "callback"), policy, Usage()).max_seconds == 1_200
    assert permit(Request(MOBILE, "callback"), policy, Usage(spent_today=9_600)).max_seconds == 120
    assert permit(Request(MOBILE, "callback"), policy, Usage(spent_today=9_599)).max_seconds == 120
    assert permit(Request(MOBILE, "callback"), policy, Usage(spent_this_month=98_800)).max_seconds == 60
    assert refused(Request(MOBILE, "callback"), policy, Usage(spent_today=11_000)) == "dial.spent_today"
    assert refused(Request(MOBILE, "callback"), patient, Usage(spent_today=11_000)) == "dial.spent_today"
    assert refused(Request(MOBILE, "callback"), policy, Usage(spent_this_month=100_000)) == "dial.spent_this_month"
    free = permit(Request(LINE, "callback"), policy, Usage(spent_today=12_001))
    assert (free.max_seconds, free.price) == (7_200, Price("+9821", 0)), "the longest beginning counts"
    assert refused(Request("+380501234567", "callback"), policy) == "dial.no_price"


@given(
    st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**4), st.integers(1, 10**4),
    st.integers(1, 3_600), st.integers(1, 3_600),
)  # fmt: skip
def test_a_permitted_call_never_costs_more_than_is_left(day, month, spent, a_minute, seconds, first, step):
    policy = OutboundPolicy(
        region="IR", countries=("IR",), prices=(Price("+98", a_minute, first, step),), spend_a_day=day,
        spend_a_month=month, max_seconds=seconds, least_seconds=1, cut=True,
    )  # fmt: skip
    usage = Usage(spent_today=spent, spent_this_month=spent)
    left = min(day, month) - spent
    try:
        leave = permit(Request(MOBILE, "callback"), policy, usage)
    except PasokhError as error:
        why, leave = error.code, None
    if leave is None:
        assert why in {"dial.spent_today", "dial.spent_this_month"}
        assert cost(a_minute, first, step, 1_000) > left
        return
    assert leave.max_seconds <= seconds
    assert not a_minute or cost(a_minute, first, step, leave.max_seconds * 1_000) <= left


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("09121234567", MOBILE), ("989121234567", MOBILE), ("+989121234567", MOBILE), ("00989121234567", MOBILE),
        ("9121234567", MOBILE), ("sip:+989121234567@carrier.example", MOBILE), ("tel:+989121234567", MOBILE),
        ("380501234567", "+380501234567"), ("anonymous", ""), ("Restricted", ""), ("", ""), ("+", ""), ("unknown", ""),
        ("110", ""), ("0912;1234567", ""), ("1" * 400, ""), ("sip:anonymous@anonymous.invalid", ""), ("0000000000", ""),
    ],
)  # fmt: skip
def test_callers_numbers_as_carriers_write_them(text, number):
    assert caller_number(text, "IR") == number


def test_callers_are_kept_out_by_number_prefix_or_for_hiding_theirs():
    assert is_blocked(MOBILE, [MOBILE])
    assert is_blocked(MOBILE, ["+98912*"])
    assert not is_blocked(MOBILE, ["+98935*", "+9891212345"])
    assert not is_blocked("", [MOBILE, "*"])
    assert is_blocked("", [], anonymous=True)


def test_the_switch_gets_the_countries_codes():
    assert calling_codes(OutboundPolicy(region="IR", countries=("UA", "IR", "US", "CA"))) == ("1", "380", "98")
