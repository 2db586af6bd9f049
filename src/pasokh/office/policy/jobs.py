"""Which previews wait for a process of the worker's."""

from pasokh.kernel.time import SECOND
from pasokh.office.children import Kind

PREVIEWS = Kind(
    "pasokh.office.policy.child",
    """
    SELECT organisation_id, id FROM policy_preview
     WHERE state = 'waiting' OR (state = 'running' AND seen_at < %s) ORDER BY asked_at LIMIT 1
    """,
    silent_ms=60 * SECOND,
)
