"""What the rest of Pasokh may ask of the store; `PostgresStore` and `MemoryStore` pass one conformance suite.

A *shard* is one operator organisation's ordered log. Exactly one engine *leads* it at a time, by a lease
whose clock is the database's; only the leader appends. Everybody else submits commands to the inbox and reads
the log.

Methods that take `org` act under row-level security: rows of another organisation do not exist for them.
Methods without it belong to the engine's role. Every method may raise ``PasokhError("store.unavailable")``
when the database cannot be reached; a write may then have happened or not, so a leader re-acquires and
recovers from the log.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol

import msgspec

from pasokh.kernel.time import Instant, Millis
from pasokh.store.hints import Hearer

LEASE_TTL: Millis = 3_000
"""A leader that has not renewed for so long may be replaced. Renew every second."""
GENESIS = bytes(32)
"""The hash before the first row."""


class Head(msgspec.Struct, frozen=True):
    """Where a log ends."""

    seq: int = 0
    hash: bytes = GENESIS


class Lease(msgspec.Struct, frozen=True):
    """The right to append to a shard until `until` by the database's clock, or a higher epoch exists."""

    shard: str
    org: str
    owner: str
    epoch: int
    until: Instant
    head: Head
    """The log's end when the lease was acquired: recover up to here before appending."""


class Draft(msgspec.Struct, frozen=True):
    """An event about to be appended."""

    stream: str
    """What it belongs to: a contact id, ``agent:ID``, ``queue:ID``, ``day``."""
    type: str
    """Its tag, such as ``contact.opened``."""
    data: bytes
    """The event as a JSON object, tag included."""
    occurred_at: Instant
    client: str = ""
    """The client organisation it is about; empty when none."""
    schema: int = 1
    actor: str = ""
    """Who asked: ``agent:ID``, ``user:ID``, ``contact:ID``, ``engine``."""
    cause: str = ""
    """Idempotency key of the command it came from, or empty for the clock."""


class Row(msgspec.Struct, frozen=True):
    """An event as recorded. Never changed, never removed."""

    shard: str
    seq: int
    """1, 2, 3 … without a gap; the order of commits."""
    org: str
    client: str
    stream: str
    version: int
    """1, 2, 3 … within the stream, without a gap."""
    epoch: int
    type: str
    schema: int
    occurred_at: Instant
    recorded_at: Instant
    """By the database's clock. The one column the hash does not cover, besides the derived `version`."""
    actor: str
    cause: str
    data: bytes
    hash: bytes


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a command: done (`ok`), or refused with the code and fields of a `PasokhError`."""

    ok: bool
    seq: int = 0
    """The log's end after it: whoever reads up to here sees what the command did."""
    code: str = ""
    params: dict[str, object] = {}


class Reply(msgspec.Struct, frozen=True):
    """An answer on its way to the inbox."""

    key: str
    answer: Answer


class Asked(msgspec.Struct, frozen=True):
    """A command that was asked inside the leader's own process, with its answer: it comes to the inbox only now."""

    key: str
    actor: str
    command: bytes
    """JSON."""
    answer: Answer


class Pending(msgspec.Struct, frozen=True):
    """A submitted command that has no answer yet."""

    id: int
    key: str
    actor: str
    command: bytes
    """JSON. Equal to what was submitted as a value, not byte for byte."""
    received_at: Instant


class EffectDraft(msgspec.Struct, frozen=True):
    """An effect to be performed once the rows it came with are durable."""

    id: str
    effect: bytes
    """JSON."""


class EffectRow(msgspec.Struct, frozen=True):
    """An effect that has no outcome yet. It may have been performed: its id makes a repeat harmless."""

    id: str
    seq: int
    """The log's end of the append it came with."""
    effect: bytes
    attempts: int


class Outcome(msgspec.Struct, frozen=True):
    """What came of an effect: done for good, or (`done=False`) tried in vain and to be tried again."""

    id: str
    outcome: str = "done"
    done: bool = True


class Snapshot(msgspec.Struct, frozen=True):
    """A state folded up to `seq`. Disposable: a reader of another `schema` starts at the beginning."""

    seq: int
    schema: int
    data: bytes


class Wake(Protocol):
    """Never misses, may be spurious: look for work after every `wait`, whatever it returned."""

    async def wait(self, seconds: float) -> bool:
        """True as soon as something was announced since the last `wait` returned; False after `seconds`."""

    def nudge(self) -> None:
        """Let the present or the next `wait` return at once, without anything being announced."""


class Leases(Protocol):
    """Who leads which shard."""

    async def open_shard(self, shard: str, org: str) -> None:
        """Let a shard exist; again changes nothing. ``store.shard_taken`` if it is another organisation's."""

    async def shards(self) -> list[str]:
        """All shards there are, sorted."""

    async def acquire(self, shard: str, owner: str, ttl: Millis = LEASE_TTL) -> Lease | None:
        """Lead a shard nobody leads now, with an epoch of one more; None while another's lease is valid.

        `owner` names the process. Its own still valid lease is taken over too. Raises ``store.no_shard``.
        """

    async def renew(self, lease: Lease, ttl: Millis = LEASE_TTL) -> Lease:
        """Prolong a lease that is still the latest and not run out; raises ``store.fenced`` otherwise."""

    async def release(self, lease: Lease) -> None:
        """Let go at once so that another may acquire; nothing happens if the lease is not the latest."""


