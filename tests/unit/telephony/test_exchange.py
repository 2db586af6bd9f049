"""Calls from beginning to end, in a centre whose switch is in memory."""

import msgspec
import pytest
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Phase, Presence
from pasokh.telephony.events import Cause
from pasokh.telephony.memory.lines import Manner, Phone


@pytest.fixture
async def house() -> House:
    made = House("sara", "b-omid")
    await made.take_over()
    return made


def interaction(line) -> str:
    return f"i-{line.id}"


async def talking(house: House):
    """A caller, and sara who took the call."""
    caller = await house.call()
    return caller, await house.take("sara")


async def test_a_caller_hears_music_until_an_agent_takes_the_call(house):
    caller = await house.call()
    assert house.pbx.hears(caller) == {"music:default"}
    assert house.phone("sara") is not None
    sara = await house.take("sara")
    assert house.pbx.hears(caller) == {sara.id}
    assert house.pbx.hears(sara) == {caller.id}
    house.check()
    await house.act(lambda: house.pbx.hang_up(caller))
    assert not sara.alive
    assert house.state.interactions[interaction(caller)].phase is Phase.WRAP_UP
    assert house.pbx.bridges == {}


async def test_an_agent_who_accepts_at_the_desk_is_joined_when_the_telephone_is_up(house):
    caller = await house.call()
    await house.wait(1)
    await house.act(cmd.AcceptOffer(interaction(caller), "sara"))
    assert house.pbx.hears(caller) == {"music:default"}
    sara = await house.take("sara")
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_who_hangs_up_at_the_telephone_ends_the_talk(house):
    caller, sara = await talking(house)
    await house.act(lambda: house.pbx.hang_up(sara))
    assert not caller.alive
    assert caller.gone_cause == Cause.NORMAL
    assert house.state.interactions[interaction(caller)].phase is Phase.WRAP_UP


async def test_an_agent_who_ends_at_the_desk_lets_both_go(house):
    caller, sara = await talking(house)
    await house.act(cmd.EndInteraction(interaction(caller), "sara"))
    assert not caller.alive
    assert not sara.alive
    assert house.pbx.bridges == {}


@pytest.mark.parametrize("manner", [Manner.BUSY, Manner.DECLINES, Manner.BROKEN])
async def test_a_telephone_that_does_not_take_it_gives_the_call_to_others(house, manner):
    house.pbx.phones["phone/sara"] = Phone(manner)
    caller = await house.call()
    await house.wait(1_000)
    waits = house.state.interactions[interaction(caller)]
    assert waits.phase is Phase.QUEUED
    assert waits.barred_agent == "sara"
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()


@pytest.mark.parametrize("way", ["none", "unknown"])
async def test_an_agent_without_a_telephone_is_sent_to_look_after_it(house, way):
    if way == "none":
        house.stations.without.add("sara")
    else:
        del house.pbx.phones["phone/sara"]
    caller = await house.call()
    await house.wait(500)
    assert house.state.agents["sara"].presence is Presence.NOT_READY
    assert house.state.agents["sara"].reason == "telephone"
    assert house.state.interactions[interaction(caller)].phase is Phase.QUEUED
    house.check()


async def test_nobody_rings_for_a_caller_who_left(house):
    caller = await house.call()
    await house.act(lambda: house.pbx.hang_up(caller))
    assert house.phone("sara") is None
    assert house.state.interactions == {}


async def test_a_telephone_taken_too_late_is_let_go(house):
    caller = await house.call()
    await house.wait(1)
    sara = house.phone("sara")
    house.do(cmd.LeaveContact(interaction(caller)))
    house.pbx.pick_up(sara)
    await house.settle()
    assert not sara.alive


async def test_hold_is_music_for_the_customer_alone(house):
    caller, sara = await talking(house)
    await house.act(cmd.StartHold(interaction(caller), "sara"))
    assert house.pbx.hears(caller) == {"music:default"}
    assert house.pbx.hears(sara) == set()
    house.check()
    await house.act(cmd.EndHold(interaction(caller), "sara"))
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_a_transfer_lets_the_agent_go_and_rings_the_next(house):
    caller, sara = await talking(house)
    await house.act(cmd.Transfer(interaction(caller), "sara", to_queue="back"))
    assert not sara.alive
    assert house.pbx.hears(caller) == {"music:default"}
    omid = await house.take("b-omid")
    assert house.pbx.hears(caller) == {omid.id}
    house.check()


