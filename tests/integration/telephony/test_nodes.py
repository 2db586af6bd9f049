"""Two Asterisks behind one Kamailio, led by a real engine: what a kill -9 of each loses, and how long it takes.

Callers come by a carrier, agents' telephones are signed on at the proxy, the engine is the real one with its log.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest_asyncio
from tests.integration.engine.stage import Running, Stage
from tests.integration.telephony.test_calls_through_the_core import Numbers
from tests.nodes_stage import CARRIER, NUMBER, Cluster, Phone, cluster, needs_proxy, node_switch, proxied_site
from tests.polling import until_async
from tests.sip_peer import Message, SipPeer
from tests.switch_stage import needs_asterisk

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.events import decode_event
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.engine.clock import wall_ms
from pasokh.kernel.errors import PasokhError
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore
from pasokh.telephony.exchange.ports import Silence, Station
from pasokh.telephony.nodes.switch import NodesSwitch
from pasokh.telephony.port import Switch
from pasokh.telephony.service import VoiceCarrier

pytestmark = [needs_proxy, needs_asterisk]
ORG = "acme"
NOTICED_S = 10.0


class Stations:
    """Each agent has the telephone of that name."""

    async def of_user(self, user: str) -> Station | None:
        return Station(endpoint=f"PJSIP/{user}")

    async def outside(self, *_: object) -> Station:
        raise PasokhError("dial.refused", field="address")


@dataclass
class Hall:
    """The centre: a cluster, a shard on PostgreSQL, engines that lead it."""

    cluster: Cluster
    stage: Stage
    switches: list[NodesSwitch] = field(default_factory=list)

    async def switch(self, org: str) -> Switch:
        parts = [node_switch(home, name) for name, home in self.cluster.nodes.items()]
        self.switches.append(NodesSwitch(parts, clock=wall_ms))
        return self.switches[-1]

    async def whispers(self, org: str) -> Silence:
        return Silence()

    async def stations(self, org: str) -> Stations:
        return Stations()

    async def numbers(self, org: str) -> Numbers:
        return Numbers()

    def start(self, owner: str) -> Running:
        carrier = VoiceCarrier(self.stage.client, self, wall_ms)
        return self.stage.start(owner, carriers={Channel.VOICE: carrier, Channel.CALLBACK: carrier})

    async def events[E: ev.AnyEvent](self, kind: type[E]) -> list[E]:
        rows = [decode_event(row.data) for row in await self.stage.rows()]
        return [event for event in rows if isinstance(event, kind)]

    async def until[E: ev.AnyEvent](self, kind: type[E], count: int = 1, seconds: float = 20.0) -> list[E]:
        """Events of a kind, as soon as there are so many."""
        return await until_async(lambda: self.events(kind), lambda found: len(found) >= count, seconds)

    def node(self, answer: Message) -> str:
        """Where a call is."""
        port = answer.header("Contact").rpartition(":")[2].rstrip(">")
        return next(node.name for node in self.cluster.site.nodes if str(node.udp_port) == port)


@pytest_asyncio.fixture
async def hall(pg_dsn: Callable[[str], str]) -> AsyncIterator[Hall]:
    async with (
        cluster(proxied_site()) as running,
        PostgresStore(pg_dsn(schema.ENGINE)) as store,
        PostgresStore(pg_dsn(schema.APP)) as client,
    ):
        stage = Stage(store, client, ORG)
        await store.open_shard(ORG, ORG)
        made = Hall(running, stage)
        made.start("first")
        for command in (
            cmd.DefineQueue(QueueConfig("sales")),
            cmd.DefineAgent(AgentConfig("desk7", queues=("sales",))),
            cmd.SignIn("desk7"),
            cmd.SetPresence("desk7", ready=True),
        ):
            assert (await stage.ask(command)).ok
        yield made
        await stage.close()
        for switch in made.switches:  # a crash leaves them to the next engine, and that may have been the last
            await switch.close()


async def answered(hall: Hall, peer: SipPeer) -> Message:
    """A call that the engine took."""
    answer = await asyncio.to_thread(peer.invite, hall.cluster.port, NUMBER)
    assert answer.status == 200, answer
    return answer


async def test_a_node_dies_with_calls_in_every_phase(hall: Hall) -> None:
    """One talks, others wait, on both nodes. What was on the dead one is told as lost; the other's go on."""
    with contextlib.ExitStack() as stack:
        phone = stack.enter_context(Phone("desk7", "desk-secret"))
        assert (await asyncio.to_thread(phone.register, hall.cluster.port)).status == 200
        peers = [stack.enter_context(SipPeer(CARRIER)) for _ in range(5)]
        first = await answered(hall, peers[0])
        await asyncio.to_thread(phone.take)
        await hall.until(ev.OfferAccepted)
        waiting = [await answered(hall, peer) for peer in peers[1:]]
        await hall.until(ev.ContactOpened, 5)
        dead = hall.node(first)
        gone = [answer for answer in (first, *waiting) if hall.node(answer) == dead]
        left = [(peer, answer) for peer, answer in zip(peers[1:], waiting, strict=True) if hall.node(answer) != dead]
        assert left
        assert len(gone) >= 2
        begun = time.monotonic()
        await hall.cluster.nodes[dead].asterisk.kill()
        lost = await hall.until(ev.CallLost, len(gone), NOTICED_S)
        noticed = time.monotonic() - begun
        assert noticed < NOTICED_S
        assert len(lost) == len(gone), "each lost call, and no other"
        # Whom the agent talked with is gone: the agent is free for the next who waits, on the node that lives.
        await wrap_up(hall)
        await asyncio.to_thread(phone.take, 15)
        await hall.until(ev.OfferAccepted, 2)
        peer, answer = left[0]
        fresh = stack.enter_context(SipPeer(CARRIER))
        assert hall.node(await answered(hall, fresh)) != dead, "new calls come in at once"
        assert {each.interaction for each in await hall.events(ev.CallLost)} == {each.interaction for each in lost}
        await hall.cluster.nodes[dead].asterisk.start(dies_with_parent=True)
        await hall.cluster.seen(dead, "A")
        switch = hall.switches[-1]
        await until_async(_states(switch), lambda states: all(state == "up" for state in states.values()))
        peer.bye(answer, hall.cluster.port)
        assert (await asyncio.to_thread(peer.final)).status == 200


