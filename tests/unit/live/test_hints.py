"""Who is typing reaches those it concerns and nobody else; so does "look again"."""

import asyncio

import msgspec
from tests.unit.live.floor import NOON
from tests.unit.live.wire import SIGNER, Wire, wire

from pasokh.acd import commands as cmd
from pasokh.acd.events import AnyEvent
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.acd.state import State
from pasokh.acd.step import step
from pasokh.store.hints import Ended, Look

SHOP = "https://shop.example"
TALK = (
    cmd.DefineQueue(QueueConfig("q")), cmd.DefineAgent(AgentConfig("ann", "Ann", queues=("q",))),
    cmd.DefineAgent(AgentConfig("bob", "Bob")), cmd.SignIn("ann"), cmd.SignIn("bob"),
    cmd.SetPresence("ann", ready=True),
    cmd.OpenContact("c1", "i1", Channel.CHAT, "q", customer_name="Sara"), cmd.AcceptOffer("i1", "ann"),
    cmd.StartMonitor("i1", "u-eve"),
)  # fmt: skip


def talk() -> list[tuple[AnyEvent, int]]:
    state = State()
    return [(event, NOON) for command in TALK for event in step(state, command, NOON)[0]]


def visitor(contact: str, org: str = "org1") -> str:
    return SIGNER.visitor(org=org, contact=contact, origin=SHOP, now=NOON)[0]


async def seats(made: Wire) -> dict[str, object]:
    await made.write("org1", talk())
    await made.write("org2", talk())
    await made.hub.start()
    sockets = {
        "ann": made.socket().hello(made.staff(), desk=None),
        "bob": made.socket().hello(made.staff(user="bob"), desk=None),
        "eve": made.socket().hello(made.staff(user="eve", role="supervisor"), wall=None),
        "sara": made.socket(SHOP).hello(visitor("c1"), chat=None),
        "else": made.socket(SHOP).hello(visitor("c2"), chat=None),
        "other": made.socket(SHOP).hello(visitor("c1", "org2"), chat=None),
    }
    for socket in sockets.values():
        await socket.until_type("snapshot")
    return sockets


async def heard(sockets: dict[str, object], kind: str) -> set[str]:
    """Who got a frame of the kind, once everybody has answered a ping said after it."""
    for socket in sockets.values():
        before = sum(f["type"] == "pong" for f in socket.sent)
        socket.say({"type": "ping"})
        await socket.until_type("pong", before + 1)
    return {name for name, socket in sockets.items() if any(f["type"] == kind for f in socket.sent)}


def test_an_agent_typing_is_seen_by_the_customer_and_who_reads_along():
    async def run() -> None:
        async with wire() as made:
            sockets = await seats(made)
            sockets["ann"].say({"type": "typing", "interaction": "i1", "on": True})
            frame = await sockets["sara"].until_type("typing")
            assert {**frame, "until": 0} == {
                "type": "typing",
                "interaction": "i1",
                "who": "agent",
                "name": "Ann",
                "until": 0,
            }
            assert frame["until"] > NOON
            assert await heard(sockets, "typing") == {"sara", "eve"}

    asyncio.run(run())


def test_a_customer_typing_is_seen_by_the_agent():
    async def run() -> None:
        async with wire() as made:
            sockets = await seats(made)
            sockets["sara"].say({"type": "typing", "interaction": "i1", "on": False})
            frame = await sockets["ann"].until_type("typing")
            assert (frame["who"], frame["name"], frame["until"]) == ("customer", "Sara", 0)
            assert await heard(sockets, "typing") == {"ann", "eve"}

    asyncio.run(run())


def test_nobody_types_where_they_have_no_business():
    async def run() -> None:
        async with wire() as made:
            sockets = await seats(made)
            for name in ("bob", "eve", "else"):
                sockets[name].say({"type": "typing", "interaction": "i1"})
            sockets["sara"].say({"type": "typing", "interaction": "nothing"})
            assert await heard(sockets, "typing") == set()

    asyncio.run(run())


def test_sockets_of_an_ended_sign_in_close_and_only_a_new_token_opens_another():
    async def run() -> None:
        async with wire() as made:
            sockets = await seats(made)
            old = made.staff()
            made.clock.now += 1_000
            made.store.hint("org1", "k", msgspec.json.encode(Ended("u-ann", made.clock.now)))
            assert await sockets["ann"].refused() == (4401, "token.ended")
            assert await made.socket().hello(old, desk=None).refused() == (4401, "token.ended")
            made.clock.now += 1
            again = made.socket().hello(made.staff(), desk=None)
            await again.until_type("snapshot")
            assert await heard({"bob": sockets["bob"], "eve": sockets["eve"]}, "error") == set()

    asyncio.run(run())


def test_look_again_reaches_that_persons_pages_only():
    async def run() -> None:
        async with wire() as made:
            sockets = await seats(made)
            made.store.hint("org1", "k", msgspec.json.encode(Look("u-bob", "notices")))
            made.store.hint("org2", "k", msgspec.json.encode(Look("u-ann", "notices")))
            made.store.hint("org1", "k", b"{not json")
            frame = await sockets["bob"].until_type("hint")
            assert frame["what"] == "notices"
            assert await heard(sockets, "hint") == {"bob"}

    asyncio.run(run())
