"""One Kamailio of ours: found on the machine, started in a folder of its own, asked, stopped."""

import asyncio
import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import KEPT, SYSTEM_PATH, account_for, before_exec
from pasokh.telephony.config.models import Proxy
from pasokh.telephony.proxy.render import CONFIGURATION, Place

ACCOUNT: Final = "kamailio"
SCHEMA: Final = Path("/usr/share/kamailio/db_sqlite")
TABLES: Final = Path("/usr/share/kamailio/dbtext/kamailio")
STEP_SECONDS: Final = 0.02
ANSWER_SECONDS: Final = 5.0
SHARED_MIB, OWN_MIB = 128, 16
"""Memory of all processes together, and of each."""
_COMPLAINT: Final = re.compile(r"\b(WARNING|ERROR|CRITICAL|ALERT):")
_HARMLESS: Final = re.compile(r"openssl bug #1491|usrloc.*timer|no corresponding socket")
_STAMP: Final = re.compile(r"^\s*\d+\(\d+\) ")


@dataclass(frozen=True, slots=True)
class Program:
    """An installed Kamailio."""

    binary: str
    modules: str

    @staticmethod
    def find() -> "Program":
        """The one of this machine; raises ``proxy.not_installed`` naming what is missing."""
        binary = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        for modules in sorted(Path("/usr/lib").glob("*/kamailio/modules")) if binary else ():
            missing = [name for name in ("tls", "websocket", "db_sqlite") if not (modules / f"{name}.so").exists()]
            if not missing and binary:
                return Program(binary, str(modules))
        raise PasokhError("proxy.not_installed", script="deploy/kamailio/install.sh")

    def place(self, home: Path) -> Place:
        """What rendering needs to know of this machine."""
        columns = (TABLES / "uacreg").read_text("utf-8").splitlines()[0].strip()
        return Place(str(home.absolute()), self.modules, (TABLES / "version").read_text("utf-8"), columns)


