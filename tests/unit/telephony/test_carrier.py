"""The carrier of voice while a lead begins: the core answers nobody yet, and callers wait all the same."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.polling import until_so
from tests.unit.telephony.house import Stations
from tests.unit.telephony.test_front import Numbers, Shop

from pasokh.flows import nodes as n
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Answer
from pasokh.telephony.exchange.front import NumberPlan
from pasokh.telephony.exchange.ports import Silence
from pasokh.telephony.memory.switch import MemorySwitch
from pasokh.telephony.port import SwitchUnavailableError
from pasokh.telephony.service import VoiceCarrier

NUMBER = "+982112345678"
ORG = "demo"


class Inbox:
    """A core that decides nothing before it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.decides = asyncio.Event()

    async def submit(self, org: str, shard: str, key: str, actor: str, command: bytes) -> Answer | None:
        self.asked.append(command.decode())
        return None

    async def wait_answer(self, org: str, shard: str, key: str, seconds: float) -> Answer:
        await self.decides.wait()
        return Answer(ok=True)


class Plant:
    """The shop's number and telephones on the switch in memory."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.refusals: list[BaseException] = []

    async def switch(self, org: str) -> MemorySwitch:
        plant = self

        class Switch(MemorySwitch):
            async def channels(self) -> list[object]:
                if plant.refusals:
                    raise plant.refusals.pop()
                return await super().channels()

        return Switch(self.shop.pbx)

    async def whispers(self, org: str) -> Silence:
        return Silence()

    async def stations(self, org: str) -> Stations:
        return Stations()

    async def numbers(self, org: str) -> object:
        return self.shop.numbers


class Straight(Numbers):
    """A number whose callers wait for somebody at once."""

    async def plan(self, number: str) -> NumberPlan:
        flow = n.Flow("straight", "queue", {"queue": n.Queue(queue="support", announce=None)}, ("en",))
        return NumberPlan(program=n.Program("straight", {"straight": flow}), client="own", last_resort="support")


@pytest.fixture
async def shop() -> Shop:
    made = Shop("sara")
    made.numbers = Straight(made)
    await made.take_over()
    return made


async def begun(carrier: VoiceCarrier, held: Sequence[object] = ()) -> list[object]:
    return await asyncio.wait_for(carrier.reconcile(ORG, held, (), set()), 5.0)


async def test_a_lead_begins_though_a_caller_has_something_to_ask_of_the_core(shop: Shop) -> None:
    """It decides nothing until the lead has begun: whoever waited for it in between waited for ever."""
    shop.pbx.call(NUMBER, caller="+989121112233")
    inbox = Inbox()
    carrier = VoiceCarrier(inbox, Plant(shop), lambda: shop.pbx.clock.now)
    await begun(carrier)
    await until_so(lambda: any('"contact.open"' in each for each in inbox.asked))
    await carrier.leave(ORG)


@pytest.mark.parametrize(
    "fault", [SwitchUnavailableError("switch.unreachable"), PasokhError("switch.unreadable"), ZeroDivisionError()]
)
async def test_a_takeover_that_fails_is_tried_again_during_the_lead(shop: Shop, fault: Exception) -> None:
    shop.pbx.call(NUMBER, caller="+989121112233")
    inbox, plant = Inbox(), Plant(shop)
    plant.refusals = [fault]
    carrier = VoiceCarrier(inbox, plant, lambda: shop.pbx.clock.now)
    try:
        await begun(carrier)
    except (PasokhError, ZeroDivisionError):
        assert not isinstance(fault, SwitchUnavailableError)
    await until_so(lambda: inbox.asked)
    await carrier.leave(ORG)
