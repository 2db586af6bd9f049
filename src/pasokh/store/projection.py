"""Projections: tables folded from the log, whose cursor moves in the very transaction that writes them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pasokh.store import sync
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor


class Projection(Protocol):
    """What folds events into tables."""

    @property
    def name(self) -> str:
        """Names its cursor; a new name starts at the log's beginning."""

    @property
    def tables(self) -> Mapping[str, str]:
        """Its tables in the order they may be filled, each with the column that holds the organisation."""

    def apply(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Write what the rows mean; tables must be named without their schema."""


def advance(cursor: Cursor, projection: Projection, org: str, shard: str, limit: int = 1_000) -> int:
    """Apply the next rows and move the cursor, inside the caller's transaction; returns how many there were.

    Each row takes effect exactly once, whatever crashes; two workers at a time take turns.
    """
    after = _claim(cursor, projection.name, org, shard)
    rows = sync.read(cursor, shard, after, limit)
    if rows:
        projection.apply(cursor, rows)
        _move(cursor, projection.name, shard, rows[-1].seq)
    return len(rows)


def rebuild(
    cursor: Cursor,
    begin: Callable[[], AbstractContextManager[object]],
    projection: Projection,
    org: str,
    shard: str,
    limit: int = 1_000,
) -> int:
    """Fold a shard again from its beginning beside the live tables, then swap; returns the rows applied.

    `begin` opens a transaction on `cursor`'s connection. The shadow is a temporary table of the same name,
    which hides the live one in this session only, so `apply` needs not know. Readers see the old rows until
    the one transaction that swaps, and grants, policies and indexes of the live tables stay as they are.
    """
    with begin():
        sync.act_for(cursor, org)
        for table in projection.tables:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {_quoted(table)} (LIKE public.{_quoted(table)} INCLUDING DEFAULTS"
                " INCLUDING IDENTITY INCLUDING GENERATED INCLUDING INDEXES)",
                (),
            )
    after = applied = 0
    try:
        while True:
            with begin():
                sync.act_for(cursor, org)
                rows = sync.read(cursor, shard, after, limit)
                if len(rows) < limit:  # near the end: catch up and swap while the live projection waits
                    _claim(cursor, projection.name, org, shard)
                    while rows := sync.read(cursor, shard, after, limit):
                        projection.apply(cursor, rows)
                        after, applied = rows[-1].seq, applied + len(rows)
                    _swap(cursor, projection.tables, org)
                    _move(cursor, projection.name, shard, after)
                    return applied
                projection.apply(cursor, rows)
                after, applied = rows[-1].seq, applied + len(rows)
    finally:
        with begin():
            for table in projection.tables:
                cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_quoted(table)}", ())


def _claim(cursor: Cursor, name: str, org: str, shard: str) -> int:
    """Where a projection stands, locked until the transaction ends."""
    sync.act_for(cursor, org)
    cursor.execute(
        "INSERT INTO projection_cursor (name, shard, org) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (name, shard, org),
    )
    cursor.execute("SELECT seq FROM projection_cursor WHERE name = %s AND shard = %s FOR UPDATE", (name, shard))
    return int(cursor.fetchone()[0])


def _move(cursor: Cursor, name: str, shard: str, seq: int) -> None:
    cursor.execute("UPDATE projection_cursor SET seq = %s WHERE name = %s AND shard = %s", (seq, name, shard))


def _swap(cursor: Cursor, tables: Mapping[str, str], org: str) -> None:
    """Replace the organisation's live rows by the shadow's; references run from later tables to earlier ones."""
    for table, column in reversed(list(tables.items())):
        delete = f"DELETE FROM public.{_quoted(table)} WHERE {_quoted(column)} = %s"  # noqa: S608 - quoted names
        cursor.execute(delete, (org,))
    for table in tables:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            (f"public.{_quoted(table)}",),
        )
        (columns,) = cursor.fetchone()
        into = f"INSERT INTO public.{_quoted(table)} ({columns}) OVERRIDING SYSTEM VALUE"
        cursor.execute(f"{into} SELECT {columns} FROM pg_temp.{_quoted(table)}", ())  # noqa: S608 - quoted names


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
