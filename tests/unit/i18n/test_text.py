"""Search, order and direction do not depend on the keyboard a text was typed on."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.i18n import bidi, text
from pasokh.i18n.sorting import sort_key

SAME = [
    ("علي", "علی"),
    ("كتاب", "کتاب"),
    ("می‌روم", "میروم"),
    ("آب", "اب"),
    ("مسئول", "مسیول"),
    ("خانۀ", "خانه"),
    ("مُحَمَّد", "محمد"),
    ("۱۴۰۳", "1403"),
    ("كـــتاب", "کتاب"),
    ("ﻛﺘﺎﺏ", "کتاب"),
    ("Пʼять", "п'ять"),
    ("пʼять", "ПʼЯТЬ"),
    ("Ґанок", "ганок"),
    ("Café", "CAFE"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_word_share_a_search_key(one, other):
    assert text.search_key(one) == text.search_key(other)


@pytest.mark.parametrize(("one", "other"), [("їжак", "іжак"), ("й", "и"), ("سلام", "شلام"), ("بار", "بر")])
def test_different_words_keep_different_keys(one, other):
    assert text.search_key(one) != text.search_key(other)


def test_a_search_finds_words_joined_or_apart():
    assert text.matches("می روم", "من می‌روم خانه")
    assert text.matches("میروم", "من می روم")
    assert text.matches("0912 345", "تماس از ۰۹۱۲۳۴۵۶۷۸")
    assert not text.matches("نمی‌روم", "من می‌روم")


@given(st.text())
def test_folding_and_normalising_are_stable(value):
    assert text.search_key(text.search_key(value)) == text.search_key(value)
    assert text.normalise(text.normalise(value)) == text.normalise(value)


def test_normalising_keeps_letters_people_tell_apart():
    assert text.normalise("  علي‌ ‌رضا\u202e   مسئولة ") == "علی رضا مسئولة"
    assert text.normalise("می\u200c\u200cروم") == "می\u200cروم"


PERSIAN = "آب ابر ابرو بابا پا تاب جام چای خانه زهرا ژاله سیب کار کتاب گل مادر نان وحید هما یاس"
UKRAINIAN = "Андрій Вʼячеслав Галина Ґанок Дмитро Євген Жанна Зоя Ігор Їжак Йосип Катерина Щука Юля Яна"


@pytest.mark.parametrize(("language", "words"), [("fa", PERSIAN), ("uk", UKRAINIAN)])
def test_names_stand_in_alphabetical_order(language, words):
    expected = words.split()
    for one, other in itertools.pairwise(expected):
        assert sort_key(one, language) < sort_key(other, language)
        assert sort_key(one, language).encode() < sort_key(other, language).encode()


def test_own_script_comes_first_and_keyboards_do_not_matter():
    assert sort_key("یاس", "fa") < sort_key("Anna", "fa")
    assert sort_key("Яна", "uk") < sort_key("Anna", "uk")
    assert sort_key("Anna", "en") < sort_key("Яна", "en")
    assert sort_key("كار", "fa")[:3] == sort_key("کار", "fa")[:3]
    assert sort_key("anna", "en") < sort_key("Anna", "en") < sort_key("annab", "en")
    assert sort_key("Зал 2", "uk") < sort_key("Зала", "uk")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["fa", "uk", "en"]))
def test_any_text_has_a_key_a_database_can_store(value, language):
    key = sort_key(value, language)
    assert "\x00" not in key
    key.encode()


def test_disguising_characters_are_found_and_removed():
    assert bidi.has_override("invoice\u202efdp.exe")
    assert bidi.has_override("a\u2067b")
    assert bidi.has_override("a\u2069b")
    assert not bidi.has_override("نامه " + bidi.isolate("Anna"))
    assert bidi.balanced("a\u202eb\u2067c") == "ab\u2067c\u2069"


@given(st.text("ab\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_an_isolated_text_never_leaks_its_direction(value):
    inner = bidi.isolate(value)
    depth = 0
    for position, character in enumerate(inner):
        depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
        assert depth > 0 or position == len(inner) - 1
    assert depth == 0
    assert not bidi.has_override(inner)


def test_phones_stay_left_to_right():
    assert bidi.isolate_ltr("+98 21 123") == "\u2066+98 21 123\u2069"
