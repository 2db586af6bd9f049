"""The languages Pasokh speaks, their direction, and how one is picked for a person."""

from collections.abc import Iterable
from typing import Literal

type Language = Literal["fa", "uk", "en"]

LANGUAGES: tuple[Language, ...] = ("fa", "uk", "en")
DEFAULT: Language = "en"
RIGHT_TO_LEFT: frozenset[str] = frozenset({"fa"})
NAMES: dict[Language, str] = {"fa": "فارسی", "uk": "Українська", "en": "English"}
"""Each language's name for itself."""


def as_language(tag: str) -> Language | None:
    """The language of a tag such as ``uk-UA`` or ``fa_IR.UTF-8``; None when Pasokh lacks it."""
    primary = tag.replace("_", "-").split("-", 1)[0].split(".", 1)[0].strip().lower()
    for language in LANGUAGES:
        if primary == language:
            return language
    return None


def pick(wanted: Iterable[str], default: Language = DEFAULT) -> Language:
    """The first of the wanted tags that Pasokh speaks, else `default`."""
    for tag in wanted:
        language = as_language(tag)
        if language is not None:
            return language
    return default


def direction(language: str) -> Literal["rtl", "ltr"]:
    """The value for an HTML ``dir`` attribute."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
