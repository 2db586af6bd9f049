"""A PostgreSQL that is not Pasokh's: it listens on TCP with passwords, and knows one account that may create roles."""

import contextlib
import shutil
import socket
import tempfile
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from pasokh.store import schema
from pasokh.store.embedded import DATABASE, EmbeddedPostgres

ACCOUNT, PASSWORD = "centre", "a password for tests"
ROLES = (schema.OWNER, schema.ENGINE, schema.APP)


def free_port():
    """A port nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def outside_postgres():
    """The server, running; yields the URL an administrator would hand out."""
    folder = Path(tempfile.mkdtemp(prefix="pasokh-outside-"))
    folder.chmod(0o755)  # the server's account must get in
    server = EmbeddedPostgres(folder / "pg", durability=False)
    try:
        server.start()
        _as_if_new(server)
        server.stop()
        port = free_port()
        with (server.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {port}\n")
        (server.data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        server._launch(server._programs())  # `start` would go on to look for Pasokh's own socket
        known = {"host": "127.0.0.1", "port": str(port), "user": ACCOUNT, "dbname": ACCOUNT}
        yield make_conninfo(**known, password=PASSWORD)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_if_new(server):
    """Nothing of Pasokh's in it, only an account with a database."""
    with psycopg.connect(server.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE}")
        for role in ROLES:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
        connection.execute(f"CREATE ROLE {ACCOUNT} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE DATABASE {ACCOUNT} OWNER {ACCOUNT}")
