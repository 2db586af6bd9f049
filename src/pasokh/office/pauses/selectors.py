"""Reads of the reasons for not being ready."""

from pasokh.office.pauses.models import Pause


def all_pauses() -> list[Pause]:
    """Every reason in the order of the menu, archived ones too: somebody may still be away for one."""
    return list(Pause.objects.order_by("position", "key"))


def count_in_use() -> int:
    """How many can be chosen."""
    return Pause.objects.filter(archived_at=0).count()


def for_pages() -> list[dict[str, object]]:
    """The reasons as scripts of the desk and the wall read them."""
    return [
        {"key": row.key, "name": row.name, "paid": row.is_paid, "archived": bool(row.archived_at)}
        for row in all_pauses()
    ]
