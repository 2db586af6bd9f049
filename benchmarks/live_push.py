"""From a recorded event to the browser: 600 real sockets on wall and desks, with forced reconnects by cursor.

python -m benchmarks.live_push [--agents 500] [--sockets 600] [--walls 120] [--rate 10] [--seconds 40]

PostgreSQL, engine, web process and the browsers share one machine. An event's time is the engine's, a frame's is the
browser's. For every event that must show on a topic, and every socket connected then, the latency ends with the first
frame whose cursor has come to the event. `team` (who is free to hand work to) is sent twice a second by design and is
reported apart. Gaps: a socket whose folded patches differ from a fresh snapshot at the end.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn
from benchmarks.floor import Floor, Pace
from benchmarks.machine import report, spread
from benchmarks.processes import engines, open_shard, own_postgres
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pasokh.engine.clock import wall_ms
from pasokh.engine.core import ACD
from pasokh.live.asgi import create_app
from pasokh.live.hub import Hub
from pasokh.live.seat import Message, Receive, Send
from pasokh.live.tokens import TokenSigner
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.store import schema
from pasokh.store.ports import Row
from pasokh.store.postgres import PostgresStore

ROOT = Path(__file__).resolve().parent.parent
SHARD = "bench"
SECRET = "the secret of a benchmark"
TARGET_P99_MS = 300.0
SHOWN_ON_WALL = {
    "offer.made",
    "offer.accepted",
    "interaction.queued",
    "interaction.talk_ended",
    "interaction.closed",
    "agent.presence_changed",
}
SHOWN_ON_DESK = {"offer.made", "offer.accepted", "interaction.talk_ended", "agent.presence_changed"}
SHOWN_TO_TEAM = {"agent.presence_changed", "interaction.queued"}


# -- the web process ---------------------------------------------------------------------------------------------------
async def serve(dsn: str) -> None:
    """The hub under uvicorn, as the web role runs it; prints its port."""
    async with PostgresStore(dsn, connections=8) as store:
        hub = Hub(
            store,
            TokenSigner([SECRET]),
            clock=wall_ms,
            service_level=ANSWERED_OR_ABANDONED,
            tag=secrets.token_hex(4),
            snapshot_schema=ACD.snapshot_schema,
        )

        async def nothing(_scope: Message, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
            print(listener.getsockname()[1], flush=True)
            app = create_app(hub, nothing, nothing)
            config = uvicorn.Config(
                app, log_level="error", access_log=False, ws_per_message_deflate=False, loop="uvloop"
            )
            await uvicorn.Server(config).serve(sockets=[listener])


@contextlib.contextmanager
def web_process(dsn: str) -> Iterator[tuple[int, int]]:
    """Port and process id of a web process."""
    command = [sys.executable, "-m", "benchmarks.live_push", "--serve", dsn]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- browsers ----------------------------------------------------------------------------------------------------------
@dataclass
class Browser:
    """One socket; keeps what came and when, and parses only cursors while it runs."""

    port: int
    token: str
    topics: tuple[str, ...]
    agent: str | None
    frames: list[tuple[float, str]] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    away: list[tuple[float, float]] = field(default_factory=list)
    """Times without a socket, the hello included."""
    lost: str = ""
    _socket: ClientConnection | None = None
    _reader: asyncio.Task[None] | None = None

    async def join(self, since: float) -> None:
        """Connect, from the cursors held."""
        url = f"ws://127.0.0.1:{self.port}/live/socket"
        self._socket = await connect(url, compression=None, proxy=None, open_timeout=30, max_queue=None)
        topics = {topic: self.cursors.get(topic) for topic in self.topics}
        await self._socket.send(json.dumps({"type": "hello", "token": self.token, "topics": topics}))
        self._take(await self._socket.recv())
        self.away.append((since, time.time() * 1_000))
        self._reader = asyncio.create_task(self._read(self._socket))

    async def drop(self) -> None:
        """The network goes, without a farewell; come back at once."""
        since = time.time() * 1_000
        assert self._socket is not None
        assert self._reader is not None
        self._socket.transport.abort()
        await self._reader
        await self.join(since)

    async def leave(self) -> None:
        """Close."""
        if self._socket is not None and self._reader is not None:
            await self._socket.close()
            await self._reader

    async def _read(self, current: ClientConnection) -> None:
        try:
            while True:
                self._take(await current.recv())
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code not in {1000, 1001, 1012}:
                self.lost = str(closed)

    def _take(self, text: str | bytes) -> None:
        assert isinstance(text, str)
        self.frames.append((time.time() * 1_000, text))
        if text.startswith(('{"type":"patch"', '{"type":"snapshot"')):
            topic, cursor = text[: text.index(',"set"' if text[9] == "p" else ',"keys"')].split('","')[1:]
            self.cursors[topic.removeprefix('topic":"')] = cursor.removeprefix('cursor":"').rstrip('"')


@dataclass
class Folded:
    """What a browser's frames come to, and when each topic's cursor came where."""

    keys: dict[str, dict[str, object]]
    marks: dict[str, tuple[list[int], list[float]]]
    """Topic → (log positions, times), both rising."""
    kinds: Counter[str]
    size: int


def position(cursor: str) -> int:
    """The log position of a cursor."""
    return int(cursor.partition(".")[2])


def fold(browser: Browser, until: int | None = None) -> Folded:
    """Fold all frames, or those up to a log position."""
    folded = Folded({t: {} for t in browser.topics}, {t: ([], []) for t in browser.topics}, Counter(), 0)
    for at, text in browser.frames:
        frame = json.loads(text)
        folded.kinds[frame["type"]] += 1
        folded.size += len(text)
        if frame["type"] not in {"patch", "snapshot"}:
            continue
        topic, at_seq = frame["topic"], position(frame["cursor"])
        if until is not None and at_seq > until:
            continue
        if frame["type"] == "snapshot":
            folded.keys[topic] = dict(frame["keys"])
        else:
            folded.keys[topic].update(frame["set"])
            for key in frame["del"]:
                folded.keys[topic].pop(key, None)
        positions, times = folded.marks[topic]
        positions.append(at_seq)
        times.append(at)
    return folded


def latencies(browser: Browser, folded: Folded, topic: str, rows: list[Row]) -> list[float]:
    """Event → first frame that has come to it, for events while the socket was there."""
    positions, times = folded.marks[topic]
    found = []
    for row in rows:
        if any(start - 50 <= row.occurred_at <= end + 50 for start, end in browser.away):
            continue
        at = bisect_left(positions, row.seq)
        if at < len(positions):
            found.append(times[at] - row.occurred_at)
    return found


# -- the run -----------------------------------------------------------------------------------------------------------
def tokens(sockets: int, walls: int) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    """Who sits where: supervisors at walls, agents at desks."""
    signer = TokenSigner([SECRET])
    for n in range(sockets):
        boss = n < walls
        agent = None if boss else f"a{n - walls}"
        role = "supervisor" if boss else "agent"
        token, _ = signer.staff(
            org=SHARD, user=f"u{n}", agent=agent, role=role, origin="", now=wall_ms(), life=3_600_000
        )
        yield token, ("wall",) if boss else ("desk", "team"), agent


def fresh(port: int, browser: Browser, topic: str) -> dict[str, Any]:
    """A snapshot over HTTP."""
    headers = {"Authorization": f"Bearer {browser.token}"}
    with urlopen(Request(f"http://127.0.0.1:{port}/live/snapshot?topic={topic}", headers=headers), timeout=30) as got:
        return dict(json.load(got))


@contextlib.asynccontextmanager
async def joined(browsers: list[Browser]) -> AsyncIterator[None]:
    """All browsers connected, fifty at a time."""
    for start in range(0, len(browsers), 50):
        await asyncio.gather(*(b.join(0.0) for b in browsers[start : start + 50]))
    try:
        yield
    finally:
        await asyncio.gather(*(b.leave() for b in browsers), return_exceptions=True)


async def shake(browsers: list[Browser], a_second: float, seconds: float) -> int:
    """Drop sockets at random; how many."""
    chosen = random.Random(1)
    end, dropped = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        await asyncio.sleep(1 / a_second)
        await chosen.choice(browsers).drop()
        dropped += 1
    return dropped


async def gaps(port: int, browsers: list[Browser]) -> list[str]:
    """Sockets that do not hold, at a fresh snapshot's cursor, what the snapshot holds."""
    snapshots: dict[tuple[str, str | None], dict[str, Any]] = {}
    for browser in browsers:
        for topic in browser.topics:
            scope = (topic, browser.agent if topic == "desk" else None)
            if scope not in snapshots:
                snapshots[scope] = await asyncio.to_thread(fresh, port, browser, topic)
    await asyncio.sleep(2.0)
    wrong = []
    for n, browser in enumerate(browsers):
        for topic in browser.topics:
            right = snapshots[topic, browser.agent if topic == "desk" else None]
            if fold(browser, position(right["cursor"])).keys[topic] != right["keys"]:
                wrong.append(f"{n}:{topic}")
    return wrong