class Kamailio:
    """The Kamailio whose files lie in ``home/etc``."""

    def __init__(self, program: Program, home: Path) -> None:
        self.program, self.home = program, home.absolute()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def configuration(self) -> Path:
        """Its main file."""
        return self.home / "etc" / CONFIGURATION

    @property
    def log(self) -> Path:
        """What it says."""
        return self.home / "log" / "kamailio.log"

    @property
    def pid(self) -> int | None:
        """The running main process, else None."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.home / "run" / "kamailio.pid").read_text("ascii"))
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return pid if os.fsencode(self.configuration) in words else None
        return None

    @property
    def kept(self) -> bool:
        """Whether somebody else starts it again when it ends."""
        with contextlib.suppress(OSError):
            return os.fsencode(f"{KEPT}=1") in Path(f"/proc/{self.pid}/environ").read_bytes().split(b"\0")
        return False

    # -- life ----------------------------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Make its folders, and the file in which it remembers who is registered where."""
        account = account_for(self.home, ACCOUNT)
        for name in ("run", "lib", "log"):
            folder = self.home / name
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            _give(folder, account)
        file = self.home / "lib" / "location.sqlite"
        if not file.exists():
            with contextlib.closing(sqlite3.connect(file)) as database:
                for part in ("standard", "usrloc"):
                    database.executescript((SCHEMA / f"{part}-create.sql").read_text("utf-8"))
                database.commit()
            file.chmod(0o640)
            _give(file, account)

    def words(self) -> list[str]:
        """How it is started."""
        return [
            self.program.binary, "-DD", "-E", "-f", str(self.configuration), "-Y", str(self.home / "run"),
            "-P", str(self.home / "run" / "kamailio.pid"), "-w", str(self.home / "run"),
            "-m", str(SHARED_MIB), "-M", str(OWN_MIB),
        ]  # fmt: skip

    async def start(self, *, dies_with_parent: bool = False, kept: bool = False, seconds: float = 15.0) -> float:
        """Start it and wait until it answers; returns how long that took. Raises ``proxy.not_started``."""
        if self.pid is not None:
            raise PasokhError("proxy.running", home=str(self.home))
        self.prepare()
        begun, account = time.monotonic(), account_for(self.home, ACCOUNT)
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.words(),
                cwd=self.home,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": SYSTEM_PATH, **({KEPT: "1"} if kept else {})},
                start_new_session=True,
                preexec_fn=before_exec() if dies_with_parent else None,
                user=None if account is None else account.pw_uid,
                group=None if account is None else account.pw_gid,
                extra_groups=None if account is None else [],
            )
        try:
            async with asyncio.timeout(seconds):
                while not await self.ready():
                    if self._process.returncode is not None:
                        raise PasokhError("proxy.not_started", reason=self.complaint())
                    await asyncio.sleep(STEP_SECONDS)
        except TimeoutError:
            await self.kill()
            raise PasokhError("proxy.not_started", reason=self.complaint()) from None
        return time.monotonic() - begun

    async def adopt(self) -> bool:
        """Whether one runs already with these files and answers."""
        return self.pid is not None and await self.ready()

    async def stop(self, seconds: float = 5.0) -> None:
        """End it; fine when none runs. Calls go on, for media pass it by."""
        await self._end(signal.SIGTERM, seconds)

    async def kill(self) -> None:
        """SIGKILL to it and its children, as a crash would."""
        await self._end(signal.SIGKILL, 5.0)

    async def restart(self, seconds: float = 20.0) -> None:
        """End it and wait for a new one: its keeper's, or our own."""
        kept = self.kept
        await self.stop()
        if not kept:
            await self.start(seconds=seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not await self.adopt():  # noqa: ASYNC110 - its keeper tells us nothing
                    await asyncio.sleep(STEP_SECONDS)
                return
        raise PasokhError("proxy.not_started", reason=self.complaint())

    async def _end(self, how: signal.Signals, seconds: float) -> None:
        pid = self.pid or (self._process.pid if self._process is not None else None)
        if pid is None:
            return
        # Its workers do not all notice that their parent was killed; they are of its group, which it leads.
        _signal(pid, how, group=how is signal.SIGKILL)
        if not await self._gone(pid, seconds):
            _signal(pid, signal.SIGKILL, group=True)
            await self._gone(pid, seconds)
        self._process = None

    async def _gone(self, pid: int, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if self._process is not None and self._process.pid == pid:
                    await self._process.wait()
                while self.pid == pid:  # noqa: ASYNC110 - another's child: nothing wakes us
                    await asyncio.sleep(STEP_SECONDS)
                return True
        return False

    # -- asking --------------------------------------------------------------------------------------------------------
    async def ready(self) -> bool:
        """Whether it answers."""
        with contextlib.suppress(PasokhError):
            await self.ask("core.version", seconds=1.0)
            return True
        return False

    async def ask(self, method: str, *params: str | int, seconds: float = ANSWER_SECONDS) -> Any:  # noqa: ANN401 - JSON
        """What a call of its remote interface brings; raises ``proxy.not_running``, ``proxy.refused``."""
        request = json.dumps({"jsonrpc": "2.0", "method": method, "params": list(params), "id": 1}).encode()
        try:
            answer = json.loads(await asyncio.to_thread(self._asked, request, seconds))
        except (OSError, ValueError) as error:
            raise PasokhError("proxy.not_running", home=str(self.home)) from error
        if "error" in answer:
            raise PasokhError("proxy.refused", request=method, reason=str(answer["error"].get("message", "")))
        return answer["result"]

    def _asked(self, request: bytes, seconds: float) -> bytes:
        with tempfile.TemporaryDirectory(prefix="pasokh-rpc-") as folder:
            Path(folder).chmod(0o755)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
                asking.bind(f"{folder}/s")
                Path(f"{folder}/s").chmod(0o777)  # it answers under its own account
                asking.settimeout(seconds)
                asking.sendto(request, str(self.home / "run" / "rpc"))
                return asking.recv(4 << 20)

    async def nodes(self) -> dict[str, str]:
        """Node → flags, as its dispatcher sees them: A active, I inactive, D disabled; P, X: asked whether it lives."""
        listed = await self.ask("dispatcher.list")
        sets = [each["SET"]["TARGETS"] for each in listed.get("RECORDS", ())]
        return {each["DEST"]["ATTRS"]["DUID"]: each["DEST"]["FLAGS"] for targets in sets for each in targets}

    def complaint(self) -> str:
        """The last thing it complained of."""
        found = self.complaints()
        return found[-1] if found else "-"

    def complaints(self) -> tuple[str, ...]:
        """Everything it complained of since it was started, each once."""
        with contextlib.suppress(OSError):
            lines = self.log.read_text("utf-8", "replace").splitlines()
            bad = [line for line in lines if _COMPLAINT.search(line) and not _HARMLESS.search(line)]
            return tuple(dict.fromkeys(_STAMP.sub("", line).strip()[:300] for line in bad))
        return ()

    async def check(self) -> None:
        """Let it read its files without starting, for mistakes of its language; raises ``proxy.trial_failed``."""
        process = await asyncio.create_subprocess_exec(
            self.program.binary, "-c", "-f", str(self.configuration),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        if process.returncode:
            bad = [line for line in said.decode("utf-8", "replace").splitlines() if _COMPLAINT.search(line)]
            raise PasokhError("proxy.trial_failed", reason="; ".join(_STAMP.sub("", line).strip() for line in bad[:3]))


def ports(proxy: Proxy) -> list[int]:
    """What it listens on."""
    found = [proxy.inside.port, proxy.udp_port, proxy.tcp_port, proxy.tls_port]
    found += [each.port for each in (proxy.http, proxy.https) if each is not None]
    return [port for port in found if port]


def _give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _signal(pid: int, number: signal.Signals, *, group: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        if group and os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
