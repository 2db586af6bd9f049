"""Leases as rows that only the database's clock judges."""

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Millis
from pasokh.store.ports import LEASE_TTL, Head, Lease
from pasokh.store.postgres.database import DatabasePart
from pasokh.store.refusals import fenced


class PostgresLeases(DatabasePart):
    """`pasokh.store.ports.Leases`."""

    async def open_shard(self, shard: str, org: str) -> None:
        """Let a shard exist; again changes nothing. ``store.shard_taken`` if it is another organisation's."""
        await self._database.run_as(
            org, "INSERT INTO shard_head (shard, org) VALUES (%s, %s) ON CONFLICT DO NOTHING", (shard, org)
        )
        if not await self._database.run_as(org, "SELECT 1 FROM shard_head WHERE shard = %s AND org = %s", (shard, org)):
            raise PasokhError("store.shard_taken", shard=shard)

    async def shards(self) -> list[str]:
        """All shards there are, sorted."""
        return sorted(shard for (shard,) in await self._database.run("SELECT shard FROM shard_head"))

    async def acquire(self, shard: str, owner: str, ttl: Millis = LEASE_TTL) -> Lease | None:
        """Lead a shard nobody leads now; None while another's lease is valid. Raises ``store.no_shard``."""
        rows = await self._database.run(
            "UPDATE shard_head SET epoch = epoch + 1, owner = %s, until = store_now() + %s"
            " WHERE shard = %s AND (until < store_now() OR owner = %s)"
            " RETURNING org, epoch, until, seq, hash",
            (owner, ttl, shard, owner),
        )
        for org, epoch, until, seq, digest in rows:
            return Lease(shard, org, owner, epoch, until, Head(seq, digest))
        if not await self._database.run("SELECT 1 FROM shard_head WHERE shard = %s", (shard,)):
            raise PasokhError("store.no_shard", shard=shard)
        return None

    async def renew(self, lease: Lease, ttl: Millis = LEASE_TTL) -> Lease:
        """Prolong a lease that is still the latest and not run out; raises ``store.fenced`` otherwise."""
        rows = await self._database.run(
            "UPDATE shard_head SET until = store_now() + %s"
            " WHERE shard = %s AND epoch = %s AND until >= store_now() RETURNING until",
            (ttl, lease.shard, lease.epoch),
        )
        if not rows:
            raise fenced(lease)
        return msgspec.structs.replace(lease, until=rows[0][0])

    async def release(self, lease: Lease) -> None:
        """Let go at once so that another may acquire; nothing happens if the lease is not the latest."""
        await self._database.run(
            "UPDATE shard_head SET until = 0, owner = '' WHERE shard = %s AND epoch = %s",
            (lease.shard, lease.epoch),
        )
