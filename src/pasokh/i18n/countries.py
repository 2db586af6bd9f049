"""What countries are called in each language: the names of the Unicode CLDR, in `countries.json`."""

import json
from functools import cache
from pathlib import Path

import phonenumbers

from pasokh.i18n.languages import Language
from pasokh.i18n.sorting import sort_key

_NAMES = Path(__file__).with_name("countries.json")


def country_name(code: str, language: Language) -> str:
    """What a country (ISO 3166, two letters) is called; the code itself where it has no name."""
    return _names().get(code, {}).get(language, code)


@cache
def countries(language: Language) -> tuple[tuple[str, str], ...]:
    """Every country that has telephone numbers: code and name, by name."""
    found = [(code, country_name(code, language)) for code in _names()]
    return tuple(sorted(found, key=lambda pair: sort_key(pair[1], language)))


def calling_code(code: str) -> str:
    """The calling code of a country, with +; empty where there is none."""
    found = phonenumbers.country_code_for_region(code)
    return f"+{found}" if found else ""


@cache
def _names() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_NAMES.read_text("utf-8"))
    return found
