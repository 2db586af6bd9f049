"""The style guide shows every token and says everything in three languages."""

import re
from pathlib import Path

from pasokh.i18n.catalogue import has
from pasokh.office.styleguide import rules

TOKENS = Path(__file__).parents[3] / "ui/src/design/tokens.css"


def test_no_token_is_missing_and_none_is_invented() -> None:
    known = set(re.findall(r"(?m)^\s+--([\w-]+):", TOKENS.read_text("utf-8")))
    shown = {name for pair in rules.PAIRS for name in (pair.ink, pair.ground)}
    shown |= {
        *rules.GROUNDS,
        *rules.SIZES,
        *rules.ELSEWHERE,
        *(each for kind in rules.MEASURES.values() for each in kind),
    }
    assert shown == known


def test_every_section_says_when_to_use_it() -> None:
    for name in rules.SECTIONS:
        for key in (f"styleguide.{name}", f"styleguide.{name}.when"):
            assert has(key), key
