"""Customers who were called back and passed on to a queue: whoever hangs up there is not called again."""

import pytest
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Channel, Closing, Phase
from pasokh.telephony.memory.lines import Line, Manner, Phone

CUSTOMER = "+989121234567"


async def passed_on(ready: bool = False) -> tuple[House, Line]:
    """Sara has talked with the customer, and queue `back` has him now; its agent may be `ready`."""
    house = House("sara", "b-omid")
    house.pbx.phones[f"trunk/{CUSTOMER}"] = Phone(Manner.ANSWERS, 300)
    await house.take_over()
    if not ready:
        await house.act(cmd.SetPresence("b-omid", ready=False))
    await house.act(cmd.OpenContact("c", "k", Channel.CALLBACK, "q", address=CUSTOMER, kind="callback"))
    await house.take("sara")
    await house.wait(500)
    await house.act(cmd.Transfer("k", "sara", to_queue="back"))
    customer = next(line for line in house.pbx.lines.values() if line.technology == f"trunk/{CUSTOMER}")
    assert customer.music, "the customer waits with music"
    assert not house.state.agents["sara"].work
    house.check()
    return house, customer


def dials(house: House) -> int:
    return sum(isinstance(e, ev.DialBegun) for e in house.log)


async def nobody_calls_again(house: House, closing: Closing) -> None:
    (closed,) = [e for e in house.log if isinstance(e, ev.InteractionClosed)]
    assert (closed.interaction, closed.reason) == ("k", closing)
    assert "k" not in house.state.interactions
    await house.act(cmd.SetPresence("b-omid", ready=True))
    await house.wait(30_000)
    assert dials(house) == 1
    assert all(not agent.work for agent in house.state.agents.values())
    assert not house.pbx.lines
    house.check()


@pytest.mark.parametrize("ringing", [False, True])
async def test_the_customer_hangs_up_while_waiting(ringing):
    house, customer = await passed_on(ringing)
    assert house.state.interactions["k"].phase is (Phase.OFFERED if ringing else Phase.QUEUED)
    await house.act(lambda: house.pbx.hang_up(customer))
    await nobody_calls_again(house, Closing.ABANDONED)


@pytest.mark.parametrize("ringing", [False, True])
async def test_the_customer_hangs_up_while_nobody_leads(ringing):
    house, customer = await passed_on(ringing)
    house.pbx.cut()
    house.pbx.hang_up(customer)
    await house.take_over()
    await nobody_calls_again(house, Closing.ABANDONED)


async def test_who_stays_is_served_by_the_next_agent_without_another_call():
    house, customer = await passed_on(ready=True)
    house.pbx.cut()
    await house.take_over()
    omid = await house.take("b-omid")
    assert house.pbx.hears(customer) == {omid.id}
    assert dials(house) == 1
    house.check()


async def test_who_is_lost_with_the_switch_is_called_again_by_the_same_callback():
    house, _ = await passed_on()
    house.pbx.forward(1)
    house.pbx.crash()
    await house.look_again()
    assert house.state.interactions["k"].phase is Phase.QUEUED
    assert not house.state.dials
    await house.act(cmd.SetPresence("b-omid", ready=True))
    await house.take("b-omid")
    await house.wait(500)
    assert dials(house) == 2
    house.check()