async def test_a_consult_with_its_ways_and_its_end(house):
    caller, sara = await talking(house)
    i = interaction(caller)
    await house.act(cmd.StartConsult(i, "sara", "k", to_queue="back"))
    assert house.pbx.hears(caller) == {sara.id}, "the customer is kept until somebody helps"
    omid = await house.take("b-omid")
    assert house.pbx.hears(sara) == {omid.id}
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()
    await house.act(cmd.SwitchConsult(i, "sara", "customer"))
    assert house.pbx.hears(sara) == {caller.id}
    assert house.pbx.hears(omid) == {"music:default"}
    house.check()
    await house.act(cmd.SwitchConsult(i, "sara", "both"))
    assert house.pbx.hears(omid) == {sara.id, caller.id}
    house.check()
    await house.act(cmd.CompleteTransfer(i, "sara"))
    assert not sara.alive
    assert house.pbx.hears(caller) == {omid.id}
    house.check()
    await house.act(lambda: house.pbx.hang_up(omid))
    assert not caller.alive
    assert house.state.interactions[i].phase is Phase.WRAP_UP


async def test_a_helper_who_hangs_up_leaves_the_customer_with_the_agent(house):
    caller, sara = await talking(house)
    await house.act(cmd.StartConsult(interaction(caller), "sara", "k", to_queue="back"))
    omid = await house.take("b-omid")
    await house.act(lambda: house.pbx.hang_up(omid))
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_a_supervisor_takes_over(house):
    caller, sara = await talking(house)
    await house.act(cmd.TakeOver(interaction(caller), "boss"))
    boss = await house.take("boss")
    assert not sara.alive
    assert house.pbx.hears(caller) == {boss.id}


async def test_a_supervisor_listens_whispers_takes_part_and_leaves(house):
    caller, sara = await talking(house)
    i = interaction(caller)
    await house.act(cmd.StartMonitor(i, "boss", "listen"))
    boss = await house.take("boss")

    def listener():
        return next((line for line in house.pbx.lines.values() if line.spies_on), None)

    assert (listener().spies_on, listener().spy.value, listener().whisper.value) == (sara.id, "both", "none")
    assert boss.id not in house.pbx.hears(caller)
    await house.act(cmd.StartMonitor(i, "boss", "whisper"))
    assert listener().whisper.value == "out"
    await house.act(cmd.StartMonitor(i, "boss", "barge"))
    assert listener() is None
    assert house.pbx.hears(caller) == {sara.id, boss.id}
    await house.act(cmd.StartMonitor(i, "boss", "listen"))
    assert house.pbx.hears(caller) == {sara.id}
    await house.act(cmd.StopMonitor(i, "boss"))
    assert listener() is None
    assert not boss.alive
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_a_callback_calls_the_agent_first_and_then_the_customer(house):
    house.pbx.phones["trunk/+989121234567"] = Phone(Manner.ANSWERS, 4_000)
    await house.act(cmd.SetPresence("sara", ready=False))
    caller = await house.call()
    await house.act(cmd.AcceptAlternative(interaction(caller), "callback", "back-1", "+989121234567"))
    assert not caller.alive
    await house.act(cmd.SetPresence("sara", ready=True))
    sara = await house.take("sara")
    assert house.pbx.hears(sara) == set()
    await house.wait(5_000)
    customer = next(line for line in house.pbx.lines.values() if line.technology.startswith("trunk/"))
    assert house.pbx.hears(sara) == {customer.id}
    await house.act(lambda: house.pbx.hang_up(customer))
    assert not sara.alive
    assert house.state.interactions["back-1"].phase is Phase.WRAP_UP


