"""The tables as versioned SQL: applied by Django migrations in production, directly by tests and benchmarks.

A Django migration applies one version whole, without splitting it into statements:

    migrations.RunSQL([(schema.version(1).sql, None)])
"""

from importlib.resources import files

import msgspec
import psycopg
from psycopg import sql

OWNER = "pasokh_owner"
ENGINE = "pasokh_engine"
APP = "pasokh_app"
FLOOR = 15
"""Oldest major version of PostgreSQL that is supported."""


class Version(msgspec.Struct, frozen=True):
    """One step of the schema. Published ones never change."""

    number: int
    name: str
    sql: str


def versions() -> list[Version]:
    """All versions in order."""
    found = sorted(
        (entry for entry in (files(__package__) / "sql").iterdir() if entry.name[:4].isdigit()),
        key=lambda entry: entry.name,
    )
    return [
        Version(int(entry.name[:4]), entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))
        for entry in found
    ]


def version(number: int) -> Version:
    """One version by its number."""
    return versions()[number - 1]


def provision(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create what is missing of the roles, and let them into this database. Needs the right to create roles."""
    connection.execute((files(__package__) / "sql" / "roles.sql").read_text(encoding="utf-8").encode())


def apply(connection: psycopg.Connection[tuple[object, ...]]) -> list[int]:
    """Apply as `pasokh_owner` the versions not applied yet, in one transaction; returns their numbers."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('pasokh.store.schema'))")
        done: set[object] = set()
        present = connection.execute("SELECT to_regclass('store_version')").fetchone()
        if present is not None and present[0] is not None:
            done = {row[0] for row in connection.execute("SELECT version FROM store_version")}
        missing = [step for step in versions() if step.number not in done]
        for step in missing:
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
            connection.execute(step.sql.encode())
        return [step.number for step in missing]


def as_role(dsn: str, role: str) -> str:
    """The same connection acting as `role`, of which its user must be a member."""
    known = psycopg.conninfo.conninfo_to_dict(dsn)
    options = f"{known.get('options') or ''} -c role={role}".strip()
    return psycopg.conninfo.make_conninfo(dsn, options=options)
