"""Compares a file with what there is, and rehearses it: every refusal is found before anything is written."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

import msgspec
from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.rules import Difference, differences
from pasokh.office.exchange.located import Located, Problem, read
from pasokh.office.exchange.sections import Items, Section, sections

type State = Literal["new", "changed", "unchanged", "removed", "kept"]
type Progress = Callable[[int, int], None]
"""Hears after each item how many are done, and of how many; what it raises ends the work."""
FORMAT = 1
_PLACE = {"format"}


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one item."""

    section: str
    key: str
    state: State
    """`removed` = put away; `kept` = the file does not name it, and it stays."""
    changes: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """A file against what there is."""

    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """State → how many items."""
        found: dict[str, int] = {}
        for step in self.steps:
            found[step.state] = found.get(step.state, 0) + 1
        return found


@dataclass(slots=True)
class _Part:
    section: Section
    place: Located
    now: Items
    wanted: Items


def planned_text(actor: str, text: str, *, with_removal: bool = False) -> Plan:
    """The plan of a configuration file, rehearsed; raises `import.bad_form` for what is no YAML."""
    root, problems = read(text)
    return planned(actor, root, problems, with_removal=with_removal)


def silent(done: int, total: int) -> None:
    """Nobody asks how far it is."""


def planned(
    actor: str, root: Located, problems: list[Problem], *, with_removal: bool = False, progress: Progress = silent
) -> Plan:
    """The plan of what was read: problems of form first, then of the rehearsal, by line."""
    plan = Plan(problems=list(problems))
    parts = _parts(root, plan.problems)
    for part in parts:
        plan.steps += _steps(part, with_removal)
    with suppress(_Rehearsed), transaction.atomic():
        _write(actor, parts, plan, plan.problems.append, progress)
        raise _Rehearsed
    plan.problems.sort(key=lambda problem: problem.line)
    return plan


def carry_out(actor: str, root: Located, *, with_removal: bool = False, progress: Progress = silent) -> Plan:
    """Write everything in the running transaction; raises the first refusal, and then nothing is written."""
    plan = Plan()
    parts = _parts(root, plan.problems)
    for part in parts:
        plan.steps += _steps(part, with_removal)

    def stop(problem: Problem) -> None:
        raise PasokhError(problem.error.code, **{**problem.error.params, "line": problem.line})

    with transaction.atomic():
        for problem in plan.problems:
            stop(problem)
        _write(actor, parts, plan, stop, progress)
    return plan


class _Rehearsed(Exception):  # noqa: N818 - takes the rehearsal back
    """Everything was tried."""


def _parts(root: Located, problems: list[Problem]) -> list[_Part]:
    known = {section.name: section for section in sections()}
    for name, place in root.value.items():
        if name not in known and name not in _PLACE:
            problems.append(Problem(place.line, name, PasokhError("import.unknown_section", value=name[:60])))
    version = root.value.get("format")
    if version is not None and version.value != FORMAT:
        problems.append(Problem(version.line, "format", PasokhError("import.other_format", known=FORMAT)))
    return [
        _part(section, root.value[name], problems) for name, section in known.items() if name in root.value
    ]  # fmt: skip


def _part(section: Section, place: Located, problems: list[Problem]) -> _Part:
    now = _listed(section.read())
    wanted: Items = {}
    if place.value is None:
        return _Part(section, place, now, {})
    if not isinstance(place.value, dict):
        problems.append(Problem(place.line, section.name, PasokhError("import.no_table")))
        return _Part(section, place, now, now)
    items = {"": place} if section.single else place.value
    for key, item in items.items():
        before = len(problems)
        problems += _shape_problems(section, key, item)
        if len(problems) == before:
            wanted[key] = _listed(section.shape(key, item.plain()))
    return _Part(section, place, now, section.in_order(wanted))


