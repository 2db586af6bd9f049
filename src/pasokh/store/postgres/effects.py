"""The effect outbox and the snapshots; both written by the leader only."""

from collections.abc import Sequence

import msgspec

from pasokh.store.ports import EffectRow, Lease, Outcome, Snapshot
from pasokh.store.postgres.database import DatabasePart
from pasokh.store.refusals import fenced


class PostgresEffects(DatabasePart):
    """`pasokh.store.ports.Effects`."""

    async def effects(self, shard: str, limit: int = 1_000) -> list[EffectRow]:
        """Effects not done, in the order they came."""
        rows = await self._database.run(
            "SELECT id, seq, effect, attempts FROM effect_outbox"
            " WHERE shard = %s AND done_at IS NULL ORDER BY number LIMIT %s",
            (shard, limit),
        )
        return [EffectRow(*row) for row in rows]

    async def settle(self, lease: Lease, outcomes: Sequence[Outcome]) -> None:
        """Record outcomes, counting attempts; unknown or done ids change nothing. Raises ``store.fenced``."""
        rows = await self._database.run(
            """
            WITH held AS (
              SELECT shard FROM shard_head WHERE shard = %s AND epoch = %s AND until >= store_now() FOR SHARE
            ), settled AS (
              UPDATE effect_outbox e
                 SET attempts = attempts + 1, outcome = o.outcome, done_at = CASE WHEN o.done THEN store_now()
                 END
                FROM held, json_to_recordset(%s::json) AS o (id text, outcome text, done boolean)
               WHERE e.shard = held.shard AND e.id = o.id AND e.done_at IS NULL
            )
            SELECT 1 FROM held
            """,
            (lease.shard, lease.epoch, msgspec.json.encode(outcomes).decode()),
        )
        if not rows:
            raise fenced(lease)


class PostgresSnapshots(DatabasePart):
    """`pasokh.store.ports.Snapshots`."""

    async def save_snapshot(self, lease: Lease, snapshot: Snapshot) -> None:
        """Keep a snapshot and the one before it; raises ``store.fenced``."""
        rows = await self._database.run(
            """
            WITH held AS (
              SELECT shard, org FROM shard_head
               WHERE shard = %(shard)s AND epoch = %(epoch)s AND until >= store_now() AND seq >= %(seq)s FOR
               SHARE
            ), older AS (
              DELETE FROM snapshot USING held
               WHERE snapshot.shard = held.shard AND (schema, seq) NOT IN (
                 SELECT schema, seq FROM snapshot WHERE shard = %(shard)s AND seq < %(seq)s ORDER BY seq DESC
                 LIMIT 1
               ) AND (schema, seq) <> (%(schema)s, %(seq)s)
            ), saved AS (
              INSERT INTO snapshot (shard, schema, seq, org, data)
              SELECT shard, %(schema)s, %(seq)s, org, %(data)s FROM held
              ON CONFLICT (shard, schema, seq) DO UPDATE SET data = excluded.data
            )
            SELECT 1 FROM held
            """,
            {
                "shard": lease.shard,
                "epoch": lease.epoch,
                "seq": snapshot.seq,
                "schema": snapshot.schema,
                "data": snapshot.data,
            },
        )
        if not rows:
            raise fenced(lease)

    async def load_snapshot(self, org: str, shard: str, schema: int) -> Snapshot | None:
        """The latest of this schema, or None."""
        rows = await self._database.run_as(
            org,
            "SELECT seq, schema, data FROM snapshot WHERE shard = %s AND org = %s AND schema = %s"
            " ORDER BY seq DESC LIMIT 1",
            (shard, org, schema),
        )
        return Snapshot(*rows[0]) if rows else None
