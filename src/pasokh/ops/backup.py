"""Backup and restore of a centre's database with PostgreSQL's own tools, embedded or configured.

A restore goes into a new database, is verified there down to the hash chain of every log, and only then takes the
old one's place, which is kept beside it until an operator removes it.
"""

import asyncio
import os
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pasokh.kernel.errors import PasokhError
from pasokh.ops.database import acting_as
from pasokh.store import schema
from pasokh.store.binaries import find_binaries
from pasokh.store.postgres import PostgresStore

SECONDS = 6 * 3_600
"""Longest time a dump or restore may take."""


def backup(url: str, target: Path) -> int:
    """Dump the database to `target` (PostgreSQL's custom format); returns its size in bytes.

    The dump is one consistent snapshot; the centre may run. The file is complete or absent. Raises
    ``backup.failed`` with what pg_dump said, ``backup.exists`` when `target` is there already.
    """
    if target.exists():
        raise PasokhError("backup.exists", file=str(target))
    unfinished = target.with_name(target.name + ".part")
    try:
        _run("pg_dump", url, ["--format=custom", "--compress=6", f"--file={unfinished}"])
        unfinished.chmod(0o600)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path, stamp: str) -> str:
    """Put a dump in the place of the database; returns the name under which the old one is kept.

    `stamp` makes that name unique. Nothing has changed when it raises: ``backup.unreadable``, ``backup.in_use``
    (stop the centre first), ``backup.failed``, or what `verify_logs` raises.
    """
    if not source.is_file():
        raise PasokhError("backup.unreadable", file=str(source))
    name = str(conninfo_to_dict(url)["dbname"])
    fresh, kept = f"{name}_restoring_{stamp}", f"{name}_before_{stamp}"
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as maintenance:
        _refuse_if_used(maintenance, name)
        create = sql.SQL("CREATE DATABASE {} OWNER {}")
        maintenance.execute(create.format(sql.Identifier(fresh), sql.Identifier(schema.OWNER)))
        fresh_url = make_conninfo(url, dbname=fresh)
        try:
            with psycopg.connect(fresh_url, autocommit=True) as connection:
                schema.provision(connection)
            _run("pg_restore", fresh_url, ["--exit-on-error", "--single-transaction", str(source)])
            verify_logs(fresh_url)
            _refuse_if_used(maintenance, name)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            maintenance.execute(rename.format(sql.Identifier(name), sql.Identifier(kept)))
            maintenance.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))
        except BaseException:
            maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(fresh)))
            raise
    return kept


def verify_logs(url: str) -> dict[str, int]:
    """Recompute the hash chain of every shard; returns their lengths, raises ``store.chain_broken``."""
    return asyncio.run(_verify_logs(url))


async def _verify_logs(url: str) -> dict[str, int]:
    with psycopg.connect(acting_as(url, schema.ENGINE)) as connection:
        shards = connection.execute('SELECT shard, org FROM shard_head ORDER BY shard COLLATE "C"').fetchall()
    async with PostgresStore(acting_as(url, schema.ENGINE)) as store:
        return {shard: (await store.verify(org, shard)).seq for shard, org in shards}


def _refuse_if_used(maintenance: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    found = maintenance.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone()
    if found is not None and found[0]:
        raise PasokhError("backup.in_use", database=name, connections=found[0])


def _run(program: str, url: str, arguments: list[str]) -> None:
    """Run a PostgreSQL tool of the server's version; the password goes by the environment."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
    path = find_binaries(major) / program
    if not path.is_file():
        raise PasokhError("backup.no_tool", program=program, major=major)
    known = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = known.pop("password", "")
    command = [str(path), "--no-password", f"--dbname={make_conninfo('', **known)}", *arguments]
    environment = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS, env=environment)
    if done.returncode != 0:
        raise PasokhError("backup.failed", program=program, reason=done.stderr.strip()[-500:])
