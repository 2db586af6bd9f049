"""What a canned answer may say, and how its holes are filled. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

from pasokh.i18n.bidi import balanced
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import normalise, strip_invisible
from pasokh.kernel.errors import PasokhError

LONGEST_TITLE = 120
LONGEST_SHORTCUT = 40
LONGEST_TEXT = 5_000
LONGEST_TAG = 40
MOST_TAGS = 12
_HOLE = re.compile(r"\{([^{}\n]{0,40})\}")
_SHORTCUT = re.compile(r"[^\s/{}<>\"'\\]+")


class Scope(StrEnum):
    """Who is offered an answer."""

    EVERYONE = "everyone"
    TEAM = "team"
    QUEUE = "queue"
    MINE = "mine"


class Variable(StrEnum):
    """A hole that the desk fills when the answer is taken."""

    CUSTOMER = "customer"
    AGENT = "agent"
    QUEUE = "queue"
    ORDER = "order"
    SUBJECT = "subject"
    ORGANISATION = "organisation"
    TODAY = "today"
    TIME = "time"


def cleaned_shortcut(text: str) -> str:
    """One word in one spelling; raises `canned.bad_shortcut`."""
    word = normalise(text).removeprefix("/")
    if len(word) > LONGEST_SHORTCUT or not _SHORTCUT.fullmatch(word):
        raise PasokhError("canned.bad_shortcut", field="shortcut", longest=LONGEST_SHORTCUT)
    return word


def cleaned_title(text: str) -> str:
    """One line; raises `canned.bad_title`."""
    title = normalise(text)
    if not title or len(title) > LONGEST_TITLE:
        raise PasokhError("canned.bad_title", field="title", longest=LONGEST_TITLE)
    return title


def cleaned_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts by language, each line in one spelling.

    Raises `canned.no_text`, `canned.long_text`, `canned.unknown_variable`, `setup.unknown_language`.
    """
    if unknown := set(texts) - set(LANGUAGES):
        raise PasokhError("setup.unknown_language", field="texts", value=min(unknown)[:16])
    kept: dict[str, str] = {}
    for language in LANGUAGES:
        text = _cleaned_text(texts.get(language, ""))
        if not strip_invisible(text).strip():
            continue
        field = f"text_{language}"
        if len(text) > LONGEST_TEXT:
            raise PasokhError("canned.long_text", field=field, longest=LONGEST_TEXT, length=len(text))
        if strange := unknown_variables(text):
            known = ", ".join(f"{{{variable}}}" for variable in Variable)
            raise PasokhError("canned.unknown_variable", field=field, variable=f"{{{strange[0]}}}", known=known)
        kept[language] = text
    if not kept:
        raise PasokhError("canned.no_text", field=f"text_{LANGUAGES[0]}")
    return kept


def cleaned_tags(tags: Iterable[str]) -> list[str]:
    """Tags once each, in the order given; raises `canned.bad_tags`."""
    kept = list(dict.fromkeys(tag for tag in (normalise(tag).removeprefix("#") for tag in tags) if tag))
    if len(kept) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in kept):
        raise PasokhError("canned.bad_tags", field="tags", most=MOST_TAGS, longest=LONGEST_TAG)
    return kept


def variables_in(text: str) -> list[str]:
    """The known holes of a text, once each, in the order they come."""
    known = {variable.value for variable in Variable}
    return list(dict.fromkeys(name for name in _HOLE.findall(text) if name in known))


def unknown_variables(text: str) -> list[str]:
    """Holes that nothing would fill."""
    known = {variable.value for variable in Variable}
    return list(dict.fromkeys(name for name in _HOLE.findall(text) if name not in known))


def text_for(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The language and text that serve a customer who speaks `language`: that one, else English, else any."""
    for spoken in (language, "en", *LANGUAGES):
        if spoken in texts:
            return spoken, texts[spoken]
    return "", ""


def _cleaned_text(text: str) -> str:
    """Lines kept; control characters and direction overrides gone; no blank edges."""
    lines = balanced(unicodedata.normalize("NFC", text)).splitlines()
    shown = ["".join(c for c in line if c == "\t" or unicodedata.category(c) != "Cc").rstrip() for line in lines]
    return "\n".join(shown).strip("\n").rstrip()
