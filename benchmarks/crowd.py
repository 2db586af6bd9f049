"""A working crowd on real sockets: agents at their desks and visitors in their chats, in a process of their own.

Light clients: they follow the topics a desk and a widget follow, parse only what they act on, and answer as people do.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop
from benchmarks.machine import spread
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pasokh.engine.clock import wall_ms
from pasokh.live.tokens import TokenSigner

PING_S: Final = 50.0
DESK_FRAME: Final = ('{"type":"patch","topic":"desk"', '{"type":"snapshot","topic":"desk"')


class Plan(msgspec.Struct, frozen=True):
    """Whom to play, where, and how fast (means of exponentials, in seconds)."""

    url: str
    secret: str
    """File of the centre's secret, to sign tokens for agents who never signed in at the door."""
    org: str
    agents: tuple[str, ...]
    widget: str
    rate: float
    """New chats a second."""
    think_s: float = 1.5
    talk_s: float = 30.0
    gap_s: float = 15.0
    """Between two messages of one customer; the agent answers each of them."""
    reply_s: float = 5.0
    wrap_up_s: float = 4.0
    languages: tuple[str, ...] = ("fa", "uk", "en")


class Crowd:
    """Everybody of a plan, and what they noted."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.signer = TokenSigner([Path(plan.secret).read_text("ascii").strip()])
        self.random = random.Random(1)
        self.counts: Counter[str] = Counter()
        self.answered_ms: list[float] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._ordinal = 0

    async def live(self, stop: asyncio.Event) -> None:
        """Sign everybody in, say so, then let customers come until told to stop."""
        agents = [Agent(self, name) for name in self.plan.agents]
        for start in range(0, len(agents), 50):
            await asyncio.gather(*(agent.arrive() for agent in agents[start : start + 50]))
        print(json.dumps({"signed_in": len(agents)}), flush=True)
        due = time.monotonic()
        while not stop.is_set():
            due += self.random.expovariate(self.plan.rate)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(0.0, due - time.monotonic()))
            if not stop.is_set():
                self._ordinal += 1
                self.start(Visitor(self, self._ordinal).visit())
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def pause(self, mean_s: float) -> None:
        """Wait about so long."""
        await asyncio.sleep(self.random.expovariate(1 / mean_s))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let it run on its own; a lost socket is counted."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (OSError, ConnectionClosed) as error:
            self.counts[f"lost: {str(error)[:60]}"] += 1


class Seat:
    """A socket with commands under way."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self._socket: ClientConnection | None = None
        self._asked: dict[str, float] = {}
        self._ordinal = 0

    async def join(self, token: str, topics: tuple[str, ...], origin: str | None = None) -> None:
        """Connect and say hello."""
        url = f"{self.crowd.plan.url.replace('http', 'ws', 1)}/live/socket"
        self._socket = await connect(
            url, compression=None, proxy=None, open_timeout=30, ping_interval=None, max_queue=None, origin=origin
        )  # type: ignore[arg-type]
        hello = {"type": "hello", "token": token, "topics": dict.fromkeys(topics)}
        await self._socket.send(json.dumps(hello))

    async def do(self, **command: object) -> None:
        """Send a command; its answer is noted when it comes."""
        self._ordinal += 1
        name = f"{id(self):x}-{self._ordinal}"
        self._asked[name] = time.monotonic()
        assert self._socket is not None
        await self._socket.send(json.dumps({"type": "do", "id": name, "command": command}))

    async def ping(self) -> None:
        """So that the socket is not taken for a dead one."""
        assert self._socket is not None
        while True:
            await asyncio.sleep(PING_S)
            await self._socket.send('{"type":"ping"}')

    async def frames(self) -> AsyncIterator[dict[str, Any]]:
        """Desk and chat frames; answers are noted, all else is only counted."""
        assert self._socket is not None
        async for text in self._socket:
            assert isinstance(text, str)
            self.crowd.counts["frames"] += 1
            if text.startswith('{"type":"answer"'):
                self._note(msgspec.json.decode(text))
            elif text.startswith(DESK_FRAME) or '"topic":"chat"' in text[:60]:
                yield msgspec.json.decode(text)

    def _note(self, frame: dict[str, Any]) -> None:
        asked = self._asked.pop(frame["id"], None)
        if asked is not None:
            self.crowd.answered_ms.append((time.monotonic() - asked) * 1_000)
        if not frame["ok"]:
            self.crowd.counts[f"refused: {frame['error']['code']}"] += 1

    async def leave(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            await self._socket.close()


class Agent(Seat):
    """Takes what rings, answers what is written, ends the talk, says the outcome."""

    def __init__(self, crowd: Crowd, name: str) -> None:
        super().__init__(crowd)
        self._name = name
        self._phase: dict[str, str] = {}
        self._read: set[str] = set()

    async def arrive(self) -> None:
        """Sign in and be ready."""
        plan = self.crowd.plan
        token, _ = self.crowd.signer.staff(
            org=plan.org, user=self._name, agent=self._name, role="agent", origin="", now=wall_ms(), life=7_200_000
        )
        await self.join(token, ("desk", "team"))
        self.crowd.start(self._work())
        self.crowd.start(self.ping())
        await self.do(type="agent.sign_in")
        await self.do(type="agent.set_presence", ready=True)

    async def _work(self) -> None:
        async for frame in self.frames():
            for key, value in (frame.get("set") or frame.get("keys") or {}).items():
                if key.startswith("i:"):
                    self._see(value)
                elif key.startswith("m:") and value["author"] == "customer" and key not in self._read:
                    self._read.add(key)
                    self.crowd.start(self._reply(value["interaction"]))

    def _see(self, interaction: dict[str, Any]) -> None:
        name, phase = interaction["id"], interaction["phase"]
        if self._phase.get(name) == phase:
            return
        self._phase[name] = phase
        match phase:
            case "offered":
                self.crowd.start(self._later(self.crowd.plan.think_s, type="offer.accept", interaction=name))
            case "active":
                self.crowd.counts["talks"] += 1
                self.crowd.start(self._later(self.crowd.plan.talk_s, type="interaction.end", interaction=name))
            case "wrap_up" | "outcome_due":
                outcome, reason = (interaction["outcomes"] or ["done"])[0], (interaction["reasons"] or [""])[0]
                said = {
                    "type": "wrap_up.complete",
                    "interaction": name,
                    "outcome": outcome,
                    "reason": reason,
                    "note": "",
                }
                self.crowd.start(self._later(self.crowd.plan.wrap_up_s, **said))

    async def _later(self, mean_s: float, **command: object) -> None:
        await self.crowd.pause(mean_s)
        await self.do(**command)

    async def _reply(self, interaction: str) -> None:
        await self.crowd.pause(self.crowd.plan.reply_s)
        if self._phase.get(interaction) == "active":
            self._ordinal += 1
            self.crowd.counts["messages"] += 1
            message = f"{interaction}.r{self._ordinal}"
            await self.do(type="message.post", interaction=interaction, message=message, text="I am looking into it.")


class Visitor(Seat):
    """Opens a chat with the first message, writes on while somebody serves, goes when it is over."""

    def __init__(self, crowd: Crowd, ordinal: int) -> None:
        super().__init__(crowd)
        self._number = ordinal
        self._contact: dict[str, Any] = {}

    async def visit(self) -> None:
        """One chat."""
        plan = self.crowd.plan
        host, _, port = plan.url.removeprefix("http://").partition(":")
        start = f"{self._number:08d}-{self.crowd.random.randrange(10**12):012d}"
        body = msgspec.json.encode(
            {
                "key": plan.widget, "start": start, "language": self.crowd.random.choice(plan.languages),
                "name": f"Visitor {self._number}", "text": f"Hello, order {self._number} has not come.",
                "message": f"{start}.0",
            }
        )  # fmt: skip
        # every visitor at an address of their own: the centre limits each address
        own = f"127.1.{self._number // 250 % 250}.{1 + self._number % 250}"
        opened = await _post(host, int(port), own, f"{plan.url}", body)
        if "token" not in opened:
            self.crowd.counts[f"not opened: {opened.get('error', {}).get('code')}"] += 1
            return
        self.crowd.counts["chats"] += 1
        await self.join(opened["token"], ("chat",), plan.url)
        writing: asyncio.Task[None] | None = None
        try:
            async for frame in self.frames():
                self._contact = (frame.get("set") or frame.get("keys") or {}).get("contact", self._contact)
                if self._contact.get("closed"):
                    return
                if self._contact.get("phase") == "active" and writing is None:
                    writing = asyncio.create_task(self._write(start))
        finally:
            if writing is not None:
                writing.cancel()
            await self.leave()

    async def _write(self, start: str) -> None:
        for n in range(1, 1_000):
            await self.crowd.pause(self.crowd.plan.gap_s)
            self.crowd.counts["messages"] += 1
            interaction = self._contact["interaction"]
            with contextlib.suppress(ConnectionClosed):
                await self.do(
                    type="message.post", interaction=interaction, message=f"{start}.{n}", text=f"And what about {n}?"
                )


async def _post(host: str, port: int, own: str, origin: str, body: bytes) -> dict[str, Any]:
    """Open a chat over HTTP from one's own address."""
    reader, writer = await asyncio.open_connection(host, port, local_addr=(own, 0))
    head = (
        f"POST /chat/v1/start HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {origin}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    try:
        return dict(msgspec.json.decode(answer.partition(b"\r\n\r\n")[2]))
    except msgspec.DecodeError:
        return {"error": {"code": answer[:120].decode("latin-1")}}


async def _main(plan: Plan) -> None:
    stop, crowd = asyncio.Event(), Crowd(plan)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def listen() -> None:
        """`mark` on stdin forgets what was noted so far, its end ends everything."""
        while line := await reader.readline():
            if line.strip() == b"mark":
                crowd.counts.clear()
                crowd.answered_ms.clear()
                began[0] = time.monotonic()
        stop.set()

    began = [time.monotonic()]
    listening = asyncio.create_task(listen())
    await crowd.live(stop)
    await listening
    print(
        json.dumps(
            {
                "seconds": round(time.monotonic() - began[0], 1),
                "command_answered_ms": spread(crowd.answered_ms),
                **dict(crowd.counts.most_common()),
            }
        ),
        flush=True,
    )


def main() -> None:
    """Play the plan given as JSON until stdin ends."""
    uvloop.run(_main(msgspec.json.decode(sys.argv[1], type=Plan)))