async def measure(agents: int, sockets: int, walls: int, rate: float, seconds: float, shakes: float) -> bool:
    """Run the load and report; whether the figure was reached."""
    with (
        own_postgres() as server,
        tempfile.TemporaryDirectory() as folder,
        engines(server.dsn(schema.ENGINE), Path(folder), "one"),
    ):
        async with open_shard(server, SHARD) as store:
            floor = Floor(store, SHARD, max(agents, sockets - walls), pace=Pace(talk_s=8.0))
            await floor.set_up()
            with web_process(server.dsn(schema.APP)) as (port, pid):
                browsers = [Browser(port, *who) for who in tokens(sockets, walls)]
                async with joined(browsers):
                    first, used, began = (await store.head(SHARD, SHARD)).seq, cpu_seconds(pid), time.monotonic()
                    _, dropped = await asyncio.gather(floor.work(rate, seconds), shake(browsers, shakes, seconds))
                    share = (cpu_seconds(pid) - used) / (time.monotonic() - began)
                    last = (await store.head(SHARD, SHARD)).seq
                    await floor.close()
                    wrong = await gaps(port, browsers)
                    lost = [b.lost for b in browsers if b.lost]
            rows = [r for r in await store.read(SHARD, SHARD, first, 1_000_000) if r.seq <= last]
    return tell(browsers, rows, wrong, lost, dropped, share, (agents, sockets, walls, rate, seconds, shakes))


