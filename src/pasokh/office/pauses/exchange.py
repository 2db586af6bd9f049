"""The reasons for not being ready in the configuration file."""

from typing import Any

from pasokh.office.exchange.sections import Items, Section, add_section, shaped
from pasokh.office.exchange.shapes import Names, Shape
from pasokh.office.pauses.actions import PauseDraft, do_archive_pause, do_restore_pause, do_save_pause
from pasokh.office.pauses.selectors import all_pauses

_ORDER = 65
"""After what contacts are described with, before the plan of breaks."""


class PauseItem(Shape, frozen=True):
    """A reason for not being ready."""

    name: Names
    paid: bool = True
    position: int = 0
    archived: bool = False


def add_pause_section() -> None:
    """Let the reasons travel with the rest of the configuration."""
    about = "Why somebody is not ready, in the order of the menu; `paid`: the time counts as work."
    add_section(
        Section("not_ready_reasons", _ORDER, about, _read, shaped(PauseItem), _write, do_archive_pause,
                names={"is_paid": "paid"})
    )  # fmt: skip


def _read() -> Items:
    return {
        row.key: {
            "name": row.name,
            "paid": row.is_paid,
            "position": row.position,
            "archived": bool(row.archived_at),
        }
        for row in all_pauses()
    }


def _write(actor: str, key: str, item: dict[str, Any]) -> None:
    row = do_save_pause(actor, key, PauseDraft(item["name"], item["paid"], item["position"]))
    if item["archived"] and not row.archived_at:
        do_archive_pause(actor, key)
    elif not item["archived"]:
        do_restore_pause(actor, key)
