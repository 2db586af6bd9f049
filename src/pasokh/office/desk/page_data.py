"""What the desk's script needs of the organisation's set-up, put on its page."""

from pasokh.kernel.time import SECOND, Millis
from pasokh.office.supervise.models import Outcome, Reason
from pasokh.office.tenancy.selectors import own_organisation


def page_data() -> dict[str, object]:
    """`outcomes` and `reasons` as lists in their trees' order, a reason with the band that holds for it in ms."""
    return {
        "outcomes": [
            {"key": row.key, "name": row.name, "parent": row.parent.key if row.parent is not None else ""}
            for row in Outcome.objects.select_related("parent").order_by("position", "key")
        ],
        "reasons": _reasons(),
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
