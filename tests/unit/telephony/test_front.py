"""Callers on their way through the example flows, in a centre whose switch is in memory."""

from collections.abc import Coroutine, Sequence

import msgspec
import pytest
from tests.unit.telephony.house import DiedError, House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Phase
from pasokh.flows import position as p
from pasokh.flows.examples import example
from pasokh.flows.nodes import Callback, Flow, HangUp, Offer, Program, Queue, Say, Saying, Way
from pasokh.telephony.exchange.front import FlowFront, NumberPlan
from pasokh.telephony.variables import CONTACT, INTERACTION

SAID = "sound:said"
SAYING_MS = 2_000


class Numbers:
    """The demo shop's number; everything known of callers is what a test says."""

    def __init__(self, house: "Shop") -> None:
        self._house = house
        self.known = p.Facts(0, open=("office", "always"))
        self.languages: dict[str, str] = {}
        self.program = example("shop")

    async def plan(self, number: str) -> NumberPlan | None:
        if number != "+982112345678":
            return None
        return NumberPlan(program=self.program, client="own", last_resort="support", recorded=True)

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
        now, language = self._house.pbx.clock.now, self.languages.get(caller, "")
        return msgspec.structs.replace(self.known, now=now, number=number, caller=caller, language=language)

    async def remember_language(self, caller: str, language: str) -> None:
        self.languages[caller] = language

    async def check(self, number: str) -> p.NumberChecked:
        return p.NumberChecked(number.startswith(("+98", "09")), "+989121234567", "09121234567")

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        self._house.said += [piece.text for piece in pieces]
        return [SAID] * min(1, len(pieces))


class Shop(House):
    """A house whose callers go through the shop's flow."""

    def __init__(self, *agents: str) -> None:
        self.said: list[str] = []
        super().__init__(*agents)
        self.pbx.sounds[SAID] = SAYING_MS

    def front(self) -> FlowFront:
        self.numbers = getattr(self, "numbers", None) or Numbers(self)
        self.flow_front = FlowFront(self.exchange, self.numbers)
        return self.flow_front

    async def wake(self) -> None:
        for at, channel in self.flow_front.due():
            if at <= self.pbx.clock.now:
                await self.flow_front.wake(channel)
        await self.settle()

    async def press(self, line, keys: str) -> None:
        for key in keys:
            self.pbx.press(line, key)
            await self.wait(500)

    def waiting(self):
        return next(iter(self.state.interactions.values()), None)


@pytest.fixture
async def shop() -> Shop:
    made = Shop("sara")
    await made.take_over()
    return made


async def in_queue(shop: Shop):
    """A caller who chose Persian and a person."""
    caller = await shop.call()
    await shop.press(caller, "1")
    await shop.wait(3_000)
    await shop.press(caller, "0")
    return caller


async def test_a_caller_comes_through_the_flow_is_served_and_asked_how_it_was(shop):
    caller = await shop.call()
    assert shop.said[0].startswith("برای فارسی")
    await shop.press(caller, "1")
    await shop.wait(3_000)
    await shop.press(caller, "1")
    await shop.press(caller, "10245#")
    await shop.press(caller, "1")
    await shop.wait(3_000)
    waits = shop.waiting()
    assert (waits.queue, waits.channel.value) == ("support", "voice")
    contact = shop.state.contacts[waits.contact]
    assert (contact.language, contact.subject) == ("fa", "order: 10245")
    assert shop.numbers.languages == {caller.caller_number: "fa"}
    sara = await shop.take("sara")
    assert sara.caller_number == caller.caller_number, "a telephone shows who calls"
    assert shop.pbx.hears(caller) == {sara.id}
    assert shop.state.calls == {}
    await shop.act(cmd.EndInteraction(waits.id, "sara"))
    assert caller.alive
    assert not sara.alive
    assert "چقدر از این تماس راضی بودید" in shop.said[-1]
    await shop.press(caller, "5")
    await shop.press(caller, "1")
    await shop.wait(10_000)
    assert not caller.alive
    rated = next(e for e in shop.log if isinstance(e, ev.ContactRated))
    assert (rated.contact, rated.queue, rated.agent, rated.score) == (waits.contact, "support", "sara", 5)
    steps = [e.step for e in shop.log if isinstance(e, ev.CallStepped)]
    assert steps[:4] == ["who", "language", "hours", "hello"]
    assert steps[-1] == "bye"


async def test_waiting_is_never_a_minute_without_another_way_and_a_callback_keeps_the_place(shop):
    await shop.act(cmd.SetPresence("sara", ready=False))
    caller = await in_queue(shop)
    since = shop.waiting().queued_at
    assert shop.pbx.hears(caller) == {"music:default"}
    said = len(shop.said)
    await shop.wait(50_000)
    assert any("تماس" in text for text in shop.said[said:])
    await shop.press(caller, "1")
    await shop.wait(3_000)
    await shop.press(caller, "1")
    await shop.wait(10_000)
    back = shop.waiting()
    assert (back.kind, back.address, back.queued_at) == ("callback", "+989121234567", since)
    await shop.wait(10_000)
    assert not caller.alive


