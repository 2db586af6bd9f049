"""A floor at work: agents who accept, talk and wrap up, and customers who come at random, all through a store.

Whatever fails because the database or the engine is away is asked again with the same key, as browsers do.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pasokh.acd.commands import (
    AcceptOffer,
    AnyCommand,
    CompleteWrapUp,
    DefineAgent,
    DefineQueue,
    EndInteraction,
    OpenContact,
    SetPresence,
    SignIn,
)
from pasokh.acd.events import (
    ContactOpened,
    OfferAccepted,
    Offered,
    OfferTimedOut,
    TalkEnded,
    decode_event,
)
from pasokh.acd.model import AgentConfig, Channel, QueueConfig, Requirement
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Answer, Row, Store

LANGUAGES = ("fa", "uk", "en")


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds (means of exponentials)."""

    think_s: float = 1.0
    talk_s: float = 20.0
    wrap_up_s: float = 3.0


@dataclass
class Seen:
    """What the floor noted, by its own clock."""

    submitted: dict[str, float] = field(default_factory=dict)
    """Contact → when its opening was about to be handed in."""
    offered: dict[str, float] = field(default_factory=dict)
    """Contact → when its first offer was read from the log."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """Key → answer: acknowledged commands."""
    telling: set[str] = field(default_factory=set)
    """Keys of commands that cannot succeed without an event."""
    retries: int = 0

    def latencies_ms(self) -> list[float]:
        """Submitted → offer read, for every contact that was offered."""
        return sorted((at - self.submitted[c]) * 1_000 for c, at in self.offered.items() if c in self.submitted)


class Floor:
    """Agents and customers of one shard. Run `set_up` once, then `work`."""

    def __init__(self, store: Store, shard: str, agents: int, seed: int = 1, pace: Pace | None = None) -> None:
        self.seen = Seen()
        self.pace = pace or Pace()
        self._store = store
        self._shard = shard
        self._agents = agents
        self._random = random.Random(seed)
        self._run = f"{seed}-{time.time_ns()}"
        self._ordinal = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress = asyncio.Condition()

    async def set_up(self) -> None:
        """Three queues by language, agents with one or two of them, everyone ready."""
        await self._all(DefineQueue(QueueConfig(id=q, requires=(Requirement(q),))) for q in LANGUAGES)
        await self._all(DefineAgent(self._agent(n)) for n in range(self._agents))
        await self._all(SignIn(f"a{n}") for n in range(self._agents))
        await self._all(SetPresence(f"a{n}", ready=True) for n in range(self._agents))

    def _agent(self, n: int) -> AgentConfig:
        speaks = {LANGUAGES[n % 3]: 80} | ({LANGUAGES[(n + 1) % 3]: 40} if n % 2 else {})
        return AgentConfig(id=f"a{n}", skills=speaks, queues=tuple(speaks))

    async def _all(self, commands: Iterable[AnyCommand]) -> None:
        for answer in await asyncio.gather(*(self.ask("office", command) for command in commands)):
            if not answer.ok:
                raise PasokhError(answer.code, **answer.params)

    async def work(self, rate: float, seconds: float) -> None:
        """Customers come as a Poisson process for so long; agents work on until `close`."""
        head = await self._store.head(self._shard, self._shard)
        self._start(self._follow(head.seq))
        end = time.monotonic() + seconds
        due = time.monotonic()
        while (due := due + self._random.expovariate(rate)) < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self._ordinal += 1
            name = f"{self._run}-{self._ordinal}"
            self.seen.submitted[f"c{name}"] = time.monotonic()
            queue = self._random.choice(LANGUAGES)
            opening = OpenContact(contact=f"c{name}", interaction=f"i{name}", channel=Channel.CHAT, queue=queue)
            self._start(self._do(f"contact:c{name}", opening))

    async def quiet(self, seconds: float) -> None:
        """Wait until every contact opened so far was offered, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._progress:
                await self._progress.wait_for(lambda: not self.seen.submitted.keys() - self.seen.offered.keys())

    async def close(self) -> None:
        """Everybody goes home."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, actor: str, command: AnyCommand) -> Answer:
        """Submit and wait for the answer, however often it takes."""
        self._ordinal += 1
        key, data = f"{self._run}-k{self._ordinal}", msgspec.json.encode(command)
        if isinstance(command, OpenContact | AcceptOffer | EndInteraction | CompleteWrapUp):
            self.seen.telling.add(key)
        while True:
            try:
                answer = await self._store.submit(self._shard, self._shard, key, actor, data)
                answer = answer or await self._store.wait_answer(self._shard, self._shard, key, 2.0)
            except PasokhError as error:
                if error.code not in {"store.unavailable", "inbox.no_answer"}:
                    raise
                self.seen.retries += 1
                await asyncio.sleep(0.1)
            else:
                self.seen.answers[key] = answer
                return answer

    async def _do(self, actor: str, command: AnyCommand, after_s: float = 0.0) -> None:
        if after_s:
            await asyncio.sleep(self._random.expovariate(1 / after_s))
        await self.ask(actor, command)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, after: int) -> None:
        async for rows in self._store.tail(self._shard, self._shard, after):
            now = time.monotonic()
            for row in rows:
                self._react(row, now)
            async with self._progress:
                self._progress.notify_all()

    def _react(self, row: Row, now: float) -> None:
        match decode_event(row.data):
            case ContactOpened(contact=contact):
                self.seen.submitted.setdefault(contact, now)
            case Offered() as offer:
                self.seen.offered.setdefault(offer.contact, now)
                accept = AcceptOffer(offer.interaction, offer.agent)
                self._start(self._do(f"agent:{offer.agent}", accept, self.pace.think_s))
            case OfferAccepted() as taken:
                end = EndInteraction(taken.interaction, taken.agent)
                self._start(self._do(f"agent:{taken.agent}", end, self.pace.talk_s))
            case TalkEnded() as ended:
                wrapped = CompleteWrapUp(ended.interaction, ended.agent, "done")
                self._start(self._do(f"agent:{ended.agent}", wrapped, self.pace.wrap_up_s))
            case OfferTimedOut() as late:
                self._start(self._do(f"agent:{late.agent}", SetPresence(late.agent, ready=True), self.pace.think_s))
            case _:
                pass
