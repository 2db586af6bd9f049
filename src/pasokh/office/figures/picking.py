"""What the explorer's form offers: figures in groups, splits, values to narrow to, periods."""

from collections.abc import Sequence
from dataclasses import dataclass

from pasokh.i18n.catalogue import message
from pasokh.i18n.text import search_key
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.behind import values_of
from pasokh.metrics.kpi import Kpi, catalogue, duration
from pasokh.metrics.question import Period
from pasokh.office.figures import store
from pasokh.office.figures.asked import ONLY, WITH, Asked, narrowable, offered_splits
from pasokh.office.figures.words import GROUPS, Namer, group_of

MOST_OFFERED = 200
"""Values of a column to choose from."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose."""

    value: str
    text: str
    chosen: bool
    hint: str = ""
    search: str = ""
    """Folded words by which it is found."""
    field: str = ""
    params: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Options under a heading."""

    name: str
    options: tuple[Option, ...]
    field: str = ""

    @property
    def chosen(self) -> int:
        """How many are chosen."""
        return sum(option.chosen for option in self.options)


def figures_to_pick(asked: Asked, language: str) -> list[Group]:
    """The catalogue in its groups."""
    chosen = {each.kpi.id: each for each in asked.measures}
    groups: dict[str, list[Option]] = {name: [] for name in GROUPS}
    for versions in catalogue().values():
        kpi = versions[-1]
        taken = chosen.get(kpi.id)
        params = "/".join(duration(value) for _, value in taken.values) if taken else "/".join(kpi.params.values())
        groups[group_of(kpi)].append(
            Option(kpi.id, kpi.name[language], taken is not None, kpi.says[language], _folded(kpi), f"{WITH}{kpi.id}",
                   params)
        )  # fmt: skip
    return [Group(message(f"figures.group.{name}", language), tuple(found)) for name, found in groups.items() if found]


def splits_to_pick(asked: Asked, namer: Namer) -> list[list[Option]]:
    """The options of each select: one more than is chosen."""
    offered = offered_splits(asked.measures) if asked.measures else []
    rows = [*asked.by, ""][:3]
    return [
        [Option("", message("figures.no_split", namer.language), not chosen)]
        + [Option(name, namer.split(name), name == chosen) for name in offered]
        for chosen in rows
    ]


def values_to_pick(asked: Asked, period: Period, namer: Namer) -> list[Group]:
    """For each column the values of the period's facts; those chosen stay though the period has none."""
    columns = narrowable(asked.measures)
    if not columns:
        return []
    try:
        found = values_of(store.facts(), asked.measures, period, columns, MOST_OFFERED)
    except PasokhError:  # too slow: what is chosen can still be taken away
        found = {}
    where = dict(asked.where)
    groups = []
    for column in columns:
        chosen = where.get(column, ())
        values = list(dict.fromkeys((*chosen, *found.get(column, ()))))
        if len(values) < 2 and not chosen:
            continue  # nothing to choose between
        groups.append(Group(namer.split(column), tuple(_named(values, column, chosen, namer)), f"{ONLY}{column}"))
    return groups


def _named(values: Sequence[str], column: str, chosen: Sequence[str], namer: Namer) -> list[Option]:
    found = []
    for value in values:
        text = namer.value(column, value)
        found.append(Option(value, text, value in chosen, search=search_key(f"{text} {value}")))
    return found


def _folded(kpi: Kpi) -> str:
    return search_key(" ".join([kpi.id, *kpi.name.values(), *kpi.says.values(), kpi.source]))