class Log(Protocol):
    """The ordered, append-only, hash-chained truth of a shard."""

    async def append(
        self,
        lease: Lease,
        head: Head,
        drafts: Sequence[Draft],
        replies: Sequence[Reply] = (),
        effects: Sequence[EffectDraft] = (),
        asked: Sequence[Asked] = (),
    ) -> Head:
        """Record events, answers, effects, what was asked beside the inbox in one transaction; the new head, durable.

        `head` is the end the leader knows (of the lease, then of the last append). Raises ``store.fenced``
        when the lease ran out or was replaced, or the log ends elsewhere; then nothing was written. `drafts`
        may be empty. The first answer of a command stays: a second reply to the same key changes nothing.
        """

    async def head(self, org: str, shard: str) -> Head:
        """The log's end; `Head()` for a shard that does not exist for this organisation."""

    async def read(self, org: str, shard: str, after: int, limit: int = 1_000) -> list[Row]:
        """Rows with `seq` > `after`, in order, at most `limit`."""

    async def read_stream(self, org: str, shard: str, stream: str, after: int = 0, limit: int = 1_000) -> list[Row]:
        """Rows of one stream with `seq` > `after`, in order, at most `limit`."""

    def tail(self, org: str, shard: str, after: int, limit: int = 1_000) -> AsyncIterator[list[Row]]:
        """Follow the log for ever: non-empty batches, no gap, no repeat, milliseconds after their commit.

        Survives a lost connection. Ends when the consumer stops iterating (`aclose` it) or is cancelled.
        """

    async def verify(self, org: str, shard: str) -> Head:
        """Recompute the hash chain; raises ``store.chain_broken`` with the first `seq` that does not hold."""


class Inbox(Protocol):
    """How commands reach the leader. A command is answered exactly once, in the transaction of its events."""

    async def submit(self, org: str, shard: str, key: str, actor: str, command: bytes) -> Answer | None:
        """Hand in a command (JSON); returns its answer if it already has one.

        `key` is the sender's own and makes a repeat harmless. Raises ``inbox.key_reused`` when the key came
        with another actor or command before, ``inbox.bad_key``, ``inbox.bad_command`` (no JSON, NUL or lone
        surrogates), ``inbox.too_large`` (> 64 KiB), ``store.no_shard``.
        """

    async def wait_answer(self, org: str, shard: str, key: str, seconds: float) -> Answer:
        """The answer of a submitted command; raises ``inbox.no_answer`` after `seconds` (ask again)."""

    async def pending(self, shard: str, limit: int = 200) -> list[Pending]:
        """Commands without an answer, oldest first."""

    async def known(self, shard: str, keys: Sequence[str]) -> dict[str, Answer | None]:
        """Those keys that came before, with their answers; None for one without an answer yet."""

    def watch_inbox(self, shard: str) -> AbstractAsyncContextManager[Wake]:
        """A wake-up for every command handed in from now on: look for earlier ones after entering."""

    async def prune(self, shard: str, older_than: Millis) -> int:
        """Forget answered commands and done effects that are `older_than` so long; returns how many.

        A key that was forgotten is new again, so keep them longer than any client retries.
        """


class Effects(Protocol):
    """What is still to be done outside, kept until it has an outcome."""

    async def effects(self, shard: str, limit: int = 1_000) -> list[EffectRow]:
        """Effects not done, in the order they came."""

    async def settle(self, lease: Lease, outcomes: Sequence[Outcome]) -> None:
        """Record outcomes, counting attempts; unknown or done ids change nothing. Raises ``store.fenced``."""


class Snapshots(Protocol):
    """Short cuts through the log."""

    async def save_snapshot(self, lease: Lease, snapshot: Snapshot) -> None:
        """Keep a snapshot and the one before it; raises ``store.fenced``."""

    async def load_snapshot(self, org: str, shard: str, schema: int) -> Snapshot | None:
        """The latest of this schema, or None."""


class Hints(Protocol):
    """Notices that may be lost, between processes that run now; see `pasokh.store.hints`."""

    def hint(self, org: str, key: str, data: bytes) -> None:
        """Tell all processes soon, or never; a later hint of the same key replaces one that still waits."""

    def hear(self, hearer: Hearer) -> AbstractContextManager[None]:
        """Hear all organisations' hints while the context lasts, one's own included. `hearer` must not block."""


class Store(Leases, Log, Inbox, Effects, Snapshots, Hints, Protocol):
    """All of it."""

    async def close(self) -> None:
        """Give back connections and tasks; waiting callers get ``store.unavailable``."""