async def test_a_message_is_an_item_of_the_queue(shop):
    await shop.act(cmd.SetPresence("sara", ready=False))
    caller = await in_queue(shop)
    await shop.press(caller, "2")
    await shop.wait(3_000)
    shop.pbx.speak(caller, 4_000)
    await shop.wait(6_000)
    await shop.press(caller, "#")
    await shop.wait(15_000)
    left = shop.waiting()
    assert left.kind == "message"
    posted = [e for e in shop.log if isinstance(e, ev.MessagePosted) and e.attachments]
    assert posted[-1].attachments[0].media_type == "audio/wav"
    assert not caller.alive


async def test_outside_hours_nobody_is_queued(shop):
    shop.numbers.known = p.Facts(0, open=("always",))
    caller = await shop.call()
    await shop.press(caller, "3")
    await shop.wait(3_000)
    assert "We are closed now" in shop.said[-1]
    assert shop.waiting() is None
    await shop.act(lambda: shop.pbx.hang_up(caller))
    assert next(e for e in shop.log if isinstance(e, ev.CallEnded)).reason == "caller"
    assert shop.state.calls == {}


async def test_a_blocked_caller_and_a_number_that_is_not_ours_are_let_go(shop):
    shop.numbers.known = msgspec.structs.replace(shop.numbers.known, blocked=True)
    caller = await shop.call()
    assert not caller.alive
    stranger = shop.pbx.call("+982100000000", "+989121234567")
    await shop.settle()
    assert not stranger.alive
    assert stranger.gone_cause == 1


async def test_a_caller_sent_back_waits_with_music_again(shop):
    caller = await in_queue(shop)
    await shop.take("sara")
    await shop.act(cmd.ReturnInteraction(shop.waiting().id, "boss"))
    await shop.wait(1_000)
    assert shop.waiting().phase in (Phase.QUEUED, Phase.OFFERED)
    assert shop.pbx.hears(caller) == {"music:default"}


async def test_an_engine_that_died_before_the_switch_had_the_interaction_on_the_channel_loses_nobody(shop):
    """The core was asked beside that order: the call's id says whose the wait is."""
    await shop.act(cmd.SetPresence("sara", ready=False))
    caller = await in_queue(shop)
    waits = shop.waiting()
    for name in (INTERACTION, CONTACT):
        del caller.variables[name]
    shop.pbx.cut()
    await shop.take_over()
    assert shop.waiting() is waits
    assert shop.pbx.hears(caller) == {"music:default"}
    await shop.act(cmd.SetPresence("sara", ready=True))
    sara = await shop.take("sara")
    assert shop.pbx.hears(caller) == {sara.id}
    shop.check()
    await shop.act(cmd.EndInteraction(waits.id, "sara"))
    assert caller.alive


async def test_the_next_engine_goes_on_where_the_caller_is(shop):
    caller = await shop.call()
    await shop.press(caller, "1")
    await shop.wait(3_000)
    shop.pbx.cut()
    await shop.take_over()
    said = shop.said[-1]
    assert said.startswith("برای پیگیری سفارش"), "the menu is said anew, in the caller's language"
    await shop.press(caller, "0")
    assert shop.waiting().queue == "support"
    sara = await shop.take("sara")
    shop.pbx.cut()
    await shop.take_over()
    assert shop.pbx.hears(caller) == {sara.id}
    await shop.act(cmd.EndInteraction(shop.waiting().id, "sara"))
    assert caller.alive
    assert "راضی بودید" in shop.said[-1]


@pytest.mark.parametrize("step", range(40))
async def test_an_engine_that_dies_anywhere_loses_no_caller_and_asks_nobody_twice(step):
    shop = Shop("sara")
    await shop.take_over()
    shop.switch.left = step
    await surviving(shop, shop.call())
    caller = next(line for line in shop.pbx.lines.values() if line.technology.startswith("Memory/"))
    await surviving(shop, shop.press(caller, "1"))
    await surviving(shop, shop.wait(3_000))
    for _ in range(5):
        if shop.waiting() is None:
            await surviving(shop, shop.press(caller, "0"))
            await surviving(shop, shop.wait(3_000))
    if shop.waiting().phase is not Phase.ACTIVE:
        await surviving(shop, shop.wait(1))
        shop.pbx.pick_up(shop.phone("sara"))
        await surviving(shop, shop.settle())
    assert shop.pbx.hears(caller) == {shop.phone("sara").id}
    assert len([e for e in shop.log if isinstance(e, ev.ContactOpened)]) == 1
    assert len([e for e in shop.log if isinstance(e, ev.CallArrived)]) == 1


