"""The store in memory: for tests, the twin and demonstrations. Several engines may share one, as they share a database.

It makes the same promises as `PostgresStore` (one conformance suite holds both to them), except to outlive the process.
"""

import asyncio
import contextlib
import itertools
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant, Millis
from pasokh.store import chain
from pasokh.store.bells import INBOX, LOG, Bells
from pasokh.store.hints import LONGEST, Hearer, Hearers
from pasokh.store.input import check_command
from pasokh.store.ports import (
    LEASE_TTL,
    Answer,
    Asked,
    Draft,
    EffectDraft,
    EffectRow,
    Head,
    Lease,
    Outcome,
    Pending,
    Reply,
    Row,
    Snapshot,
    Store,
    Wake,
)
from pasokh.store.refusals import fenced

_LONG = 3_600.0
"""Seconds. No announcement is ever lost here, so nobody need look without one."""


@dataclass(slots=True)
class _Command:
    pending: Pending
    value: object
    answer: Answer | None = None
    answered_at: Instant = 0


@dataclass(slots=True)
class _Effect:
    row: EffectRow
    done_at: Instant | None = None


@dataclass(slots=True)
class _Shard:
    org: str
    epoch: int = 0
    owner: str = ""
    until: Instant = 0
    head: Head = field(default_factory=Head)
    rows: list[Row] = field(default_factory=list)
    streams: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    commands: dict[str, _Command] = field(default_factory=dict)
    effects: dict[str, _Effect] = field(default_factory=dict)
    snapshots: dict[tuple[int, int], Snapshot] = field(default_factory=dict)
    """By (seq, schema)."""


