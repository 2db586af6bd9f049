"""One role as a process: ``python -m pasokh.ops.role ROLE``; the supervisor's children, or a node's only process."""

import argparse
import asyncio
import contextlib
import fcntl
import hashlib
import itertools
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from pasokh.kernel.errors import PasokhError
from pasokh.ops import composition
from pasokh.ops.database import database_url, embedded
from pasokh.ops.figures import facts_figures, place, told_by_thread, worker_figures
from pasokh.ops.logs import start_logging
from pasokh.ops.process import die_with_parent, say_ready
from pasokh.ops.settings import DEMO, Settings, load

log = logging.getLogger(__name__)
WATCH_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a role until SIGTERM; the exit code is 0 unless it failed."""
    parser = argparse.ArgumentParser(prog="python -m pasokh.ops.role")
    parser.add_argument("role", choices=sorted(_ROLES))
    given = parser.parse_args(arguments)
    die_with_parent()
    settings = load()
    start_logging(given.role, settings.log_format, settings.log_level)
    try:
        _ROLES[given.role](settings)
    except PasokhError as error:
        log.error("%s", error)  # noqa: TRY400 - the code and its fields say it all
        return 1
    return 0


def _db(settings: Settings) -> None:
    """Start or adopt the embedded server, watch it, and stop it at the end."""
    stopping = _until_signal()
    server = embedded(settings)
    server.start()
    try:
        say_ready(database_url=server.dsn())
        log.info("PostgreSQL runs")
        while not stopping():
            if server.pid is None:
                raise PasokhError("database.gone", home=str(settings.home))
            time.sleep(WATCH_SECONDS)
    finally:
        server.stop()


def _engine(settings: Settings) -> None:
    with engine_name(settings) as name:
        switch = settings.switch if settings.switch.voice == "on" else None
        _run(composition.engine(database_url(settings), name, switch, place(settings, "engine")))


@contextlib.contextmanager
def engine_name(settings: Settings) -> Iterator[str]:
    """What this engine is called among all that share the database, unlike any other that runs.

    The same after a restart, so that it takes up its own lease at once instead of waiting until it runs out: the name
    is that of a file in this home, locked while the engine lives, and of the kernel that keeps the lock. So it differs
    between copies of one machine, containers with one host name, and two engines that share a home.
    """
    settings.run_home.mkdir(parents=True, exist_ok=True)
    for number in itertools.count():
        with (settings.run_home / f"engine-{number}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield known_as(file)
            return


def known_as(file: IO[Any]) -> str:
    """The name of the engine that holds this lock."""
    held = os.fstat(file.fileno())
    known = f"{_kernel()} {held.st_dev} {held.st_ino}"
    return f"{os.uname().nodename}:{hashlib.sha256(known.encode()).hexdigest()[:12]}"


def _kernel() -> str:
    """The running kernel, another after every boot; empty where it does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _switch(settings: Settings) -> None:
    # On asyncio's own loop: uvloop starts no program under another account, and nothing here is in a hurry.
    asyncio.run(_awaited(composition.keep_switch(settings, database_url(settings))))


def _proxy(settings: Settings) -> None:
    asyncio.run(_awaited(composition.keep_proxy(settings, database_url(settings))))


def _watchdog(settings: Settings) -> None:
    """Knows no database: it does its work when everything else is in trouble."""
    asyncio.run(_awaited(composition.watch_switch(settings)))


def _worker(settings: Settings) -> None:
    figures = worker_figures()
    with told_by_thread(place(settings, "worker"), figures):
        composition.worker(database_url(settings), _until_signal(), say_ready, figures)


def _facts(settings: Settings) -> None:
    figures = facts_figures()
    with told_by_thread(place(settings, "facts"), figures):
        composition.facts(settings, database_url(settings), _until_signal(), say_ready, figures)


def _connect(settings: Settings) -> None:
    with told_by_thread(place(settings, "connect")):
        composition.connect(database_url(settings), _until_signal(), say_ready)


def _recorder(settings: Settings) -> None:
    url = database_url(settings)
    # What is sealed with another secret than the centre's is lost: the secret is never left to the environment.
    os.environ.update(settings.environment(url, settings.url(settings.port)))
    with told_by_thread(place(settings, "recorder")):
        composition.recorder(url, _until_signal(), say_ready)


def _web(settings: Settings) -> None:
    composition.serve(settings, database_url(settings), say_ready)


def _traffic(settings: Settings) -> None:
    _run(composition.traffic(database_url(settings)))


def _prepare(settings: Settings) -> None:
    """Not a role that stays: migrate, make the demo organisation if asked, and end."""
    composition.prepare(database_url(settings), demo=os.environ.get(DEMO) == "1")
    say_ready()


def _run(work: composition.Work) -> None:
    """On uvloop where it exists: half the latency of the database's round trips."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_awaited(work))


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _awaited(work: composition.Work) -> None:
    """Run asynchronous work until SIGTERM or SIGINT sets its stop event."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(stop, say_ready)


def _until_signal() -> Callable[[], bool]:
    """A question that turns true at SIGTERM or SIGINT."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: asked.append(received))
    return lambda: bool(asked)


_ROLES: dict[str, Callable[[Settings], None]] = {
    "db": _db,
    "switch": _switch,
    "proxy": _proxy,
    "watchdog": _watchdog,
    "engine": _engine,
    "worker": _worker,
    "facts": _facts,
    "connect": _connect,
    "recorder": _recorder,
    "web": _web,
    "traffic": _traffic,
    "prepare": _prepare,
}

if __name__ == "__main__":
    sys.exit(main())