async def surviving(shop: Shop, doing: Coroutine[object, object, object]) -> None:
    """Do something; where the engine dies of it, the next one takes over."""
    try:
        await doing
    except DiedError:
        shop.pbx.cut()
        await shop.take_over()
        await shop.wait(500)


# -- several queues ----------------------------------------------------------------------------------------------------
MOVING = Flow(
    id="moving",
    start="support",
    languages=("en",),
    nodes={
        "support": Queue(
            queue="support",
            offer=Offer(ways=(Way(key="1", way="overflow", then="sales"), Way(key="2", way="callback", then="back"))),
        ),
        "sales": Queue(
            queue="sales", when_closed="shut", offer=Offer(ways=(Way(key="2", way="callback", then="back"),))
        ),
        "shut": Say(say=Saying(text={"en": "Sales is closed."}), then="back"),
        "back": Callback(otherwise="bye", then="bye"),
        "bye": HangUp(),
    },
)


async def moving(shop: Shop):
    """A caller in the queue `support` of a flow that also knows `sales`."""
    await shop.act(cmd.SetPresence("sara", ready=False))
    shop.numbers.program = Program(main="moving", flows={"moving": MOVING})
    caller = await shop.call()
    await shop.wait(5_000)
    return caller


def counted(shop: Shop, queue: str) -> tuple[int, ...]:
    day = shop.state.queues[queue].day
    return day.entered, day.answered, day.abandoned, day.left_otherwise, day.moved_out


async def test_a_caller_who_goes_on_to_another_queue_stays_one_and_waits_on(shop):
    await moving(shop)
    first = shop.waiting()
    since = first.queued_at
    await shop.wait(20_000)
    await shop.press(line_of(shop), "1")
    assert len(shop.state.interactions) == 1
    assert (shop.waiting().id, shop.waiting().queue, shop.waiting().queued_at) == (first.id, "sales", since)
    assert (counted(shop, "support"), counted(shop, "sales")) == ((1, 0, 0, 0, 1), (1, 0, 0, 0, 0))
    said = len(shop.said)
    await shop.wait(40_000)
    assert len(shop.said) > said, "the alternatives come a minute after the beginning of the wait, not of the move"
    await shop.act(lambda: shop.pbx.hang_up(line_of(shop)))
    assert counted(shop, "sales") == (1, 0, 1, 0, 0)


async def test_a_queue_that_is_shut_takes_nothing_from_who_waits_in_another(shop):
    await moving(shop)
    first = shop.waiting().id
    await shop.act(cmd.CloseQueue("sales"))
    await shop.press(line_of(shop), "1")
    assert "Sales is closed." in shop.said
    assert (shop.waiting().id, shop.waiting().queue) == (first, "support")
    since = shop.waiting().queued_at
    await shop.wait(3_000)
    await shop.press(line_of(shop), "1")
    await shop.wait(5_000)
    assert (shop.waiting().kind, shop.waiting().queue, shop.waiting().queued_at) == ("callback", "support", since)
    assert counted(shop, "support") == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("dies", [False, True])
async def test_an_agent_sends_a_caller_back_to_the_menu_and_the_next_queue_has_the_same_call(shop, dies):
    caller = await in_queue(shop)
    await shop.take("sara")
    i = shop.waiting().id
    said = len(shop.said)
    await shop.act(cmd.TransferMenu(i, "sara", "shop", "menu"))
    if dies:
        shop.pbx.cut()
        await shop.take_over()
    assert shop.state.interactions[i].phase is Phase.MENU
    assert len(shop.said) > said
    await shop.wait(3_000)
    await shop.press(caller, "0")
    assert (len(shop.state.interactions), shop.waiting().id) == (1, i)
    assert shop.waiting().phase in (Phase.QUEUED, Phase.OFFERED)
    assert counted(shop, "support")[:2] == (2, 1)


async def test_who_hangs_up_in_the_menu_after_an_agent_is_done(shop):
    caller = await in_queue(shop)
    await shop.take("sara")
    await shop.act(cmd.TransferMenu(shop.waiting().id, "sara"))
    await shop.act(lambda: shop.pbx.hang_up(caller))
    assert shop.state.interactions == {}
    assert counted(shop, "support") == (1, 1, 0, 0, 0)


async def test_an_incident_is_told_to_who_comes_and_to_who_waits_once_each(shop):
    await moving(shop)
    said = len(shop.said)
    known = shop.numbers.known
    shop.numbers.known = msgspec.structs.replace(known, attributes={"incident": "Deliveries are late today."})
    await shop.wait(90_000)
    assert shop.said[said:].count("Deliveries are late today.") == 1
    shop.pbx.call("+982112345678", "+989120000000")
    await shop.settle()
    await shop.wait(3_000)
    assert shop.said[said:].count("Deliveries are late today.") == 2


def line_of(shop: Shop):
    return next(line for line in shop.pbx.lines.values() if line.technology.startswith("Memory/"))
