"""A private PostgreSQL for installations that bring none: found, set up, started, watched and stopped from here.

It listens on a socket in a folder that only its account (and root) may enter, and trusts whoever gets there; so roles
are chosen by name, without passwords. The server outlives whoever started it: starting again adopts it.
"""

import contextlib
import fcntl
import hashlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from pasokh.kernel.errors import PasokhError
from pasokh.store import account as accounts
from pasokh.store import schema
from pasokh.store.binaries import find_binaries, major_version

DATABASE = "pasokh"
SUPERUSER = "postgres"
PORT = 5432
"""Part of the socket's name only; nothing listens on the network."""
SOCKET_LIMIT = 103
"""Longest path of a socket in bytes that every system takes."""
START_SECONDS = 120.0
"""Includes recovery after a crash."""
STOP_SECONDS = 30.0
ORPHAN_SECONDS = 3.0

_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_naptime": "15s",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "on",
    "log_directory": "'../log'",
    "log_filename": "'postgresql-%a.log'",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
}
_CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "logging_collector": "off",
}
_LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ("--locale=C",),
)


class EmbeddedPostgres:
    """One server in one folder. Blocking: call it from a supervisor, or from a thread."""

    def __init__(self, folder: Path, *, durability: bool = True, binaries: Path | None = None) -> None:
        """`durability=False` trades crash safety for speed (tests); `binaries` overrides the search for programs."""
        self._wanted = folder.absolute()
        self._durability = durability
        self._binaries = binaries
        self._account = accounts.choose(self._wanted)
        self.folder = self._wanted.resolve()
        """Where data, log and settings are, once started."""

    # -- what is there -------------------------------------------------------------------------------------------------
    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _is_server(pid, self.data) else None

    def dsn(self, role: str = SUPERUSER, database: str = DATABASE) -> str:
        """How to connect as a role."""
        return psycopg.conninfo.make_conninfo(
            host=str(self._socket_folder()), port=str(PORT), user=role, dbname=database, connect_timeout="10"
        )

    # -- start and stop ------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Set up what is missing, start or adopt the server, and provide roles and database.

        Raises ``database.no_postgresql``, ``database.setup_failed``, ``database.start_failed``,
        ``database.foreign_folder`` or ``database.unreachable_folder``; what PostgreSQL said is in `reason`.
        """
        self.folder = accounts.reachable_folder(self._account, self._wanted)
        with self._only_one_starting():
            programs = self._programs()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(programs)
            if self.pid is None:
                self._launch(programs)
            self._provide()

    def stop(self) -> None:
        """Shut down cleanly: no new connections, open transactions rolled back, everything on disk."""
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS), (signal.SIGKILL, 5.0)):
            pid = self.pid
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while self.pid is not None and time.monotonic() < deadline:
                time.sleep(0.02)

    def create_database(self, name: str, template: str = "template1", owner: str = schema.OWNER) -> None:
        """A further database, as a copy of a template nobody is connected to."""
        with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*map(sql.Identifier, (name, template, owner)))
            )

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting off who is connected."""
        with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    # -- inside --------------------------------------------------------------------------------------------------------
    def _programs(self) -> Path:
        """Programs of the version the data was made with."""
        version = self.data / "PG_VERSION"
        major = int(version.read_text(encoding="utf-8")) if version.exists() else None
        binaries = self._binaries or find_binaries(major)
        if major is not None and major_version(binaries) != major:
            raise PasokhError("database.no_postgresql", floor=schema.FLOOR, major=major)
        return accounts.reachable_programs(self._account, binaries)

    def _initialise(self, programs: Path) -> None:
        """Make the data directory beside its place and move it there, so that a half-made one is never used."""
        unfinished = self.folder / "data.new"
        said = ""
        for locale in _LOCALES:
            self._account.run(["rm", "-rf", unfinished], self.folder, 60)
            done = self._account.run(
                [
                    programs / "initdb",
                    "--pgdata",
                    unfinished,
                    "--username",
                    SUPERUSER,
                    "--auth-local=trust",
                    "--auth-host=reject",
                    "--encoding=UTF8",
                    "--data-checksums",
                    *([] if self._durability else ["--no-sync"]),
                    *locale,
                ],
                self.folder,
                START_SECONDS,
            )
            if done.returncode == 0:
                with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as settings:
                    settings.write("\ninclude_if_exists = '../pasokh.conf'\n")
                unfinished.rename(self.data)
                return
            said = done.stderr.strip()
        raise PasokhError("database.setup_failed", reason=said[-500:])

    def _launch(self, programs: Path) -> None:
        self._account.own(self._socket_folder())
        self._account.own(self.folder / "log")
        self._write_settings()
        self._outlive_orphans()
        self._forget_foreign_pid()
        report = self.folder / "log" / "start.log"
        report.unlink(missing_ok=True)
        command: list[str | Path] = [programs / "pg_ctl", "start", "-s", "-w", "-t", str(int(START_SECONDS))]
        done = self._account.run([*command, "-D", self.data, "-l", report], self.folder, START_SECONDS + 10)
        if done.returncode != 0:
            latest = max(self.data.parent.glob("log/*.log"), key=lambda path: path.stat().st_mtime_ns, default=None)
            said = latest.read_text(encoding="utf-8", errors="replace") if latest else done.stderr
            raise PasokhError("database.start_failed", reason=said.strip()[-500:])

    def _write_settings(self) -> None:
        settings = _SETTINGS | ({} if self._durability else _CARELESS)
        settings["unix_socket_directories"] = "'" + str(self._socket_folder()).replace("'", "''") + "'"
        text = "# Written at every start. Your own settings belong into data/postgresql.conf after the include.\n"
        text += "".join(f"{name} = {value}\n" for name, value in settings.items())
        path = self.folder / "pasokh.conf"
        path.write_text(text, encoding="utf-8")
        os.chown(path, self._account.uid, self._account.gid)

    def _provide(self) -> None:
        """Roles and the database; quick when they are there."""
        with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
            schema.provision(connection)
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            self.create_database(DATABASE)
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            schema.provision(connection)

    def _socket_folder(self) -> Path:
        """Beside the data if the path is short enough, else in the system's folder for temporary files."""
        beside = self.folder / "run"
        if len(os.fsencode(beside)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_LIMIT:
            return beside
        return Path(tempfile.gettempdir()) / f"pasokh-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"

    def _forget_foreign_pid(self) -> None:
        """Remove lock files whose process id is a zombie's, or something else's as after a reboot.

        PostgreSQL itself takes over those of processes that are gone, with more checks than we could make.
        """
        for path in (self.data / "postmaster.pid", self._socket_folder() / f".s.PGSQL.{PORT}.lock"):
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(path.read_text(encoding="utf-8").split("\n", 1)[0]), 0)
                if self.pid is None:
                    path.unlink()

    def _outlive_orphans(self) -> None:
        """Wait for the children of a server that was killed; those too busy to notice are killed too."""
        deadline = time.monotonic() + ORPHAN_SECONDS
        while orphans := _living_in(self.data):
            if time.monotonic() > deadline:
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    @contextlib.contextmanager
    def _only_one_starting(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_server(pid: int, data: Path) -> bool:
    """Whether a live process is the server of this data directory, which is where it works."""
    if Path("/proc/self").exists():
        return _works_in(pid, data)
    try:  # without /proc, that it exists must do
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _living_in(folder: Path) -> list[int]:
    """Processes that work in a folder; none where there is no /proc to tell."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _works_in(int(entry.name), folder)]


def _works_in(pid: int, folder: Path) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return Path(f"/proc/{pid}/cwd").readlink() == folder and ") Z" not in status
    except OSError:
        return False
