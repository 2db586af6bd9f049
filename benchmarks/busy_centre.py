"""A centre at work: `pasokh up` in a home of its own, hundreds of agents at their desks, chats that come and go."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from benchmarks.busy_names import AGENT, ORG, WIDGET
from benchmarks.crowd import Plan
from benchmarks.live_push import cpu_seconds
from tests.integration.ops.centre import CLEAN, Centre

from pasokh.acd import commands as cmd
from pasokh.ops import composition
from pasokh.store import schema, sync
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.ports import Answer

ROOT = Path(__file__).resolve().parent.parent


class BusyCentre:
    """A running centre with its crowd."""

    def __init__(self, centre: Centre, server: EmbeddedPostgres, crowd: "subprocess.Popen[str]") -> None:
        self.centre, self.url = centre, centre.url
        self._crowd = crowd
        self._dsn = server.dsn(schema.APP)
        self._used: dict[str, float] = {}
        self._began = 0.0

    def mark(self) -> None:
        """Measuring begins: forget what was used and noted so far."""
        assert self._crowd.stdin is not None
        self._crowd.stdin.write("mark\n")
        self._crowd.stdin.flush()
        self._used, self._began = self._cpu(), time.monotonic()

    def cores(self) -> dict[str, float]:
        """Processor cores each role used since `mark`."""
        took = time.monotonic() - self._began
        return {name: round((used - self._used.get(name, 0.0)) / took, 2) for name, used in self._cpu().items()}

    def _cpu(self) -> dict[str, float]:
        known = {**self.centre.children(), "crowd": self._crowd.pid}
        return {name: sum(map(_cpu_if_there, [pid, *_children(pid)])) for name, pid in known.items()}

    def ask(self, *commands: cmd.AnyCommand) -> None:
        """Have the engine carry out commands, one after another; raises when one is refused."""
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for command in commands:
                key = uuid.uuid4().hex
                with connection.transaction(), connection.cursor() as cursor:
                    sync.submit(cursor, ORG, ORG, key, "user:bench", msgspec.json.encode(command))
                answer = self.centre.until(partial(self._answer, connection, key), 20)
                if not answer.ok:
                    raise RuntimeError(f"{type(command).__name__}: {answer.code} {answer.params}")

    def _answer(self, connection: psycopg.Connection[Any], key: str) -> Answer | None:
        with connection.transaction(), connection.cursor() as cursor:
            sync.act_for(cursor, ORG)
            return sync.find_answer(cursor, ORG, key)

    def end(self) -> dict[str, Any]:
        """What the crowd noted; it goes home."""
        said, _ = self._crowd.communicate(timeout=60)
        return dict(json.loads(said.strip().splitlines()[-1]))


def _children(pid: int) -> list[int]:
    """Processes a process started: PostgreSQL has one a connection."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text("utf-8", errors="replace").rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
        except (OSError, ValueError):
            continue
    return found


def _cpu_if_there(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except OSError:
        return 0.0


@contextmanager
def busy_centre(agents: int, rate: float, warm_s: float) -> Iterator[BusyCentre]:
    """Start everything, let it work for `warm_s`, then hand it over."""
    with Centre(
        **({"PASOKH_STATIC_ROOT": static} if (static := os.environ.get("PASOKH_STATIC_ROOT")) else {})
    ) as centre:
        centre.start("--no-demo")
        os.environ["PASOKH_PUBLIC_URL"] = centre.url
        server = EmbeddedPostgres((centre.home / "db").resolve())
        composition.set_up_django(server.dsn())
        from benchmarks.furnishing import furnish  # noqa: PLC0415 - its models need Django set up, which needs the database

        names = furnish(centre.url, agents)
        plan = Plan(centre.url, str(centre.home / "secret_key"), ORG, tuple(names), WIDGET, rate)
        program = "from benchmarks.crowd import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", program, msgspec.json.encode(plan).decode()],
            cwd=ROOT, env=CLEAN, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as crowd:  # fmt: skip
            try:
                assert crowd.stdout is not None
                if not crowd.stdout.readline():
                    raise RuntimeError("the crowd could not sign in")
                busy = BusyCentre(centre, server, crowd)
                busy.ask(cmd.SignIn(AGENT), cmd.SetPresence(AGENT, ready=True))
                time.sleep(warm_s)
                yield busy
            finally:
                crowd.kill()