@pytest.mark.parametrize(("address", "result"), [("+19005550100", "refused"), ("+989120000000", "busy")])
async def test_a_callback_that_reaches_nobody_frees_the_agent_and_is_tried_again(house, address, result):
    house.pbx.phones["trunk/+989120000000"] = Phone(Manner.BUSY)
    await house.act(cmd.SetPresence("sara", ready=False))
    caller = await house.call()
    await house.act(cmd.AcceptAlternative(interaction(caller), "callback", "back-1", address))
    await house.act(cmd.SetPresence("sara", ready=True))
    sara = await house.take("sara")
    await house.wait(1_000)
    assert not sara.alive
    assert next(e for e in house.log if isinstance(e, ev.CallbackMissed)).result == result
    back = house.state.interactions["back-1"]
    assert (back.phase, back.attempt, house.state.agents["sara"].work) == (Phase.SCHEDULED, 1, [])
    house.pbx.phones["trunk/+989120000000"] = Phone(Manner.RINGS)
    await house.wait(15 * 60_000)
    assert back.phase is Phase.OFFERED
    assert len([line for line in house.pbx.ended.values() if line.technology.startswith("trunk/")]) <= 1


@pytest.fixture
async def first_the_customer(house) -> House:
    """Queue `q` dials the customer first; sara is ready, `back-1` is to be called back."""
    house.pbx.phones["trunk/+989121234567"] = Phone(Manner.ANSWERS, 4_000)
    config = house.state.queues["q"].config
    await house.act(cmd.DefineQueue(msgspec.structs.replace(config, version=2, callback_first="customer")))
    await house.act(cmd.SetPresence("sara", ready=False))
    caller = await house.call()
    await house.act(cmd.AcceptAlternative(interaction(caller), "callback", "back-1", "+989121234567"))
    return house


def customer_of(house):
    return next((line for line in house.pbx.lines.values() if line.technology.startswith("trunk/")), None)


async def test_where_the_customer_is_first_the_agent_rings_once_somebody_is_there(first_the_customer):
    house = first_the_customer
    await house.act(cmd.SetPresence("sara", ready=True))
    await house.wait(2_000)
    assert house.phone("sara") is None
    assert house.state.interactions["back-1"].phase is Phase.OFFERED
    await house.wait(3_000)
    customer = customer_of(house)
    assert house.pbx.hears(customer) == {"music:default"}
    sara = await house.take("sara")
    assert house.pbx.hears(sara) == {customer.id}
    house.check()
    await house.act(lambda: house.pbx.hang_up(customer))
    assert house.state.interactions["back-1"].phase is Phase.WRAP_UP


async def test_a_customer_who_is_not_there_never_rings_an_agent(first_the_customer):
    house = first_the_customer
    house.pbx.phones["trunk/+989121234567"] = Phone(Manner.BUSY)
    await house.act(cmd.SetPresence("sara", ready=True))
    await house.wait(1_000)
    assert next(e for e in house.log if isinstance(e, ev.CallbackMissed)).result == "busy"
    assert house.state.interactions["back-1"].phase is Phase.SCHEDULED
    assert house.state.agents["sara"].work == []
    assert house.phone("sara") is None


async def test_a_customer_whose_agent_went_away_waits_with_music_for_the_next(first_the_customer):
    house = first_the_customer
    await house.act(cmd.SetPresence("sara", ready=True))
    await house.wait(1_000)
    await house.act(cmd.SetPresence("sara", ready=False))
    await house.wait(5_000)
    customer = customer_of(house)
    assert house.pbx.hears(customer) == {"music:default"}
    await house.act(cmd.SetPresence("sara", ready=True))
    sara = await house.take("sara")
    assert house.pbx.hears(sara) == {customer.id}
    house.check()


async def test_the_next_engine_finds_the_customers_telephone_ringing_and_rings_no_second_one(first_the_customer):
    house = first_the_customer
    await house.act(cmd.SetPresence("sara", ready=True))
    await house.wait(1_000)
    house.pbx.cut()
    await house.take_over()
    await house.wait(5_000)
    assert len([n for n in {**house.pbx.lines, **house.pbx.ended}.values() if n.technology.startswith("trunk/")]) == 1
    sara = await house.take("sara")
    assert house.pbx.hears(sara) == {customer_of(house).id}
    house.check()
