"""`pasokh doctor`: is everything as it should be, and what to do if not."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, LiteralString

import psycopg
from psycopg.rows import TupleRow

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.today.following import NAME as FACTS
from pasokh.ops.backup import verify_logs
from pasokh.ops.database import acting_as, database_url, embedded
from pasokh.ops.mail import examine_mail, examine_scanner
from pasokh.ops.recordings_command import examine_recordings
from pasokh.ops.settings import Settings
from pasokh.ops.switch.examine import examine_switch
from pasokh.store import schema
from pasokh.store.binaries import find_binaries, major_version

type Grade = Literal["good", "warning", "wrong"]

ENOUGH_DISK = 2 * 1024**3
CLOCK_SLACK_MS = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and what to do when it is not good."""

    grade: Grade
    key: str
    fields: dict[str, object]

    def text(self, language: str) -> str:
        """The finding in words; a second line says what to do."""
        said = message(f"doctor.{self.key}", language, **self.fields)
        if self.grade == "good":
            return said
        return f"{said}\n    → {message(f'doctor.{self.key}.do', language, **self.fields)}"


def examine(settings: Settings, now_ms: Callable[[], int], mail_to: str = "") -> Iterator[Finding]:
    """All checks, quick ones first; none of them changes anything. `mail_to` gets a test mail."""
    yield _python()
    yield _node()
    yield _disk(settings)
    yield _port(settings)
    yield _front_end()
    yield from _supervisors(settings)
    yield Finding(*examine_mail(settings, now_ms(), mail_to))
    yield Finding(*examine_scanner(settings))
    for found in examine_switch(settings.switch, now_ms):
        yield Finding(*found)
    try:
        url = database_url(settings)
    except PasokhError:
        yield _no_database(settings)
        return
    try:
        with psycopg.connect(acting_as(url, schema.ENGINE), connect_timeout=5, autocommit=True) as connection:
            yield from _database(connection, now_ms)
            yield from _facts(connection)
            yield from _heard(connection, now_ms())
            for each in examine_recordings(connection, now_ms()):
                yield Finding(*each)
    except psycopg.Error as error:
        yield Finding("wrong", "database.unreachable", {"reason": str(error).strip().split("\n")[0][:200]})
        return
    yield _logs(url)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 12) <= sys.version_info[:2] <= (3, 14)
    return Finding("good" if good else "wrong", "python", {"version": version})


def _node() -> Finding:
    node = shutil.which("node")
    if node is None:
        return Finding("warning", "node.absent", {})
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout.strip()
    major = said.removeprefix("v").split(".")[0]
    good = major.isdecimal() and int(major) >= 20
    return Finding("good" if good else "warning", "node" if good else "node.old", {"version": said})


