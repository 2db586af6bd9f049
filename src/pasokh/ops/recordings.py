"""The book of recordings, written into the office's table by processes that know no Django: the row before any sound.

Every look and write is a transaction of its own under the role of requests, fenced to one organisation.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import psycopg
import psycopg.types.json
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, Instant
from pasokh.telephony.recording.book import Begin, Book, Books, Sound
from pasokh.telephony.recording.rules import Consent, Policy, Rules, rule_for, why_not

FRESH_SECONDS = 2.0
"""How long rules are used again."""
NODE_MS = 60_000
"""A recorder that was not seen for so long says nothing about its node's room."""
_TIMEOUT_S = 3.0
_RULES = "SELECT client, queue, record, consent, retention_days, own FROM recordings_rule"
_QUEUES = "SELECT q.key, c.key FROM supervise_queue q JOIN tenancy_client c ON c.id = q.client_id"
_CONTACT = "SELECT client, queue, address FROM desk_contact WHERE id = %s"
_FULL = """
SELECT COALESCE(bool_or(refusing) FILTER (WHERE name = ANY(string_to_array(%(node)s, ','))), bool_or(refusing), false)
FROM recordings_node WHERE seen_at > %(since)s
"""
_ROW = "SELECT state, queue, agents, paused FROM recordings_recording WHERE id = %s FOR UPDATE"
_INSERT = """
INSERT INTO recordings_recording (
    id, organisation_id, interaction, contact, client, queue, agents, number, node, state, why_not, consent, paused,
    started_at, ended_at, kept_at, length_ms, size, digest, wrapped_key, findings, peaks, retention_days,
    retention_until, own, hold_at, hold_by, hold_reason, notes, deleted_at
) VALUES (
    %(id)s, %(org)s, %(interaction)s, %(contact)s, %(client)s, %(queue)s, %(agents)s, %(number)s, %(node)s, %(state)s,
    %(why_not)s, %(consent)s, false, %(at)s, 0, 0, 0, 0, '', '', '[]', '', %(days)s, %(until)s, %(own)s, 0, '', '', 0, 0
)
"""
_UPDATE = """
UPDATE recordings_recording SET queue = %(queue)s, agents = %(agents)s, state = %(state)s, why_not = %(why_not)s,
    consent = %(consent)s, started_at = CASE WHEN state = 'unrecorded' THEN %(at)s ELSE started_at END
WHERE id = %(id)s
"""
_PAUSE = "UPDATE recordings_recording SET paused = %s WHERE id = %s RETURNING state, why_not"
_ENDED = "UPDATE recordings_recording SET ended_at = %s WHERE id = %s AND ended_at = 0"


class OfficeBooks:
    """Every organisation's book; `dsn` acts as the role of requests. Use as an asynchronous context."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: AsyncConnectionPool | None = None
        self._books: dict[str, OfficeBook] = {}

    def of(self, org: str) -> Book:
        """An organisation's own."""
        return self._books.setdefault(org, OfficeBook(self, org))

    async def pool(self) -> AsyncConnectionPool:
        """Connections, opened when first needed."""
        if self._pool is None:
            self._pool = AsyncConnectionPool(self._dsn, min_size=1, max_size=4, open=False, timeout=_TIMEOUT_S)
            await self._pool.open()
        return self._pool

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let them go."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


class OfficeBook:
    """`pasokh.telephony.recording.book.Book` in the office's tables."""

    def __init__(self, books: OfficeBooks, org: str) -> None:
        self._books, self._org = books, org
        self._rules: Rules = {}
        self._clients: dict[str, str] = {}
        self._read_at = float("-inf")

    async def begin(self, asked: Begin) -> Sound:
        """Whether sound is kept from now on."""

        async def act(c: psycopg.AsyncConnection) -> Sound:
            await self._refresh(c)
            found = await _one(c, _ROW, (asked.recording,))
            contact = await _one(c, _CONTACT, (asked.contact,)) or ("", "", "")
            queue = asked.queue or (found[1] if found else "") or contact[1]
            client = self._clients.get(queue) or contact[0] or "own"
            policy = rule_for(self._rules, client, queue) or Policy(record=asked.default)
            full = await _one(c, _FULL, {"node": asked.node, "since": asked.at - NODE_MS})
            reason = why_not(policy, asked.agreed, disk_full=bool(full and full[0]))
            if found is None and reason == "policy":
                return Sound.NONE  # nobody asks why a call is not recorded that never should be
            sounded = reason is None or (found is not None and found[0] == "recording")
            agents = list(dict.fromkeys([*(found[2] if found else ()), *((asked.agent,) if asked.agent else ())]))
            row: dict[str, Any] = {
                "id": asked.recording, "org": self._org, "interaction": asked.interaction, "contact": asked.contact,
                "client": client, "queue": queue, "agents": psycopg.types.json.Jsonb(agents),
                "number": (asked.number or contact[2])[:40], "node": asked.node[:80],
                "state": "recording" if sounded else "unrecorded", "why_not": reason or "", "consent": asked.agreed,
                "at": asked.at, "days": policy.retention_days, "until": asked.at + policy.retention_days * DAY,
                "own": policy.own,
            }  # fmt: skip
            await c.execute(_UPDATE if found else _INSERT, row)
            return _sound(row["state"], row["why_not"], paused=bool(found and found[3]))

        return await self._within(act)

    async def pause(self, recording: str, *, on: bool) -> Sound:
        """The agent pauses it, or lets it go on."""

        async def act(c: psycopg.AsyncConnection) -> Sound:
            found = await _one(c, _PAUSE, (on, recording))
            return _sound(found[0], found[1], paused=on) if found else Sound.NONE

        return await self._within(act)

    async def ended(self, recording: str, at: Instant) -> None:
        """The talk is over."""

        async def act(c: psycopg.AsyncConnection) -> None:
            await c.execute(_ENDED, (at, recording))

        await self._within(act)

    async def consents(self) -> Mapping[str, str]:
        """Queues whose callers hear about it."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            await self._within(self._refresh)
        rules = {queue: rule_for(self._rules, client, queue) for queue, client in self._clients.items()}
        return {
            queue: rule.consent.value
            for queue, rule in rules.items()
            if rule is not None and rule.record and rule.consent is not Consent.NONE
        }

    async def _refresh(self, c: psycopg.AsyncConnection) -> None:
        if time.monotonic() - self._read_at <= FRESH_SECONDS:
            return
        rows = await (await c.execute(_RULES)).fetchall()
        self._rules = {
            (client, queue): Policy(record=record, consent=Consent(consent), retention_days=days, own=own)
            for client, queue, record, consent, days, own in rows
        }
        self._clients = dict(await (await c.execute(_QUEUES)).fetchall())
        self._read_at = time.monotonic()

    async def _within[T](self, act: Callable[[psycopg.AsyncConnection], Awaitable[T]]) -> T:
        try:
            pool = await self._books.pool()
            async with pool.connection() as connection:
                await connection.execute("SELECT set_config('app.org', %s, true)", (self._org,))
                return await act(connection)
        except (psycopg.Error, PoolTimeout) as error:
            raise PasokhError("store.unavailable") from error


async def _one(c: psycopg.AsyncConnection, query: str, given: Any) -> tuple[Any, ...] | None:  # noqa: ANN401 - psycopg's
    return await (await c.execute(query, given)).fetchone()


def _sound(state: str, why: str, *, paused: bool) -> Sound:
    if state != "recording":
        return Sound.NONE
    return Sound.SILENT if why or paused else Sound.KEPT


_CONFORMS: type[Books] = OfficeBooks
