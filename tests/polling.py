"""Waiting for what happens elsewhere: look, and look again, until it is so or the time is over.

Where a thing can say that it happened (a condition, an answer, a log to follow), tests wait for that instead.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""
_STEP = 0.02


def until[T](look: Callable[[], T], seconds: float = 20.0, *, told: Callable[[], object] = lambda: "") -> T:
    """The first true answer of `look`; fails with what `told` says after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, ("it never came true", told())
        _PAUSE.wait(_STEP)
    return found


async def until_async[T](
    look: Callable[[], Awaitable[T]], good: Callable[[T], object] = bool, seconds: float = 20.0
) -> T:
    """The first answer of `look` that is `good`; the loop goes on meanwhile."""
    deadline = time.monotonic() + seconds
    while not good(found := await look()):
        assert time.monotonic() < deadline, ("it never came true", found)
        await asyncio.sleep(_STEP)
    return found


async def until_so(look: Callable[[], object], seconds: float = 20.0) -> None:
    """Return once a plain question is true; the loop goes on meanwhile."""

    async def asked() -> object:
        return look()

    await until_async(asked, seconds=seconds)


async def give_way(turns: int) -> None:
    """Let everything else in the loop go on for so many turns; takes no time."""
    for _ in range(turns):
        await asyncio.sleep(0)
