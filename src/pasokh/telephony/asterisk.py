"""One Asterisk of ours: found on the machine, started in a folder of its own, asked, adopted, stopped.

It leads a session of its own and does not die with whoever started it: calls outlive their supervisor, and the next one
adopts what it finds. Tests ask for the opposite with `dies_with_parent`.
"""

import asyncio
import base64
import contextlib
import ctypes
import os
import pwd
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.ini import parse
from pasokh.telephony.config.web import ENGINE_USER

PATHS: Final = Path("/usr/local/lib/asterisk/paths.sh")
"""Written by ``deploy/asterisk/install.sh``."""
FLOOR: Final = 22
ACCOUNT: Final = "asterisk"
"""Whom Asterisk runs as when we are root."""
FOLDERS: Final = ("lib", "lib/keys", "spool", "spool/recording", "spool/voicemail", "run", "log")
LOG_FOLDERS: Final = ("log/cdr-csv", "log/cel-custom")
SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEPT: Final = "PASOKH_KEPT"
"""Set in an Asterisk's environment by whoever starts it again whenever it ends."""
STEP_SECONDS: Final = 0.02
COMMAND_SECONDS: Final = 10.0
_SETTING: Final = re.compile(r"^(ASTERISK_\w+)=(.+)$", re.MULTILINE)
_VERSION: Final = re.compile(r"Asterisk (\S+)")
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Program:
    """An installed Asterisk."""

    binary: str
    modules: str
    data: str

    @staticmethod
    def find(paths: Path = PATHS) -> "Program":
        """The one of this machine; raises ``asterisk.not_installed``."""
        with contextlib.suppress(OSError):
            found = dict(_SETTING.findall(paths.read_text("utf-8")))
            program = Program(found["ASTERISK_BIN"], found["ASTERISK_MODDIR"], found["ASTERISK_DATADIR"])
            if Path(program.modules, "res_ari.so").exists():
                return program
        binary = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        for modules in sorted(Path("/usr/lib").glob("**/asterisk/modules/res_ari.so")) if binary else ():
            return Program(binary or "", str(modules.parent), "/usr/share/asterisk")
        raise PasokhError("asterisk.not_installed", floor=FLOOR, script="deploy/asterisk/install.sh")

    async def version(self) -> str:
        """Its version; raises ``asterisk.too_old``."""
        found = _VERSION.search(await _output(self.binary, "-V"))
        version = found[1] if found else "?"
        if not version.split(".")[0].isdigit() or int(version.split(".")[0]) < FLOOR:
            raise PasokhError("asterisk.too_old", version=version, floor=FLOOR)
        return version


@dataclass(frozen=True, slots=True)
class AriServer:
    """Where the switch's ARI listens and how the engine signs in."""

    host: str
    port: int
    password: str = field(repr=False)

    @staticmethod
    def of(etc: Path, user: str = ENGINE_USER) -> "AriServer":
        """What a folder of rendered files says for a user; raises ``asterisk.no_configuration``."""
        try:
            http = dict(parse((etc / "http.conf").read_text("utf-8"))[0].lines)
            users = {each.name: dict(each.lines) for each in parse((etc / "ari.conf").read_text("utf-8"))}
            return AriServer(http["bindaddr"], int(http["bindport"]), users[user]["password"])
        except (OSError, KeyError, IndexError, ValueError) as error:
            raise PasokhError("asterisk.no_configuration", folder=str(etc)) from error