def _disk(settings: Settings) -> Finding:
    home = settings.home if settings.home.exists() else Path.cwd()
    free = shutil.disk_usage(home).free
    fields: dict[str, object] = {"free_gib": free // 1024**3, "home": str(settings.home)}
    return Finding("good" if free >= ENOUGH_DISK else "warning", "disk", fields)


def _port(settings: Settings) -> Finding:
    fields: dict[str, object] = {"host": settings.host, "port": str(settings.port)}
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return Finding("warning", "port.taken", fields)
    return Finding("good", "port", fields)


def _front_end() -> Finding:
    built = Path(__file__).resolve().parents[1] / "office/static/dist/.pasokh-stamp"
    return Finding("good" if built.exists() else "wrong", "front_end" if built.exists() else "front_end.absent", {})


def _supervisors(settings: Settings) -> Iterator[Finding]:
    running = []
    for path in settings.run_home.glob("up-*.json"):
        state = json.loads(path.read_text())
        if Path(f"/proc/{state['pid']}").exists():
            running.append(f"{state['pid']} ({', '.join(state['children'])})")
    if running:
        yield Finding("good", "running", {"processes": "; ".join(running)})


def _no_database(settings: Settings) -> Finding:
    try:
        folder = find_binaries()
    except PasokhError:
        return Finding("wrong", "postgresql.absent", {"floor": schema.FLOOR})
    fields: dict[str, object] = {"version": str(major_version(folder)), "folder": str(embedded(settings).folder)}
    return Finding("good", "postgresql.stopped", fields)


def _database(connection: psycopg.Connection[TupleRow], now_ms: Callable[[], int]) -> Iterator[Finding]:
    major = connection.info.server_version // 10_000
    yield Finding("good" if major >= schema.FLOOR else "wrong", "postgresql", {"version": str(major)})
    before = now_ms()
    theirs = int(_one(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"))
    apart = abs(theirs - (before + now_ms()) // 2)
    yield Finding("good" if apart <= CLOCK_SLACK_MS else "warning", "clock", {"apart_ms": apart})
    if _one(connection, "SELECT to_regclass('store_version')") is None:
        yield Finding("wrong", "migrations.none", {})
        return
    applied = int(_one(connection, "SELECT count(*) FROM store_version"))
    wanted = len(schema.versions())
    yield Finding("good" if applied >= wanted else "wrong", "migrations", {"applied": applied, "wanted": wanted})
    loose = _one(
        connection,
        "SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles"
        " WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls)",
        [schema.APP, schema.ENGINE, schema.OWNER],
    )
    yield Finding("wrong" if loose else "good", "roles.loose" if loose else "roles", {"roles": str(loose or "")})
    owned = _one(connection, "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE tableowner = %s", schema.APP)
    open_tables = _one(
        connection,
        "SELECT string_agg(c.relname, ', ' ORDER BY c.relname)"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"
        " AND a.attname IN ('org', 'organisation_id') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    )
    bad = ", ".join(str(x) for x in (owned, open_tables) if x)
    yield Finding("wrong" if bad else "good", "fences.open" if bad else "fences", {"tables": bad})
    led = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE until >= (extract(epoch FROM clock_timestamp()) * 1000)::bigint)"
        " FROM shard_head"
    ).fetchone()
    total, leading = (int(led[0]), int(led[1])) if led else (0, 0)
    yield Finding("good" if leading == total else "warning", "leases", {"leading": leading, "total": total})


LATE_EVENTS = 5_000
_LATE = """
SELECT coalesce(sum(greatest(h.seq - coalesce(c.seq, 0), 0)), 0) FROM shard_head h
LEFT JOIN projection_cursor c ON c.shard = h.shard AND c.name = %s
"""


def _facts(connection: psycopg.Connection[TupleRow]) -> Iterator[Finding]:
    """Whether figures follow what happens."""
    if _one(connection, "SELECT to_regclass('fact_progress')") is None:
        return
    behind = int(_one(connection, _LATE, FACTS))
    late = behind > LATE_EVENTS
    yield Finding("warning" if late else "good", "facts.late" if late else "facts", {"behind": behind})


HEARD_MS = 3_600_000
_HEARD = """
SELECT count(*), count(*) FILTER (WHERE received = 0 AND ended_at - began_at >= 5000),
  coalesce(string_agg(DISTINCT coalesce(nullif(trunk, ''), station), ', ')
    FILTER (WHERE received = 0 AND ended_at - began_at >= 5000), '')
FROM voice_quality_leg WHERE answered AND ended_at >= %s
"""


def _heard(connection: psycopg.Connection[TupleRow], now: int) -> Iterator[Finding]:
    """Calls of the last hour of which one side brought no sound at all."""
    if _one(connection, "SELECT to_regclass('voice_quality_leg')") is None:
        return
    row = connection.execute(_HEARD, (now - HEARD_MS,)).fetchone()
    legs, silent, where = (int(row[0]), int(row[1]), str(row[2])) if row else (0, 0, "")
    fields: dict[str, object] = {"n": legs, "silent": silent, "where": where[:200]}
    yield Finding("warning" if silent else "good", "calls.silent" if silent else "calls.heard", fields)


def _logs(url: str) -> Finding:
    begun = time.monotonic()
    try:
        lengths = verify_logs(url)
    except PasokhError as error:
        return Finding("wrong", "logs.broken", {"reason": str(error)})
    seconds = int(time.monotonic() - begun)
    return Finding("good", "logs", {"logs": len(lengths), "events": sum(lengths.values()), "seconds": seconds})


def _one(connection: psycopg.Connection[TupleRow], query: LiteralString, *parameters: object) -> Any:  # noqa: ANN401
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None
