"""Protects: code that blocks the event loop is named by file and line; waiting is not blamed."""

import asyncio
import time

import pytest

from pasokh.engine.guard import LoopBlockedError, LoopGuard


def hold(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


async def test_names_the_line_that_holds_the_loop() -> None:
    async with LoopGuard(limit_ms=20, report=lambda block: None) as guard:
        await asyncio.sleep(0)
        hold(0.3)
        await asyncio.sleep(0)
    assert [block.file for block in guard.blocks] == [__file__]
    assert guard.blocks[0].function == "hold"
    assert "test_guard.py" in str(guard.blocks[0])


async def test_strict_raises_on_leaving() -> None:
    with pytest.raises(LoopBlockedError, match=r"test_guard\.py"):
        async with LoopGuard(limit_ms=20, strict=True, report=lambda block: None):
            hold(0.3)


async def test_waiting_is_not_blocking_and_lag_is_measured() -> None:
    lags: list[float] = []
    enough = asyncio.Event()

    def on_lag(lag: float) -> None:
        lags.append(lag)
        if len(lags) >= 10:
            enough.set()

    async with LoopGuard(limit_ms=200, strict=True, on_lag=on_lag, beat_ms=5) as guard:
        await asyncio.wait_for(enough.wait(), 5)
    assert len(guard.lag_ms) >= 10
    assert guard.blocks == []
