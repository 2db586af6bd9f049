"""A table of people (CSV) read into the `people` section: each value remembers its row. Pure."""

import csv
import io

from pasokh.i18n.cells import is_formula
from pasokh.i18n.digits import parse_int, to_ascii
from pasokh.i18n.text import normalise, search_key, strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.office.exchange.located import Located, Problem

COLUMNS = (
    "username", "name", "email", "role", "team", "language", "active", "handles_contacts", "skills", "queues",
    "voice", "text", "mail",
)  # fmt: skip
MOST_ROWS = 10_000
_NAMES = {
    "نام کاربری": "username", "نام": "name", "ایمیل": "email", "نقش": "role", "گروه": "team", "زبان": "language",
    "فعال": "active", "مهارت ها": "skills", "صف ها": "queues",
    "логін": "username", "імʼя": "name", "пошта": "email", "роль": "role", "команда": "team", "мова": "language",
    "активний": "active", "навички": "skills", "черги": "queues",
}  # fmt: skip
_HEADINGS = {search_key(name): column for name, column in _NAMES.items()} | {name: name for name in COLUMNS}
_YES, _NO = {"1", "yes", "true", "بله", "так"}, {"0", "no", "false", "خیر", "ні"}


def read_table(text: str) -> tuple[Located, list[Problem]]:
    """The section and everything wrong with the table; raises `import.no_heading`, `import.many_rows`."""
    sample = text[:4_096].split("\n", 1)[0]
    mark = max(",;\t", key=sample.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise PasokhError("import.bad_form", field="file", line=1, reason=str(error)) from error
    if len(rows) > MOST_ROWS + 1:
        raise PasokhError("import.many_rows", field="file", most=MOST_ROWS)
    headings = [_heading(cell) for cell in rows[0]]
    problems = [
        Problem(1, "", PasokhError("import.unknown_column", value=cell[:40]))
        for cell, name in zip(rows[0], headings, strict=True)
        if name is None and cell.strip()
    ]
    if "username" not in headings or "name" not in headings:
        raise PasokhError("import.no_heading", field="file", columns=", ".join(COLUMNS))
    people: dict[str, Located] = {}
    for number, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            _row(number, dict(zip((h or "" for h in headings), cells, strict=False)), people, problems)
    return Located({"people": Located(people, 1)}, 1), problems


def _heading(cell: str) -> str | None:
    return _HEADINGS.get(search_key(cell).replace("-", "_"))


def _row(number: int, cells: dict[str, str], people: dict[str, Located], problems: list[Problem]) -> None:
    item: dict[str, Located] = {}
    username = to_ascii(strip_invisible(cells.get("username", ""))).strip().lower()
    for name, cell in cells.items():
        text = strip_invisible(cell).strip() if name != "name" else normalise(cell)
        if is_formula(text):
            problems.append(
                Problem(number, f"people.{username}.{name}", PasokhError("import.formula", value=text[:40]))
            )
        elif name and name != "username" and text:
            try:
                _put(item, name, text, number)
            except PasokhError as error:
                problems.append(Problem(number, f"people.{username}.{name}", error))
    if username in people:
        twice = PasokhError("import.twice", key=username[:80], first=people[username].line)
        problems.append(Problem(number, f"people.{username}", twice))
        return
    people[username] = Located(item, number)


def _put(item: dict[str, Located], name: str, text: str, line: int) -> None:
    if name in {"active", "handles_contacts"}:
        word = to_ascii(text).lower()
        if word not in _YES | _NO:
            raise PasokhError("import.bad_value", field=name, reason=text[:40])
        item[name] = Located(word in _YES, line)
    elif name in {"voice", "text", "mail"}:
        inner = item.setdefault("capacity", Located({}, line))
        inner.value[name] = Located(parse_int(text), line)
    elif name == "queues":
        item[name] = Located([Located(part, line) for part in _parts(text)], line)
    elif name == "skills":
        levels = {}
        for part in _parts(text):
            key, _, level = part.partition(":")
            levels[key.strip()] = Located(parse_int(level) if level.strip() else 50, line)
        item[name] = Located(levels, line)
    else:
        item[name] = Located(text, line)


def _parts(text: str) -> list[str]:
    for mark in "،؛|":
        text = text.replace(mark, ";")
    return [part.strip() for part in text.replace(",", ";").split(";") if part.strip()]
