"""The rows behind a figure as people read them: a column each for what matters, and where the contact is."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

from django.urls import reverse

from pasokh.i18n import numbers
from pasokh.i18n.dates import format_date
from pasokh.metrics.behind import Rows
from pasokh.metrics.facts import FactTable
from pasokh.metrics.question import DAY_MS, EPOCH, STEPS
from pasokh.office.desk.models import Contact
from pasokh.office.figures.words import EMPTY, Namer

SHOWN: dict[str, tuple[str, ...]] = {
    "visits": ("entered_local", "queue", "agent", "wait_ms", "how", "source"),
    "handlings": ("answered_local", "queue", "agent", "kind", "talk_ms", "hold_ms", "wrap_ms", "ended_by"),
    "contacts": ("opened_local", "queue", "agent", "wait_ms", "handle_ms", "handlings", "outcome", "rating"),
    "agent_time": ("from_local", "agent", "state", "reason", "ms"),
}
"""The columns of each table that a list shows, the first with the link."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row for people."""

    cells: tuple[str, ...]
    address: str
    """The contact; of a piece of somebody's time, what was handled in it. Empty where there is neither."""


def heads_of(table: FactTable, namer: Namer) -> list[tuple[str, bool]]:
    """Words of the columns, and whether they hold numbers."""
    names = shown_columns(table)
    return [(namer.split(name), _is_number(table, name)) for name in names]


def shown_columns(table: FactTable) -> tuple[str, ...]:
    """The columns a list shows; of a table without any chosen, its clock and what it can be split by."""
    return SHOWN.get(table.name) or (table.clocks[0], *(column.name for column in table.columns if column.split))


def lines_of(found: Rows, namer: Namer) -> list[Shown]:
    """The rows of a page in words."""
    places = {column.name: number for number, column in enumerate(found.table.columns)}
    contacts = [str(row[places["contact"]]) for row in found.rows] if "contact" in places else []
    here = set(Contact.objects.filter(id__in=contacts).values_list("id", flat=True)) if contacts else set()
    return [
        Shown(
            tuple(_text(found.table, name, row[places[name]], namer) for name in shown_columns(found.table)),
            _address(found.table, {name: row[place] for name, place in places.items()}, here),
        )
        for row in found.rows
    ]


def local_text(value: object, namer: Namer) -> str:
    """A wall clock's milliseconds as day and time."""
    if not isinstance(value, int):
        return EMPTY
    return f"{format_date(EPOCH + timedelta(days=value // DAY_MS), namer.language, 'short')} {namer.time(value)}"


def _text(table: FactTable, name: str, value: object, namer: Namer) -> str:
    if name.endswith("_local"):
        return local_text(value, namer)
    if name == "ms" or name.endswith("_ms"):
        return numbers.clock(value, namer.language) if isinstance(value, int) else EMPTY
    column = table.column(name)
    if column is not None and column.kind != "text":
        return numbers.number(value, namer.language) if isinstance(value, int) else EMPTY
    return namer.value(name, value) if value else EMPTY


def _is_number(table: FactTable, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.kind != "text" and not name.endswith("_local")


def _address(table: FactTable, row: dict[str, object], here: set[str]) -> str:
    clock = row[table.clocks[0]]
    day = (EPOCH + timedelta(days=clock // DAY_MS)).isoformat() if isinstance(clock, int) else ""
    contact = str(row.get("contact") or "")
    if contact in here and row.get("source") == "log":
        return reverse("contact", args=[contact])
    if contact:
        source = str(row.get("source") or "log")
        return f"{reverse('figures_matter', args=[source])}?{urlencode({'contact': contact, 'day': day})}"
    if isinstance(clock, int) and row.get("agent"):
        quarter = clock - clock % STEPS["quarter"]
        where = f"kpi=handled&from={day}&to={day}&at.agent={quote(str(row['agent']))}&at.quarter={quarter}"
        return f"{reverse('figures_rows')}?{where}"
    return ""
