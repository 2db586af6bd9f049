"""Every code that is raised anywhere has a sentence in all three languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pasokh
from pasokh.i18n.catalogue import catalogue, problems
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError

SOURCE = Path(pasokh.__file__).parent
HOLE = re.compile(r"\{([a-z_]+)\}")


def raised() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(code, where, names of the fields given) of every literal `PasokhError("…")`."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == PasokhError.__name__
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                fields = frozenset(k.arg for k in node.keywords if k.arg)
                open_ended = any(k.arg is None for k in node.keywords)
                yield (
                    str(node.args[0].value),
                    f"{path.relative_to(SOURCE)}:{node.lineno}",
                    fields if not open_ended else frozenset(),
                )


def test_every_raised_code_has_its_sentences() -> None:
    lacking = {code: where for code, where, _ in raised() for words in LANGUAGES if code not in catalogue(words)}
    assert lacking == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_lacks_a_field_that_its_error_does_not_give(language: str) -> None:
    texts = catalogue(language)
    wrong = {
        where: lacking
        for code, where, fields in raised()
        if fields and (lacking := set(HOLE.findall(str(texts[code]))) - fields)
    }
    assert wrong == {}


def test_the_catalogue_is_complete() -> None:
    assert problems() == []
