"""Who was here before, from the office's history of contacts, for the web chat, which knows no Django."""

from collections.abc import Sequence

import psycopg

from pasokh.channels.webchat.ports import Visit
from pasokh.kernel.errors import PasokhError

_QUERY = (
    "SELECT id, number, opened_at FROM desk_contact WHERE organisation_id = %(org)s AND customer = %(visitor)s"
    " AND channel = 'chat' AND (%(before)s::bigint IS NULL OR number < %(before)s::bigint)"
    " ORDER BY number DESC LIMIT %(most)s"
)


class OfficeVisits:
    """`Visits` under row-level security: `dsn` acts as the role of the office's requests."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def earlier(self, org: str, visitor: str, before: int | None, most: int) -> Sequence[Visit]:
        """The visitor's chats from before the one numbered `before`, the latest first; raises ``store.unavailable``."""
        given = {"org": org, "visitor": visitor, "before": before, "most": most}
        try:
            async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=5) as connection:
                await connection.execute("SELECT set_config('app.org', %s, true)", (org,))
                rows = await (await connection.execute(_QUERY, given)).fetchall()
        except psycopg.Error as error:
            raise PasokhError("store.unavailable") from error
        return [Visit(*row) for row in rows]
