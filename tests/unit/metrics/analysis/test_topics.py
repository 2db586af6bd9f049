"""Topics: in three languages, whatever the keyboard; nothing personal, and what grew before what always is."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pasokh.metrics.analysis.topics import FEWEST_CUSTOMERS, Text, growth, pareto, phrases, topics


def _texts(text: str, count: int, first: int = 0) -> list[Text]:
    return [Text(f"c{first + n}", f"u{first + n}", text) for n in range(count)]


def test_phrases_in_three_languages():
    found = phrases(Text("c", "u", "سلام، كارت بانكي من مسدود شده"))
    assert "کارت بانکی" in found
    assert "مسدود" in found
    assert not any("سلام" in key or key.endswith(" من") for key in found)
    assert "інтернет не працює" in phrases(Text("c", "u", "Добрий день! Інтернет не працює."))
    assert "intrnet" not in phrases(Text("c", "u", ""))
    assert set(phrases(Text("c", "u", "The invoice is wrong"))) == {"invoice", "wrong", "invoice is wrong"}


def test_one_spelling_whatever_the_keyboard():
    assert set(phrases(Text("c", "u", "می‌خواهم قبض گاز"))) & set(phrases(Text("c", "u", "قبض گاز"))) >= {"قبض گاز"}
    assert set(phrases(Text("c", "u", "كارت"))) == set(phrases(Text("c", "u", "کارت")))


def test_nothing_personal_is_ever_a_phrase():
    text = Text(
        "c", "u", "My card 6037991234567890 and order AB-12۳۴, write to me@example.com, see https://x.example/me. "
        "I am Olena Kovalenko from Lviv", ("Olena Kovalenko",),
    )  # fmt: skip
    keys = " ".join(phrases(text))
    for private in ("6037", "ab-12", "example", "olena", "kovalenko", "https"):
        assert private not in keys
    assert "card" in phrases(text)
    assert "lviv" in phrases(text)


def test_a_phrase_needs_several_customers():
    one_person = [Text(f"c{n}", "u", "secret project zebra") for n in range(50)]
    assert topics(one_person, []) == []
    assert topics(_texts("zebra", FEWEST_CUSTOMERS - 1), []) == []
    assert topics(_texts("zebra", FEWEST_CUSTOMERS), [])[0].contacts == FEWEST_CUSTOMERS


def test_the_longer_phrase_tells_of_the_shorter_ones():
    found = topics(_texts("password reset link", 10) + _texts("password", 2, 10), [])
    assert [(topic.phrase, topic.contacts) for topic in found] == [("password reset link", 10)]
    apart = topics(_texts("password reset", 10) + _texts("password", 20, 10), [])
    assert [(topic.phrase, topic.contacts) for topic in apart] == [("password", 30), ("password reset", 10)]
    assert apart[1].examples[0] == "c0"


def test_growth_is_against_the_period_before():
    rng = random.Random(1)
    words = ["delivery", "refund", "address", "warranty"]
    always = [" ".join(rng.sample(words, 2)) for _ in range(400)]
    before = [Text(f"b{n}", f"b{n}", text) for n, text in enumerate(always)]
    now = [Text(f"n{n}", f"n{n}", text + (". login fails" if n % 10 == 0 else "")) for n, text in enumerate(always)]
    found = {topic.phrase: topic for topic in topics(now, before, 100)}
    assert found["login fails"].growth > 3
    assert found["login fails"].before == 0
    assert all(abs(found[word].growth) < 1 for word in words)


def test_growth_of_nothing():
    assert growth(3, 10, 0, 0) == 0.0
    assert growth(0, 100, 50, 100) < -3


def test_pareto():
    assert pareto({"a": 6, "b": 3, "c": 1}) == [("a", 6, 0.6), ("b", 3, 0.9), ("c", 1, 1.0)]
    assert pareto({}) == []


@given(st.lists(st.text(max_size=60), max_size=10))
def test_any_text_can_be_read(texts):
    for topic in topics([Text(str(n), str(n), text) for n, text in enumerate(texts)], [], fewest=1):
        assert topic.contacts >= 1
        assert not any(char.isdigit() for char in topic.phrase)
