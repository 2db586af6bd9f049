"""Work in order within a lane, side by side across lanes: one slow call holds up no other."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

type Work = Callable[[], Awaitable[None]]


async def side_by_side(*work: Awaitable[object]) -> list[object]:
    """Begin them in this order and wait for all; raises the first failure once the others are done too.

    A switch takes orders of one connection in the order in which they were sent, so that no answer need be waited for.
    """
    done = await asyncio.gather(*work, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return done


class Lanes:
    """Lanes come and go with their work. Use inside a task group, which waits for what is under way."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._waiting: dict[str, deque[Work]] = {}

    def put(self, lane: str, work: Work) -> None:
        """Do it after whatever the lane has to do already. What it raises is logged; the lane goes on."""
        queue = self._waiting.get(lane)
        if queue is None:
            self._waiting[lane] = deque((work,))
            self._group.create_task(self._drain(lane), name=f"lane {lane}")
        else:
            queue.append(work)

    async def _drain(self, lane: str) -> None:
        queue = self._waiting[lane]
        while queue:
            try:
                await queue[0]()
            except Exception:  # whatever went wrong with one call, others go on
                log.exception("work of call %s failed", lane)
            queue.popleft()
        del self._waiting[lane]
