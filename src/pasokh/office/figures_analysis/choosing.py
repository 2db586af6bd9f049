"""What goals and alarms are about: a figure, of whom, and a value as people type it."""

from collections.abc import Sequence

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.digits import parse_decimal
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.kpi import Kpi, Measure, catalogue, measure
from pasokh.metrics.question import knows, tables_of
from pasokh.office.desk.asked import parse_wait
from pasokh.office.figures.words import GROUPS, amount, group_of
from pasokh.office.filters import words
from pasokh.office.people.models import User
from pasokh.office.people.selectors import people_names, team_names
from pasokh.office.supervise.selectors import queue_names
from pasokh.office.tenancy.models import Client

type Where = tuple[tuple[str, tuple[str, ...]], ...]
type Grouped = list[tuple[str, list[tuple[str, str]]]]
"""Choices under headings."""
WHOSE = ("queue", "client", "team", "agent")


def figures_to_choose(language: str, *, additive: bool) -> Grouped:
    """The newest of each figure, in its groups; `additive` ones are those whose days make up a month."""
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in GROUPS}
    for versions in catalogue().values():
        kpi = versions[-1]
        if not additive or adds_up(kpi):
            groups[group_of(kpi)].append((kpi.id, kpi.name[language]))
    return [(message(f"figures.group.{name}", language), found) for name, found in groups.items() if found]


def adds_up(kpi: Kpi) -> bool:
    """Whether the figure of a month follows from those of its days."""
    return kpi.additive and not kpi.n


def measure_of(kpi: str, threshold: str) -> Measure:
    """A figure with its parameters as typed (``20s``, ``20s/5s``); raises ``kpi.*`` at `threshold`."""
    try:
        return measure(f"{kpi}@{threshold}" if threshold.strip() else kpi)
    except PasokhError as error:
        field = "threshold" if error.code in {"kpi.params", "kpi.duration"} else "kpi"
        raise PasokhError(error.code, **{**error.params, "field": field}) from error


def whose_to_choose(language: str) -> list[tuple[str, object]]:
    """Everybody, then queues, clients, teams and agents under their headings, as ``KIND:KEY``."""
    found: dict[str, dict[str, str]] = {
        "queue": {key: words(name) for key, name in queue_names().items()},
        "client": {key: words(name) for key, name in Client.objects.values_list("key", "name")},
        "team": {key: words(name) for key, name in team_names().items()},
        "agent": people_names(),
    }
    grouped = [
        (message(f"figures.split.{kind}", language), sorted(((f"{kind}:{k}", name) for k, name in names.items()),
                                                            key=lambda pair: pair[1]))
        for kind, names in found.items() if names
    ]  # fmt: skip
    return [("", message("analysis.everybody", language)), *grouped]


def where_of(whose: str, about: Measure) -> Where:
    """Whose figure as facts are narrowed by it; a team is its people of today where facts know no teams.

    Raises ``kpi.split`` at `whose` for a figure that does not know them: nobody answered an abandoned call.
    """
    kind, _, key = whose.partition(":")
    if not whose:
        return ()
    values: Sequence[str] = (key,)
    if kind == "team" and not _knows(about, "team"):
        kind = "agent"
        values = tuple(User.objects.filter(team__key=key).values_list("username", flat=True))
    if not _knows(about, kind):
        raise PasokhError("kpi.split", field="whose", split=kind[:60], name=about.kpi.id)
    return ((kind, tuple(values)),)


def whose_text(whose: str, language: str) -> str:
    """Whose figure, in words."""
    for value, name in whose_to_choose(language):
        if isinstance(name, list):
            found = next((text for key, text in name if key == whose), None)
            if found is not None:
                return str(found)
        elif value == whose:
            return str(name)
    return whose.partition(":")[2]


def figure_text(about: Measure, language: str) -> str:
    """A figure's name with what it is asked with."""
    given = ", ".join(numbers.duration(value, language) for _, value in about.values)
    return f"{about.kpi.name[language]} ({given})" if given else about.kpi.name[language]


def read_value(unit: str, text: str, field: str) -> float:
    """A value as people type it: per cent, a length of time, or a number; raises naming the field."""
    try:
        if unit == "ms":
            return float(parse_wait(text))
        count, decimals = parse_decimal(text.strip().rstrip("%٪").strip())
    except PasokhError as error:
        raise PasokhError(error.code, **{**error.params, "field": field}) from error
    value = float(count / 10**decimals)
    if not 0 <= value <= 1e12 or (unit == "share" and value > 100):
        most = 100 if unit == "share" else 10**12
        raise PasokhError("number.out_of_range", field=field, least=0, most=most)
    return value / 100 if unit == "share" else value


def value_text(about: Measure, value: float | None, language: str) -> str:
    """A value of a figure in words."""
    return "—" if value is None else amount(about.kpi.unit, value, language)


def typed_text(about: Measure, value: float, language: str) -> str:
    """A value as it stands in a field."""
    return numbers.clock(round(value), language) if about.kpi.unit == "ms" else amount(about.kpi.unit, value, language)


def _knows(about: Measure, column: str) -> bool:
    return all(knows(table, column) for table in tables_of(about))
