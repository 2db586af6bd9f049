"""What people type: kept as it is, but for what has no place in a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.channels.pace import Bucket, Paces
from pasokh.channels.text import LONGEST_MESSAGE, clean_line, clean_message
from pasokh.kernel.errors import PasokhError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("سلام\u200cدوست", "سلام\u200cدوست"),
        ("\u202babc\u202c \u2067x\u2069", "\u202babc\u202c \u2067x\u2069"),
        ("a\x00b\x07c\x1b[31m\x7f\x85", "abc[31m"),
        ("  line\r\nline\r\ttab\n ", "line\nline\n\ttab"),
        ("👩‍👩‍👧 ї\u0301", "👩‍👩‍👧 ї\u0301"),
    ],
)
def test_kept(typed: str, kept: str) -> None:
    assert clean_message(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "message.empty"),
        (" \n\t\x00", "message.empty"),
        ("x" * 4_001, "message.too_long"),
        ("x" * 100_000, "message.too_long"),
        ("a\ud800b", "message.not_text"),
    ],
)
def test_refused(typed: str, code: str) -> None:
    with pytest.raises(PasokhError) as refused:
        clean_message(typed)
    assert refused.value.code == code


@given(st.text(max_size=5_000))
def test_what_is_kept_is_clean_and_cleaning_again_changes_nothing(typed: str) -> None:
    try:
        kept = clean_message(typed)
    except PasokhError:
        return
    assert 1 <= len(kept) <= LONGEST_MESSAGE
    assert not any(ord(c) < 32 and c not in "\n\t" for c in kept)
    assert clean_message(kept) == kept
    kept.encode()


@given(st.text(max_size=400))
def test_lines_have_no_breaks(typed: str) -> None:
    line = clean_line(typed, 200)
    assert len(line) <= 200
    assert not any(ord(c) < 32 for c in line)
    line.encode()


def test_a_bucket_lets_its_burst_through_and_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=3, now=0)
    assert [bucket.take(0) for _ in range(5)] == [True, True, True, False, False]
    assert bucket.wait() == 0.5
    assert bucket.take(0.5)
    assert not bucket.take(0.5)
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]


def test_paces_remember_each_name_and_forget_the_oldest() -> None:
    paces = Paces(rate=1, burst=1, most=2)
    assert paces.take("a", 0) == 0
    assert paces.take("a", 0) > 0
    assert paces.take("b", 0) == 0
    assert paces.take("c", 0) == 0
    assert paces.take("a", 0) == 0  # forgotten: only two are kept
