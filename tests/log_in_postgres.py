"""Logs put into a real database as an engine would have written them."""

from collections.abc import Sequence

import msgspec
import psycopg

from pasokh.acd.events import stream_of
from pasokh.twin.replay_log import Recorded


def put(connection: psycopg.Connection, org: str, rows: Sequence[Recorded]) -> None:
    """Append rows to an organisation's log and move its head; `connection` acts for the engine."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO shard_head (shard, org) VALUES (%s, %s) ON CONFLICT DO NOTHING", (org, org))
        cursor.execute("SELECT stream, max(version) FROM log WHERE shard = %s GROUP BY stream", (org,))
        versions = dict(cursor.fetchall())
        values = []
        for row in rows:
            stream = stream_of(row.event)
            versions[stream] = versions.get(stream, 0) + 1
            data = msgspec.json.encode(row.event).decode()
            kind = msgspec.json.decode(data)["type"]
            values.append((org, row.seq, org, stream, versions[stream], kind, row.at, row.at, data, bytes(32)))
        cursor.executemany(
            "INSERT INTO log (shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at,"
            " actor, cause, data, hash) VALUES (%s, %s, %s, 'own', %s, %s, 1, %s, 1, %s, %s, '', '', %s, %s)",
            values,
        )
        cursor.execute("UPDATE shard_head SET seq = %s WHERE shard = %s", (rows[-1].seq, org))
