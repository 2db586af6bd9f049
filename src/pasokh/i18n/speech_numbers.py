"""Whole numbers said aloud in Persian, Ukrainian and English, as words that can be recorded once and used again.

A word is the smallest thing worth recording: in Ukrainian a number below a hundred, a hundred, a noun in its form. Its
key names it the same way in every text; the key and the words are data (``spoken/``), the grammar is here. Ukrainian
cardinals and their nouns agree in gender and case (Pravopys 2019, § 105); English says "and" after hundreds.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pasokh.i18n.catalogue import plural
from pasokh.i18n.languages import Language
from pasokh.kernel.errors import PasokhError

type Gender = Literal["m", "f", "n"]
type Case = Literal["nom", "gen", "acc", "loc"]

LARGEST = 999_999_999_999
LARGEST_ORDINAL = 9_999
_DIRECTORY = Path(__file__).with_name("spoken")


class Word(NamedTuple):
    """What is recorded once: a key that never changes its meaning, and what it says."""

    key: str
    text: str


type Words = tuple[Word, ...]


@cache
def table(language: Language) -> dict[str, Any]:
    """The words of a language as ``spoken/`` holds them."""
    return tomllib.loads((_DIRECTORY / f"{language}.toml").read_text("utf-8"))


def word(name: str, language: Language) -> Word:
    """A word that stands by itself, e.g. `about`."""
    return Word(f"word.{name}", str(table(language)[name]))


def cardinal(number: int, language: Language, gender: Gender = "m", case: Case = "nom") -> Words:
    """A whole number up to `LARGEST` either way; raises `PasokhError` ``speech.out_of_range``.

    Gender and case are heard in Ukrainian only; it has no locative here.
    """
    if abs(number) > LARGEST:
        raise PasokhError("speech.out_of_range", field="number", most=LARGEST)
    sign = (word("minus", language),) if number < 0 else ()
    size = abs(number)
    match language:
        case "fa":
            return sign + _persian(size)
        case "uk":
            return sign + _ukrainian(size, gender, case)
        case _:
            return sign + _english(size)


def ordinal(number: int, language: Language, gender: Gender = "m", case: Case = "nom") -> Words:
    """The place in a row, 1 to `LARGEST_ORDINAL` (0 is the hour); raises `PasokhError` ``speech.out_of_range``."""
    if not 0 <= number <= LARGEST_ORDINAL:
        raise PasokhError("speech.out_of_range", field="ordinal", most=LARGEST_ORDINAL)
    match language:
        case "fa":
            return _persian_ordinal(number)
        case "uk":
            return _ukrainian_ordinal(number, gender, case)
        case _:
            return _english_ordinal(number)


def noun(name: str, number: int, language: Language, case: Case = "nom") -> Word:
    """A counted noun in the form the number asks for."""
    forms = table(language)["nouns"][name]
    if language != "uk":
        form = plural(number, "en") if language == "en" else "other"
        return Word(f"noun.{name}.{form}", forms.get(form, forms["other"]))
    form = plural(number, "uk")
    if form == "one" and case != "nom":
        return Word(f"noun.{name}.one.{case}", forms[f"one_{case}"])
    if case == "gen":
        form = "many"
    return Word(f"noun.{name}.{form}", forms[form])


def noun_gender(name: str, language: Language) -> Gender:
    """The gender a number takes before the noun."""
    gender: Gender = table(language)["nouns"][name].get("gender", "m")
    return gender


# -- Persian -------------------------------------------------------------------------------------------------------
def _persian(number: int) -> Words:
    groups: list[Words] = []
    for power in (3, 2, 1, 0):
        part = number // 1_000**power % 1_000
        if not part:
            continue
        scale = (Word(f"scale.{power}", table("fa")["scales"][power - 1]),) if power else ()
        bare = power == 1 and part == 1  # "هزار", never "یک هزار"
        groups.append((() if bare else _linked(_persian_below_1000(part))) + scale)
    return _linked(groups) if groups else (_persian_below_100(0),)


def _persian_below_1000(number: int) -> list[Words]:
    hundreds, rest = divmod(number, 100)
    parts: list[Words] = []
    if hundreds:
        parts.append((Word(f"card.{hundreds}00", table("fa")["hundreds"][hundreds - 1]),))
    if rest:
        parts.append((_persian_below_100(rest),))
    return parts


def _persian_below_100(number: int) -> Word:
    words = table("fa")
    if number < 20:
        return Word(f"card.{number}", words["small"][number])
    tens, ones = divmod(number, 10)
    text = words["tens"][tens - 2] + (f" {words['and']} {words['small'][ones]}" if ones else "")
    return Word(f"card.{number}", text)


def _linked(groups: list[Words]) -> Words:
    """The groups with the "و" that is spoken in one breath with the word before it."""
    joiner = table("fa")["and"]
    linked: list[Word] = []
    for group in groups[:-1]:
        *before, last = group
        linked += [*before, Word(f"{last.key}.and", f"{last.text} {joiner}")]
    return (*linked, *groups[-1])


def _persian_ordinal(number: int) -> Words:
    words = table("fa")
    if number == 1:
        return (Word("ord.first", words["first"]),)
    *before, last = _persian(number)
    if last.text.endswith("سه"):
        text = last.text.removesuffix("سه") + "سوم"
    elif last.text.endswith("سی"):
        text = f"{last.text}\u200cام"
    else:
        text = f"{last.text}م"
    return (*before, Word(last.key.replace("card.", "ord.").replace("scale.", "ord.scale."), text))


# -- Ukrainian -----------------------------------------------------------------------------------------------------
def _ukrainian(number: int, gender: Gender, case: Case) -> Words:
    if not number:
        return _ukrainian_below_1000(0, gender, case)
    words: Words = ()
    for power in (3, 2, 1, 0):
        part = number // 1_000**power % 1_000
        if not part:
            continue
        if power:
            scale = str(table("uk")["scales"][power - 1])
            words += (*_ukrainian_below_1000(part, noun_gender(scale, "uk"), case), noun(scale, part, "uk", case))
        else:
            words += _ukrainian_below_1000(part, gender, case)
    return words


def _ukrainian_below_1000(number: int, gender: Gender, case: Case) -> Words:
    words, genitive = table("uk"), case == "gen"
    hundreds, rest = divmod(number, 100)
    spoken: list[Word] = []
    if hundreds:
        name = "hundreds_genitive" if genitive else "hundreds"
        spoken.append(Word(f"card.{hundreds}00{'.gen' if genitive else ''}", words[name][hundreds - 1]))
    if rest or not hundreds:
        spoken.append(_ukrainian_below_100(rest, gender, case))
    return tuple(spoken)


def _ukrainian_below_100(number: int, gender: Gender, case: Case) -> Word:
    words = table("uk")
    tens, ones = (0, number) if number < 20 else divmod(number, 10)
    genitive = case == "gen"
    key, text = f"card.{number}{'.gen' if genitive else ''}", ""
    if tens:
        text = words["tens_genitive" if genitive else "tens"][tens - 2]
    if ones or not tens:
        small = words["small_genitive" if genitive else "small"][ones]
        if ones == 1:
            name = f"{gender}_{case}" if f"{gender}_{case}" in words["one"] else "" if genitive else gender
            if name in words["one"]:
                small, key = words["one"][name], f"card.{number}.{name.replace('_', '.')}"
        elif ones == 2 and gender == "f" and not genitive:
            small, key = words["two"]["f"], f"card.{number}.f"
        text = f"{text} {small}".strip()
    return Word(key, text)


def _ukrainian_ordinal(number: int, gender: Gender, case: Case) -> Words:
    words = table("uk")
    thousands, below = divmod(number, 1_000)
    hundreds, rest = divmod(below, 100)
    before: Words = ()
    if thousands and below:  # "тисяча девʼятсот …", without "одна"
        counted = _ukrainian_below_1000(thousands, "f", "nom") if thousands > 1 else ()
        before += (*counted, noun("thousand", thousands, "uk"))
    if hundreds and rest:
        before += (Word(f"card.{hundreds}00", words["hundreds"][hundreds - 1]),)
    if not below and thousands:
        stem, size = words["ordinal_thousands"][thousands - 1], number
    elif not rest and hundreds:
        stem, size = words["ordinal_hundreds"][hundreds - 1], hundreds * 100
    elif rest < 20:
        stem, size = words["ordinal_small"][rest], rest
    else:
        tens, ones = divmod(rest, 10)
        head = words["tens"][tens - 2]
        stem, size = (f"{head} {words['ordinal_small'][ones]}" if ones else words["ordinal_tens"][tens - 2]), rest
    soft = size < 100 and size % 10 == 3 and size != 13
    ending = words["soft_endings" if soft else "endings"][f"{gender}_{case}"]
    return (*before, Word(f"ord.{size}.{gender}.{case}", stem + ending))


# -- English -------------------------------------------------------------------------------------------------------
def _english(number: int) -> Words:
    words = table("en")
    if not number:
        return (_english_below_100(0),)
    spoken: list[Word] = []
    for power in (3, 2, 1, 0):
        part = number // 1_000**power % 1_000
        if not part:
            continue
        hundreds, rest = divmod(part, 100)
        if hundreds:
            spoken.append(Word(f"card.{hundreds}00", f"{words['small'][hundreds]} {words['hundred']}"))
        if rest:
            if spoken and (hundreds or not power):
                spoken.append(Word("word.and", words["and"]))
            spoken.append(_english_below_100(rest))
        if power:
            spoken.append(Word(f"scale.{power}", words["scales"][power - 1]))
    return tuple(spoken)


def _english_below_100(number: int) -> Word:
    words = table("en")
    if number < 20:
        return Word(f"card.{number}", words["small"][number])
    tens, ones = divmod(number, 10)
    return Word(f"card.{number}", words["tens"][tens - 2] + (f"-{words['small'][ones]}" if ones else ""))


def _english_ordinal(number: int) -> Words:
    words = table("en")
    *before, last = _english(number)
    rest = number % 100
    if not rest and number % 1_000 and number:
        hundreds = number // 100 % 10
        text = f"{words['small'][hundreds]} {words['ordinal_hundred']}"
        return (*before, Word(f"ord.{hundreds}00", text))
    if not rest and number:
        return (*before, Word("ord.scale.1", words["ordinal_thousand"]))
    tens, ones = divmod(rest, 10)
    if rest < 20:
        text = words["ordinal_small"][rest]
    else:
        text = f"{words['tens'][tens - 2]}-{words['ordinal_small'][ones]}" if ones else words["ordinal_tens"][tens - 2]
    return (*before, Word(last.key.replace("card.", "ord."), text))
