"""The inbox for those who live in the leader's own process, as exchanges do: no way round by the database.

What is asked here is decided in the leader's next turn and comes to the inbox with its answer, in the transaction of
its events: one commit instead of two, and no announcement to wait for. Keys mean what they mean in the inbox: one that
came before, to whichever leader, has no second effect. Where this process does not lead, the inbox itself is asked.

What nobody waits for is decided with whatever is asked next, or a moment later: several facts about a call make one
turn, one commit.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Millis
from pasokh.store.input import check_command
from pasokh.store.ports import Answer, Asked, Inbox, Pending, Reply, Wake

BESIDE = 0
"""The id of a pending command that is in no inbox yet."""
GATHER_S = 0.01
"""So long something nobody waits for may lie until it is decided."""
REMEMBERED = 10_000
"""So many latest answers of a lead are known without asking the database."""


class NearDesk:
    """What is asked of one lead from inside its process."""

    def __init__(self, nudge: Callable[[], None], repeats: Callable[[], bool]) -> None:
        """`nudge` tells the lead that there is something to look at; `repeats`: see `NearInbox.repeats`."""
        self._nudge, self._repeats = nudge, repeats
        self._later: asyncio.TimerHandle | None = None
        self._answered: OrderedDict[str, Answer] = OrderedDict()
        self._fresh: deque[Pending] = deque()
        self._undecided: dict[str, Pending] = {}
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    def ask(self, key: str, actor: str, command: bytes) -> None:
        """Have it decided soon, at once when somebody waits; the same key again waits for the same answer."""
        if key in self._waiting or key in self._answered:
            return
        loop = asyncio.get_running_loop()
        self._waiting[key] = loop.create_future()
        self._fresh.append(Pending(BESIDE, key, actor, command, 0))
        if self._later is None:
            self._later = loop.call_later(GATHER_S, self._nudge)

    async def wait(self, key: str, seconds: float) -> Answer | None:
        """The answer; None where the key was not asked here. Raises ``inbox.no_answer`` after `seconds`."""
        future = self._waiting.get(key)
        if future is None:
            return self._answered.get(key)
        self._nudge()
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise PasokhError("inbox.no_answer", key=key) from None

    # -- the lead's side -----------------------------------------------------------------------------------------------
    def fresh(self) -> list[Pending]:
        """What was asked since the last time."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        taken = list(self._fresh)
        self._fresh.clear()
        return taken

    def doubtful(self, asked: Iterable[Pending]) -> list[str]:
        """Keys that may have come to an earlier lead: what became of them stands in the inbox."""
        return [each.key for each in asked] if self._repeats() else []

    def sort_out(self, asked: Iterable[Pending], known: dict[str, Answer | None]) -> list[Pending]:
        """Those to be decided; answers what was answered before, leaves to the inbox what waits there already."""
        new: list[Pending] = []
        for each in asked:
            if each.key not in known:
                self._undecided[each.key] = each
                new.append(each)
            elif (answer := known[each.key]) is not None:
                self._answer(each.key, answer)
        return new

    def not_here(self, pending: Sequence[Pending]) -> list[Pending]:
        """Commands of the inbox, without those that are being decided from here."""
        return [each for each in pending if each.key not in self._undecided]

    def decided(self, replies: Iterable[Reply]) -> list[Asked]:
        """Those of a turn's commands that are in no inbox yet, with their answers."""
        return [
            Asked(reply.key, one.actor, one.command, reply.answer)
            for reply in replies
            if (one := self._undecided.get(reply.key)) is not None
        ]

    def answered(self, replies: Iterable[Reply]) -> None:
        """Answers that are durable now."""
        for reply in replies:
            self._undecided.pop(reply.key, None)
            self._answer(reply.key, reply.answer)

    def close(self) -> None:
        """The lead is over: nobody here knows what became of what was asked."""
        if self._later is not None:
            self._later.cancel()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(PasokhError("store.unavailable"))
                future.exception()  # whoever waits sees it; nobody has to
        self._waiting.clear()

    def _answer(self, key: str, answer: Answer) -> None:
        self._answered[key] = answer
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        future = self._waiting.pop(key, None)
        if future is not None and not future.done():
            future.set_result(answer)


class NearInbox:
    """`pasokh.store.ports.Inbox` for this process: the lead itself where it is here, the inbox elsewhere."""

    def __init__(self, inbox: Inbox | None = None) -> None:
        """`inbox`: the one of the database; may be given later, before anything is asked."""
        self.inbox = inbox
        self.repeats: Callable[[str], bool] = _always
        """Whether those who ask for an organisation may ask what an earlier lead was asked; then keys are looked up."""
        self._desks: dict[str, NearDesk] = {}

    @contextlib.contextmanager
    def lead(self, shard: str, wake: Wake) -> Iterator[NearDesk]:
        """A desk for a lead that begins, as long as it lasts."""
        desk = self._desks[shard] = NearDesk(wake.nudge, lambda: self.repeats(shard))
        try:
            yield desk
        finally:
            if self._desks.get(shard) is desk:
                del self._desks[shard]
            desk.close()

    async def submit(self, org: str, shard: str, key: str, actor: str, command: bytes) -> Answer | None:
        """Hand in a command; see `pasokh.store.ports.Inbox.submit`. Of a key that came before the first words stand."""
        desk = self._desks.get(shard)
        if desk is None:
            return await self._far.submit(org, shard, key, actor, command)
        check_command(key, actor, command)
        desk.ask(key, actor, command)
        return None

    async def wait_answer(self, org: str, shard: str, key: str, seconds: float) -> Answer:
        """The answer of a submitted command; raises ``inbox.no_answer`` after `seconds` (ask again)."""
        desk = self._desks.get(shard)
        answer = await desk.wait(key, seconds) if desk is not None else None
        return answer if answer is not None else await self._far.wait_answer(org, shard, key, seconds)

    async def pending(self, shard: str, limit: int = 200) -> list[Pending]:
        """Commands without an answer, oldest first."""
        return await self._far.pending(shard, limit)

    async def known(self, shard: str, keys: Sequence[str]) -> dict[str, Answer | None]:
        """Those keys that came before, with their answers."""
        return await self._far.known(shard, keys)

    @contextlib.asynccontextmanager
    async def watch_inbox(self, shard: str) -> AsyncIterator[Wake]:
        """A wake-up for every command handed in from now on."""
        async with self._far.watch_inbox(shard) as wake:
            yield wake

    async def prune(self, shard: str, older_than: Millis) -> int:
        """Forget answered commands and done effects that are `older_than` so long; returns how many."""
        return await self._far.prune(shard, older_than)

    @property
    def _far(self) -> Inbox:
        if self.inbox is None:
            raise PasokhError("store.unavailable")
        return self.inbox


def _always(_org: str) -> bool:
    """Nobody knows better."""
    return True
