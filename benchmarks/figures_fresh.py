"""How soon an event is in a figure, and how long a dashboard of today takes, while events come.

python -m benchmarks.figures_fresh [--contacts 3000] [--rate 10] [--seconds 20]

A real log of decided events lies in a fresh PostgreSQL with durable commits; the day so far is folded first. Then
contacts arrive and are answered, the fold follows in a thread of its own as the role `facts` does (woken by NOTIFY),
and the questions of a dashboard are asked again and again by one reader. `fresh_ms`: from the commit of an arrival to
the end of the first question whose figure has it. `question_ms`: one question of the dashboard.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import psycopg
from benchmarks.machine import report, spread

from pasokh.acd import commands as cmd
from pasokh.acd.events import AnyEvent, ContactOpened, stream_of
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.acd.state import State
from pasokh.acd.step import step
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import EPOCH, Period, Question
from pasokh.metrics.today.following import FactsProjection, advance
from pasokh.metrics.today.reading import Today
from pasokh.metrics.warehouse import Limits, Warehouse, limited
from pasokh.store import schema
from pasokh.store.bells import LOG
from pasokh.store.embedded import EmbeddedPostgres

ORG, QUEUES, AGENTS = "bench", 20, 200
FRESH_MS, QUESTION_MS = 2_000, 300
DASHBOARD: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("queue.entered", "queue.answered", "queue.abandoned", "sl.answered_or_abandoned@20s"), ()),
    (("queue.entered", "sl.answered_or_abandoned@20s", "asa.answered"), ("queue",)),
    (("queue.entered", "queue.abandoned"), ("interval",)),
    (("aht", "handled", "transfer.rate"), ("agent",)),
    (("occupancy", "time.talking", "time.idle"), ("agent",)),
    (("queue.waiting_mean", "queue.waiting_peak", "queue.staffed_mean"), ("queue",)),
    (("contacts", "csat.share", "repeat.share"), ()),
    (("wait.p90", "wait.longest"), ("queue",)),
)
_INSERT = (
    "INSERT INTO log (shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at, actor,"
    " cause, data, hash) VALUES (%s, %s, %s, 'own', %s, %s, 1, %s, 1, %s, %s, '', '', %s, %s)"
)


class Centre:
    """Decides real events by the core, and appends them."""

    def __init__(self) -> None:
        self._state, self._number, self._seq = State(), 0, 0
        self._versions: dict[str, int] = {}

    def begin(self, at: int) -> list[tuple[AnyEvent, int]]:
        """Queues and people who are ready."""
        commands: list[cmd.AnyCommand] = [cmd.DefineQueue(QueueConfig(f"q{q}")) for q in range(QUEUES)]
        for a in range(AGENTS):
            agent = f"a{a}"
            commands += [cmd.DefineAgent(AgentConfig(agent, queues=(f"q{a % QUEUES}",))), cmd.SignIn(agent)]
            commands.append(cmd.SetPresence(agent, ready=True))
        return [(event, at) for each in commands for event in step(self._state, each, at)[0]]

    def contact(self, at: int) -> Iterator[tuple[AnyEvent, int]]:
        """Somebody arrives, is answered, talks, is wrapped up: within 70 ms, as rows are what counts here."""
        self._number += 1
        name, at = f"c{self._number}", max(at, self._state.now)
        opened = cmd.OpenContact(name, f"{name}.i", Channel.VOICE, f"q{self._number % QUEUES}", customer=f"p{name}")
        for event in step(self._state, opened, at)[0]:
            yield event, at
        agent = self._state.interactions[f"{name}.i"].agent
        if agent is None:
            return
        for after, each in (
            (3, cmd.AcceptOffer(f"{name}.i", agent)),
            (60, cmd.EndInteraction(f"{name}.i", agent)),
            (70, cmd.CompleteWrapUp(f"{name}.i", agent, "done")),
        ):
            for event in step(self._state, each, at + after)[0]:
                yield event, at + after

    def append(self, connection: psycopg.Connection, events: list[tuple[AnyEvent, int]]) -> None:
        """One durable commit, and the notice."""
        rows = []
        for event, at in events:
            self._seq += 1
            stream = stream_of(event)
            version = self._versions[stream] = self._versions.get(stream, 0) + 1
            data = msgspec.json.encode(event).decode()
            kind = msgspec.json.decode(data)["type"]
            rows.append((ORG, self._seq, ORG, stream, version, kind, at, at, data, bytes(32)))
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)
            cursor.execute("UPDATE shard_head SET seq = %s WHERE shard = %s", (self._seq, ORG))
            cursor.execute(f"NOTIFY {LOG}")


def follow(dsn: str, stopping: threading.Event, ready: threading.Event) -> None:
    """As the role does: catch up, wait for a notice."""
    facts = FactsProjection(lambda _: "UTC")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"LISTEN {LOG}")
        while not stopping.is_set():
            done = 1
            while done:
                with connection.transaction(), connection.cursor() as cursor:
                    done = advance(cursor, facts, ORG)
            ready.set()
            for _ in connection.notifies(timeout=0.2, stop_after=1):
                pass


def measure_all(
    server: EmbeddedPostgres, folder: Path, contacts: int, rate: float, seconds: float
) -> dict[str, object]:
    """Fold the day so far, then ask while events come."""
    server.create_database(ORG)
    dsn = server.dsn(schema.ENGINE, ORG)
    with psycopg.connect(server.dsn(database=ORG), autocommit=True) as owner:
        schema.provision(owner)
        schema.apply(owner)
    now = time.time_ns() // 1_000_000
    day = EPOCH + timedelta(days=now // 86_400_000)
    centre, stopping, ready = Centre(), threading.Event(), threading.Event()
    with psycopg.connect(dsn, autocommit=True) as writer:
        writer.execute("INSERT INTO shard_head (shard, org) VALUES (%s, %s)", (ORG, ORG))
        begun = max(now - contacts * 80_000 // AGENTS * 4, (day - EPOCH).days * 86_400_000)
        centre.append(writer, centre.begin(begun))
        every = (now - 90_000 - begun) // contacts
        past = [pair for n in range(contacts) for pair in centre.contact(begun + every * n)]
        for first in range(0, len(past), 2_000):
            centre.append(writer, past[first : first + 2_000])
        folding = time.perf_counter()
        follower = threading.Thread(target=follow, args=(dsn, stopping, ready))
        follower.start()
        ready.wait()
        folded = len(past) / (time.perf_counter() - folding)
        try:
            return {**ask_while(writer, centre, server, folder, day, rate, seconds), "folded_events_s": round(folded)}
        finally:
            stopping.set()
            follower.join()


def ask_while(
    writer: psycopg.Connection, centre: Centre, server: EmbeddedPostgres, folder: Path, day: date, rate: float,
    seconds: float,
) -> dict[str, object]:  # fmt: skip
    """Contacts at a rate, and a reader who asks the dashboard's questions one after the other."""
    today = Today(server.dsn(schema.APP, ORG), ORG, limited(Limits(memory="1GB")))
    warehouse, period = Warehouse(folder, today=today), Period(day - timedelta(days=1), day)
    questions, fresh = [], []
    committed: list[tuple[int, float]] = []

    def ask(names: tuple[str, ...], by: tuple[str, ...]) -> object:
        now = time.time_ns() // 1_000_000
        return warehouse.ask(Question(measures=tuple(map(measure, names)), period=period, by=by, now=now)).rows[0][0]

    entered = int(str(ask(("contacts",), ())))
    stop = threading.Event()

    def arrive() -> None:
        count = entered
        while not stop.wait(1 / rate):
            events = list(centre.contact(time.time_ns() // 1_000_000))
            centre.append(writer, events)
            count += sum(isinstance(event, ContactOpened) for event, _ in events)
            committed.append((count, time.perf_counter()))

    arriving = threading.Thread(target=arrive)
    arriving.start()
    end = time.perf_counter() + seconds
    seen = 0
    while time.perf_counter() < end:
        for names, by in DASHBOARD:
            begun = time.perf_counter()
            ask(names, by)
            questions.append((time.perf_counter() - begun) * 1_000)
            known = int(str(ask(("contacts",), ())))
            at = time.perf_counter()
            while seen < len(committed) and committed[seen][0] <= known:
                fresh.append((at - committed[seen][1]) * 1_000)
                seen += 1
    stop.set()
    arriving.join()
    today.close()
    return {"contacts": entered, "fresh_ms": spread(fresh), "question_ms": spread(questions)}


def main() -> int:
    """Run it; 0 when both figures are reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=3_000)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pasokh-fresh-") as name:
        server = EmbeddedPostgres(Path(name) / "pg")
        server.start()
        try:
            found = measure_all(server, Path(name) / "facts", given.contacts, given.rate, given.seconds)
        finally:
            server.stop()
    fresh, question = found["fresh_ms"], found["question_ms"]
    assert isinstance(fresh, dict)
    assert isinstance(question, dict)
    reached = bool(fresh["n"]) and fresh["p99"] <= FRESH_MS and question["p95"] <= QUESTION_MS
    report("figures_fresh", **found, rate=given.rate, reach={"fresh_ms_p99": FRESH_MS, "question_ms_p95": QUESTION_MS})
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
