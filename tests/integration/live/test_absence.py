"""A visitor who closes the page while waiting is reported away once, and back by whichever process has a socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from tests.integration.live.stage import SHOP, Stage, stage

from pasokh.acd import commands as cmd
from pasokh.acd.model import QueueConfig
from pasokh.engine.clock import wall_ms
from pasokh.live import absence
from pasokh.live import hub as hub_module
from pasokh.live.absence import Absence
from pasokh.store.memory import MemoryStore


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absence, "GRACE", 150)
    monkeypatch.setattr(absence, "RETURN", 400)
    monkeypatch.setattr(hub_module, "SWEEP_SECONDS", 0.03)


@asynccontextmanager
async def two() -> AsyncIterator[tuple[Stage, Stage]]:
    """Two web processes before one store; `ann` follows the log at each."""
    store = MemoryStore(wall_ms)
    async with stage(store) as one, stage(store, engine=False) as other:
        await one.furnish("org1")
        yield one, other


async def events(s: Stage, contact: str) -> list[str]:
    rows = await s.store.read_stream("org1", "org1", contact)
    return [row.type for row in rows if row.type.startswith("customer.")]


async def seen(s: Stage, contact: str, check: Callable[[list[str]], bool]) -> list[str]:
    """Follow the log until the contact's events are as wanted."""
    rows = s.store.tail("org1", "org1", 0, 500)
    async with contextlib.aclosing(rows) as batches, asyncio.timeout(10):
        async for _ in batches:
            if check(found := await events(s, contact)):
                return found
    raise AssertionError(found)


async def test_a_closed_page_is_away_and_a_new_one_is_back() -> None:
    async with two() as (one, other):
        _, _, started = await one.start_chat(text="anyone?", message="m1")
        visitor = await one.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["phase"] == "queued")
        await visitor.disconnect()
        assert await seen(one, started["contact"], bool) == ["customer.away"]
        again = await other.browser(started["token"], "chat", origin=SHOP).connect()
        assert await seen(one, started["contact"], lambda found: len(found) > 1) == ["customer.away", "customer.back"]
        await again.until(lambda: not again.keys["chat"]["contact"]["closed"])


async def test_a_tab_at_another_process_keeps_the_visitor_here() -> None:
    async with two() as (one, other):
        _, _, started = await one.start_chat(text="anyone?", message="m1")
        first = await one.browser(started["token"], "chat", origin=SHOP).connect()
        second = await other.browser(started["token"], "chat", origin=SHOP).connect()
        await second.until(lambda: "contact" in second.keys["chat"])
        await first.drop()
        # One process cannot know of the other's sockets: away, and back at once.
        assert await seen(one, started["contact"], lambda found: len(found) > 1) == ["customer.away", "customer.back"]
        shard = await one.hub.shard("org1")
        await shard.catch_up(5)
        assert shard.state.interactions[started["interaction"]].away_since == 0


async def test_a_reload_is_no_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absence, "GRACE", 60_000)
    async with two() as (one, _):
        _, _, started = await one.start_chat(text="anyone?", message="m1")
        visitor = await one.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.disconnect()
        again = await one.browser(started["token"], "chat", origin=SHOP).connect()
        assert (await again.do("v1", type="message.post", interaction=started["interaction"], message="m2", text="!"))[
            "ok"
        ]
        await one.hub.sweep()
        assert await events(one, started["contact"]) == []


async def test_who_waited_when_a_process_ended_is_found_by_the_next() -> None:
    async with two() as (one, other):
        await one.open("org1", "drawn")  # nobody's socket: not from a widget
        await one.open("org1", "gone", customer="visitor-1")  # its socket was at a process that is no more
        _, _, started = await other.start_chat(text="anyone?", message="m1")
        visitor = await other.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["phase"] == "queued")
        await one.browser(one.staff("org1", "ann"), "desk").connect()
        assert await seen(one, "gone", bool) == ["customer.away"]
        found = await events(one, started["contact"])  # reported away by the newcomer at most, and back by its own
        assert found in ([], ["customer.away"], ["customer.away", "customer.back"])
        if found:
            await seen(one, started["contact"], lambda found: found[-1:] == ["customer.back"])
        assert await events(one, "drawn") == []


async def test_an_organisation_nobody_follows_is_followed_while_its_visitors_wait() -> None:
    async def waiting() -> list[str]:
        return ["org1"]

    store = MemoryStore(wall_ms)
    async with stage(store) as before:
        await before.furnish("org1")
        await before.open("org1", "gone", customer="visitor-1")
        async with stage(store, engine=False, waiting=waiting):
            assert await seen(before, "gone", bool) == ["customer.away"]


async def test_a_waiting_customer_who_stays_away_is_abandoned() -> None:
    async with two() as (one, _):
        await one.do("org1", cmd.DefineQueue(QueueConfig("sales", {"en": "Sales"}, version=2, away_ms=1_000)))
        _, _, started = await one.start_chat(text="anyone?", message="m1")
        visitor = await one.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["phase"] == "queued")
        await visitor.disconnect()
        await seen(one, started["contact"], bool)
        shard = await one.hub.shard("org1")
        rows = one.store.tail("org1", "org1", 0, 500)
        async with contextlib.aclosing(rows) as batches, asyncio.timeout(10):
            async for batch in batches:
                if any(row.type == "contact.closed" for row in batch):
                    break
        await shard.catch_up(5)
        status, _, resumed = await one.call("POST", "/chat/v1/resume", {"token": started["token"]}, Origin=SHOP)
        assert (status, resumed["closed"], resumed["reason"]) == (200, True, "abandoned")


async def test_what_the_store_did_not_take_is_told_later() -> None:
    """The store is away while the page closes: the next sweep tells it."""
    async with stage() as s:
        await s.furnish("org1")
        await s.open("org1", "c1")
        shard = await s.hub.shard("org1")
        await shard.catch_up(5)
        broken = MemoryStore(wall_ms)
        await broken.close()
        now = [0]
        watch = Absence(broken, lambda: now[0], lambda _org: shard.state, {})
        watch.left(("org1", "visitor", "c1"))
        now[0] = 10_000
        await watch.sweep(frozenset())
        assert watch._left
        watch._inbox = s.store
        await watch.sweep(frozenset())
        assert not watch._left
        await seen(s, "c1", bool)
