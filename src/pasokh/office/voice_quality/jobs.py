"""The worker's part: old steps and figures are forgotten."""

import psycopg

from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.voice_quality.actions import do_forget_old


def clean(connection: psycopg.Connection) -> None:
    """Forget what is old in every organisation."""
    for (org,) in connection.execute("SELECT org FROM shard_head ORDER BY org").fetchall():
        with organisation_scope(org):
            do_forget_old()
