"""From what a flow says to pieces of speech: the caller's language, slots filled in, the words Pasokh brings itself."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from pasokh.flows.graph import sayings
from pasokh.flows.nodes import Program, Saying
from pasokh.flows.position import Piece
from pasokh.i18n import speech
from pasokh.i18n.catalogue import catalogue
from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Millis

SLOT = re.compile(r"\{([a-z][a-z0-9_\-]*)(?::([a-z]+(?:\.[A-Z]{3})?))?\}")
BRACES = re.compile(r"[{}]")
_MONEY = tuple(f"money.{currency}" for currency in speech.CURRENCIES)
MANNERS = ("plain", "digits", "number", "place", "day", "time", "wait", "waited", *_MONEY)
BUILT_IN_SLOTS = frozenset({"caller", "called"})
"""Known of every call: the caller's number and the number called."""
MS_A_LETTER: Millis = 80
"""How long a letter takes aloud, generously: espeak-ng at its usual pace says 13 to 16 a second."""
_PROMPT_MS: Millis = 20_000
"""Taken for a prompt whose length is not known here."""
_WORD = "speech."


def pieces(saying: Saying, language: str, values: Mapping[str, str], default: str = "") -> tuple[Piece, ...]:
    """What is said in a language (else `default`'s text, else any); a slot without a value is passed over."""
    text = saying.text.get(language) or saying.text.get(default) or next(iter(saying.text.values()), "")
    if saying.prompt:
        return (Piece(language, _flat(text, language, values), saying.prompt),)
    return tuple(_pieces(text, language, values))


def own(key: str, language: str, values: Mapping[str, str] | None = None) -> tuple[Piece, ...]:
    """Words Pasokh brings itself (``ivr.*`` of the catalogue); their fixed parts have the keys of `own_texts`."""
    spoken = as_language(language) or "en"
    text = str(catalogue(spoken).get(f"ivr.{key}", ""))
    said: list[Piece] = []
    fixed = 0
    for piece in _pieces(text, spoken, values or {}):
        if piece.prompt:  # a word of a slot
            said.append(piece)
        else:
            said.append(Piece(piece.language, piece.text, f"ivr.{key}.{fixed}"))
            fixed += 1
    return tuple(said)


def own_texts(language: str) -> dict[str, str]:
    """The fixed parts of all words Pasokh brings itself, by key: what is recorded for every centre."""
    spoken = as_language(language) or "en"
    found: dict[str, str] = {}
    for key, text in catalogue(spoken).items():
        if key.startswith("ivr.") and isinstance(text, str):
            for number, part in enumerate(fixed_parts(text)):
                found[f"{key}.{number}"] = part
    return found


def texts_of(program: Program) -> Iterable[tuple[str, str, str]]:
    """Every fixed text a program says: language, text, prompt key (often empty); what is made at set-up."""
    for flow in program.flows.values():
        for node in flow.nodes.values():
            for _, saying in sayings(node):
                for language, text in saying.text.items():
                    if saying.prompt and slots(text):
                        continue  # said as one, with what fills its slots
                    for part in (text,) if saying.prompt else fixed_parts(text):
                        yield language, part, saying.prompt


def fixed_parts(text: str) -> list[str]:
    """The parts of a text between its slots that have anything to be heard."""
    return [_trimmed(part) for part in SLOT.sub("\n", text).split("\n") if any(c.isalnum() for c in part)]


def length_ms(said: Iterable[Piece]) -> Millis:
    """How long the pieces take aloud, estimated from their letters; a prompt without a text counts 20 s."""
    return sum(len(p.text) * MS_A_LETTER if p.text else _PROMPT_MS if p.prompt else 0 for p in said) + 500


def slots(text: str) -> list[tuple[str, str]]:
    """The slots of a text: name and manner."""
    return [(found[1], found[2] or "") for found in SLOT.finditer(text)]


def _pieces(text: str, language: str, values: Mapping[str, str]) -> Iterable[Piece]:
    at = 0
    for found in SLOT.finditer(text):
        yield from _fixed(text[at : found.start()], language)
        yield from _filled(values.get(found[1], ""), found[2] or "", language)
        at = found.end()
    yield from _fixed(text[at:], language)


def _fixed(text: str, language: str) -> Iterable[Piece]:
    if any(c.isalnum() for c in text):
        yield Piece(language, _trimmed(text))


def _trimmed(text: str) -> str:
    """A fixed part without the marks that belonged to the slot before it."""
    return " ".join(text.split()).lstrip(" .,:;!?،؛؟—–-")


def _filled(value: str, manner: str, language: str) -> Iterable[Piece]:
    if not value:
        return
    spoken = rendered(value, manner, language)
    if spoken.words:
        yield from (Piece(language, word.text, _WORD + word.key) for word in spoken.words)
    else:
        yield from _fixed(spoken.text, language)


def _flat(text: str, language: str, values: Mapping[str, str]) -> str:
    filled = SLOT.sub(lambda f: rendered(values.get(f[1], ""), f[2] or "", language).text, text)
    return " ".join(filled.split())


def rendered(value: str, manner: str, language: str) -> speech.Spoken:
    """A slot's value as it is said; what does not fit its manner is said digit by digit, or as it stands."""
    spoken = as_language(language) or "en"
    if not value:
        return speech.Spoken("")
    try:
        match manner:
            case "digits":
                return speech.digits(value, spoken)
            case "number":
                return speech.number(int(value), spoken)
            case "place":
                return speech.place(int(value), spoken)
            case "day":
                return speech.day(date.fromisoformat(value), spoken, weekday=True)
            case "time":
                hour, minute = value.split(":")
                return speech.time_of_day(int(hour) * 60 + int(minute), spoken, at=True)
            case "wait":
                low, _, high = value.partition("-")
                return speech.between(int(low), int(high or low), spoken)
            case "waited":
                return speech.waited(int(value), spoken)
            case _ if manner.startswith("money."):
                currency = cast("speech.Currency", manner.removeprefix("money."))  # another is refused there
                return speech.money(int(value), currency, spoken)
            case _:
                return speech.Spoken(value)
    except (ValueError, PasokhError):
        digits = speech.digits(value, spoken)
        return digits if digits.words else speech.Spoken(value)