def tell(
    browsers: list[Browser],
    rows: list[Row],
    wrong: list[str],
    lost: list[str],
    dropped: int,
    share: float,
    parameters: tuple[float, ...],
) -> bool:
    """Report; whether the figure was reached."""
    by_topic: dict[str, list[float]] = {"wall": [], "desk": [], "team": []}
    kinds: Counter[str] = Counter()
    size = 0
    on_wall = [r for r in rows if r.type in SHOWN_ON_WALL]
    to_team = [r for r in rows if r.type in SHOWN_TO_TEAM]
    of_agent: dict[str, list[Row]] = {}
    for row in rows:
        if row.type in SHOWN_ON_DESK:
            of_agent.setdefault(json.loads(row.data)["agent"], []).append(row)
    for browser in browsers:
        folded = fold(browser)
        kinds += folded.kinds
        size += folded.size
        if "wall" in browser.topics:
            by_topic["wall"] += latencies(browser, folded, "wall", on_wall)
        else:
            by_topic["desk"] += latencies(browser, folded, "desk", of_agent.get(browser.agent or "", []))
            by_topic["team"] += latencies(browser, folded, "team", to_team)
    both = spread(by_topic["wall"] + by_topic["desk"])
    again = kinds["snapshot"] - sum(len(b.topics) for b in browsers)
    reached = not wrong and not lost and both["p99"] is not None and both["p99"] <= TARGET_P99_MS
    report(
        "live_push",
        parameters=dict(
            zip(("agents", "sockets", "walls", "rate_per_s", "seconds", "drops_per_s"), parameters, strict=True)
        ),
        event_to_browser_ms=both,
        by_topic_ms={topic: spread(values) for topic, values in by_topic.items()},
        gaps=wrong[:20],
        gaps_n=len(wrong),
        reconnects=dropped,
        snapshots_after_reconnect=again,
        lost=lost[:5],
        events=len(rows),
        frames=dict(kinds),
        received_mb=round(size / 1e6, 1),
        web_process_cores=round(share, 2),
        target_p99_ms=TARGET_P99_MS,
        reached=reached,
    )
    return reached


def main() -> None:
    """Read the flags and measure, or serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500, help="at least as many as desks")
    parser.add_argument("--sockets", type=int, default=600)
    parser.add_argument("--walls", type=int, default=120, help="how many of them follow the wall; the others are desks")
    parser.add_argument("--rate", type=float, default=10.0, help="contact starts a second")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--drops", type=float, default=10.0, help="sockets cut a second")
    parser.add_argument("--serve", metavar="DSN", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.serve))
        return
    walls = min(chosen.walls, chosen.sockets)
    if not asyncio.run(measure(chosen.agents, chosen.sockets, walls, chosen.rate, chosen.seconds, chosen.drops)):
        sys.exit(1)


if __name__ == "__main__":
    main()
