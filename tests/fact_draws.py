"""Facts and questions drawn at random: what engines are compared on."""

from hypothesis import strategies as st
from tests.fact_rows import DAY, row

from pasokh.metrics.facts import TABLES, Column, FactTable
from pasokh.metrics.kpi import Measure, catalogue, measure
from pasokh.metrics.question import CYCLES, STEPS, Period, Question, knows, tables_of

WORDS: dict[str, tuple[str, ...]] = {
    "how": ("answered", "abandoned", "callback", "message", "key", "moved", "timeout", "no_agents", "lost", "waiting"),
    "kind": ("contact", "callback", "consult"), "ended_by": ("agent", "customer", "transfer", "other"),
    "state": ("idle", "ringing", "busy", "away"), "customer": ("", "x", "y"),
    "queue": ("support", "پشتیبانی", "Черга", ""),
}  # fmt: skip
SPLITS = (*STEPS, *CYCLES, "queue", "agent", "channel", "how", "source", "reason")
ALL: tuple[Measure, ...] = tuple(measure(each.id) for versions in catalogue().values() for each in versions[-1:])


def _value(column: Column) -> st.SearchStrategy[object]:
    if column.kind == "text":
        return st.sampled_from(WORDS.get(column.name, ("", "a", "Ж", "'; --")))
    if column.kind == "flag":
        return st.integers(0, 1)
    if column.name.endswith(("_at", "_local")):
        return st.integers(0, 40 * 86_400_000)
    usual = st.integers(0, 120_000)
    maybe = {"resolved": 1, "survey_resolved": 1, "rating": 5, "recommends": 10, "effort": 7}
    return st.none() | st.integers(0, maybe[column.name]) if column.name in maybe else usual


@st.composite
def rows_of(draw: st.DrawFn, table: FactTable, most: int = 25) -> list[dict[str, object]]:
    """Rows of a table: any value in any column; clocks other than the first may not have struck."""
    found = []
    for number in range(draw(st.integers(0, most))):
        given: dict[str, object] = {column.name: draw(_value(column)) for column in table.columns}
        for clock in table.clocks[1:]:
            open_still = draw(st.booleans())
            for name in (clock, clock.replace("_local", "_at")):
                given[name] = None if open_still else _after(given[name])
        if "next_contact_at" in given:
            given["next_contact_at"] = draw(st.none() | st.just(_after(given["next_contact_at"])))
        at = draw(st.integers(0, 86_399_999))
        base = row(table.name, at)
        keep = (table.clocks[0], table.clocks[0].replace("_local", "_at"), "source")
        given |= {name: base[name] for name in keep if name in base}
        given |= {name: f"{number}" for name in table.key if name != "source" and table.column(name).kind == "text"}
        found.append(given)
    return found


def _after(offset: object) -> int:
    return 1_795_219_200_000 + int(str(offset))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any figures, split and narrowed by whatever all of them know."""
    chosen = draw(st.lists(st.sampled_from(ALL), min_size=1, max_size=8, unique_by=lambda each: each.name))
    tables = {table.name: table for each in chosen for table in tables_of(each)}
    known = [name for name in SPLITS if all(knows(table, name) for table in tables.values())]
    by = draw(st.lists(st.sampled_from(known), max_size=3, unique=True))
    columns = [name for name in known if name not in STEPS and name not in CYCLES]
    narrowed = draw(st.lists(st.sampled_from(columns), max_size=1)) if columns else []
    where = tuple((name, (draw(st.sampled_from(WORDS.get(name, ("", "a", "'; --")))),)) for name in narrowed)
    return Question(
        measures=tuple(chosen), period=Period(DAY, DAY), by=tuple(by), where=where, now=_after(9 * 86_400_000)
    )


FACTS = st.fixed_dictionaries({name: rows_of(table) for name, table in TABLES.items()})
"""Table → rows."""
