"""The plan of breaks in the configuration file."""

from typing import Any

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.office.day.actions import BreakDraft, do_drop_break, do_plan_breaks
from pasokh.office.day.models import BreakPlan
from pasokh.office.exchange.sections import Items, Section, add_section, shaped
from pasokh.office.follow_ups.rules import parse_time

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDER = 80
"""After people and teams, whom it names."""


class BreakItem(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, rename={"begins": "from", "ends": "to"}
):
    """A break: `who` is ``team:KEY`` or ``user:NAME``, times of day like ``12:30``."""

    who: str
    weekday: str
    begins: str
    ends: str
    name: str


def add_break_section() -> None:
    """Let the plan travel with the rest of the configuration."""
    add_section(
        Section(
            "breaks",
            _ORDER,
            "Planned breaks, every week; a break that ends before it begins lasts past midnight.",
            _read,
            shaped(BreakItem),
            _write,
            _retire,
            names={"begins": "from", "ends": "to", "weekdays": "weekday"},
        )
    )


def _read() -> Items:
    return {_key(row): _plain(row) for row in _rows()}


def _write(actor: str, key: str, item: dict[str, Any]) -> None:
    if item["weekday"] not in DAYS:
        raise PasokhError("break.no_weekday", field="weekday")
    begins, ends = (hours * 60 + minutes for hours, minutes in (parse_time(item["from"]), parse_time(item["to"])))
    draft = BreakDraft(item["who"], (DAYS.index(item["weekday"]),), begins, ends, item["name"])
    known = {_key(row): row for row in _rows()}.get(key)
    if known is not None:
        if _plain(known) == item:
            return
        do_drop_break(actor, known.id)
    do_plan_breaks(actor, draft)


def _retire(actor: str, key: str) -> None:
    known = {_key(row): row for row in _rows()}.get(key)
    if known is not None:
        do_drop_break(actor, known.id)


def _rows() -> list[BreakPlan]:
    return list(
        BreakPlan.objects.select_related("person", "team").order_by(
            "team__key", "person__username", "weekday", "begins", "id"
        )
    )


def _who(row: BreakPlan) -> str:
    return f"team:{row.team.key}" if row.team is not None else f"user:{row.person.username}" if row.person else ""


def _key(row: BreakPlan) -> str:
    return f"{_who(row).replace(':', '.')}.{DAYS[row.weekday]}.{row.begins // 60:02}{row.begins % 60:02}"


def _plain(row: BreakPlan) -> dict[str, Any]:
    return {
        "who": _who(row),
        "weekday": DAYS[row.weekday],
        "from": _time(row.begins),
        "to": _time(row.ends),
        "name": row.name,
    }


def _time(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
