"""The store on PostgreSQL: every write is one statement, one commit, one round trip."""

from typing import Self

from pasokh.store.ports import Store
from pasokh.store.postgres.database import Database
from pasokh.store.postgres.effects import PostgresEffects, PostgresSnapshots
from pasokh.store.postgres.hints import PostgresHints
from pasokh.store.postgres.inbox import PostgresInbox
from pasokh.store.postgres.leases import PostgresLeases
from pasokh.store.postgres.log import PostgresLog

__all__ = ["PostgresStore"]


class PostgresStore(PostgresLeases, PostgresLog, PostgresInbox, PostgresEffects, PostgresSnapshots, PostgresHints):
    """`pasokh.store.ports.Store` for one role of one database.

    Open it with ``async with``. Opening does not wait for the database: calls raise ``store.unavailable``
    until it is there, and work again by themselves after it was away.
    """

    def __init__(self, dsn: str, *, connections: int = 4, patience: float = 5.0) -> None:
        """At most `connections`, besides two for NOTIFY; a call waits `patience` seconds for a free one."""
        super().__init__(Database(dsn, connections=connections, patience=patience))

    async def __aenter__(self) -> Self:
        await self._database.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give back connections and tasks; waiting callers get ``store.unavailable``."""
        await self.close_desks()
        await self._database.close()


_CONFORMS: type[Store] = PostgresStore
"""Checked by mypy here, and by the conformance suite."""
