"""Every message exists in three languages, with the same fields and all plural forms."""

import pytest

from pasokh.i18n import catalogue
from pasokh.i18n.languages import LANGUAGES, as_language, direction, pick


def test_the_catalogues_are_complete():
    assert catalogue.problems() == []


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {1: "one", 0: "other", 2: "other"}),
        ("fa", {0: "one", 1: "one", 2: "other"}),
        (
            "uk",
            {
                1: "one",
                21: "one",
                2: "few",
                34: "few",
                5: "many",
                11: "many",
                14: "many",
                0: "many",
                111: "many",
            },
        ),
    ],
)
def test_plural_forms_are_those_of_the_language(language, forms):
    assert {n: catalogue.plural(n, language) for n in forms} == forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_key_still_says_something(language):
    assert "no.such_key" in catalogue.message("no.such_key", language)


def test_fields_take_the_languages_digits_and_do_not_disturb_direction():
    assert catalogue.message("number.not_whole", "fa", text="x1") == "«\u2068x1\u2069» عدد صحیح نیست."
    assert "?" in catalogue.message("number.not_whole", "en")
    assert catalogue.message("number.not_whole", "de", text="x") == catalogue.message(
        "number.not_whole", "en", text="x"
    )


def test_a_lacking_text_is_a_problem(monkeypatch, tmp_path):
    (tmp_path / "a.en.toml").write_text('k = "{n} x {y}"\nunknown = "?"\n[p]\none = "1"\nother = "{n}"\n')
    (tmp_path / "a.uk.toml").write_text('k = "{z}"\nunknown = "?"\n[p]\none = "1"\nother = "{n}"\n')
    monkeypatch.setattr(catalogue, "_DIRECTORY", tmp_path)
    catalogue.catalogue.cache_clear()
    try:
        found = "\n".join(catalogue.problems())
    finally:
        monkeypatch.undo()
        catalogue.catalogue.cache_clear()
    assert "catalogues/a.fa.toml is missing" in found
    assert "k: no fa text" in found
    assert "the languages' fields differ" in found
    assert "p: no plural form few in uk" in found


def test_languages_are_recognised_from_any_tag():
    assert [as_language(t) for t in ("fa-IR", "uk_UA.UTF-8", "EN", "de", "")] == [
        "fa",
        "uk",
        "en",
        None,
        None,
    ]
    assert pick(["de", "uk-UA", "fa"]) == "uk"
    assert pick([], "fa") == "fa"
    assert [direction(x) for x in LANGUAGES] == ["rtl", "ltr", "ltr"]
