"""What a spreadsheet would calculate leaves as text; everything else leaves as it is."""

import pytest

from pasokh.i18n.cells import harmless, is_formula


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
def test_what_would_be_calculated_gets_an_apostrophe(text: str) -> None:
    assert is_formula(text)
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a", "1", "a=1", " =1", "'=1", "۱۲", "Ганна"])
def test_what_is_only_read_stays(text: str) -> None:
    assert harmless(text) == text
