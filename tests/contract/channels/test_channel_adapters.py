"""One suite for every channel adapter: in without loss or doubling, out once and in order, endings told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import pytest
from tests.integration.live.stage import QUICK, SECRET, SHOP, Browser, Stage, stage

from pasokh.acd import commands as cmd
from pasokh.acd.effects import Deliver, Disconnect
from pasokh.acd.model import Channel
from pasokh.channels.memory import MemoryChannel
from pasokh.channels.ports import Arrival, ChannelAdapter, Opened
from pasokh.channels.reception import Reception
from pasokh.channels.webchat.adapter import WebChatAdapter
from pasokh.engine.clock import wall_ms
from pasokh.engine.effects import Carriers
from pasokh.engine.environment import Environment
from pasokh.engine.ports import LogCarrier
from pasokh.engine.service import EngineService
from pasokh.kernel.errors import PasokhError
from pasokh.store.memory import MemoryStore

ORG = "org1"
ARRIVAL = Arrival(org=ORG, queue="sales", start="conversation-1", customer_name="Олена", language="uk")


class Customer(Protocol):
    """What somebody on the other side of the channel has seen."""

    async def texts(self, opened: Opened, count: int) -> Sequence[str]:
        """The centre's messages, once there are `count`."""

    async def ended(self, opened: Opened) -> str:
        """Why it ended, once it has."""


@dataclass
class Rig:
    adapter: ChannelAdapter
    customer: Customer
    stage: Stage


async def eventually(check: Callable[[], bool]) -> None:
    """Poll with a deadline."""
    async with asyncio.timeout(10):
        while not check():  # noqa: ASYNC110 - the channel tells nobody
            await asyncio.sleep(0.005)


class ByHand:
    """The memory channel's customer."""

    def __init__(self, channel: MemoryChannel) -> None:
        self._channel = channel

    async def texts(self, opened: Opened, count: int) -> Sequence[str]:
        await eventually(lambda: len(self._channel.delivered(opened)) >= count)
        return self._channel.delivered(opened)

    async def ended(self, opened: Opened) -> str:
        await eventually(lambda: self._channel.ended(opened) is not None)
        return self._channel.ended(opened) or ""


class ByWidget:
    """The web chat's customer: a browser on the visitor's socket."""

    def __init__(self, made: Stage) -> None:
        self._stage = made
        self._browsers: dict[str, Browser] = {}

    async def _browser(self, opened: Opened) -> Browser:
        if opened.contact not in self._browsers:
            token = self._stage.visitor(opened.org, opened.contact)
            self._browsers[opened.contact] = await self._stage.browser(token, "chat", origin=SHOP).connect()
        return self._browsers[opened.contact]

    async def texts(self, opened: Opened, count: int) -> Sequence[str]:
        browser = await self._browser(opened)

        def said() -> list[str]:
            keys = browser.keys["chat"]
            return [v["text"] for k, v in sorted(keys.items()) if k[:2] == "m:" and v["author"] != "customer"]

        await browser.until(lambda: len(said()) >= count)
        return said()

    async def ended(self, opened: Opened) -> str:
        browser = await self._browser(opened)
        await browser.until(lambda: browser.keys["chat"]["contact"]["closed"])
        return browser.keys["chat"]["contact"]["reason"]


@asynccontextmanager
async def memory_rig() -> AsyncIterator[Rig]:
    store = MemoryStore(wall_ms)
    channel = MemoryChannel(Reception(store, Channel.MESSENGER, SECRET))
    carriers = Carriers({Channel.MESSENGER: channel, Channel.CALLBACK: LogCarrier()})
    service = EngineService(Environment(store, carriers, options=QUICK), "test-engine")
    async with stage(store, engine=False) as made:
        stop = asyncio.Event()
        task = asyncio.create_task(service.run(stop), name="test-engine")
        try:
            yield Rig(channel, ByHand(channel), made)
        finally:
            stop.set()
            await asyncio.wait_for(task, 20)


@asynccontextmanager
async def webchat_rig() -> AsyncIterator[Rig]:
    async with stage() as made:
        yield Rig(WebChatAdapter(Reception(made.store, Channel.CHAT, SECRET)), ByWidget(made), made)


RIGS = {"webchat": webchat_rig, "memory": memory_rig}


@pytest.fixture(params=sorted(RIGS))
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with RIGS[request.param]() as made:
        await made.stage.furnish(ORG)
        yield made


async def code_of(awaitable) -> str:
    with pytest.raises(PasokhError) as refused:
        await awaitable
    return refused.value.code


async def messages(rig: Rig, opened: Opened) -> list[str]:
    rows = await rig.stage.store.read_stream(ORG, ORG, opened.contact)
    return [row.type for row in rows if row.type in {"contact.opened", "message.posted"}]


