"""`pasokh up`: runs the roles as children, in order, until told to stop; nothing of it outlives it."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.figures import Figures, label
from pasokh.ops.child import Child, Program
from pasokh.ops.figures import gathering
from pasokh.ops.prepared import fingerprint, is_prepared, remember
from pasokh.ops.settings import DEMO, SOCKET, Role, Settings

BACKLOG = 2_048
AFTERWARDS: frozenset[Role] = frozenset({"switch"})
"""Started once everything else serves: trying a configuration takes seconds that pages and chats need not wait for."""
ROLE_FIGURES = {"up": "Whether the role's process lives, by role.", "starts": "Times the role was started, by role."}


@dataclass(frozen=True, slots=True)
class Plan:
    """What `pasokh up` was asked for."""

    roles: tuple[Role, ...]
    prepare: bool = True
    """Migrate before anything serves."""
    demo: bool = True
    """With `prepare`: make the demo organisation where no organisation exists."""


@dataclass(slots=True)
class Supervisor:
    """Owns the children. `run` returns the exit code."""

    settings: Settings
    plan: Plan
    announce: Callable[[str], None]
    """Called once with the centre's address when everything is ready."""
    out: TextIO = field(default_factory=lambda: sys.stderr)
    children: dict[str, Child] = field(default_factory=dict)
    _watches: list[asyncio.Task[None]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _urgent: bool = False

    async def run(self) -> int:
        """Start, serve until a signal or a child that cannot live, stop; 0 when it was asked to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.ask_to_stop)
        with self._listening() as listener:
            url = self.settings.url(listener.getsockname()[1] if listener else self.settings.port)
            try:
                async with gathering(self.settings, self._figures, lambda line: self.say("up", line)):
                    if await self._until_stopped(self._start(url, listener)):
                        self.announce(url)
                        await self._until_stopped(None)
            except PasokhError as error:
                self.say("up", f"stopping: {error}")
                return 1
            finally:
                await self._stop_all()
                self._state_file().unlink(missing_ok=True)
        return 0

    def _figures(self) -> dict[str, str]:
        """What only the supervisor knows: which roles live, and how often each was started."""
        known = Figures("pasokh_role_", ROLE_FIGURES, {"up"})
        for role, child in self.children.items():
            known.set("up", int(child.alive), label(name=role))
            known.count("starts", child.starts, label(name=role))
        return {"up": known.prometheus()}

    def ask_to_stop(self) -> None:
        """Stop in order; asked a second time, kill."""
        if self._stop.is_set() and not self._urgent:
            self._urgent = True
            for child in self.children.values():
                child.kill()
        self._stop.set()

    def say(self, role: str, line: str) -> None:
        """One line of the common log, on behalf of a role."""
        if self.settings.log_format == "json":
            if not line.startswith("{"):
                line = json.dumps({"role": role, "message": line}, ensure_ascii=False)
        elif role == "up" or line[:8].count(":") != 2:
            line = f"{'':8} {role:<7} {line}"
        print(line, file=self.out, flush=True)

    # -- starting ------------------------------------------------------------------------------------------------------
    async def _start(self, url: str, listener: socket.socket | None) -> None:
        """Database, then migrations, then everything that serves; raises `PasokhError` when one cannot."""
        database_url = self.settings.database_url
        if "db" in self.plan.roles:
            database = self._launch("db", self.settings.environment("", url))
            await self._ready(database)
            database_url = database.facts["database_url"]
        environment = self.settings.environment(database_url, url)
        mark = fingerprint(url, demo=self.plan.demo)
        if self.plan.prepare and not is_prepared(self.settings, mark):
            await self._prepare(environment)
            remember(self.settings, mark)
        serving = [
            self._launch(role, environment, listener if role == "web" else None)
            for role in self.plan.roles
            if role not in {"db", "traffic", *AFTERWARDS}
        ]
        for child in serving:
            await self._ready(child)
        for role in self.plan.roles:
            if role in AFTERWARDS:
                self._launch(role, environment)
        if "traffic" in self.plan.roles:
            await self._ready(self._launch("traffic", environment))

    def _launch(self, role: Role, environment: dict[str, str], listener: socket.socket | None = None) -> Child:
        complete = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        sockets: tuple[int, ...] = ()
        if listener is not None:
            sockets = (listener.fileno(),)
            complete[SOCKET] = str(listener.fileno())
        arguments = (sys.executable, "-m", "pasokh.ops.role", role)
        program = Program(role, arguments, complete, sockets, stop_seconds=self.settings.stop_seconds)
        child = Child(program, self.say, self._record)
        self.children[role] = child
        self._watches.append(asyncio.create_task(child.watch(), name=f"watch {role}"))
        return child

    async def _ready(self, child: Child) -> None:
        """Wait until it is ready; raises what its watch raises when it gives up first."""
        watch = next(task for task in self._watches if task.get_name() == f"watch {child.program.role}")
        ready = asyncio.create_task(child.ready.wait())
        try:
            await asyncio.wait((ready, watch), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if watch.done():
            watch.result()

    async def _prepare(self, environment: dict[str, str]) -> None:
        """Migrate, and make the demo organisation; in a process of its own, so that it uses no memory afterwards."""
        arguments = [sys.executable, "-m", "pasokh.ops.role", "prepare"]
        complete = {**os.environ, **environment, DEMO: "1" if self.plan.demo else ""}
        program = Program("prepare", arguments, complete, ready_seconds=600, tries=1, stop_seconds=60)
        child = Child(program, self.say)
        self.children["prepare"] = child
        task = asyncio.create_task(child.watch(), name="watch prepare")
        self._watches.append(task)
        await self._ready(child)
        self._watches.remove(task)
        await child.stop()
        await asyncio.gather(task, return_exceptions=True)
        del self.children["prepare"]

    # -- serving and stopping ------------------------------------------------------------------------------------------
    async def _until_stopped(self, work: object) -> bool:
        """Wait for `work` (or, without, for ever); False when asked to stop first. Raises what a watch raises."""
        stopping = asyncio.create_task(self._stop.wait())
        job = asyncio.ensure_future(work) if asyncio.iscoroutine(work) else None
        try:
            while True:
                waiting = {stopping, *(w for w in self._watches if not w.done()), *((job,) if job else ())}
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if task is not stopping and not task.cancelled():
                        task.result()
                if stopping in done:
                    return False
                if job is not None and job in done:
                    return True
        finally:
            stopping.cancel()
            if job is not None and not job.done():
                job.cancel()
                await asyncio.gather(job, return_exceptions=True)

    async def _stop_all(self) -> None:
        """Stop the children in the opposite order of their start."""
        for role in reversed(list(self.children)):
            await self.children[role].stop()
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[socket.socket | None]:
        """The web's socket, open for as long as the supervisor lives: a restart of the web loses no connection."""
        if "web" not in self.plan.roles:
            yield None
            return
        host, port = self.settings.host, self.settings.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((host, port))
            except OSError as error:
                raise PasokhError("supervisor.port", host=host, port=str(port), reason=error.strerror or "") from error
            listener.listen(BACKLOG)
            yield listener

    def _state_file(self) -> Path:
        return self.settings.run_home / f"up-{os.getpid()}.json"

    def _record(self) -> None:
        """Keep the children's process ids where doctor and a person find them."""
        state = {
            "pid": os.getpid(),
            "children": {role: child.pid for role, child in self.children.items() if child.pid is not None},
        }
        self._state_file().write_text(json.dumps(state))


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the home's lock: the embedded database has one supervisor. Raises ``supervisor.running``."""
    settings.run_home.mkdir(parents=True, exist_ok=True)
    for stale in settings.run_home.glob("up-*.json"):
        if not Path(f"/proc/{stale.stem.removeprefix('up-')}").exists():
            stale.unlink(missing_ok=True)
    with (settings.run_home / "up.lock").open("a") as file:
        if settings.embedded:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise PasokhError("supervisor.running", home=str(settings.home)) from error
        yield