async def wrap_up(hall: Hall) -> None:
    """The agent is through with the latest talk."""
    accepted = (await hall.events(ev.OfferAccepted))[-1]
    answer = await hall.stage.ask(cmd.CompleteWrapUp(accepted.interaction, "desk7", "done"))
    assert answer.ok, answer


def _states(switch: NodesSwitch):
    async def states() -> dict[str, str]:
        return {name: state.value for name, state in switch.states.items()}

    return states


async def test_the_proxy_dies_and_talks_go_on(hall: Hall) -> None:
    """Media pass it by: nobody is cut off; the telephone is known again without signing on."""
    with Phone("desk7", "desk-secret") as phone, SipPeer(CARRIER) as peer, SipPeer(CARRIER) as later:
        assert (await asyncio.to_thread(phone.register, hall.cluster.port)).status == 200
        answer = await answered(hall, peer)
        asked = await asyncio.to_thread(phone.take)
        await hall.until(ev.OfferAccepted)
        await until_async(lambda: asyncio.to_thread(_registered, hall.cluster))
        begun = time.monotonic()
        await hall.cluster.kamailio.kill()
        await hall.cluster.kamailio.start(dies_with_parent=True)
        assert time.monotonic() - begun < 6
        for name in hall.cluster.nodes:
            await until_async(hall.cluster.kamailio.nodes, lambda found, name=name: found[name] == "AP")
        assert not await hall.events(ev.TalkEnded)
        peer.bye(answer, hall.cluster.port)
        assert (await asyncio.to_thread(peer.final)).status == 200
        [ended] = await hall.until(ev.TalkEnded)
        assert ended.by == "customer"
        bye = await asyncio.to_thread(phone.requested, "BYE")
        assert bye.header("Call-ID") == asked.header("Call-ID")
        phone.reply(bye, 200, "OK")
        await wrap_up(hall)
        await answered(hall, later)
        assert (await asyncio.to_thread(phone.take)).first.startswith("INVITE sip:desk7@")
        assert not await hall.events(ev.CallLost)


def _registered(running: Cluster) -> bool:
    file = f"file:{running.kamailio.home}/lib/location.sqlite?mode=ro"
    with contextlib.closing(sqlite3.connect(file, uri=True)) as database:
        return bool(database.execute("SELECT 1 FROM location WHERE username = 'desk7'").fetchall())


async def test_the_engine_dies_and_the_next_one_leads_both_nodes(hall: Hall) -> None:
    with contextlib.ExitStack() as stack:
        phone = stack.enter_context(Phone("desk7", "desk-secret"))
        assert (await asyncio.to_thread(phone.register, hall.cluster.port)).status == 200
        peers = [stack.enter_context(SipPeer(CARRIER)) for _ in range(3)]
        first = await answered(hall, peers[0])
        await asyncio.to_thread(phone.take)
        await hall.until(ev.OfferAccepted)
        waiting = [await answered(hall, peer) for peer in peers[1:]]
        await hall.until(ev.ContactOpened, 3)
        assert {hall.node(answer) for answer in (first, *waiting)} == {"node1", "node2"}
        await hall.stage.engines[-1].crash()
        hall.start("second")
        await until_async(lambda: asyncio.to_thread(lambda: len(hall.switches)), lambda count: count == 2)
        await until_async(_states(hall.switches[-1]), lambda states: set(states.values()) == {"up"})
        peers[0].bye(first, hall.cluster.port)
        assert (await asyncio.to_thread(peers[0].final)).status == 200
        [ended] = await hall.until(ev.TalkEnded)
        assert ended.by == "customer"
        assert not await hall.events(ev.CallLost)
        phone.reply(await asyncio.to_thread(phone.requested, "BYE"), 200, "OK")
        await wrap_up(hall)
        await asyncio.to_thread(phone.take)
        assert len(await hall.until(ev.OfferAccepted, 2)) == 2
