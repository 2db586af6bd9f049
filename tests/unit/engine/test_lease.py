"""Protects: a leader stops by itself before anyone else can lead, whatever the database does."""

import asyncio

import pytest
from msgspec.structs import replace

from pasokh.engine.lease import LeaseKeeper
from pasokh.engine.options import EngineOptions
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Head, Lease

LEASE = Lease("s", "o", "me", 3, 0, Head())
OPTIONS = EngineOptions(renew_s=0.01, lease_ms=300, lease_margin_ms=100, backoff_s=0.005)


class ScriptedLeases:
    def __init__(self, *script: Exception | None) -> None:
        self.script = list(script)
        self.renewed = 0
        self.enough = asyncio.Event()

    async def renew(self, lease: Lease, ttl: int) -> Lease:
        error = self.script.pop(0) if self.script else None
        if error is not None:
            raise error
        self.renewed += 1
        if self.renewed >= 5:
            self.enough.set()
        return replace(lease, until=lease.until + 1)


def keeper(store: object, asked_at: float | None = None) -> LeaseKeeper:
    loop_time = asyncio.get_running_loop().time
    return LeaseKeeper(store, LEASE, loop_time() if asked_at is None else asked_at, OPTIONS, loop_time)


async def test_renews_and_outlives_a_short_outage() -> None:
    store = ScriptedLeases(None, PasokhError("store.unavailable"), PasokhError("store.unavailable"))
    held = keeper(store)
    task = asyncio.create_task(held.keep())
    await asyncio.wait_for(store.enough.wait(), 5)
    assert held.valid()
    assert held.lease.until >= 5
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_fenced_is_the_end() -> None:
    with pytest.raises(PasokhError, match=r"engine\.lease_lost"):
        await asyncio.wait_for(keeper(ScriptedLeases(PasokhError("store.fenced"))).keep(), 5)


async def test_a_silent_database_ends_the_lead_before_the_lease_can_run_out() -> None:
    class Silent:
        async def renew(self, lease: Lease, ttl: int) -> Lease:
            await asyncio.Event().wait()
            raise AssertionError

    loop = asyncio.get_running_loop()
    began = loop.time()
    held = keeper(Silent())
    with pytest.raises(PasokhError, match=r"engine\.lease_lost"):
        await asyncio.wait_for(held.keep(), 5)
    assert not held.valid()
    assert loop.time() - began >= 0.2


async def test_a_process_that_slept_too_long_may_not_act() -> None:
    held = keeper(ScriptedLeases(), asked_at=asyncio.get_running_loop().time() - 0.21)
    assert not held.valid()
    with pytest.raises(PasokhError, match=r"engine\.lease_lost"):
        held.check()
