"""What is said aloud in Persian, Ukrainian and English: numbers, digits, places, money, days, times, lengths of time.

Everything gives a `Spoken`: the text for a speech synthesiser, and the same as words with keys, each of which can be
recorded once and used again (`vocabulary` lists them all). Persian days are Jalali. The inputs are integers and dates;
nothing here knows the clock.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Literal, NamedTuple, get_args

from pasokh.i18n.digits import to_ascii
from pasokh.i18n.jalali import JalaliDate
from pasokh.i18n.languages import Language
from pasokh.i18n.speech_numbers import (
    Case,
    Gender,
    Word,
    Words,
    cardinal,
    noun,
    noun_gender,
    ordinal,
    table,
    word,
)
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE

type Currency = Literal["IRR", "IRT", "UAH", "USD", "EUR"]

CURRENCIES: tuple[Currency, ...] = get_args(Currency.__value__)
"""Rial, toman (ten rials), hryvnia, dollar, euro."""
DECIMALS: dict[Currency, int] = {"IRR": 0, "IRT": 0, "UAH": 2, "USD": 2, "EUR": 2}
"""An amount counts units of 10^-decimals: kopiykas, cents, whole rials and tomans."""
DIGIT_GROUP = 3
MOST_DIGITS = 64
_MINUTES_OF_DAY = 1_440
_LEAST_ABOUT_MS = 45_000
_PAUSE = {"fa": "،", "uk": ",", "en": ","}


class Spoken(NamedTuple):
    """What is said: as text with the pauses of a synthesiser, and word by word."""

    text: str
    words: Words = ()


def number(value: int, language: Language, gender: Gender = "m", case: Case = "nom") -> Spoken:
    """A whole number; raises `PasokhError` ``speech.out_of_range`` beyond 999,999,999,999."""
    return _spoken(cardinal(value, language, gender, case))


def counted(value: int, name: str, language: Language, case: Case = "nom") -> Spoken:
    """A number with its noun (`second minute hour day` or a currency): "дві хвилини", "two minutes", "دو دقیقه"."""
    return _spoken(_counted(value, name, language, case))


def digits(text: str, language: Language, group: int = DIGIT_GROUP) -> Spoken:
    """Digits one by one, a short pause after each `group`; ``+ * #`` are named, any other character is passed over.

    Persian and Arabic digits are read too. At most `MOST_DIGITS` are said.
    """
    signs = table(language)["signs"]
    names = {"+": "plus", "*": "star", "#": "hash"}
    said: list[str] = []
    words: list[Word] = []
    since = 0
    for character in to_ascii(text):
        if character in names:
            words.append(Word(f"sign.{names[character]}", signs[character]))
        elif character in "0123456789":
            words.append(cardinal(int(character), language)[0])
            since += 1
        else:
            continue
        said.append(words[-1].text)
        if group and since == group:
            said[-1] += _PAUSE[language]
            since = 0
        if len(words) == MOST_DIGITS:
            break
    return Spoken(" ".join(said).rstrip(_PAUSE[language]), tuple(words))


def place(value: int, language: Language, gender: Gender = "n") -> Spoken:
    """A place in a row: "سوم", "третє" (місце), "third"; raises `PasokhError` ``speech.out_of_range``."""
    return _spoken(ordinal(value, language, gender))


def money(amount: int, currency: Currency, language: Language, case: Case = "nom") -> Spoken:
    """An amount in the smallest unit (`DECIMALS`): "дванадцять гривень пʼятдесят копійок".

    Raises `PasokhError` ``speech.*``. Small units are left out when there are none; an amount below one large unit is
    said in small ones alone.
    """
    if currency not in DECIMALS:
        raise PasokhError("speech.unknown_currency", field="currency", value=str(currency)[:20])
    whole, small = divmod(abs(amount), 10 ** DECIMALS[currency])
    words: Words = (word("minus", language),) if amount < 0 else ()
    if whole or not small:
        words += _counted(whole, currency, language, case)
    if small:
        if whole and language in {"fa", "en"}:
            words += (word("and", language),)
        words += _counted(small, f"{currency}_minor", language, case)
    return _spoken(words)


def day(value: date, language: Language, *, weekday: bool = False, year: bool = True) -> Spoken:
    """A day: "بیست و یکم اسفند هزار و چهارصد و سه", "двадцяте березня … року", "the twentieth of March …"."""
    names = table(language)
    head: Words = ()
    if weekday:
        head = (Word(f"weekday.{value.weekday()}", names["weekdays"][value.weekday()]),)
    match language:
        case "fa":
            jalali = JalaliDate.of(value)
            body = (*ordinal(jalali.day, "fa"), _month(jalali.month, "fa"))
            tail = cardinal(jalali.year, "fa")
        case "uk":
            body = (*ordinal(value.day, "uk", "n"), _month(value.month, "uk"))
            tail = (*ordinal(value.year, "uk", "m", "gen"), word("year", "uk"))
        case _:
            body = (word("the", "en"), *ordinal(value.day, "en"), word("of", "en"), _month(value.month, "en"))
            tail = _english_year(value.year)
    words = body + tail if year else body
    if not head:
        return _spoken(words)
    pause = "" if language == "fa" else _PAUSE[language]
    return Spoken(f"{head[0].text}{pause} {_text(words)}", head + words)


def time_of_day(minute: int, language: Language, *, at: bool = False) -> Spoken:
    """A minute of the day (0 to 1439): "ساعت چهارده و سی دقیقه", "чотирнадцята година …", "two thirty p.m.".

    `at` says when something happens: "о чотирнадцятій годині тридцять хвилин", "at two thirty p.m.". Raises
    `PasokhError` ``speech.out_of_range``.
    """
    if not 0 <= minute < _MINUTES_OF_DAY:
        raise PasokhError("speech.out_of_range", field="minute", most=_MINUTES_OF_DAY - 1)
    hour, rest = divmod(minute, 60)
    match language:
        case "fa":
            return _spoken(_persian_time(hour, rest))
        case "uk":
            return _spoken(_ukrainian_time(hour, rest, at=at))
        case _:
            return _spoken(((word("at", "en"),) if at else ()) + _english_time(hour, rest))


def length(span_ms: int, language: Language, case: Case = "nom") -> Spoken:
    """A length of time to the nearest minute, never below one; with days and hours where there are any."""
    minutes = max(1, (max(span_ms, 0) + MINUTE // 2) // MINUTE)
    days, rest = divmod(minutes, _MINUTES_OF_DAY)
    hours, minutes = divmod(rest, 60)
    words: Words = ()
    for value, name in ((days, "day"), (hours, "hour"), (minutes, "minute")):
        if value:
            if words and language in {"fa", "en"}:
                words += (word("and", language),)
            words += _counted(value, name, language, case)
    return _spoken(words)


def waited(span_ms: int, language: Language) -> Spoken:
    """How long somebody has waited: below a minute to five seconds, never below five; then as `length`."""
    seconds = max(5, (max(span_ms, 0) + 2_500) // 5_000 * 5)
    return counted(seconds, "second", language) if seconds < 60 else length(span_ms, language)


def about(span_ms: int, language: Language) -> Spoken:
    """A length of time nobody should take by the second: "about three minutes"; below 45 s "less than a minute"."""
    if span_ms < _LEAST_ABOUT_MS:
        return _spoken((word("less_than_a_minute", language),))
    return _spoken((word("about", language), *length(span_ms, language).words))


def between(low_ms: int, high_ms: int, language: Language) -> Spoken:
    """An interval of waiting, in whole minutes: "between two and four minutes", "від двох до чотирьох хвилин".

    What comes to the same minute, or begins within the first one, is said as `about` its later end.
    """
    low, high = _nearest_minute(low_ms), _nearest_minute(high_ms)
    if low < 1 or high <= low or high >= 60:
        return about(max(low_ms, high_ms), language)
    case: Case = "gen" if language == "uk" else "nom"
    gender = noun_gender("minute", language)
    words = (word("between", language), *cardinal(low, language, gender, case), word("to", language))
    return _spoken(words + _counted(high, "minute", language, case))


@cache
def vocabulary(language: Language) -> dict[str, str]:
    """Every word of the functions above (places to 99, years 1900 to 2100): key → text."""
    return dict(_vocabulary(language))


def _vocabulary(language: Language) -> Iterator[Word]:
    genders: tuple[Gender, ...] = ("m", "f", "n") if language == "uk" else ("m",)
    cases: tuple[Case, ...] = ("nom", "gen", "acc") if language == "uk" else ("nom",)
    for case in cases:
        for gender in genders:
            for value in (*range(100), *range(100, 1_000, 100)):
                yield from cardinal(value, language, gender, case)
        for value in (*(part * 1_000**power for power in (1, 2, 3) for part in (1, 2, 5)), *range(101, 1_000, 100)):
            yield from cardinal(value, language, "m", case)
            yield from cardinal(min(value * 1_000 + 1, 999_000_000_001), language, "m", case)
        for name in table(language)["nouns"]:
            for value in (1, 2, 5):
                yield noun(name, value, language, case)
    for value in range(1, 100):
        yield from ordinal(value, language, "n" if language == "uk" else "m")
    for year in range(1900, 2101):  # whole years, so that their joints are there too
        yield from day(date(year, 6, 15), language).words
    for month in range(1, 13):
        yield from day(date(2024, month, 15), language, weekday=True).words
        yield from day(date(2024, month, 28), language, weekday=True).words
    yield from (Word(f"weekday.{n}", name) for n, name in enumerate(table(language)["weekdays"]))
    yield from (w for minute in range(_MINUTES_OF_DAY) for w in time_of_day(minute, language, at=True).words)
    yield from (w for minute in range(_MINUTES_OF_DAY) for w in time_of_day(minute, language).words)
    yield from digits("+*#", language).words
    for name in ("minus", "about", "less_than_a_minute", "between", "to", *(("and",) if language != "uk" else ())):
        yield word(name, language)


# -- parts ---------------------------------------------------------------------------------------------------------
def _text(words: Iterable[Word]) -> str:
    return " ".join(w.text for w in words)


def _spoken(words: Words) -> Spoken:
    return Spoken(_text(words), words)


def _counted(value: int, name: str, language: Language, case: Case) -> Words:
    return (*cardinal(value, language, noun_gender(name, language), case), noun(name, value, language, case))


def _nearest_minute(span_ms: int) -> int:
    return (span_ms + MINUTE // 2) // MINUTE


def _month(number: int, language: Language) -> Word:
    return Word(f"month.{number}", table(language)["months"][number - 1])


def _english_year(year: int) -> Words:
    century, rest = divmod(year, 100)
    if not 11 <= century <= 99 or (century % 10 == 0 and rest < 10):
        return cardinal(year, "en")
    head = cardinal(century, "en")
    if not rest:
        return (*head, Word("word.hundred", table("en")["hundred"]))
    return (*head, *((word("oh", "en"),) if rest < 10 else ()), *cardinal(rest, "en"))


def _persian_time(hour: int, minute: int) -> Words:
    head = (word("hour_mark", "fa"), *cardinal(hour, "fa"))
    if not minute:
        return head
    *before, last = head
    joined = Word(f"{last.key}.and", f"{last.text} {table('fa')['and']}")
    return (*before, joined, *_counted(minute, "minute", "fa", "nom"))


def _ukrainian_time(hour: int, minute: int, *, at: bool) -> Words:
    tail = _counted(minute, "minute", "uk", "nom") if minute else ()
    if not at:
        return (*ordinal(hour, "uk", "f"), noun("hour", 1, "uk"), *tail)
    preposition = word("at_before_vowel" if hour == 11 else "at", "uk")
    return (preposition, *ordinal(hour, "uk", "f", "loc"), noun("hour", 1, "uk", "loc"), *tail)


def _english_time(hour: int, minute: int) -> Words:
    if not minute and hour in {0, 12}:
        return (word("noon" if hour else "midnight", "en"),)
    half = word("after_noon" if hour >= 12 else "before_noon", "en")
    head = cardinal(hour % 12 or 12, "en")
    if not minute:
        return (*head, half)
    return (*head, *((word("oh", "en"),) if minute < 10 else ()), *cardinal(minute, "en"), half)
