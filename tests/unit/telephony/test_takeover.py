"""An engine that dies at any moment, and the next one that finds its calls."""

import pytest
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd.model import Phase


@pytest.fixture
async def house() -> House:
    made = House("sara", "b-omid")
    await made.take_over()
    return made


async def test_a_talk_goes_on_and_hears_nothing_of_it(house):
    caller = await house.call()
    sara = await house.take("sara")
    before = house.pbx.bridges.copy()
    house.pbx.cut()
    assert house.pbx.hears(caller) == {sara.id}
    await house.take_over()
    assert house.pbx.bridges == before
    assert house.pbx.hears(caller) == {sara.id}
    house.check()
    await house.act(cmd.EndInteraction(f"i-{caller.id}", "sara"))
    assert not caller.alive
    assert not sara.alive


async def test_who_left_meanwhile_has_left(house):
    caller = await house.call()
    sara = await house.take("sara")
    house.pbx.cut()
    house.pbx.hang_up(caller)
    assert sara.alive
    await house.take_over()
    assert not sara.alive
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.WRAP_UP
    house.check()


async def test_a_customer_whose_agent_is_gone_waits_again_at_the_old_place(house):
    caller = await house.call()
    sara = await house.take("sara")
    since = house.state.interactions[f"i-{caller.id}"].queued_at
    house.pbx.cut()
    house.pbx.hang_up(sara)
    await house.wait(3_000)
    await house.take_over()
    waits = house.state.interactions[f"i-{caller.id}"]
    assert waits.phase is not Phase.ACTIVE
    assert waits.queued_at == since
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()


async def test_an_offer_goes_on_ringing_and_is_taken_by_the_next_engine(house):
    caller = await house.call()
    await house.wait(1)
    house.pbx.cut()
    await house.take_over()
    sara = await house.take("sara")
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_an_offer_taken_at_the_last_moment_counts(house):
    caller = await house.call()
    await house.wait(1)
    sara = house.phone("sara")
    house.pbx.pick_up(sara)
    house.pbx.cut()  # before anybody heard of it
    await house.take_over()
    assert house.pbx.hears(caller) == {sara.id}
    assert house.state.interactions[f"i-{caller.id}"].agent == "sara"
    house.check()


async def test_nobody_is_called_twice_for_one_offer(house):
    caller = await house.call()
    await house.wait(1)
    rung = [line for line in house.pbx.lines.values() if line.technology == "phone/sara"]
    pending = list(house.effects)
    house.pbx.cut()
    house.effects = pending
    await house.take_over()
    await house.wait(500)
    assert [line for line in house.pbx.lines.values() if line.technology == "phone/sara"] == rung
    assert caller.alive


async def test_a_consult_is_found_as_it_was(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(cmd.StartConsult(f"i-{caller.id}", "sara", "k", to_queue="back"))
    omid = await house.take("b-omid")
    house.pbx.cut()
    await house.take_over()
    assert house.pbx.hears(sara) == {omid.id}
    assert house.pbx.hears(caller) == {"music:default"}
    await house.act(cmd.CompleteTransfer(f"i-{caller.id}", "sara"))
    assert house.pbx.hears(caller) == {omid.id}
    house.check()


async def test_a_helper_gone_meanwhile_ends_the_consult(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(cmd.StartConsult(f"i-{caller.id}", "sara", "k", to_queue="back"))
    omid = await house.take("b-omid")
    house.pbx.cut()
    house.pbx.hang_up(omid)
    await house.take_over()
    assert house.state.interactions[f"i-{caller.id}"].consult is None
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_a_switch_that_died_frees_everybody(house):
    caller = await house.call()
    await house.take("sara")
    house.pbx.crash()
    await house.take_over()
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.WRAP_UP
    assert house.exchange.talks == {}
    house.check()