class Asterisk:
    """The Asterisk whose files lie in ``home/etc``. One object a home; not for two tasks at once."""

    def __init__(self, program: Program, home: Path) -> None:
        self.program = program
        self.home = home.absolute()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def configuration(self) -> Path:
        """Its main file: absolute, for with a relative one Asterisk silently takes its built-in defaults."""
        return self.home / "etc" / "asterisk.conf"

    @property
    def log(self) -> Path:
        """Its complaints."""
        return self.home / "log" / "messages.log"

    @property
    def pid(self) -> int | None:
        """The running process, ours or adopted, else None."""
        try:
            pid = int((self.home / "run" / "asterisk.pid").read_text("ascii"))
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        # The number may be another's by now; the name of the process is that of its loader.
        return pid if os.fsencode(self.configuration) in words and b"-rx" not in words else None

    def ari(self) -> AriServer:
        """Where its ARI listens."""
        return AriServer.of(self.home / "etc")

    # -- life ----------------------------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Make the folders Asterisk writes into, its own when we are root."""
        account = account_for(self.home)
        for name in (*FOLDERS, *LOG_FOLDERS):
            folder = self.home / name
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            if account is not None:
                os.chown(folder, account.pw_uid, account.pw_gid)

    async def start(self, *, dies_with_parent: bool = False, kept: bool = False, seconds: float = 20.0) -> float:
        """Start it and wait until ARI answers; returns how long that took in seconds.

        `kept` promises that whoever starts it starts it again whenever it ends.
        Raises ``asterisk.running`` when it runs already, ``asterisk.not_started`` with the last complaint otherwise.
        """
        if self.pid is not None:
            raise PasokhError("asterisk.running", home=str(self.home))
        if not self.configuration.exists():
            raise PasokhError("asterisk.no_configuration", folder=str(self.home / "etc"))
        self.prepare()
        begun = time.monotonic()
        account = account_for(self.home)
        with (self.home / "log" / "console.log").open("ab") as console:
            self._process = await asyncio.create_subprocess_exec(
                self.program.binary, "-f", "-n", "-C", str(self.configuration),
                cwd=self.home,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env={"PATH": SYSTEM_PATH, "HOME": str(self.home), **({KEPT: "1"} if kept else {})},
                start_new_session=True,
                preexec_fn=before_exec() if dies_with_parent else None,
                user=None if account is None else account.pw_uid,
                group=None if account is None else account.pw_gid,
                extra_groups=None if account is None else [],
            )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                while not await self.ready():
                    if self._process.returncode is not None:
                        raise PasokhError("asterisk.not_started", reason=self.complaint())
                    await asyncio.sleep(STEP_SECONDS)
        except TimeoutError:
            await self.kill()
            raise PasokhError("asterisk.not_started", reason=self.complaint()) from None
        return time.monotonic() - begun

    async def adopt(self) -> bool:
        """Whether one runs already with these files and answers: then it is ours from now on."""
        return self.pid is not None and await self.ready()

    async def stop(self, seconds: float = 10.0) -> None:
        """End it, calls and all; kill it when it takes longer than `seconds`. Fine when none runs."""
        pid = self.pid
        if pid is None and self._process is None:
            return
        _signal(pid or (self._process.pid if self._process else None), signal.SIGTERM)
        if not await self._gone(pid, seconds):
            await self.kill()
        self._process = None

    @property
    def kept(self) -> bool:
        """Whether somebody else starts the running one again when it ends."""
        with contextlib.suppress(OSError):
            return os.fsencode(f"{KEPT}=1") in Path(f"/proc/{self.pid}/environ").read_bytes().split(b"\0")
        return False

    async def restart(self, seconds: float = 30.0) -> None:
        """End it and wait for a new one: its keeper's, or our own; raises ``asterisk.not_started``."""
        kept = self.kept
        await self.stop()
        await self.revive(kept=kept, seconds=seconds)

    async def revive(self, *, kept: bool, seconds: float = 30.0) -> None:
        """Have one run again: wait for its keeper to start it, or start it; raises ``asterisk.not_started``."""
        if not kept:
            await self.start(seconds=seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not await self.adopt():  # noqa: ASYNC110 - its keeper tells us nothing
                    await asyncio.sleep(STEP_SECONDS)
                return
        raise PasokhError("asterisk.not_started", reason=self.complaint())

    async def kill(self) -> None:
        """SIGKILL, as a crash would; returns when it is gone."""
        pid = self.pid or (self._process.pid if self._process is not None else None)
        _signal(pid, signal.SIGKILL)
        await self._gone(pid, COMMAND_SECONDS)
        self._process = None

    async def _gone(self, pid: int | None, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if self._process is not None:
                    await self._process.wait()
                while pid is not None and self.pid == pid:  # noqa: ASYNC110 - another's child: nothing wakes us
                    await asyncio.sleep(STEP_SECONDS)
                return True
        return False

    # -- asking --------------------------------------------------------------------------------------------------------
    async def ready(self) -> bool:
        """Whether ARI answers a ping."""
        with contextlib.suppress(OSError, TimeoutError, PasokhError):
            address = self.ari()
            async with asyncio.timeout(2):
                status, _ = await _get(address, "asterisk/ping")
                return status == 200
        return False

    async def ask(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """What ARI answers to a GET, such as ``endpoints/PJSIP``; raises ``asterisk.not_running``."""
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                status, body = await _get(self.ari(), path)
        except (OSError, TimeoutError) as error:
            raise PasokhError("asterisk.not_running", home=str(self.home)) from error
        if status != 200:
            raise PasokhError("asterisk.refused", path=path, status=status)
        return msgspec.json.decode(body)

    async def calls(self) -> int:
        """How many channels there are."""
        return len(await self.ask("channels"))

    async def command(self, line: str) -> str:
        """What the command line interface answers; raises ``asterisk.not_running``."""
        if self.pid is None:
            raise PasokhError("asterisk.not_running", home=str(self.home))
        return await _output(self.program.binary, "-C", str(self.configuration), "-rx", line)

    def complaint(self) -> str:
        """The last warning or error it wrote, from the log or, before there was one, from the console."""
        for file in (self.log, self.home / "log" / "console.log"):
            with contextlib.suppress(OSError):
                lines = [line for line in file.read_text("utf-8", "replace").splitlines() if _bad(line)]
                if lines:
                    return _plain(lines[-1])
        return "-"


_COMPLAINT: Final = re.compile(r"\b(WARNING|ERROR)\b")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_STAMP: Final = re.compile(r"^\[[^\]]*\]\s*|\[\d+\](\[C-[0-9a-f]+\])?")


def _bad(line: str) -> bool:
    return _COMPLAINT.search(line) is not None


def _plain(line: str) -> str:
    """A line of the log without times, thread numbers and colours."""
    return _STAMP.sub("", _COLOURS.sub("", line)).strip()[:300]


def complaints(log: str) -> tuple[str, ...]:
    """The warnings and errors of a log, each once."""
    return tuple(dict.fromkeys(_plain(line) for line in log.splitlines() if _bad(line)))


async def _get(address: AriServer, path: str) -> tuple[int, bytes]:
    """Status and body of one GET; the connection is closed, for this is asked rarely."""
    signed = base64.b64encode(f"{ENGINE_USER}:{address.password}".encode()).decode()
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(
            f"GET /ari/{path} HTTP/1.1\r\nHost: {address.host}\r\nAuthorization: Basic {signed}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        await writer.drain()
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return int(head.split(b" ")[1] if head else 0), body
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _output(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise PasokhError("asterisk.silent", command=words[-1]) from None
    return _COLOURS.sub("", said.decode("utf-8", "replace"))


def account_for(path: Path, name: str = ACCOUNT) -> pwd.struct_passwd | None:
    """Whom a switch runs as: its own account where we may choose and that account gets to `path`, else ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        return None
    return account if all(_may_enter(folder, account) for folder in path.absolute().parents) else None


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    found = folder.stat()
    if found.st_uid == account.pw_uid:
        return bool(found.st_mode & 0o100)
    return bool(found.st_mode & (0o010 if found.st_gid == account.pw_gid else 0o001))


def lets_read(path: Path, name: str = ACCOUNT) -> None:
    """Let a switch's account read a file or folder of its configuration, not change it, and nobody else do either."""
    account = account_for(path, name)
    if account is not None:
        os.chown(path, 0, account.pw_gid)
        path.chmod(0o750 if path.is_dir() else 0o640)


def before_exec() -> Callable[[], None]:
    """Ties a child's life to its parent's: nothing of a test outlives it."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    return ask


def _signal(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
