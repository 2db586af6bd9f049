"""Waiting for answers: one query per wake-up for all who wait on a shard, however many they are."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager

from pasokh.kernel.errors import PasokhError
from pasokh.store.bells import Bell
from pasokh.store.ports import Answer

POLL_SECONDS = 0.5
"""How late an answer may be noticed when its announcement was lost."""


class AnswerDesk:
    """Those who wait for answers from one shard. It works while somebody waits."""

    def __init__(
        self,
        hang: Callable[[], AbstractContextManager[Bell]],
        find: Callable[[Sequence[str]], Awaitable[dict[str, Answer]]],
    ) -> None:
        """Be woken by bells from `hang`; `find` looks up those keys of many that are answered."""
        self._hang = hang
        self._find = find
        self._waiting: dict[str, set[asyncio.Future[Answer]]] = {}
        self._bell: Bell | None = None
        self._task: asyncio.Task[None] | None = None

    async def wait(self, key: str, seconds: float) -> Answer:
        """The answer to a key; raises ``inbox.no_answer`` after `seconds`."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, set()).add(future)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve(), name="store-answers")
        elif self._bell is not None:
            self._bell.ring()
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            raise PasokhError("inbox.no_answer", key=key) from None
        finally:
            waiters = self._waiting.get(key, set())
            waiters.discard(future)
            if not waiters:
                self._waiting.pop(key, None)

    async def close(self) -> None:
        """Tell all who wait that the store is gone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._fail(PasokhError("store.unavailable"))

    async def _serve(self) -> None:
        with self._hang() as self._bell:
            while self._waiting:
                try:
                    answers = await self._find(list(self._waiting))
                except PasokhError as error:
                    if error.code != "store.unavailable":
                        self._fail(error)
                        return
                    answers = {}  # the database is away; those who wait have their own time limits
                for key, answer in answers.items():
                    for future in self._waiting.pop(key, ()):
                        if not future.done():
                            future.set_result(answer)
                if self._waiting:
                    await self._bell.wait(POLL_SECONDS)

    def _fail(self, error: PasokhError) -> None:
        for future in [future for futures in self._waiting.values() for future in futures]:
            if not future.done():
                future.set_exception(error)
