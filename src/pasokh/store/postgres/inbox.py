"""The command inbox: cheap to fill from many web processes, answered by the leader's appends."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

import msgspec

from pasokh.kernel.time import Millis
from pasokh.store.bells import INBOX, LOG
from pasokh.store.input import answered, check_command
from pasokh.store.ports import Answer, Pending, Wake
from pasokh.store.postgres.answers import AnswerDesk
from pasokh.store.postgres.database import Database, DatabasePart


class PostgresInbox(DatabasePart):
    """`pasokh.store.ports.Inbox`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._desks: dict[tuple[str, str], AnswerDesk] = {}

    async def submit(self, org: str, shard: str, key: str, actor: str, command: bytes) -> Answer | None:
        """Hand in a command (JSON); returns its answer if it has one. Errors: `pasokh.store.ports.Inbox.submit`."""
        check_command(key, actor, command)
        ((status, answer),) = await self._database.run(
            "SELECT status, answer FROM inbox_submit(%s, %s, %s, %s, %s::jsonb)",
            (org, shard, key, actor, command.decode()),
        )
        if status == "new":
            self._database.announcer.tell(INBOX, shard, shard)
        return answered(shard, key, status, answer)

    async def wait_answer(self, org: str, shard: str, key: str, seconds: float) -> Answer:
        """The answer of a submitted command; raises ``inbox.no_answer`` after `seconds` (ask again)."""
        desk = self._desks.get((org, shard))
        if desk is None:
            desk = self._desks[org, shard] = AnswerDesk(
                partial(self._database.listener.hang, LOG, shard), partial(self._find, org, shard)
            )
        return await desk.wait(key, seconds)

    async def pending(self, shard: str, limit: int = 200) -> list[Pending]:
        """Commands without an answer, oldest first."""
        rows = await self._database.run(
            "SELECT id, key, actor, command, received_at FROM command_inbox"
            " WHERE shard = %s AND answered_at IS NULL ORDER BY id LIMIT %s",
            (shard, limit),
        )
        return [Pending(*row) for row in rows]

    async def known(self, shard: str, keys: Sequence[str]) -> dict[str, Answer | None]:
        """Those keys that came before, with their answers; None for one without an answer yet."""
        rows = await self._database.run(
            "SELECT key, answer FROM command_inbox WHERE shard = %s AND key = ANY(%s)", (shard, list(keys))
        )
        return {key: None if answer is None else msgspec.json.decode(answer, type=Answer) for key, answer in rows}

    @contextlib.asynccontextmanager
    async def watch_inbox(self, shard: str) -> AsyncIterator[Wake]:
        """A wake-up for every command handed in from now on: look for earlier ones after entering."""
        with self._database.listener.hang(INBOX, shard) as bell:
            yield bell

    async def prune(self, shard: str, older_than: Millis) -> int:
        """Forget answered commands and done effects that are `older_than` so long; returns how many."""
        ((count,),) = await self._database.run(
            "WITH commands AS (DELETE FROM command_inbox WHERE shard = %(shard)s"
            " AND answered_at <= store_now() - %(age)s RETURNING 1),"
            " effects AS (DELETE FROM effect_outbox WHERE shard = %(shard)s"
            " AND done_at <= store_now() - %(age)s RETURNING 1)"
            " SELECT (SELECT count(*) FROM commands) + (SELECT count(*) FROM effects)",
            {"shard": shard, "age": older_than},
        )
        return int(count)

    async def close_desks(self) -> None:
        """Tell those who wait for answers that the store is gone."""
        for desk in self._desks.values():
            await desk.close()

    async def _find(self, org: str, shard: str, keys: Sequence[str]) -> dict[str, Answer]:
        rows = await self._database.run_as(
            org,
            "SELECT key, answer FROM command_inbox"
            " WHERE shard = %s AND org = %s AND key = ANY(%s) AND answered_at IS NOT NULL",
            (shard, org, list(keys)),
        )
        return {key: msgspec.json.decode(answer, type=Answer) for key, answer in rows}