async def test_one_start_is_one_contact_however_often_it_is_asked(rig: Rig) -> None:
    all_opened = await asyncio.gather(*(rig.adapter.open(ARRIVAL) for _ in range(4)))
    assert len(set(all_opened)) == 1
    other_words = Arrival(org=ORG, queue="sales", start=ARRIVAL.start, customer_name="renamed")
    assert await rig.adapter.open(other_words) == all_opened[0]
    other = await rig.adapter.open(Arrival(org=ORG, queue="sales", start="conversation-2"))
    assert other.contact != all_opened[0].contact
    assert await messages(rig, all_opened[0]) == ["contact.opened"]


async def test_messages_come_in_once_and_in_order(rig: Rig) -> None:
    opened = await rig.adapter.open(ARRIVAL)
    for n in (1, 2, 2, 1, 3):
        await rig.adapter.say(opened, f"m{n}", f"text {n}")
    assert (await messages(rig, opened)).count("message.posted") == 3
    assert await code_of(rig.adapter.say(opened, "m1", "other words")) == "inbox.key_reused"
    assert await code_of(rig.adapter.say(opened, "m9", " \x00 ")) == "message.empty"
    assert await code_of(rig.adapter.say(opened, "m9", "x" * 4_001)) == "message.too_long"


async def test_the_centres_messages_go_out_once_in_order_and_notes_do_not(rig: Rig) -> None:
    await rig.stage.ready(ORG, "ann")
    opened = await rig.adapter.open(ARRIVAL)
    i = opened.interaction
    await rig.stage.do(ORG, cmd.AcceptOffer(i, "ann"))
    for n in range(5):
        await rig.stage.do(ORG, cmd.PostMessage(i, f"a{n}", "agent", "ann", f"answer {n}"))
        await rig.stage.do(ORG, cmd.PostMessage(i, f"n{n}", "note", "ann", "for us only"))
    expected = [f"answer {n}" for n in range(5)]
    assert list(await rig.customer.texts(opened, 5)) == expected
    again = Deliver("e-again", i, rig.adapter.channel, "a9", "answer 9")
    await rig.adapter.perform(ORG, again)
    await rig.adapter.perform(ORG, again)
    if not rig.adapter.in_log:  # carried once, however often it is performed
        expected.append("answer 9")
    assert list(await rig.customer.texts(opened, len(expected))) == expected


async def test_the_end_is_told_and_what_comes_later_is_refused(rig: Rig) -> None:
    await rig.stage.ready(ORG, "ann")
    opened = await rig.adapter.open(ARRIVAL)
    await rig.adapter.say(opened, "m1", "hello")
    await rig.stage.do(ORG, cmd.AcceptOffer(opened.interaction, "ann"), cmd.EndInteraction(opened.interaction, "ann"))
    assert await rig.customer.ended(opened) == "answered"
    assert await code_of(rig.adapter.say(opened, "m2", "more")) == "interaction.closed"
    await rig.adapter.say(opened, "m1", "hello")  # said before the end: still accepted, still once
    await rig.stage.do(ORG, cmd.CompleteWrapUp(opened.interaction, "ann", "done"))
    assert await code_of(rig.adapter.leave(opened)) == "interaction.closed"


async def test_leaving_and_coming_back(rig: Rig) -> None:
    opened = await rig.adapter.open(ARRIVAL)
    await rig.adapter.leave(opened)
    await rig.adapter.leave(opened)
    rows = await rig.stage.store.read_stream(ORG, ORG, opened.contact)
    assert [row.type for row in rows].count("interaction.closed") == 1
    fresh = await rig.adapter.open(Arrival(org=ORG, queue="sales", start="conversation-2"))
    await rig.adapter.say(fresh, "m1", "again")


async def test_another_way_keeps_the_place(rig: Rig) -> None:
    opened = await rig.adapter.open(ARRIVAL)
    await rig.adapter.choose(opened, "callback", "+380501234567")
    await rig.adapter.choose(opened, "callback", "+380501234567")
    rows = await rig.stage.store.read_stream(ORG, ORG, opened.contact)
    assert [row.type for row in rows].count("ladder.alternative_accepted") == 1
    assert await rig.customer.ended(opened) == "diverted"


async def test_two_organisations_never_share_a_contact(rig: Rig) -> None:
    await rig.stage.furnish("org2")
    ours = await rig.adapter.open(ARRIVAL)
    theirs = await rig.adapter.open(Arrival(org="org2", queue="sales", start=ARRIVAL.start))
    assert ours.contact != theirs.contact
    foreign = Opened("org2", ours.contact, ours.interaction)
    assert await code_of(rig.adapter.say(foreign, "m1", "hello")) == "interaction.closed"
    await rig.adapter.perform(ORG, Disconnect("x1", ours.interaction, rig.adapter.channel, "answered"))
