"""All facts of one contact: a call that was imported has no history here but these."""

from datetime import date, timedelta

from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import CONTACTS, HANDLINGS, VISITS, FactTable
from pasokh.metrics.warehouse import LATE_DAYS
from pasokh.office.figures import store

MOST = 200


class Matter(Struct, frozen=True):
    """What the facts say: the contact, its stays in queues, its handlings; each row column → value."""

    contact: dict[str, object]
    visits: tuple[dict[str, object], ...]
    handlings: tuple[dict[str, object], ...]


def matter_of(source: str, contact: str, day: date) -> Matter:
    """The facts of a contact that were written for `day` and the weeks around it; raises `figures.unknown_contact`."""
    first, last = day - timedelta(days=LATE_DAYS), day + timedelta(days=LATE_DAYS)
    facts = store.facts()
    found: dict[str, tuple[dict[str, object], ...]] = {}
    with facts.engine() as engine:
        for table in (CONTACTS, VISITS, HANDLINGS):
            facts.show(engine, table, first, last)
            found[table.name] = _rows(engine.execute(_text(table), [source, contact]).fetchall(), table)
    if not any(found.values()):
        raise PasokhError("figures.unknown_contact")
    whole = found["contacts"][0] if found["contacts"] else {}
    return Matter(whole, found["visits"], found["handlings"])


def _text(table: FactTable) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return (  # names of our own tables; what somebody typed is a parameter
        f"SELECT {names} FROM {table.name} WHERE source = ? AND contact = ? "
        f"ORDER BY {table.clocks[0]}, {table.key[-1]} LIMIT {MOST}"
    )


def _rows(rows: list[tuple[object, ...]], table: FactTable) -> tuple[dict[str, object], ...]:
    return tuple({column.name: value for column, value in zip(table.columns, row, strict=True)} for row in rows)
