"""The store inside somebody else's transaction: for Django views and workers, on the cursor they already have.

Nothing here commits. `Cursor` is what psycopg's and Django's cursors have in common.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.store.input import answered, check_command
from pasokh.store.ports import Answer, Row


class Cursor(Protocol):
    """A database cursor with ``%s`` parameters."""

    def execute(self, query: str, params: Sequence[Any], /) -> object:
        """Run a statement."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row of any columns
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The remaining rows."""


def act_for(cursor: Cursor, org: str) -> None:
    """Show and accept only rows of `org` for the rest of this transaction."""
    cursor.execute("SELECT set_config('app.org', %s, true)", (org,))


def open_shard(cursor: Cursor, org: str, shard: str) -> None:
    """Let a shard exist; again changes nothing. ``store.shard_taken`` if it is another organisation's."""
    act_for(cursor, org)
    cursor.execute("INSERT INTO shard_head (shard, org) VALUES (%s, %s) ON CONFLICT DO NOTHING", (shard, org))
    cursor.execute("SELECT 1 FROM shard_head WHERE shard = %s AND org = %s", (shard, org))
    if cursor.fetchone() is None:
        raise PasokhError("store.shard_taken", shard=shard)


_ROWS = """
SELECT shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at, actor, cause,
       convert_to(data::text, 'UTF8'), hash
  FROM log"""


def submit(cursor: Cursor, org: str, shard: str, key: str, actor: str, command: bytes) -> Answer | None:
    """Hand in a command with whatever else the transaction writes, or not at all.

    Sets the transaction's `app.org`. Result and errors as of `pasokh.store.ports.Inbox.submit`; a transaction
    that belongs to another organisation already is refused by the database.
    """
    check_command(key, actor, command)
    cursor.execute(
        "SELECT status, answer::text FROM inbox_submit(%s, %s, %s, %s, %s::jsonb)",
        (org, shard, key, actor, command.decode()),
    )
    status, answer = cursor.fetchone()
    cursor.execute("SELECT pg_notify('pasokh_inbox', %s)", (shard,))
    return answered(shard, key, status, answer)


def find_answer(cursor: Cursor, shard: str, key: str) -> Answer | None:
    """The answer of a command, or None when there is none yet."""
    cursor.execute("SELECT answer::text FROM command_inbox WHERE shard = %s AND key = %s", (shard, key))
    found = cursor.fetchone()
    return None if found is None or found[0] is None else msgspec.json.decode(found[0], type=Answer)


def read(cursor: Cursor, shard: str, after: int, limit: int = 1_000) -> list[Row]:
    """Rows with `seq` > `after`, in order, at most `limit`."""
    cursor.execute(f"{_ROWS} WHERE shard = %s AND seq > %s ORDER BY seq LIMIT %s", (shard, after, limit))
    return [Row(*row) for row in cursor.fetchall()]


def read_stream(cursor: Cursor, shard: str, stream: str, after: int = 0, limit: int = 1_000) -> list[Row]:
    """Rows of one stream with `seq` > `after`, in order, at most `limit`."""
    cursor.execute(
        f"{_ROWS} WHERE shard = %s AND stream = %s AND seq > %s ORDER BY version LIMIT %s",
        (shard, stream, after, limit),
    )
    return [Row(*row) for row in cursor.fetchall()]
