"""Alphabetical order as strings a database compares byte by byte (the embedded PostgreSQL has no ICU).

Persian order follows Unicode CLDR's `fa` collation (آ before ا, then ء and its seats); Ukrainian its
alphabet.
"""

import unicodedata

from pasokh.i18n.text import strip_invisible

_FA = (
    "آ", "اٱ", "ءأإؤئ", "ب", "پ", "تة", "ث", "ج", "چ", "ح", "خ", "د", "ذ", "ر", "ز", "ژ", "س", "ش", "ص", "ض",
    "ط", "ظ", "ع", "غ", "ف", "ق", "کك", "گ", "ل", "م", "ن", "و", "هہەۀھ", "یيى",
)  # fmt: skip
_UK = tuple("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
_LATIN = tuple("abcdefghijklmnopqrstuvwxyz")

_SCRIPTS = {"fa": (_FA, _LATIN, _UK), "uk": (_UK, _LATIN, _FA), "en": (_LATIN, _UK, _FA)}
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_APOSTROPHES = {ord(c): None for c in "'’ʼ‘`"}
_FIRST_LETTER = 0x100
_OTHER = 0x1000


def sort_key(text: str, language: str) -> str:
    """A string whose plain order is the alphabetical order of `language`; its own script comes first.

    Words first by letters alone, then by accents and letter variants, then by case. Spaces sort before digits
    before letters; ZWNJ and apostrophes do not count. Store and compare it under the ``C`` collation.
    """
    weights = _WEIGHTS.get(language, _WEIGHTS["en"])
    cleaned = unicodedata.normalize("NFC", strip_invisible(text).translate(_APOSTROPHES)).translate(_DIGITS)
    primary: list[str] = []
    secondary: list[str] = []
    case: list[str] = []
    for character in " ".join(cleaned.split()):
        lower = character.lower()
        variant = weights.get(lower)
        if variant is None:
            base = unicodedata.normalize("NFD", lower)
            variant = weights.get(base[0], (_OTHER + ord(base[0]), 0))
            if unicodedata.category(base[0]) == "Mn":  # a vowel mark: only a tie-breaker
                secondary.append(chr(0x80 + ord(base[0]) % 0x70))
                continue
            accent = 1 + ord(base[-1]) % 0x40 if len(base) > 1 else variant[1]
        else:
            accent = variant[1]
        primary.append(_character(variant[0]))
        secondary.append(chr(0x20 + accent))
        case.append("1" if character != lower else "0")
    return "\x01".join(("".join(primary), "".join(secondary), "".join(case)))


def _character(weight: int) -> str:
    """A weight as a character: out of the surrogates, which no database stores."""
    return chr(min(weight if weight < 0xD800 else weight + 0x800, 0x10FFFF))


def _table(scripts: tuple[tuple[str, ...], ...]) -> dict[str, tuple[int, int]]:
    table: dict[str, tuple[int, int]] = {" ": (0x20, 0)}
    table |= {digit: (0x30 + value, 0) for value, digit in enumerate("0123456789")}
    weight = _FIRST_LETTER
    for script in scripts:
        for group in script:
            table |= {letter: (weight, rank) for rank, letter in enumerate(group)}
            weight += 1
    return table


_WEIGHTS = {language: _table(scripts) for language, scripts in _SCRIPTS.items()}
