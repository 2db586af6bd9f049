"""Reads a configuration file into values that remember their line. Pure.

The file is YAML without what makes YAML dangerous or surprising: no anchors and aliases (bombs), no tags, no duplicate
keys; a plain word is text unless it is true, false, null or a whole number.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Any

import yaml

from pasokh.kernel.errors import PasokhError

LARGEST = 8 * 1024 * 1024
DEEPEST = 16
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a file: a table or list of further ones, or a scalar; and the line it begins at, from 1."""

    value: Any
    line: int

    def plain(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: part.plain() for key, part in self.value.items()}
        if isinstance(self.value, list):
            return [part.plain() for part in self.value]
        return self.value

    def at(self, path: str) -> int:
        """The line of the value at `a.b.0.c`, or of the nearest one around it that the file has."""
        here = self
        for step in filter(None, path.split(".")):
            inner = here.value
            if isinstance(inner, dict) and step in inner:
                here = inner[step]
            elif isinstance(inner, list) and step.isdigit() and int(step) < len(inner):
                here = inner[int(step)]
            else:
                break
        return here.line


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file: where, and what."""

    line: int
    path: str
    error: PasokhError


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark.

    Raises `import.too_large`, `import.empty`, and `import.encoding` naming what the bytes look like.
    """
    if len(data) > LARGEST:
        raise PasokhError("import.too_large", field="file", most_mb=LARGEST // 1024 // 1024)
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PasokhError("import.encoding", field="file", looks_like=_guess(data)) from error
    if "\x00" in text:
        raise PasokhError("import.encoding", field="file", looks_like="UTF-16")
    if not text.strip():
        raise PasokhError("import.empty", field="file")
    return text


def read(text: str) -> tuple[Located, list[Problem]]:
    """The file's table, and everything wrong with its form; raises `import.bad_form` where it cannot be read on."""
    try:
        return _Reader(text).read()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        reason = str(getattr(error, "problem", None) or error).splitlines()[0][:200]
        raise PasokhError("import.bad_form", field="file", line=line, reason=reason) from error


class _Reader:
    """Builds the values from the parser's events."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._problems: list[Problem] = []

    def read(self) -> tuple[Located, list[Problem]]:
        """The document."""
        event = next(self._events)
        while not isinstance(event, yaml.DocumentStartEvent):
            event = next(self._events)
        root = self._value(next(self._events), "", 0)
        next(self._events)
        if not isinstance(next(self._events), yaml.StreamEndEvent):
            self._refuse(root.line, "", "import.several_documents")
        if not isinstance(root.value, dict):
            self._refuse(root.line, "", "import.no_table")
            root = Located({}, root.line)
        return root, self._problems

    def _value(self, event: Any, path: str, depth: int) -> Located:  # noqa: ANN401 - PyYAML has no types
        line: int = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            self._refuse(line, path, "import.alias")
            return Located(None, line)
        if event.anchor is not None:
            self._refuse(line, path, "import.alias")
        if depth > DEEPEST:
            raise PasokhError("import.too_deep", field="file", line=line)
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None:
                self._refuse(line, path, "import.tag")
            return Located(_scalar(event.value) if event.implicit[0] else event.value, line)
        if event.tag is not None:
            self._refuse(line, path, "import.tag")
        if isinstance(event, yaml.SequenceStartEvent):
            return Located(self._list(path, depth), line)
        return Located(self._table(path, depth), line)

    def _list(self, path: str, depth: int) -> list[Located]:
        found: list[Located] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{path}.{len(found)}", depth + 1))
        return found

    def _table(self, path: str, depth: int) -> dict[str, Located]:
        found: dict[str, Located] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                raise PasokhError("import.bad_form", field="file", line=line, reason="a key must be a word")
            inner = f"{path}.{key}" if path else key
            value = self._value(next(self._events), inner, depth + 1)
            if key in found:
                self._refuse(line, inner, "import.twice", key=key[:80], first=found[key].line)
            else:
                found[key] = value
        return found

    def _refuse(self, line: int, path: str, code: str, **params: object) -> None:
        if len(self._problems) < 1_000:
            self._problems.append(Problem(line, path, PasokhError(code, **params)))


def _scalar(text: str) -> object:
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _WHOLE.fullmatch(text) else text


def _guess(data: bytes) -> str:
    """What a file that is no UTF-8 most likely is: the alphabet its bytes spell more of."""
    if data[:400].count(0) > len(data[:400]) // 4:
        return "UTF-16"
    sample = data[:20_000]

    def letters(encoding: str, first: str, last: str) -> int:
        return sum(first <= c <= last for c in sample.decode(encoding, "replace"))

    arabic, cyrillic = letters("cp1256", "ء", "ی"), letters("cp1251", "А", "я")
    return "Windows-1256" if arabic > cyrillic else "Windows-1251"
