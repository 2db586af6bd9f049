"""Which imports wait for a process of the worker's."""

from pasokh.kernel.time import SECOND
from pasokh.office.children import Kind

SILENT_MS = 60 * SECOND
"""An import whose process said nothing for so long is taken up anew."""
IMPORTS = Kind(
    "pasokh.office.exchange.child",
    """
    SELECT organisation_id, id FROM exchange_import
     WHERE state IN ('checking', 'applying', 'settling') AND seen_at < %s ORDER BY id LIMIT 1
    """,
    silent_ms=SILENT_MS,
)
