"""What is said aloud is what was meant: hand-checked tables, and every number read back by an independent reader."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasokh.i18n import speech
from pasokh.i18n.jalali import JalaliDate
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.speech_numbers import LARGEST
from pasokh.kernel.errors import PasokhError

NUMBERS = {
    "fa": {
        0: "صفر", 8: "هشت", 11: "یازده", 18: "هجده", 20: "بیست", 21: "بیست و یک", 99: "نود و نه", 100: "صد",
        105: "صد و پنج", 217: "دویست و هفده", 300: "سیصد", 1_000: "هزار", 1_001: "هزار و یک",
        1_403: "هزار و چهارصد و سه",
        2_000: "دو هزار", 100_000: "صد هزار", 250_500: "دویست و پنجاه هزار و پانصد", 1_000_000: "یک میلیون",
        1_001_000: "یک میلیون و هزار", 3_000_000_000: "سه میلیارد", -5: "منفی پنج",
    },
    "uk": {
        0: "нуль", 1: "один", 2: "два", 14: "чотирнадцять", 21: "двадцять один", 40: "сорок", 92: "девʼяносто два",
        200: "двісті", 999: "девʼятсот девʼяносто девʼять", 1_000: "одна тисяча", 2_000: "дві тисячі",
        5_000: "пʼять тисяч", 11_000: "одинадцять тисяч", 21_000: "двадцять одна тисяча",
        22_022: "двадцять дві тисячі двадцять два",
        112_000: "сто дванадцять тисяч", 1_000_000: "один мільйон", 2_000_001: "два мільйони один",
        5_000_000_000: "пʼять мільярдів", -7: "мінус сім",
    },
    "en": {
        0: "zero", 13: "thirteen", 30: "thirty", 42: "forty-two", 100: "one hundred", 101: "one hundred and one",
        999: "nine hundred and ninety-nine", 1_000: "one thousand", 1_005: "one thousand and five",
        1_100: "one thousand one hundred", 20_019: "twenty thousand and nineteen",
        100_001: "one hundred thousand and one", 1_000_000: "one million", 7_000_000_000: "seven billion",
        -1: "minus one",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_by_hand(language):
    assert {n: speech.number(n, language).text for n in NUMBERS[language]} == NUMBERS[language]


@pytest.mark.parametrize(
    ("value", "name", "case", "said"),
    [
        (1, "minute", "nom", "одна хвилина"),
        (2, "minute", "nom", "дві хвилини"),
        (5, "minute", "nom", "пʼять хвилин"),
        (11, "minute", "nom", "одинадцять хвилин"),
        (21, "minute", "nom", "двадцять одна хвилина"),
        (22, "minute", "nom", "двадцять дві хвилини"),
        (112, "minute", "nom", "сто дванадцять хвилин"),
        (1, "minute", "acc", "одну хвилину"),
        (2, "minute", "acc", "дві хвилини"),
        (1_000, "UAH", "acc", "одну тисячу гривень"),
        (1, "minute", "gen", "однієї хвилини"),
        (3, "minute", "gen", "трьох хвилин"),
        (21, "day", "gen", "двадцяти одного дня"),
        (540, "UAH", "gen", "пʼятисот сорока гривень"),
        (1_000, "UAH", "gen", "однієї тисячі гривень"),
        (2, "day", "nom", "два дні"),
        (1, "EUR", "nom", "одне євро"),
        (2, "EUR", "nom", "два євро"),
        (1, "USD", "nom", "один долар"),
        (3, "USD", "nom", "три долари"),
        (101, "IRT", "nom", "сто один томан"),
    ],
)
def test_ukrainian_numbers_agree_with_what_they_count(value, name, case, said):
    assert speech.counted(value, name, "uk", case).text == said


PLACES = {
    "fa": {1: "اول", 2: "دوم", 3: "سوم", 9: "نهم", 10: "دهم", 21: "بیست و یکم", 23: "بیست و سوم", 30: "سی‌ام",
           100: "صدم", 101: "صد و یکم", 130: "صد و سی‌ام"},
    "uk": {1: "перше", 3: "третє", 7: "сьоме", 13: "тринадцяте", 20: "двадцяте", 33: "тридцять третє", 40: "сорокове",
           90: "девʼяносте", 100: "соте", 213: "двісті тринадцяте"},
    "en": {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 12: "twelfth", 20: "twentieth",
           21: "twenty-first", 100: "one hundredth", 112: "one hundred and twelfth"},
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_by_hand(language):
    assert {n: speech.place(n, language).text for n in PLACES[language]} == PLACES[language]


@pytest.mark.parametrize(
    ("amount", "currency", "language", "said"),
    [
        (2_500_000, "IRR", "fa", "دو میلیون و پانصد هزار ریال"),
        (250_000, "IRT", "fa", "دویست و پنجاه هزار تومان"),
        (1250, "UAH", "fa", "دوازده گریونا و پنجاه کوپک"),
        (100, "UAH", "uk", "одна гривня"),
        (24_202, "UAH", "uk", "двісті сорок дві гривні дві копійки"),
        (500, "UAH", "uk", "пʼять гривень"),
        (1, "UAH", "uk", "одна копійка"),
        (0, "UAH", "uk", "нуль гривень"),
        (2_101, "USD", "uk", "двадцять один долар один цент"),
        (101, "USD", "en", "one dollar and one cent"),
        (99, "EUR", "en", "ninety-nine cents"),
        (-1_050, "EUR", "en", "minus ten euros and fifty cents"),
        (1, "IRR", "en", "one rial"),
    ],
)
def test_amounts_by_hand(amount, currency, language, said):
    assert speech.money(amount, currency, language).text == said


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        (date(2024, 3, 20), "fa", "چهارشنبه اول فروردین هزار و چهارصد و سه"),
        (date(2025, 3, 20), "fa", "پنجشنبه سی‌ام اسفند هزار و چهارصد و سه"),
        (date(2024, 6, 11), "fa", "سه‌شنبه بیست و دوم خرداد هزار و چهارصد و سه"),
        (date(2024, 3, 20), "uk", "середа, двадцяте березня дві тисячі двадцять четвертого року"),
        (date(2000, 1, 3), "uk", "понеділок, третє січня двотисячного року"),
        (date(1991, 8, 24), "uk", "субота, двадцять четверте серпня тисяча девʼятсот девʼяносто першого року"),
        (date(2013, 5, 13), "uk", "понеділок, тринадцяте травня дві тисячі тринадцятого року"),
        (date(2023, 5, 13), "uk", "субота, тринадцяте травня дві тисячі двадцять третього року"),
        (date(2024, 3, 20), "en", "Wednesday, the twentieth of March twenty twenty-four"),
        (date(2005, 12, 31), "en", "Saturday, the thirty-first of December two thousand and five"),
        (date(1905, 2, 3), "en", "Friday, the third of February nineteen oh five"),
        (date(1900, 1, 1), "en", "Monday, the first of January nineteen hundred"),
    ],
)
def test_days_by_hand(day, language, said):
    assert speech.day(day, language, weekday=True).text == said


@pytest.mark.parametrize(
    ("minute", "language", "at", "said"),
    [
        (14 * 60 + 30, "fa", False, "ساعت چهارده و سی دقیقه"),
        (9 * 60, "fa", True, "ساعت نه"),
        (14 * 60 + 30, "uk", False, "чотирнадцята година тридцять хвилин"),
        (14 * 60 + 30, "uk", True, "о чотирнадцятій годині тридцять хвилин"),
        (11 * 60, "uk", True, "об одинадцятій годині"),
        (23 * 60 + 1, "uk", True, "о двадцять третій годині одна хвилина"),
        (0, "uk", True, "о нульовій годині"),
        (14 * 60 + 30, "en", True, "at two thirty p.m."),
        (9 * 60 + 5, "en", False, "nine oh five a.m."),
        (720, "en", True, "at noon"),
        (0, "en", False, "midnight"),
        (61, "en", False, "one oh one a.m."),
    ],
)
def test_times_by_hand(minute, language, at, said):
    assert speech.time_of_day(minute, language, at=at).text == said


@pytest.mark.parametrize(
    ("span", "language", "said"),
    [
        (10_000, "fa", "کمتر از یک دقیقه"),
        (180_000, "fa", "حدود سه دقیقه"),
        (60_000, "uk", "приблизно одна хвилина"),
        (120_000, "uk", "приблизно дві хвилини"),
        (300_000, "uk", "приблизно пʼять хвилин"),
        (3_900_000, "uk", "приблизно одна година пʼять хвилин"),
        (180_000, "en", "about three minutes"),
        (3_600_000, "en", "about one hour"),
        (44_999, "en", "less than a minute"),
    ],
)
def test_waits_by_hand(span, language, said):
    assert speech.about(span, language).text == said


def test_intervals_by_hand():
    assert speech.between(120_000, 240_000, "uk").text == "від двох до чотирьох хвилин"
    assert speech.between(60_000, 21 * 60_000, "uk").text == "від однієї до двадцяти однієї хвилини"
    assert speech.between(120_000, 240_000, "fa").text == "بین دو تا چهار دقیقه"
    assert speech.between(120_000, 240_000, "en").text == "between two and four minutes"
    assert speech.between(10_000, 90_000, "en").text == "about two minutes"  # from nothing on: only the end is said
    assert speech.between(170_000, 190_000, "en").text == "about three minutes"


def test_digits_are_said_one_by_one_whatever_they_were_typed_with():
    assert speech.digits("۰۹۱۲", "fa").text == "صفر نه یک، دو"
    assert speech.digits("+380 (44)", "uk").text == "плюс три вісім нуль, чотири чотири"
    assert speech.digits("12#*", "en", group=0).text == "one two hash star"
    assert speech.digits("", "en") == ("", ())
    assert speech.digits("abc\n😀", "en") == ("", ())
    assert len(speech.digits("1" * 10_000, "en").words) == speech.MOST_DIGITS


def test_what_cannot_be_said_is_refused_with_the_field():
    for call, code in (
        (lambda: speech.number(LARGEST + 1, "en"), "speech.out_of_range"),
        (lambda: speech.number(-LARGEST - 1, "fa"), "speech.out_of_range"),
        (lambda: speech.place(10_000, "uk"), "speech.out_of_range"),
        (lambda: speech.place(-1, "uk"), "speech.out_of_range"),
        (lambda: speech.time_of_day(1_440, "en"), "speech.out_of_range"),
        (lambda: speech.money(1, "XXX", "en"), "speech.unknown_currency"),
    ):
        with pytest.raises(PasokhError) as refused:
            call()
        assert refused.value.code == code
        assert refused.value.params["field"]


# -- read back by an independent reader: a plain list of words and their values ---------------------------------------
TENS, HUNDREDS = range(20, 100, 10), range(100, 1_000, 100)


def valued(words, values):
    return dict(zip(words.split(), values, strict=True))


_FA = {
    **valued(
        "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده", range(20)
    ),
    **valued("بیست سی چهل پنجاه شصت هفتاد هشتاد نود", TENS),
    **valued("صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد", HUNDREDS),
}
_UK = {
    **valued(
        "нуль один два три чотири пʼять шість сім вісім девʼять десять одинадцять дванадцять тринадцять", range(14)
    ),
    **valued("чотирнадцять пʼятнадцять шістнадцять сімнадцять вісімнадцять девʼятнадцять", range(14, 20)),
    "одна": 1,
    "одне": 1,
    "дві": 2,
    **valued("двадцять тридцять сорок пʼятдесят шістдесят сімдесят вісімдесят девʼяносто", TENS),
    **valued("сто двісті триста чотириста пʼятсот шістсот сімсот вісімсот девʼятсот", HUNDREDS),
}
_EN = {
    **valued("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen", range(15)),
    **valued("fifteen sixteen seventeen eighteen nineteen", range(15, 20)),
    **valued("twenty thirty forty fifty sixty seventy eighty ninety", TENS),
}
_SCALES = {
    "fa": {"هزار": 10**3, "میلیون": 10**6, "میلیارد": 10**9},
    "uk": {
        **dict.fromkeys(("тисяча", "тисячі", "тисяч"), 10**3),
        **dict.fromkeys(("мільйон", "мільйони", "мільйонів"), 10**6),
        **dict.fromkeys(("мільярд", "мільярди", "мільярдів"), 10**9),
    },
    "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9},
}


def read_back(text, language):
    total = part = 0
    for token in text.replace("-", " ").split():
        if token in {"و", "and"}:
            continue
        if token == "hundred":
            part *= 100
        elif token in _SCALES[language]:
            total += (part or 1) * _SCALES[language][token]
            part = 0
        else:
            part += {"fa": _FA, "uk": _UK, "en": _EN}[language][token]
    return total + part


whole = st.one_of(
    st.integers(0, LARGEST),
    st.integers(0, 2_000),
    st.builds(lambda n, k: n * 10**k, st.integers(0, 999), st.integers(0, 9)),
)


@settings(max_examples=300, deadline=None)
@given(whole, st.sampled_from(LANGUAGES), st.sampled_from("mfn"))
def test_every_number_can_be_read_back(value, language, gender):
    spoken = speech.number(value, language, gender)
    assert read_back(spoken.text, language) == value
    assert " ".join(w.text for w in spoken.words) == spoken.text


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**11), st.sampled_from(speech.CURRENCIES), st.sampled_from(LANGUAGES))
def test_every_amount_can_be_read_back(amount, currency, language):
    nouns = {}
    for name in (currency, f"{currency}_minor"):
        for n in (1, 2, 5):
            if currency not in {"IRR", "IRT"} or not name.endswith("_minor"):
                nouns[speech.noun(name, n, language).text] = name
    whole_part = small_part = 0
    said: list[str] = []
    for token in speech.money(amount, currency, language).text.split():
        if token not in nouns:
            said.append(token)
        elif nouns[token].endswith("_minor"):
            small_part = read_back(" ".join(said), language)
        else:
            whole_part, said = read_back(" ".join(said), language), []
    assert whole_part * 10 ** speech.DECIMALS[currency] + small_part == amount


def test_every_year_and_day_said_agrees_with_the_calendar():
    day = date(1995, 1, 1)
    while day < date(2045, 1, 1):
        jalali = JalaliDate.of(day)
        words = speech.day(day, "fa").text.split(" ", 60)
        month = speech.table("fa")["months"][jalali.month - 1]
        where = words.index(month)
        assert read_back(" ".join(words[where + 1 :]), "fa") == jalali.year
        assert speech.day(day, "uk").words[-1].text == "року"
        assert speech.table("en")["months"][day.month - 1] in speech.day(day, "en").text
        day += timedelta(days=13)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_says_one_thing_and_the_vocabulary_has_every_key(language):
    meant: dict[str, str] = {}
    known = speech.vocabulary(language)
    cases = ("nom", "gen", "acc") if language == "uk" else ("nom",)
    samples = [
        *range(2_300),
        *(n * 1_000 + 17 for n in range(1_200)),
        *(n * 10**6 for n in range(40)),
        10**9,
        2 * 10**9 + 3,
    ]

    def words():
        for n in samples:
            for gender in "mfn":
                for case in cases:
                    yield from speech.number(n, language, gender, case).words
        for n in range(1, 100):
            yield from speech.place(n, language).words
            for case in cases:
                yield from speech.money(n * 100 + n, "UAH", language, case).words
                yield from speech.length(n * 60_000, language, case).words
            yield from speech.about(n * 500_000, language).words
            yield from speech.between(n * 60_000, 2 * n * 60_000, language).words
        for n in range(0, 1_440, 7):
            yield from speech.time_of_day(n, language, at=n % 2 == 0).words
        for n in range(0, 20_000, 19):
            yield from speech.day(date(1990, 1, 1) + timedelta(days=n), language, weekday=True).words
        yield from speech.digits("+0123456789*#", language).words

    for key, text in words():
        assert meant.setdefault(key, text) == text
        assert known.get(key) == text, (key, text)


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.sampled_from(LANGUAGES))
def test_lengths_are_said_whatever_they_are(low, high, language):
    for spoken in (speech.about(low, language), speech.between(low, high, language), speech.length(high, language)):
        assert spoken.text
        assert spoken.words