class MemoryStore:
    """`pasokh.store.ports.Store` without a database. Single event loop; nothing in it blocks."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        """`clock` stands for the database's."""
        self._clock = clock
        self._shards: dict[str, _Shard] = {}
        self._ids = itertools.count(1)
        self._bells = Bells()
        self._hearers = Hearers()
        self._closed = False

    async def close(self) -> None:
        """Waiting callers get ``store.unavailable``."""
        self._closed = True
        self._bells.ring_all()

    # -- hints ---------------------------------------------------------------------------------------------------------
    def hint(self, org: str, key: str, data: bytes) -> None:  # noqa: ARG002 - nothing ever waits here
        """Tell everybody at once."""
        if len(data) <= LONGEST:
            self._hearers.tell(org, data)

    def hear(self, hearer: Hearer) -> contextlib.AbstractContextManager[None]:
        """Hear hints while the context lasts."""
        return self._hearers.hang(hearer)

    # -- leases --------------------------------------------------------------------------------------------------------
    async def open_shard(self, shard: str, org: str) -> None:
        """Let a shard exist; again changes nothing. ``store.shard_taken`` if it is another organisation's."""
        self._alive()
        if self._shards.setdefault(shard, _Shard(org)).org != org:
            raise PasokhError("store.shard_taken", shard=shard)

    async def shards(self) -> list[str]:
        """All shards there are, sorted."""
        self._alive()
        return sorted(self._shards)

    async def acquire(self, shard: str, owner: str, ttl: Millis = LEASE_TTL) -> Lease | None:
        """Lead a shard nobody leads now; None while another's lease is valid. Raises ``store.no_shard``."""
        self._alive()
        place = self._shard(shard)
        if place.until >= self._clock() and place.owner != owner:
            return None
        place.epoch, place.owner, place.until = place.epoch + 1, owner, self._clock() + ttl
        return Lease(shard, place.org, owner, place.epoch, place.until, place.head)

    async def renew(self, lease: Lease, ttl: Millis = LEASE_TTL) -> Lease:
        """Prolong a lease that is still the latest and not run out; raises ``store.fenced`` otherwise."""
        place = self._held(lease)
        place.until = self._clock() + ttl
        return msgspec.structs.replace(lease, until=place.until)

    async def release(self, lease: Lease) -> None:
        """Let go at once so that another may acquire; nothing happens if the lease is not the latest."""
        self._alive()
        place = self._shards.get(lease.shard)
        if place is not None and place.epoch == lease.epoch:
            place.owner, place.until = "", 0

    # -- log -----------------------------------------------------------------------------------------------------------
    async def append(
        self,
        lease: Lease,
        head: Head,
        drafts: Sequence[Draft],
        replies: Sequence[Reply] = (),
        effects: Sequence[EffectDraft] = (),
        asked: Sequence[Asked] = (),
    ) -> Head:
        """Record events, answers and effects together; see `pasokh.store.ports.Log.append`."""
        place = self._held(lease)
        if place.head != head:
            raise fenced(lease)
        ids = [effect.id for effect in effects]
        if len(set(ids)) < len(ids) or not place.effects.keys().isdisjoint(ids):
            raise PasokhError("store.effect_repeated", shard=lease.shard)
        now = self._clock()
        for draft in drafts:
            self._record(place, lease, draft, now)
        for reply in replies:
            command = place.commands.get(reply.key)
            if command is not None and command.answer is None:
                command.answer, command.answered_at = reply.answer, now
        for one in asked:
            pending = Pending(next(self._ids), one.key, one.actor, one.command, now)
            kept = place.commands.setdefault(one.key, _Command(pending, msgspec.json.decode(one.command)))
            if kept.answer is None:
                kept.answer, kept.answered_at = one.answer, now
        for effect in effects:
            place.effects[effect.id] = _Effect(EffectRow(effect.id, place.head.seq, effect.effect, 0))
        self._bells.ring(LOG, lease.shard)
        return place.head

    async def head(self, org: str, shard: str) -> Head:
        """The log's end; `Head()` for a shard that does not exist for this organisation."""
        place = self._visible(org, shard)
        return place.head if place else Head()

    async def read(self, org: str, shard: str, after: int, limit: int = 1_000) -> list[Row]:
        """Rows with `seq` > `after`, in order, at most `limit`."""
        place = self._visible(org, shard)
        return place.rows[after : after + limit] if place else []

    async def read_stream(self, org: str, shard: str, stream: str, after: int = 0, limit: int = 1_000) -> list[Row]:
        """Rows of one stream with `seq` > `after`, in order, at most `limit`."""
        place = self._visible(org, shard)
        rows = place.streams.get(stream, []) if place else []
        return [row for row in rows if row.seq > after][:limit]

    async def tail(self, org: str, shard: str, after: int, limit: int = 1_000) -> AsyncGenerator[list[Row]]:
        """Follow the log for ever: non-empty batches, no gap, no repeat."""
        with self._bells.hang(LOG, shard) as bell:
            while True:
                rows = await self.read(org, shard, after, limit)
                if rows:
                    after = rows[-1].seq
                    yield rows
                else:
                    await bell.wait(_LONG)

    async def verify(self, org: str, shard: str) -> Head:
        """Recompute the hash chain; raises ``store.chain_broken`` with the first `seq` that does not hold."""
        place = self._visible(org, shard)
        if place is None:
            return Head()
        reached = chain.check(place.rows, Head())
        if reached != place.head:
            raise PasokhError("store.chain_broken", shard=shard, seq=place.head.seq, reason="head")
        return reached

    # -- inbox ---------------------------------------------------------------------------------------------------------
    async def submit(self, org: str, shard: str, key: str, actor: str, command: bytes) -> Answer | None:
        """Hand in a command (JSON); returns its answer if it has one. Errors: `pasokh.store.ports.Inbox.submit`."""
        value = check_command(key, actor, command)
        place = self._visible(org, shard)
        if place is None:
            raise PasokhError("store.no_shard", shard=shard)
        known = place.commands.get(key)
        if known is None:
            pending = Pending(next(self._ids), key, actor, bytes(command), self._clock())
            place.commands[key] = _Command(pending, value)
            self._bells.ring(INBOX, shard)
            return None
        if (known.pending.actor, known.value) != (actor, value):
            raise PasokhError("inbox.key_reused", key=key)
        return known.answer

    async def wait_answer(self, org: str, shard: str, key: str, seconds: float) -> Answer:
        """The answer of a submitted command; raises ``inbox.no_answer`` after `seconds` (ask again)."""
        try:
            with self._bells.hang(LOG, shard) as bell:
                async with asyncio.timeout(seconds):
                    while True:
                        place = self._visible(org, shard)
                        command = place.commands.get(key) if place else None
                        if command is not None and command.answer is not None:
                            return command.answer
                        await bell.wait(seconds)
        except TimeoutError:
            raise PasokhError("inbox.no_answer", key=key) from None

    async def pending(self, shard: str, limit: int = 200) -> list[Pending]:
        """Commands without an answer, oldest first."""
        self._alive()
        place = self._shards.get(shard)
        waiting = (command.pending for command in place.commands.values() if command.answer is None) if place else ()
        return list(itertools.islice(waiting, limit))

    async def known(self, shard: str, keys: Sequence[str]) -> dict[str, Answer | None]:
        """Those keys that came before, with their answers; None for one without an answer yet."""
        self._alive()
        place = self._shards.get(shard)
        return {key: place.commands[key].answer for key in keys if key in place.commands} if place else {}

    @contextlib.asynccontextmanager
    async def watch_inbox(self, shard: str) -> AsyncIterator[Wake]:
        """A wake-up for every command handed in from now on: look for earlier ones after entering."""
        with self._bells.hang(INBOX, shard) as bell:
            yield bell

    async def prune(self, shard: str, older_than: Millis) -> int:
        """Forget answered commands and done effects that are `older_than` so long; returns how many."""
        self._alive()
        place, limit = self._shard(shard), self._clock() - older_than
        old_keys = [key for key, item in place.commands.items() if item.answer and item.answered_at <= limit]
        old_ids = [id_ for id_, item in place.effects.items() if item.done_at is not None and item.done_at <= limit]
        for key in old_keys:
            del place.commands[key]
        for id_ in old_ids:
            del place.effects[id_]
        return len(old_keys) + len(old_ids)

    # -- effects and snapshots -----------------------------------------------------------------------------------------
    async def effects(self, shard: str, limit: int = 1_000) -> list[EffectRow]:
        """Effects not done, in the order they came."""
        self._alive()
        place = self._shards.get(shard)
        open_ones = (item.row for item in place.effects.values() if item.done_at is None) if place else ()
        return list(itertools.islice(open_ones, limit))

    async def settle(self, lease: Lease, outcomes: Sequence[Outcome]) -> None:
        """Record outcomes, counting attempts; unknown or done ids change nothing. Raises ``store.fenced``."""
        place = self._held(lease)
        for outcome in outcomes:
            item = place.effects.get(outcome.id)
            if item is not None and item.done_at is None:
                item.row = msgspec.structs.replace(item.row, attempts=item.row.attempts + 1)
                item.done_at = self._clock() if outcome.done else None

    async def save_snapshot(self, lease: Lease, snapshot: Snapshot) -> None:
        """Keep a snapshot and the one before it; raises ``store.fenced``."""
        place = self._held(lease)
        if snapshot.seq > place.head.seq:
            raise fenced(lease)
        before = [at for at in sorted(place.snapshots) if at[0] < snapshot.seq][-1:]
        kept = {at: place.snapshots[at] for at in before}
        place.snapshots = kept | {(snapshot.seq, snapshot.schema): snapshot}

    async def load_snapshot(self, org: str, shard: str, schema: int) -> Snapshot | None:
        """The latest of this schema, or None."""
        place = self._visible(org, shard)
        fitting = [at for at in place.snapshots if at[1] == schema] if place else []
        return place.snapshots[max(fitting)] if place and fitting else None

    # -- inside --------------------------------------------------------------------------------------------------------
    def _alive(self) -> None:
        if self._closed:
            raise PasokhError("store.unavailable")

    def _shard(self, shard: str) -> _Shard:
        if shard not in self._shards:
            raise PasokhError("store.no_shard", shard=shard)
        return self._shards[shard]

    def _visible(self, org: str, shard: str) -> _Shard | None:
        self._alive()
        place = self._shards.get(shard)
        return place if place is not None and place.org == org else None

    def _held(self, lease: Lease) -> _Shard:
        self._alive()
        place = self._shard(lease.shard)
        if place.epoch != lease.epoch or place.until < self._clock():
            raise fenced(lease)
        return place

    @staticmethod
    def _record(place: _Shard, lease: Lease, draft: Draft, now: Instant) -> None:
        seq = place.head.seq + 1
        digest = chain.link(place.head.hash, lease.shard, lease.org, lease.epoch, seq, draft)
        row = Row(
            shard=lease.shard,
            seq=seq,
            org=lease.org,
            client=draft.client,
            stream=draft.stream,
            version=len(place.streams[draft.stream]) + 1,
            epoch=lease.epoch,
            type=draft.type,
            schema=draft.schema,
            occurred_at=draft.occurred_at,
            recorded_at=now,
            actor=draft.actor,
            cause=draft.cause,
            data=draft.data,
            hash=digest,
        )
        place.rows.append(row)
        place.streams[draft.stream].append(row)
        place.head = Head(seq, digest)


_CONFORMS: type[Store] = MemoryStore
"""Checked by mypy here, and by the conformance suite."""
