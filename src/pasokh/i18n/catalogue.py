"""Messages for people by key and language, with plurals: what the edges say of a `PasokhError` or a report.

Every ``catalogues/AREA.LANG.toml`` beside this module is one flat table: key → text with ``{field}`` holes,
or a table of plural forms (``one``, ``few``, ``many``, ``other``) chosen by the field ``n``. A key exists in
all languages or the check fails. Error messages use the error's code as key.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from pasokh.i18n.bidi import isolate
from pasokh.i18n.languages import LANGUAGES, Language, as_language
from pasokh.i18n.numbers import number

type Text = str | dict[str, str]

_DIRECTORY = Path(__file__).with_name("catalogues")
_HOLE = re.compile(r"\{([a-z_]+)\}")
PLURALS: dict[Language, tuple[str, ...]] = {
    "fa": ("one", "other"),
    "uk": ("one", "few", "many", "other"),
    "en": ("one", "other"),
}
"""The plural forms a whole number can take (Unicode CLDR)."""


def message(key: str, language: str, /, **fields: object) -> str:
    """The text of `key` in `language` (English when Pasokh lacks the language), its holes filled.

    Whole numbers get the language's digits, text is isolated from its surroundings' direction. An unknown key
    gives the message ``unknown`` naming the key, never an exception: an edge must always have something to
    say.
    """
    spoken = as_language(language) or "en"
    text = catalogue(spoken).get(key)
    if text is None:
        text, fields = catalogue(spoken)["unknown"], {"code": key}
    if isinstance(text, dict):
        count = fields.get("n", 0)
        text = text[plural(count if isinstance(count, int) else 0, spoken)]
    return _HOLE.sub(lambda hole: _shown(hole[1], fields, spoken), text)


def has(key: str) -> bool:
    """Whether the key is known."""
    return key in catalogue("en")


def plural(count: int, language: str) -> str:
    """The plural form of a whole number (Unicode CLDR)."""
    if language == "uk":
        ones, tens = abs(count) % 10, abs(count) % 100
        if ones == 1 and tens != 11:
            return "one"
        return "few" if 2 <= ones <= 4 and not 12 <= tens <= 14 else "many"
    if language == "fa":
        return "one" if count in {0, 1} else "other"
    return "one" if count == 1 else "other"


@cache
def catalogue(language: Language) -> dict[str, Text]:
    """All messages of a language."""
    merged: dict[str, Text] = {}
    for path in sorted(_DIRECTORY.glob(f"*.{language}.toml")):
        merged |= tomllib.loads(path.read_text("utf-8"))
    return merged


def problems() -> list[str]:
    """What is incomplete: keys a language lacks, empty texts, fields and plural forms that differ."""
    found: list[str] = []
    areas = {path.name.split(".", 1)[0] for path in _DIRECTORY.glob("*.toml")}
    found += [
        f"catalogues/{area}.{language}.toml is missing"
        for area in sorted(areas)
        for language in LANGUAGES
        if not (_DIRECTORY / f"{area}.{language}.toml").exists()
    ]
    for key in sorted({key for language in LANGUAGES for key in catalogue(language)}):
        holes: dict[str, set[str]] = {}
        for language in LANGUAGES:
            text = catalogue(language).get(key)
            if text is None:
                found.append(f"{key}: no {language} text")
                continue
            found += [f"{key}: {problem} in {language}" for problem in _text_problems(text, language)]
            forms = text.values() if isinstance(text, dict) else (text,)
            holes[language] = {hole for form in forms for hole in _HOLE.findall(form)} - {"n"}
        if len({frozenset(names) for names in holes.values()}) > 1:
            found.append(f"{key}: the languages' fields differ: {holes}")
    return found


def _text_problems(text: Text, language: Language) -> list[str]:
    if isinstance(text, str):
        return [] if text.strip() else ["empty text"]
    wanted = {form for form in PLURALS[language] if form != "other"} | {"other"}
    lacking = wanted - set(text)
    return [f"no plural form {form}" for form in sorted(lacking)] + [
        f"empty {form}" for form, words in text.items() if not words.strip()
    ]


def _shown(name: str, fields: dict[str, object], language: Language) -> str:
    value = fields.get(name, "?")
    if isinstance(value, bool) or not isinstance(value, int):
        return isolate(str(value)) if language == "fa" else str(value)
    return number(value, language)
