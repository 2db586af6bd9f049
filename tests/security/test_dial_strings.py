"""More than five hundred hostile dial strings: every one refused, for the reason written beside it."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from pasokh.i18n import catalogue
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.dial import OutboundPolicy, Request, Usage, permit

TABLE = Path(__file__).with_name("dial_strings.tsv")
ROWS = [line.split("\t") for line in TABLE.read_text("ascii").splitlines() if not line.startswith("#")]
POLICY = OutboundPolicy(region="IR", countries=("IR", "UA"), denied=("+98991",))


def asked(text, purpose="callback"):
    return Request(
        text,
        purpose,
        own=frozenset({"+982191000000", "+380443900000"}),
        via=("+989351112233",),
        blocked=frozenset({"+989360000000"}),
    )


def test_there_are_enough_of_every_family():
    assert len(ROWS) > 500
    families = Counter(family for family, _, _ in ROWS)
    assert min(families.values()) >= 3
    assert len({text for _, _, text in ROWS}) == len(ROWS)


@pytest.mark.parametrize("family", sorted({row[0] for row in ROWS}))
def test_every_hostile_string_is_refused_for_its_reason(family):
    got = {}
    for _, code, text in (row for row in ROWS if row[0] == family):
        with pytest.raises(PasokhError) as refused:
            permit(asked(json.loads(text)), POLICY, Usage())
        got[text] = (code, refused.value.code)
        assert refused.value.params["field"] == "number"
        shown = str(refused.value.params["number"])
        assert len(shown) <= 40
        assert shown.isprintable()
    assert {text: pair for text, pair in got.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("purpose", ["callback", "transfer", "forward", "campaign", "station"])
def test_no_purpose_opens_what_is_closed(purpose):
    for family, code, text in ROWS:
        if family == "emergency" or code == "dial.emergency":
            continue
        with pytest.raises(PasokhError):
            permit(asked(json.loads(text), purpose), POLICY, Usage())


def test_every_refusal_has_a_sentence_in_three_languages():
    for code in {code for _, code, _ in ROWS}:
        for language in LANGUAGES:
            assert code in catalogue.catalogue(language)
            said = catalogue.message(code, language, number="1", most=1, country="IR", kind="voip")
            assert not re.search(r"[{}?؟]", said), said
