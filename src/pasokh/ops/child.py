"""One child process under supervision: started, watched, started again when it dies, stopped within a bound."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from pasokh.kernel.errors import PasokhError
from pasokh.ops.process import PARENT, READY

type Say = Callable[[str, str], None]
"""Writes a line on behalf of a role."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `environment` is complete; `sockets` are inherited."""

    role: str
    arguments: Sequence[str]
    environment: dict[str, str]
    sockets: tuple[int, ...] = ()
    stop_seconds: float = 10.0
    """How long it may take from SIGTERM to its end before it is killed."""
    ready_seconds: float = 60.0
    """How long it may take to get ready before it is killed and started again."""
    first_pause: float = 0.2
    longest_pause: float = 10.0
    steady_seconds: float = 5.0
    """Who lived so long starts again after the first pause; pauses double otherwise."""
    tries: int = 3
    """Give up when it has not become ready once in so many starts."""


@dataclass(slots=True)
class Child:
    """The life of one role. `watch` runs until `stop` or until it gives up."""

    program: Program
    say: Say
    started: Callable[[], None] = lambda: None
    """Called after every start, with `pid` set."""
    pid: int | None = None
    starts: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    """What the child said when it was ready."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _ever_ready: bool = False

    async def watch(self) -> None:
        """Keep it alive; raises `PasokhError` ``supervisor.gave_up`` when it never gets ready."""
        pause, failures = self.program.first_pause, 0
        while not self._stop.is_set():
            begun = time.monotonic()
            code = await self._live()
            if self._stop.is_set():
                return
            failures = 0 if self._ever_ready else failures + 1
            if failures >= self.program.tries:
                raise PasokhError("supervisor.gave_up", role=self.program.role, ended=_end(code), tries=failures)
            if time.monotonic() - begun > self.program.steady_seconds:
                pause = self.program.first_pause
            self.say("up", f"{self.program.role} ended ({_end(code)}); starting it again in {pause:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)
            pause = min(pause * 2, self.program.longest_pause)

    async def stop(self) -> None:
        """SIGTERM, then after `stop_seconds` SIGKILL to it and whatever it started; returns when it is gone."""
        self._stop.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self.program.stop_seconds)
        except TimeoutError:
            self.say("up", f"{self.program.role} does not stop; killing it")
            self.kill()
            await process.wait()

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.returncode is None

    def kill(self) -> None:
        """SIGKILL, now, to the child and its process group (it leads one)."""
        self._stop.set()
        if self.pid is not None and self.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    async def _live(self) -> int:
        """One life: returns its exit code (negative = signal)."""
        reading, writing = os.pipe()
        self.ready.clear()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.arguments,
                env={**self.program.environment, READY: str(writing), PARENT: str(os.getpid())},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=(writing, *self.program.sockets),
                start_new_session=True,  # so that Ctrl-C reaches the supervisor alone, which stops in order
                limit=1 << 20,
            )
        finally:
            os.close(writing)
        self.pid = self._process.pid
        self.starts += 1
        self.started()
        waits: list[Awaitable[object]] = [self._read_lines(self._process), self._read_ready(reading)]
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            return await self._process.wait()
        finally:
            await asyncio.wait(tasks, timeout=1)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_lines(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than the limit: what was read is dropped
                continue
            if not line:
                return
            self.say(self.program.role, line.decode("utf-8", "replace").rstrip())

    async def _read_ready(self, reading: int) -> None:
        """Wait for the child's word; a child that does not get ready in time is killed."""
        loop = asyncio.get_running_loop()
        stream = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading, "rb", buffering=0)
        )
        try:
            said = await asyncio.wait_for(stream.read(65_536), self.program.ready_seconds)
        except TimeoutError:
            self.say("up", f"{self.program.role} did not get ready in {self.program.ready_seconds:.0f} s; killing it")
            process = self._process
            if process is not None and process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            return
        finally:
            transport.close()
        if said:
            self.facts = json.loads(said)
            self._ever_ready = True
            self.ready.set()


def _end(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