def _listed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The value with lists for tuples, so that what is equal compares equal."""
    if isinstance(value, dict):
        return {key: _listed(part) for key, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value


def _shape_problems(section: Section, key: str, item: Located) -> list[Problem]:
    """Everything wrong with an item's shape: each value by itself, so that one does not hide the next."""
    path = f"{section.name}.{key}" if key else section.name
    if not isinstance(item.value, dict):
        return [Problem(item.line, path, PasokhError("import.no_table"))]
    whole = _refusal(section, key, item.plain())
    if whole is None:
        return []
    found: dict[tuple[int, str], Problem] = {}

    def note(refused: PasokhError, where: str) -> None:
        line = item.at(where)
        found.setdefault((line, refused.code), Problem(line, f"{path}.{where}".rstrip("."), refused))

    plain = item.plain()
    fitting = dict(plain)
    for _ in range(len(plain) + 1):  # take out one bad value after another until the rest fits
        refused = _refusal(section, key, fitting)
        if refused is None:
            break
        where = str(refused.params.get("field", ""))
        note(refused, where)
        top = where.split(".", 1)[0]
        if top not in fitting:
            break
        del fitting[top]
    return list(found.values()) or [Problem(item.line, path, whole)]


def _refusal(section: Section, key: str, plain: Any) -> PasokhError | None:  # noqa: ANN401 - from a file
    try:
        section.shape(key, plain)
    except msgspec.ValidationError as error:
        return _of_msgspec(error, section)
    except PasokhError as error:
        return error
    return None


def _of_msgspec(error: msgspec.ValidationError, section: Section) -> PasokhError:
    said, _, where = str(error).partition(" - at `$")
    path = where.rstrip("`").replace("[...]", "").replace("[", ".").replace("]", "").lstrip(".")
    path = ".".join(step.removesuffix("_ms") for step in path.split("."))
    if "unknown field" in said or "required field" in said:
        name = said.rpartition(" field ")[2].strip("`")
        code = "import.unknown_field" if "unknown" in said else "import.missing_field"
        return PasokhError(code, field=f"{path}.{name}".strip("."), value=name)
    return PasokhError("import.bad_value", field=section.names.get(path, path), reason=said)


def _steps(part: _Part, with_removal: bool) -> list[Step]:
    name = part.section.name
    found = []
    for key, item in part.wanted.items():
        now = part.now.get(key)
        state: State = "new" if now is None else "unchanged" if now == item else "changed"
        found.append(Step(name, key, state, [] if state == "unchanged" else differences(now, item)))
    named = part.place.value if isinstance(part.place.value, dict) else {}
    for key, item in part.now.items():
        if part.section.single or key in named:
            continue
        gone = item.get("archived") or item.get("active") is False
        away = with_removal and part.section.retire is not None and not gone
        found.append(Step(name, key, "removed" if away else "kept"))
    return found


def _write(actor: str, parts: list[_Part], plan: Plan, problem: Callable[[Problem], None], progress: Progress) -> None:
    """Write what differs; then put away what is removed, last things first."""
    todo: Mapping[tuple[str, str], str] = {
        (step.section, step.key): step.state for step in plan.steps if step.state in {"new", "changed", "removed"}
    }
    done = 0
    for part in parts:
        section = part.section
        items = {k: item for k, item in part.wanted.items() if (section.name, k) in todo}
        if section.prepare is not None:
            with _caught(section, part.place, "", problem):
                section.prepare(actor, items)
        for key, item in items.items():
            place = part.place if section.single else part.place.value[key]
            with _caught(section, place, key, problem):
                section.write(actor, key, item)
            done += 1
            progress(done, len(todo))
    for part in reversed(parts):
        for key in part.now:
            if part.section.retire is not None and todo.get((part.section.name, key)) == "removed":
                with _caught(part.section, part.place, key, problem):
                    part.section.retire(actor, key)
                done += 1
                progress(done, len(todo))


class _caught:  # noqa: N801 - reads as what it does
    """A savepoint: a refusal takes back this item alone and is told with its line."""

    def __init__(self, section: Section, place: Located, key: str, problem: Callable[[Problem], None]) -> None:
        self._section, self._place, self._key, self._problem = section, place, key, problem
        self._savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self._savepoint.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._savepoint.__exit__(kind, error, trace)
        if not isinstance(error, PasokhError):
            return False
        field_name = str(error.params.get("field", ""))
        where = self._section.names.get(field_name, field_name)
        language = where.rpartition("_")
        if language[2] in {"fa", "uk", "en"}:  # name_fa → name.fa, text_fa → texts.fa
            where = f"{'texts' if language[0] == 'text' else language[0]}.{language[2]}"
        path = ".".join(filter(None, (self._section.name, self._key, where)))
        self._problem(Problem(self._place.at(where), path, error))
        return True
