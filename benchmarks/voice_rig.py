"""A centre by voice for benchmarks: PostgreSQL, a rendered Asterisk, engines to be killed, SIP load; loopback only.

Beside our way in, the same Asterisk has a number that native `app_queue` serves with the same telephones, so that both
are measured in one run, with one load.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._voice_engine import QUEUE, STRAIGHT, THROUGH_A_MENU
from benchmarks._voice_floor import APP, KEPT
from benchmarks.floor import Floor
from benchmarks.processes import open_shard, own_postgres
from tests.switch_stage import Switch, free_ports, short_folder
from tests.telephony.asterisk import write_tone

from pasokh.acd.commands import AnyCommand, DefineAgent, DefineQueue, SetPresence, SignIn
from pasokh.acd.model import AgentConfig, QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.postgres import PostgresStore
from pasokh.telephony.config.models import Desk, Listen, Node, Number, Organisation, PortRange, Site, Trunk

ORG = "bench"
NATIVE = "8000"
"""Served by app_queue."""
FLOORS = {"bare": "8001", "bare, one commit": "8002"}
"""Served by `benchmarks._voice_floor`."""
PASSWORD = "bench-telephones"
OURS = {"straight": STRAIGHT, "menu": THROUGH_A_MENU}
_TICKS = os.sysconf("SC_CLK_TCK")


def site(agents: int) -> Site:
    """One node, one carrier at 127.0.0.2, our numbers, a desk telephone for each agent."""
    udp, http = free_ports(2)
    return Site(
        nodes=(
            Node(
                name="node1",
                entity_id="02:00:00:00:00:01",
                address="127.0.0.1",
                udp_port=udp,
                tls_port=0,
                http=Listen(address="127.0.0.1", port=http),
                rtp=PortRange(first=20_000, last=32_000),
            ),
        ),
        organisations=(Organisation(id=ORG),),
        trunks=(Trunk(key="load", host="127.0.0.2", transport="udp", srtp=False, qualify_seconds=0, codecs=("alaw",)),),
        numbers=tuple(Number(did=did, org=ORG) for did in OURS.values()),
        stations=tuple(
            Desk(key=f"a{n}", org=ORG, password=PASSWORD, transport="udp", srtp=False, codecs=("alaw",))
            for n in range(agents)
        ),
        call_records=False,
    )


def with_app_queue(files: dict[str, str], agents: int) -> dict[str, str]:
    """The same switch with native queueing beside ours."""
    members = "".join(f"member => PJSIP/a{n}\n" for n in range(agents))
    return {
        **files,
        "modules.conf": files["modules.conf"] + "load = app_queue.so\n",
        "queues.conf": "[general]\npersistentmembers = no\nautofill = yes\n[q1]\nmusicclass = default\n"
        "strategy = leastrecent\ntimeout = 15\nretry = 1\nwrapuptime = 0\nringinuse = no\njoinempty = yes\n" + members,
        "extensions.conf": files["extensions.conf"].replace(
            "[from-trunk]\n",
            f"[from-trunk]\nexten => {NATIVE},1,Answer(,i)\n same => n,Queue(q1,,,,30)\n same => n,Hangup()\n"
            + "".join(
                f"exten => {number},1,Stasis({APP},{kept})\n same => n,Hangup()\n"
                for number, kept in zip(FLOORS.values(), ("plain", KEPT), strict=True)
            ),
            1,
        ),
    }


class SipLoad:
    """The process that plays callers and telephones."""

    def __init__(self, switch: int, agents: int, *, media: bool = False) -> None:
        command = [sys.executable, "-m", "benchmarks._sip_load", "--switch", str(switch), "--agents", str(agents)]
        self._process = subprocess.Popen(
            [*command, "--media"] if media else command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid
        self._read()

    def _read(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise SystemExit("the SIP load ended")
        told: dict[str, Any] = json.loads(line)
        return told

    async def order(self, do: str, **words: object) -> dict[str, Any]:
        """Have it do something, and what came of it."""
        if self._process.stdin is None:
            raise SystemExit("the SIP load has no ears")
        self._process.stdin.write(json.dumps({"do": do, **words}) + "\n")
        self._process.stdin.flush()
        return await asyncio.to_thread(self._read)

    def enough(self) -> None:
        """Let a run come to its end."""
        if self._process.stdin is not None:
            self._process.stdin.write('{"do": "enough"}\n')
            self._process.stdin.flush()

    def end(self) -> None:
        """It is over."""
        self._process.kill()
        self._process.wait()


class VoiceEngine:
    """An engine process with the switch."""

    def __init__(self, rig: "Rig", owner: str, said: Path, *more: str) -> None:
        ari = rig.switch.asterisk.ari()
        self._command = [
            sys.executable, "-m", "benchmarks._voice_engine",
            "--dsn", rig.server.dsn(schema.ENGINE), "--owner", owner, "--org", ORG,
            "--ari", f"http://{ari.host}:{ari.port}/ari", "--password", ari.password, "--sound", str(rig.sound), *more,
        ]  # fmt: skip
        self.owner = owner
        self.said = said
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        if self._process is None:
            raise SystemExit("the engine was not started")
        return self._process.pid

    def start(self) -> None:
        """Start it, or start it again."""
        with self.said.open("ab") as said:
            self._process = subprocess.Popen(self._command, stdout=said, stderr=said)

    def kill(self) -> None:
        """As the out-of-memory killer does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """Ask it to leave."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Rig:
    """Everything that runs."""

    server: EmbeddedPostgres
    switch: Switch
    site: Site
    agents: int
    folder: Path
    store: PostgresStore
    load: SipLoad = field(init=False)
    engines: dict[str, VoiceEngine] = field(default_factory=dict)
    bare: subprocess.Popen[bytes] | None = None

    @property
    def sound(self) -> Path:
        """A sound of two seconds, without its ending."""
        return self.folder / "tone"

    def engine(self, owner: str, *more: str) -> VoiceEngine:
        """One more engine, running."""
        made = self.engines[owner] = VoiceEngine(self, owner, self.folder / f"engine-{owner}.log", *more)
        made.start()
        return made

    async def people(self, queue: QueueConfig | None = None) -> Floor:
        """The queue and its agents, all ready; returns who may ask for more."""
        floor = Floor(self.store, ORG, self.agents)
        await every(floor, [DefineQueue(queue or QueueConfig(id=QUEUE, wrap_up_ms=0))])
        names = [f"a{n}" for n in range(self.agents)]
        await every(floor, (DefineAgent(AgentConfig(id=name, queues=(QUEUE,))) for name in names))
        await every(floor, (SignIn(name) for name in names))
        await every(floor, (SetPresence(name, ready=True) for name in names))
        return floor

    def floor(self) -> int:
        """The bare program behind `FLOORS`, running; its process."""
        ari = self.switch.asterisk.ari()
        command = [
            sys.executable, "-m", "benchmarks._voice_floor", "--dsn", self.server.dsn(schema.OWNER),
            "--ari", f"http://{ari.host}:{ari.port}/ari", "--password", ari.password, "--agents", str(self.agents),
        ]  # fmt: skip
        with (self.folder / "floor.log").open("ab") as said:
            self.bare = subprocess.Popen(command, stdout=said, stderr=said)
        return self.bare.pid

    def go_first(self) -> None:
        """Before everything else on this machine, as root: Linux shares processors between sessions, not processes."""
        for pid in (os.getpid(), self.load.pid, self.switch.asterisk.pid, self.server.pid):
            if pid:
                Path(f"/proc/{pid}/autogroup").write_text("-20", "ascii")

    def cpu(self) -> dict[str, float]:
        """Seconds of processor used so far by each part."""
        parts = {"asterisk": [self.switch.asterisk.pid or 0], "load": [self.load.pid]}
        parts["engine"] = [engine.pid for engine in self.engines.values()]
        parts["bare"] = [self.bare.pid] if self.bare is not None else []
        root = self.server.pid or 0
        parts["postgres"] = [root, *_children(root)]
        return {name: sum(map(_seconds, pids)) for name, pids in parts.items()}


async def every(floor: Floor, commands: Iterable[AnyCommand]) -> None:
    """Ask for all of them; raises the first refusal."""
    for answer in await asyncio.gather(*(floor.ask("office", command) for command in commands)):
        if not answer.ok:
            raise PasokhError(answer.code, **answer.params)


@contextlib.asynccontextmanager
async def rig(agents: int, *, media: bool = False, native: bool = True) -> AsyncIterator[Rig]:
    """PostgreSQL, a shard, Asterisk with both ways of queueing, telephones registered; no engine yet."""
    made_site = site(agents)
    with own_postgres() as server, short_folder() as home, _folder() as folder:
        switch = Switch(home)
        files = switch.files(made_site)
        switch.etc.swap(switch.etc.stage(with_app_queue(files, agents) if native else files))
        async with open_shard(server, ORG) as store, contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(switch.asterisk.stop)
            await switch.asterisk.start(dies_with_parent=True)
            made = Rig(server, switch, made_site, agents, folder, store)
            write_tone(made.sound.with_suffix(".wav"), 2.0)
            made.load = SipLoad(made_site.nodes[0].udp_port, agents, media=media)
            stack.callback(made.load.end)
            stack.callback(lambda: [engine.stop() for engine in made.engines.values()])
            stack.callback(lambda: made.bare and (made.bare.terminate(), made.bare.wait(20)))
            told = await made.load.order("register", password=PASSWORD)
            if told["registered"] != agents:
                raise SystemExit(
                    f"only {told['registered']} of {agents} telephones registered: {switch.asterisk.complaint()}"
                )
            yield made


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Where Asterisk's own user can read sounds."""
    with tempfile.TemporaryDirectory(prefix="pasokh-voice-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
