"""The log as one table, appended by one statement that fences, numbers and records at once."""

from collections.abc import AsyncGenerator, Sequence

import msgspec
import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.store import chain
from pasokh.store.bells import LOG
from pasokh.store.ports import Asked, Draft, EffectDraft, Head, Lease, Reply, Row
from pasokh.store.postgres.database import DatabasePart
from pasokh.store.refusals import fenced

TAIL_POLL_SECONDS = 1.0
"""How late an event may be noticed when its announcement was lost."""
VERIFY_PAGE = 5_000


_APPEND = "SELECT log_append(%s, %s, %s, %s, %s, %s, %s::json, %s::json, %s::json)"
_APPEND_ASKED = "SELECT log_append_asked(%s, %s, %s, %s, %s, %s, %s::json, %s::json, %s::json, %s::json)"


class PostgresLog(DatabasePart):
    """`pasokh.store.ports.Log`."""

    async def append(
        self,
        lease: Lease,
        head: Head,
        drafts: Sequence[Draft],
        replies: Sequence[Reply] = (),
        effects: Sequence[EffectDraft] = (),
        asked: Sequence[Asked] = (),
    ) -> Head:
        """Record events, answers and effects in one transaction; see `pasokh.store.ports.Log.append`."""
        rows, end = _linked(lease, head, drafts)
        try:
            ((last,),) = await self._database.run(
                _APPEND_ASKED if asked else _APPEND,
                (
                    lease.shard,
                    lease.epoch,
                    head.seq,
                    head.hash,
                    end.hash,
                    len(drafts),
                    _json(rows),
                    _json([{"key": reply.key, "answer": reply.answer} for reply in replies]),
                    _json([{"id": effect.id, "effect": msgspec.Raw(effect.effect)} for effect in effects]),
                    *([_asked(asked)] if asked else []),
                ),
            )
        except psycopg.errors.UniqueViolation as error:
            if error.diag.constraint_name != "effect_outbox_id":
                raise
            raise PasokhError("store.effect_repeated", shard=lease.shard) from error
        if last is None:
            raise fenced(lease)
        self._database.announcer.tell(LOG, lease.shard, f"{lease.shard} {end.seq}")
        return end

    async def head(self, org: str, shard: str) -> Head:
        """The log's end; `Head()` for a shard that does not exist for this organisation."""
        rows = await self._database.run_as(
            org, "SELECT seq, hash FROM shard_head WHERE shard = %s AND org = %s", (shard, org)
        )
        return Head(*rows[0]) if rows else Head()

    async def read(self, org: str, shard: str, after: int, limit: int = 1_000) -> list[Row]:
        """Rows with `seq` > `after`, in order, at most `limit`."""
        rows = await self._database.run_as(
            org,
            """
            SELECT shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at, actor,
            cause,
                   data, hash
              FROM log WHERE shard = %s AND org = %s AND seq > %s ORDER BY seq LIMIT %s
            """,
            (shard, org, after, limit),
        )
        return [Row(*row) for row in rows]

    async def read_stream(self, org: str, shard: str, stream: str, after: int = 0, limit: int = 1_000) -> list[Row]:
        """Rows of one stream with `seq` > `after`, in order, at most `limit`."""
        rows = await self._database.run_as(
            org,
            """
            SELECT shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at, actor,
            cause,
                   data, hash
              FROM log WHERE shard = %s AND org = %s AND stream = %s AND seq > %s ORDER BY version LIMIT %s
            """,
            (shard, org, stream, after, limit),
        )
        return [Row(*row) for row in rows]

    async def tail(self, org: str, shard: str, after: int, limit: int = 1_000) -> AsyncGenerator[list[Row]]:
        """Follow the log for ever: non-empty batches, no gap, no repeat, milliseconds after their commit."""
        with self._database.listener.hang(LOG, shard) as bell:
            while True:
                try:
                    rows = await self.read(org, shard, after, limit)
                except PasokhError:
                    if self._database.closed:
                        raise
                    rows = []  # away for the moment; the next ring or poll tries again
                if rows:
                    after = rows[-1].seq
                    yield rows
                if len(rows) < limit:
                    await bell.wait(TAIL_POLL_SECONDS)

    async def verify(self, org: str, shard: str) -> Head:
        """Recompute the hash chain; raises ``store.chain_broken`` with the first `seq` that does not hold."""
        stated, reached = await self.head(org, shard), Head()
        while reached.seq < stated.seq:
            rows = await self.read(org, shard, reached.seq, min(VERIFY_PAGE, stated.seq - reached.seq))
            if not rows:
                raise PasokhError("store.chain_broken", shard=shard, seq=reached.seq + 1, reason="missing")
            reached = chain.check(rows, reached)
        if reached != stated:
            raise PasokhError("store.chain_broken", shard=shard, seq=stated.seq, reason="head")
        ((wrong,),) = await self._database.run_as(
            org,
            """
            SELECT min(seq) FROM (
              SELECT seq, version, row_number() OVER (PARTITION BY stream ORDER BY seq) AS nth
                FROM log WHERE shard = %s AND org = %s
            ) AS numbered WHERE version <> nth
            """,
            (shard, org),
        )
        if wrong is not None:
            raise PasokhError("store.chain_broken", shard=shard, seq=wrong, reason="version")
        return stated


class _LinkedDraft(msgspec.Struct):
    client: str
    stream: str
    type: str
    schema: int
    occurred_at: int
    actor: str
    cause: str
    data: msgspec.Raw
    hash: str


def _linked(lease: Lease, head: Head, drafts: Sequence[Draft]) -> tuple[list[_LinkedDraft], Head]:
    """Drafts with their hashes, and where they lead."""
    rows: list[_LinkedDraft] = []
    seq, previous = head.seq, head.hash
    for draft in drafts:
        seq += 1
        previous = chain.link(previous, lease.shard, lease.org, lease.epoch, seq, draft)
        rows.append(
            _LinkedDraft(
                draft.client,
                draft.stream,
                draft.type,
                draft.schema,
                draft.occurred_at,
                draft.actor,
                draft.cause,
                msgspec.Raw(draft.data),
                previous.hex(),
            )
        )
    return rows, Head(seq, previous)


def _asked(asked: Sequence[Asked]) -> str | None:
    return _json(
        [
            {"key": one.key, "actor": one.actor, "command": msgspec.Raw(one.command), "answer": one.answer}
            for one in asked
        ]
    )


def _json(items: Sequence[object]) -> str | None:
    return msgspec.json.encode(items).decode() if items else None
