"""Watches an event loop: measures its lag, and names file and line of code that holds it too long.

A beat runs in the loop; a thread looks whether it still comes. When it does not and the loop's thread stands in
code other than the loop's own waiting, that code is the culprit. Cost: one timer and one thread wake-up per beat.
"""

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

log = logging.getLogger(__name__)

_WAITING = {("selectors.py", "select"), ("runners.py", "run"), ("base_events.py", "_run_once")}
_PLUMBING = (str(Path(asyncio.__file__).parent), str(Path(threading.__file__)))


@dataclass(frozen=True, slots=True)
class Block:
    """Code at `file`:`line` in `function` held the loop for at least `held_ms`."""

    file: str
    line: int
    function: str
    held_ms: float

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function} held the event loop for {self.held_ms:.0f} ms"


class LoopBlockedError(RuntimeError):
    """Raised on leaving a strict guard under which the loop was held too long."""


def log_block(block: Block) -> None:
    """Say it in the log: what a guard in production does."""
    log.warning("%s", block)


class LoopGuard:
    """`async with LoopGuard(limit_ms=50):` reports each longer hold once; `strict` raises at the end.

    `lag_ms` holds the latest lags of the beat (how much later than planned it ran), newest last.
    """

    def __init__(
        self,
        limit_ms: float = 50.0,
        *,
        strict: bool = False,
        report: Callable[[Block], None] = log_block,
        on_lag: Callable[[float], None] | None = None,
        beat_ms: float | None = None,
    ) -> None:
        self.limit_ms = limit_ms
        self.strict = strict
        self.blocks: list[Block] = []
        self.lag_ms: deque[float] = deque(maxlen=4_096)
        self._report = report
        self._on_lag = on_lag
        self._beat_s = (beat_ms if beat_ms is not None else limit_ms / 2) / 1_000
        self._stop = threading.Event()
        self._beaten = 0.0
        self._handle: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._stop.clear()
        self._beaten = time.monotonic()
        self._plan(loop)
        self._thread = threading.Thread(
            target=self._watch, args=(threading.get_ident(),), name="loop-guard", daemon=True
        )
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._handle is not None:
            self._handle.cancel()
        if self._thread is not None:
            self._thread.join()
        if self.strict and self.blocks and error is None:
            raise LoopBlockedError("; ".join(str(block) for block in self.blocks))

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + self._beat_s
        self._handle = loop.call_at(due, self._beat, loop, due)

    def _beat(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        lag = max(0.0, (loop.time() - due) * 1_000)
        self.lag_ms.append(lag)
        if self._on_lag is not None:
            self._on_lag(lag)
        self._beaten = time.monotonic()
        self._plan(loop)

    def _watch(self, thread: int) -> None:
        told_for = -1.0
        while not self._stop.wait(self._beat_s):
            beaten = self._beaten
            held_ms = (time.monotonic() - beaten - self._beat_s) * 1_000
            if held_ms <= self.limit_ms or beaten == told_for:
                continue
            culprit = _culprit(sys._current_frames().get(thread))  # noqa: SLF001 - the documented way to see a thread
            if culprit is None or self._beaten != beaten:
                continue
            told_for = beaten
            block = Block(culprit.f_code.co_filename, culprit.f_lineno, culprit.f_code.co_name, held_ms)
            self.blocks.append(block)
            self._report(block)


def _culprit(frame: FrameType | None) -> FrameType | None:
    """The innermost frame that is not the loop's own; None while the loop merely waits."""
    if frame is None or (Path(frame.f_code.co_filename).name, frame.f_code.co_name) in _WAITING:
        return None
    seen = frame
    while frame is not None and frame.f_code.co_filename.startswith(_PLUMBING):
        frame = frame.f_back
    return frame if frame is not None else seen
