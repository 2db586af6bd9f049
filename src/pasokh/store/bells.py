"""Wake-ups inside one process: who waits for news of a shard, and hears that there is some."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

LOG = "pasokh_log"
"""Announces ``shard seq`` after an append."""
INBOX = "pasokh_inbox"
"""Announces ``shard`` after a command was handed in."""


class Bell:
    """Remembers one ring until somebody waits for it."""

    def __init__(self) -> None:
        self._moved = asyncio.Event()
        self._rung = False

    def ring(self) -> None:
        """Let the present or the next `wait` return at once."""
        self._rung = True
        self._moved.set()

    def nudge(self) -> None:
        """The same, though nothing was announced."""
        self._moved.set()

    async def wait(self, seconds: float) -> bool:
        """True as soon as it was rung since the last `wait` returned; False after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()
        rung, self._rung = self._rung, False
        self._moved.clear()
        return rung


class Bells:
    """Who is to be woken by what."""

    def __init__(self) -> None:
        self._bells: dict[tuple[str, str], set[Bell]] = defaultdict(set)

    @contextlib.contextmanager
    def hang(self, channel: str, shard: str) -> Iterator[Bell]:
        """A bell that rings for a shard's announcements on a channel while the context lasts."""
        bell = Bell()
        place = (channel, shard)
        self._bells[place].add(bell)
        try:
            yield bell
        finally:
            self._bells[place].discard(bell)
            if not self._bells[place]:
                del self._bells[place]

    def ring(self, channel: str, shard: str) -> None:
        """Wake those who wait for this shard."""
        for bell in self._bells.get((channel, shard), ()):
            bell.ring()

    def ring_all(self) -> None:
        """Wake everybody: something may have been missed."""
        for bells in self._bells.values():
            for bell in bells:
                bell.ring()
