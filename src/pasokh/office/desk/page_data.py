"""What the desk's script needs of the organisation's set-up, put on its page."""

from pasokh.kernel.time import SECOND, Millis
from pasokh.office.pauses.selectors import for_pages
from pasokh.office.people.models import User
from pasokh.office.supervise.models import Outcome, Reason
from pasokh.office.tenancy.selectors import own_organisation


def page_data() -> dict[str, object]:
    """The organisation's own words and people.

    `outcomes` and `reasons` in their trees' order, a reason with the band that holds for it in ms; `pauses` in the
    order of the menu; `colleagues` = everyone who can be named in a note.
    """
    return {
        "outcomes": [
            {"key": row.key, "name": row.name, "parent": row.parent.key if row.parent is not None else ""}
            for row in Outcome.objects.select_related("parent").order_by("position", "key")
        ],
        "reasons": _reasons(),
        "pauses": for_pages(),
        "colleagues": [
            {"id": username, "name": name}
            for username, name in User.objects.filter(is_active=True, handles_contacts=True)
            .order_by("sorting", "username")
            .values_list("username", "name")
        ],
        "organisation": own_organisation().name,
    }


def _reasons() -> list[dict[str, object]]:
    rows = {row.pk: row for row in Reason.objects.order_by("position", "key")}
    return [
        {
            "key": row.key,
            "name": row.name,
            "parent": rows[row.parent_id].key if row.parent_id is not None else "",
            "band": _band(row, rows),
        }
        for row in rows.values()
    ]


def _band(row: Reason, rows: dict[int, Reason]) -> tuple[Millis | None, Millis | None]:
    """Each bound of its own, else inherited."""
    low: int | None = None
    high: int | None = None
    step: Reason | None = row
    while step is not None and (low is None or high is None):
        low = step.band_low_s if low is None else low
        high = step.band_high_s if high is None else high
        step = rows.get(step.parent_id) if step.parent_id is not None else None
    return low if low is None else low * SECOND, high if high is None else high * SECOND
