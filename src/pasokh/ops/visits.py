"""Who was here before and who waits now, from the office's history of contacts, for processes that know no Django."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, LiteralString

import psycopg

from pasokh.channels.webchat.ports import Visit
from pasokh.channels.webchat.visitors import PREFIX
from pasokh.kernel.errors import PasokhError

_QUERY = (
    "SELECT id, number, opened_at FROM desk_contact WHERE organisation_id = %(org)s AND customer = %(visitor)s"
    " AND channel = 'chat' AND (%(before)s::bigint IS NULL OR number < %(before)s::bigint)"
    " ORDER BY number DESC LIMIT %(most)s"
)
_OWN = (
    "SELECT EXISTS (SELECT FROM desk_contact WHERE organisation_id = %(org)s AND id = %(contact)s"
    " AND customer = %(visitor)s AND channel = 'chat')"
)
_WAITING = (
    "SELECT DISTINCT organisation_id FROM desk_contact WHERE state = 'waiting' AND channel = 'chat'"
    " AND starts_with(customer, %(prefix)s)"
)


class OfficeVisits:
    """`Visits` under row-level security: `dsn` acts as the role of the office's requests."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def earlier(self, org: str, visitor: str, before: int | None, most: int) -> Sequence[Visit]:
        """The visitor's chats from before the one numbered `before`, the latest first; raises ``store.unavailable``."""
        given = {"org": org, "visitor": visitor, "before": before, "most": most}
        return [Visit(*row) for row in await _asked(self._dsn, _QUERY, given, org)]

    async def own(self, org: str, visitor: str, contact: str) -> bool:
        """Whether the contact is a chat of the visitor's; raises ``store.unavailable``."""
        [(own,)] = await _asked(self._dsn, _OWN, {"org": org, "visitor": visitor, "contact": contact}, org)
        return bool(own)


class OfficeWaiting:
    """Where visitors wait; `dsn` acts as the engine's role, which sees every organisation."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def organisations(self) -> Collection[str]:
        """Organisations with visitors of a widget who wait; raises ``store.unavailable``."""
        return [org for (org,) in await _asked(self._dsn, _WAITING, {"prefix": PREFIX})]


async def _asked(dsn: str, query: LiteralString, given: Mapping[str, object], org: str = "") -> Sequence[Any]:
    try:
        async with await psycopg.AsyncConnection.connect(dsn, connect_timeout=5) as connection:
            if org:
                await connection.execute("SELECT set_config('app.org', %s, true)", (org,))
            return await (await connection.execute(query, given)).fetchall()
    except psycopg.Error as error:
        raise PasokhError("store.unavailable") from error
