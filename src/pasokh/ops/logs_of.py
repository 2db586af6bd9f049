"""The log of the one organisation a command is about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pasokh.kernel.errors import PasokhError
from pasokh.ops.database import acting_as, running_database
from pasokh.ops.settings import Settings
from pasokh.store import schema
from pasokh.store.ports import Log
from pasokh.store.postgres import PostgresStore


@asynccontextmanager
async def one_store(settings: Settings, org: str | None) -> AsyncIterator[tuple[str, PostgresStore, str]]:
    """The database's address, its store, and the organisation: the one named, else the only one there is.

    Raises ``log.which_organisation``, ``log.no_organisation``.
    """
    with running_database(settings) as url:
        async with PostgresStore(acting_as(url, schema.ENGINE)) as store:
            shards = await store.shards()
            if org is None and len(shards) != 1:
                raise PasokhError("log.which_organisation", organisations=", ".join(shards[:20]))
            if org is not None and org not in shards:
                raise PasokhError("log.no_organisation", organisation=org)
            yield url, store, org or shards[0]


@asynccontextmanager
async def one_log(settings: Settings, org: str | None) -> AsyncIterator[tuple[Log, str]]:
    """The store and the organisation; raises what `one_store` raises."""
    async with one_store(settings, org) as (_, store, found):
        yield store, found
