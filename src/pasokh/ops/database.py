"""Which database a process uses, and under which of its roles."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pasokh.kernel.errors import PasokhError
from pasokh.ops.settings import Settings
from pasokh.store import schema
from pasokh.store.embedded import DATABASE, SUPERUSER, EmbeddedPostgres


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The private server of these settings' home; not started."""
    return EmbeddedPostgres(settings.database_home)


def database_url(settings: Settings) -> str:
    """Where the database is: what was configured, else the running embedded server (as its superuser).

    Raises ``database.not_running`` when the embedded server is down.
    """
    if not settings.embedded:
        return settings.database_url
    server = embedded(settings)
    if server.pid is None:
        raise PasokhError("database.not_running", home=str(settings.home))
    return server.dsn()


def acting_as(url: str, role: str) -> str:
    """The same database, acting as `role`.

    On the embedded server by signing in as that role, so that there is no way back to the superuser; elsewhere the
    URL's user must be a member of it.
    """
    known = conninfo_to_dict(url)
    if (
        known.get("user") == SUPERUSER
        and known.get("dbname") == DATABASE
        and str(known.get("host", "")).startswith("/")
    ):
        return make_conninfo(url, user=role)
    return schema.as_role(url, role)


@contextmanager
def running_database(settings: Settings) -> Iterator[str]:
    """Where the database is, running: an embedded server that is down runs for as long as this lasts."""
    if not settings.embedded:
        yield settings.database_url
        return
    server = embedded(settings)
    ours = server.pid is None
    server.start()
    try:
        yield server.dsn()
    finally:
        if ours:
            server.stop()
