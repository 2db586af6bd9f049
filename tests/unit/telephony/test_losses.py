"""A switch that dies with its calls: every one is told, nobody who hung up is called back, nobody is forgotten."""

import pytest
from tests.unit.telephony.house import House
from tests.unit.telephony.test_front import Shop, in_queue

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Phase
from pasokh.telephony import events as sw
from pasokh.telephony.memory.lines import Manner, Phone

ADDRESS = "+989121234567"


@pytest.fixture
async def house() -> House:
    made = House("sara", "b-omid")
    await made.take_over()
    return made


def losses(house: House) -> list[tuple[str, str]]:
    return [(e.phase, e.callback) for e in house.log if isinstance(e, ev.CallLost)]


async def test_a_switch_that_died_loses_calls_in_every_phase_and_nobody_abandoned(house):
    talks = await house.call()
    await house.take("sara")
    waits = await house.call()
    await house.wait(3_000)
    house.pbx.crash()
    await house.wait(1_000)
    await house.take_over()
    assert sorted(losses(house)) == [("talking", f"i-{talks.id}.lost"), ("waiting", f"i-{waits.id}.lost")]
    assert house.state.interactions[f"i-{talks.id}"].phase is Phase.WRAP_UP
    day = house.state.queues["q"].day
    assert (day.abandoned, day.lost, day.lost_talks) == (0, 1, 1)
    backs = sorted(i.id for i in house.state.interactions.values() if i.kind == "callback")
    assert backs == sorted([f"i-{talks.id}.lost", f"i-{waits.id}.lost"])
    house.check()


async def test_the_customers_of_lost_calls_are_called_back_and_reached(house):
    house.pbx.phones[f"trunk/{ADDRESS}"] = Phone(Manner.ANSWERS, 2_000)
    caller = await house.call()
    await house.take("sara")
    house.pbx.crash()
    await house.take_over()
    await house.act(cmd.CompleteWrapUp(f"i-{caller.id}", "sara", "lost"))
    sara = await house.take("sara")
    await house.wait(3_000)
    customer = next(line for line in house.pbx.lines.values() if line.technology.startswith("trunk/"))
    assert house.pbx.hears(sara) == {customer.id}
    house.check()


async def test_who_hung_up_while_nobody_led_is_not_lost(house):
    caller = await house.call()
    await house.wait(2_000)
    house.pbx.cut()
    house.pbx.hang_up(caller)
    await house.take_over()
    assert losses(house) == []
    assert house.state.queues["q"].day.abandoned == 1


async def test_the_same_lead_tells_a_switch_that_died_from_one_that_was_only_out_of_reach(house):
    first = await house.call()
    await house.take("sara")
    second = await house.call()
    house.pbx.cut()
    house.pbx.hang_up(second)
    await house.look_again()
    assert losses(house) == []
    assert house.pbx.hears(first)
    house.check()
    house.pbx.crash()
    await house.look_again()
    assert losses(house) == [("talking", f"i-{first.id}.lost")]
    house.check()


async def test_a_node_that_dies_with_a_customer_and_one_that_dies_with_an_agent(house):
    caller = await house.call()
    sara = await house.take("sara")
    await die(house, sara)
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.QUEUED
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()
    await die(house, caller)
    assert losses(house) == [("waiting", f"i-{caller.id}.lost")]
    house.check()


async def test_an_agents_telephone_that_died_while_ringing_is_rung_anew_at_once(house):
    caller = await house.call()
    await house.wait(1)
    await die(house, house.phone("sara"))
    await house.wait(1)
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.OFFERED
    assert house.phone("sara") is not None
    assert house.state.agents["sara"].missed == 0


async def test_a_telephone_that_vanished_while_nobody_led_is_rung_anew_at_once(house):
    caller = await house.call()
    await house.wait(1)
    rang = house.phone("sara")
    house.pbx.cut()
    house.pbx.decline(rang)
    await house.take_over()
    assert any(isinstance(e, ev.OfferWithdrawn) and e.cause == "telephone_gone" for e in house.log)
    sara = await house.take("sara")
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_a_number_outside_that_vanished_while_it_rang_gives_the_caller_back_at_once(house):
    house.pbx.phones["trunk/+982188888888"] = Phone(Manner.RINGS)
    caller = await house.call()
    await house.take("sara")
    await house.act(cmd.SetPresence("sara", ready=False))
    await house.act(cmd.TransferOutside(f"i-{caller.id}", "sara", "+982188888888"))
    await house.wait(1)
    house.pbx.cut()
    house.pbx.decline(next(line for line in house.pbx.lines.values() if line.technology.startswith("trunk/")))
    await house.take_over()
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.QUEUED
    house.check()


async def test_a_switch_that_stays_away_is_given_up_and_what_it_still_has_is_let_go(house):
    caller = await house.call()
    sara = await house.take("sara")
    house.pbx.cut()
    await house.give_up()
    assert losses(house) == [("talking", f"i-{caller.id}.lost")]
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.WRAP_UP
    await house.look_again()
    assert not caller.alive
    assert not sara.alive
    house.check()


async def die(house: House, line) -> None:
    """A node is gone, and this line with it."""
    house.pbx.tell = lambda event: None
    house.pbx.end(line, sw.Cause.NETWORK_OUT_OF_ORDER)
    del house.pbx.tell
    event = sw.ChannelGone(at=house.pbx.clock.now, channel=line.id, cause=38, lost=True)
    work = house.exchange.handler(event)
    assert work is not None
    await work[1]()
    await house.settle()


# -- in their flow -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["next_engine", "same_engine", "given_up", "node"])
async def test_a_caller_lost_in_the_menu_is_called_back_by_the_last_resort(how):
    shop = Shop("sara")
    await shop.take_over()
    await shop.act(cmd.SetPresence("sara", ready=False))
    caller = await shop.call()
    await shop.press(caller, "1")
    if how == "node":
        await die(shop, caller)
    else:
        shop.pbx.crash()
        await {"next_engine": shop.take_over, "same_engine": shop.look_again, "given_up": shop.give_up}[how]()
    assert losses(shop) == [("flow", f"{caller.id}.lost")]
    back = shop.state.interactions[f"{caller.id}.lost"]
    assert (back.kind, back.queue, back.address) == ("callback", "support", ADDRESS)
    assert shop.state.calls == {}
    assert shop.flow_front.visits == {}


async def test_a_caller_who_hung_up_in_the_menu_while_nobody_led_is_not_called_back():
    shop = Shop("sara")
    await shop.take_over()
    caller = await shop.call()
    await shop.press(caller, "1")
    shop.pbx.cut()
    shop.pbx.hang_up(caller)
    await shop.take_over()
    assert losses(shop) == []
    assert next(e for e in shop.log if isinstance(e, ev.CallEnded)).reason == "caller"
    assert shop.state.calls == {}


async def test_a_caller_waiting_through_a_flow_keeps_the_place_in_the_callback():
    shop = Shop("sara")
    await shop.take_over()
    await shop.act(cmd.SetPresence("sara", ready=False))
    await in_queue(shop)
    await shop.wait(30_000)
    since = shop.waiting().queued_at
    shop.pbx.crash()
    await shop.take_over()
    assert [(i.kind, i.queued_at) for i in shop.state.interactions.values()] == [("callback", since)]
