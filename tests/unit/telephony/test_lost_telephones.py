"""A browser that goes away under a talk ends nothing: it is called again, or the customer goes to somebody else."""

import pytest
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import TELEPHONE_MS, Phase, Presence


@pytest.fixture
async def house() -> House:
    made = House("sara", "omid", "b-neda")
    made.stations.browsers = {"sara", "b-neda"}
    await made.take_over()
    return made


def of(house: House, kind: type) -> list:
    return [event for event in house.log if isinstance(event, kind)]


async def test_a_page_loaded_anew_takes_its_call_back(house):
    caller = await house.call()
    sara = await house.take("sara")
    interaction = f"i-{caller.id}"
    await house.act(lambda: house.pbx.hang_up(sara))
    assert house.state.interactions[interaction].telephone_lost
    assert house.pbx.hears(caller) == {"music:default"}
    await house.wait(3_000)
    await house.act(cmd.RejoinCall(interaction, "sara"))
    again = await house.take("sara")
    assert again.id != sara.id
    assert house.pbx.hears(caller) == {again.id}
    assert house.state.interactions[interaction].telephone_lost == 0
    [back] = of(house, ev.TelephoneRejoined)
    assert 3_000 <= back.away_ms < TELEPHONE_MS
    assert of(house, ev.TalkEnded) == []
    house.check()
    await house.act(cmd.EndInteraction(interaction, "sara"))
    assert not caller.alive
    assert not again.alive


async def test_who_asks_to_be_called_again_while_the_old_leg_hangs_in_the_air(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(cmd.RejoinCall(f"i-{caller.id}", "sara"))
    assert not sara.alive
    again = await house.take("sara")
    assert house.pbx.hears(caller) == {again.id}
    house.check()


async def test_who_does_not_come_back_leaves_the_customer_to_others_at_once(house):
    caller = await house.call()
    second = await house.call()  # omid takes it
    sara, omid = await house.take("sara"), await house.take("omid")
    third = await house.call()
    await house.act(lambda: house.pbx.hang_up(sara))
    await house.wait(TELEPHONE_MS - 1_000)
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.ACTIVE
    await house.wait(2_000)
    assert house.state.agents["sara"].presence is Presence.NOT_READY
    assert house.state.agents["sara"].reason == "telephone"
    await house.act(cmd.EndInteraction(f"i-{second.id}", "omid"))
    await house.act(cmd.CompleteWrapUp(f"i-{second.id}", "omid", "done"))
    assert not omid.alive
    again = await house.take("omid")  # before the third, who came later but has waited longer by now
    assert house.pbx.hears(caller) == {again.id}
    assert house.pbx.hears(third) == {"music:default"}
    house.check()


async def test_a_desk_telephone_that_hangs_up_ends_the_talk(house):
    first, second = await house.call(), await house.call()
    await house.take("sara")
    omid = await house.take("omid")
    await house.act(lambda: house.pbx.hang_up(omid))
    assert not second.alive
    assert first.alive
    assert house.state.interactions[f"i-{second.id}"].phase is Phase.WRAP_UP


async def test_a_helper_whose_browser_goes_is_called_again_too(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(cmd.StartConsult(f"i-{caller.id}", "sara", "k", to_agent="b-neda"))
    neda = await house.take("b-neda")
    assert house.pbx.hears(sara) == {neda.id}
    await house.act(lambda: house.pbx.hang_up(neda))
    assert house.state.interactions["k"].telephone_lost
    await house.act(cmd.RejoinCall("k", "b-neda"))
    again = await house.take("b-neda")
    assert house.pbx.hears(sara) == {again.id}
    await house.act(lambda: house.pbx.hang_up(again))
    await house.wait(TELEPHONE_MS + 1_000)
    assert house.state.interactions[f"i-{caller.id}"].consult is None
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


async def test_the_next_engine_waits_for_it_as_long_as_this_one_would_have(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(lambda: house.pbx.hang_up(sara))
    house.pbx.cut()
    await house.wait(2_000)
    await house.take_over()
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.ACTIVE
    assert house.pbx.hears(caller) == {"music:default"}
    await house.act(cmd.RejoinCall(f"i-{caller.id}", "sara"))
    again = await house.take("sara")
    assert house.pbx.hears(caller) == {again.id}
    house.check()


async def test_the_customer_may_go_meanwhile(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(lambda: house.pbx.hang_up(sara))
    await house.act(lambda: house.pbx.hang_up(caller))
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.WRAP_UP
    await house.wait(TELEPHONE_MS + 1_000)
    assert of(house, ev.WorkReturned) == []
