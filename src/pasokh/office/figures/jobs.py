"""Which reports wait for a process of the worker's."""

from pasokh.kernel.time import MINUTE
from pasokh.office.children import Kind

SILENT_MS = 5 * MINUTE
"""A report whose process said nothing for so long is taken up anew."""
REPORTS = Kind(
    "pasokh.office.figures.child",
    f"""
    SELECT organisation_id, id FROM figures_report, (SELECT %s::bigint AS given_up) AS asked
     WHERE (asked_at > 0 OR (NOT is_paused AND next_at > 0 AND next_at <= given_up + {SILENT_MS}))
       AND seen_at < given_up ORDER BY seen_at, id LIMIT 1
    """,  # noqa: S608 - a number of our own
    silent_ms=SILENT_MS,
)
