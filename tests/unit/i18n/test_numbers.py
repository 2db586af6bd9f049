"""Numbers and lengths of time are written and read in any digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.i18n import digits, numbers
from pasokh.kernel.errors import PasokhError

LANGUAGE = st.sampled_from(["fa", "uk", "en"])


@given(st.integers(-(10**15), 10**15), LANGUAGE)
def test_a_written_whole_number_is_read_back(value, language):
    assert digits.parse_int(numbers.number(value, language)) == value


@given(st.integers(-(10**12), 10**12), st.integers(1, 4), LANGUAGE)
def test_a_written_decimal_is_read_back(value, decimals, language):
    text = numbers.number(value, language, decimals)
    read, places = digits.parse_decimal(text)
    if language == "uk" and decimals == 3 and abs(value) >= 1000:
        return  # 1,234 is ambiguous and read as grouped thousands
    assert (read, places) == (value, decimals)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("۱۲۳۴", 1234),
        ("١٢٣٤", 1234),
        ("1,234", 1234),
        ("۱٬۲۳۴", 1234),
        ("1 234", 1234),
        ("-5", -5),
        ("−۵", -5),
        ("+7", 7),
        ("1.234.567", 1234567),
        ("\u200f۱۲", 12),
    ],
)
def test_whole_numbers_people_type(text, value):
    assert digits.parse_int(text) == value


@pytest.mark.parametrize("text", ["", "-", "abc", "1,23", "1.5", "12a", "--1", "²", "1" * 31, "٣٫٥"])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(PasokhError, match=r"number\.not_whole"):
        digits.parse_int(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("۱۲٫۵", (125, 1)),
        ("12,5", (125, 1)),
        ("12.50", (1250, 2)),
        ("1,234.5", (12345, 1)),
        ("1.234,5", (12345, 1)),
        ("1,234", (1234, 0)),
        ("0,234", (234, 3)),
        ("1.234", (1234, 3)),
        ("۱٬۲۳۴٫۵", (12345, 1)),
        ("7", (7, 0)),
    ],
)
def test_decimals_people_type(text, value):
    assert digits.parse_decimal(text) == value


@pytest.mark.parametrize("text", ["", ".", "1.2.3,4,5x", "٫"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(PasokhError, match=r"number\.not_a_number"):
        digits.parse_decimal(text)


def test_numbers_are_written_as_each_language_does():
    assert numbers.number(1234567, "fa", 2) == "۱۲٬۳۴۵٫۶۷"
    assert numbers.number(1234567, "uk") == "1\u00a0234\u00a0567"
    assert numbers.number(1234, "uk") == "1234"
    assert numbers.number(-5, "en", 2) == "−0.05"


def test_nothing_to_divide_by_is_a_dash_never_a_hundred_per_cent():
    assert {f(None, "fa") for f in (numbers.number, numbers.percent, numbers.clock, numbers.duration)} == {"–"}


def test_shares_round_half_up_once():
    assert numbers.percent(805, "en") == "81%"
    assert numbers.percent(804, "fa") == "۸۰٪"
    assert numbers.percent(805, "uk", 1) == "80,5\u00a0%"


def test_lengths_of_time():
    assert numbers.clock(65_999, "fa") == "۱:۰۵"
    assert numbers.clock(3_725_000, "en") == "1:02:05"
    assert numbers.duration(125_000, "fa") == "۲\u00a0دقیقه و ۵\u00a0ثانیه"
    assert numbers.duration(3_600_000, "uk") == "1\u00a0год"
    assert numbers.duration(90_061_000, "en") == "1\u00a0d 1\u00a0h"
    assert numbers.duration(999, "en") == "0\u00a0s"
    assert numbers.duration(86_400_000 + 60_000, "en") == "1\u00a0d"


def test_every_kind_of_digit_becomes_ascii():
    for zero in (0x0030, 0x06F0, 0x0660, 0xFF10):
        assert digits.to_ascii("".join(chr(zero + value) for value in range(10))) == "0123456789"
