"""Real calls through everything: SIPp's phones, Asterisk, the exchange, the inbox, PostgreSQL, the engine, and back.

A caller goes through a flow into a queue; an agent's telephone rings, is taken, both hear each other; engines are
killed meanwhile, and the log says to the end what happened.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from tests.integration.engine.stage import Running, Stage
from tests.polling import until_async
from tests.telephony.asterisk import Asterisk, installation, private_asterisk
from tests.telephony.asterisk_rig import ari_switch
from tests.telephony.sipp import available, phone

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.events import decode_event
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.engine.clock import wall_ms
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.kernel.errors import PasokhError
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore
from pasokh.telephony.exchange.front import NumberPlan
from pasokh.telephony.exchange.ports import Silence, Station
from pasokh.telephony.port import Switch
from pasokh.telephony.service import VoiceCarrier

ORG = "acme"
NUMBER = "982191001000"
FLOW = n.Flow("straight", "queue", {"queue": n.Queue(queue="sales", announce=None)}, ("en",))


class Numbers:
    """One number, straight into a queue."""

    async def plan(self, number: str) -> NumberPlan | None:
        program = n.Program("straight", {"straight": FLOW})
        return NumberPlan(program=program, client="own", last_resort="sales", recorded=True)

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
        return p.Facts(wall_ms(), caller=caller, number=number)

    async def remember_language(self, caller: str, language: str) -> None:
        """There is one."""

    async def check(self, number: str) -> p.NumberChecked:
        return p.NumberChecked(good=False)

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        return []


class Stations:
    """Whoever it is sits at the desk's telephone."""

    async def of_user(self, user: str) -> Station | None:
        return Station(endpoint="PJSIP/desk")

    async def outside(self, *_: object) -> Station:
        raise PasokhError("dial.refused", field="address")


@dataclass
class Hall:
    """A switch, a shard on PostgreSQL, and engines that lead it."""

    asterisk: Asterisk
    stage: Stage

    async def switch(self, org: str) -> Switch:
        return ari_switch(self.asterisk)

    async def whispers(self, org: str) -> Silence:
        return Silence()

    async def stations(self, org: str) -> Stations:
        return Stations()

    async def numbers(self, org: str) -> Numbers:
        return Numbers()

    def start(self, owner: str) -> Running:
        carrier = VoiceCarrier(self.stage.client, self, wall_ms)
        return self.stage.start(owner, carriers={Channel.VOICE: carrier, Channel.CALLBACK: carrier})

    async def events(self) -> list[ev.AnyEvent]:
        return [decode_event(row.data) for row in await self.stage.rows()]

    async def until[E: ev.AnyEvent](self, kind: type[E], seconds: float = 20.0) -> E:
        """The first event of a kind, as soon as there is one."""

        async def there() -> E | None:
            return next((e for e in await self.events() if isinstance(e, kind)), None)

        found = await until_async(there, seconds=seconds)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Asterisk]:
    found = installation()
    if isinstance(found, str):
        pytest.skip(found)
    if reason := available():
        pytest.skip(reason)
    with private_asterisk(found) as running:
        yield running


@pytest.fixture
async def hall(asterisk: Asterisk, pg_dsn: Callable[[str], str]) -> AsyncIterator[Hall]:
    async with PostgresStore(pg_dsn(schema.ENGINE)) as store, PostgresStore(pg_dsn(schema.APP)) as client:
        stage = Stage(store, client, ORG)
        await store.open_shard(ORG, ORG)
        made = Hall(asterisk, stage)
        made.start("first")
        for command in (
            cmd.DefineQueue(QueueConfig("sales")),
            cmd.DefineAgent(AgentConfig("sara", queues=("sales",))),
            cmd.SignIn("sara"),
            cmd.SetPresence("sara", ready=True),
        ):
            assert (await stage.ask(command)).ok
        yield made
        await stage.close()


async def test_a_call_from_the_street_to_the_agent_and_its_end(hall: Hall) -> None:
    with phone(hall.asterisk, "answers") as desk, phone(hall.asterisk, "caller", NUMBER) as caller:
        opened = await hall.until(ev.ContactOpened)
        assert (opened.channel, opened.queue, opened.address) == (Channel.VOICE, "sales", "+982155501")
        accepted = await hall.until(ev.OfferAccepted)
        assert accepted.agent == "sara"
        ended = await hall.until(ev.TalkEnded)
        assert ended.by == "customer"
        await asyncio.to_thread(caller.finish)
        await asyncio.to_thread(desk.finish)
    events = await hall.events()
    assert [type(e) for e in events if isinstance(e, ev.CallArrived | ev.ContactOpened | ev.OfferAccepted)] == [
        ev.CallArrived, ev.ContactOpened, ev.OfferAccepted,
    ]  # fmt: skip
    assert 1_000 < ended.talk_ms < 10_000
    await until_async(lambda: hall.stage.store.effects(ORG, 100), lambda undone: not undone)


async def test_an_engine_killed_while_they_talk_and_the_next_one_sees_the_end(hall: Hall) -> None:
    with phone(hall.asterisk, "answers") as desk, phone(hall.asterisk, "caller", NUMBER) as caller:
        await hall.until(ev.OfferAccepted)
        await hall.stage.engines[-1].crash()
        hall.start("second")
        ended = await hall.until(ev.TalkEnded)
        await asyncio.to_thread(caller.finish)
        await asyncio.to_thread(desk.finish)
    assert ended.by == "customer"
    accepted = [e for e in await hall.events() if isinstance(e, ev.OfferAccepted)]
    assert len(accepted) == 1, "nobody was called twice"


async def test_a_call_that_comes_while_nobody_leads_is_served_by_the_next_engine(hall: Hall) -> None:
    await hall.stage.engines[-1].crash()
    with phone(hall.asterisk, "answers") as desk, phone(hall.asterisk, "caller", NUMBER) as caller:
        hall.start("first")
        await hall.until(ev.OfferAccepted)
        await hall.until(ev.TalkEnded)
        await asyncio.to_thread(caller.finish)
        await asyncio.to_thread(desk.finish)


async def test_a_telephone_nobody_answers_gives_the_call_back(hall: Hall) -> None:
    with phone(hall.asterisk, "busy") as desk, phone(hall.asterisk, "caller", NUMBER):
        rejected = await hall.until(ev.OfferRejected)
        assert rejected.reason in ("busy", "no_answer")
        await asyncio.to_thread(desk.finish)
