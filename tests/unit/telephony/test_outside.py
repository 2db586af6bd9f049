"""Customers handed to numbers outside, numbers outside asked for help, callers sent back to the menu."""

import pytest
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Phase
from pasokh.telephony.memory.lines import Line, Manner, Phone

NUMBER = "+982188888888"


@pytest.fixture
async def house() -> House:
    made = House("sara", "b-omid")
    made.pbx.phones[f"trunk/{NUMBER}"] = Phone(Manner.RINGS)
    await made.take_over()
    return made


async def talking(house: House) -> tuple[Line, Line, str]:
    caller = await house.call()
    return caller, await house.take("sara"), f"i-{caller.id}"


def outside(house: House) -> Line | None:
    return next((line for line in house.pbx.lines.values() if line.technology.startswith("trunk/")), None)


async def ringing(house: House) -> Line:
    await house.wait(1)
    line = outside(house)
    assert line is not None
    return line


def told[E: ev.AnyEvent](house: House, kind: type[E]) -> E:
    return next(e for e in house.log if isinstance(e, kind))


async def test_the_agent_goes_at_once_and_the_number_outside_has_the_caller(house):
    caller, sara, i = await talking(house)
    await house.act(cmd.TransferOutside(i, "sara", NUMBER, "urgent"))
    assert not sara.alive
    assert house.state.agents["sara"].work == []
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()
    await house.wait(4_000)
    line = outside(house)
    await house.act(lambda: house.pbx.pick_up(line))
    assert house.pbx.hears(caller) == {line.id}
    assert house.state.interactions[i].outside_answered
    house.check()
    await house.wait(10_000)
    await house.act(lambda: house.pbx.hang_up(line))
    assert not caller.alive
    ended = told(house, ev.OutsideEnded)
    assert (ended.cause, ended.rang_ms, ended.talk_ms) == ("hung_up", 4_000, 10_000)
    assert i not in house.state.interactions
    assert house.exchange.talks == {}


@pytest.mark.parametrize(
    ("manner", "cause"), [(Manner.BUSY, "busy"), (Manner.BROKEN, "failed"), (Manner.DECLINES, "busy")]
)
async def test_who_is_not_answered_outside_waits_again_at_the_head(house, manner, cause):
    house.pbx.phones[f"trunk/{NUMBER}"] = Phone(manner)
    caller, _, i = await talking(house)
    await house.act(cmd.SetPresence("sara", ready=False))
    other = await house.call()
    await house.wait(5_000)
    await house.act(cmd.TransferOutside(i, "sara", NUMBER))
    await house.wait(1_000)
    assert told(house, ev.OutsideEnded).cause == cause
    assert house.state.interactions[i].phase is Phase.QUEUED
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()
    await house.act(cmd.SetPresence("sara", ready=True))
    await house.wait(1)
    assert house.state.interactions[i].agent == "sara", "before the other, who has waited longer"
    assert house.state.interactions[f"i-{other.id}"].phase is Phase.QUEUED


async def test_a_number_that_rings_out_and_one_that_may_not_be_called_give_the_caller_back(house):
    caller, _, i = await talking(house)
    await house.act(cmd.SetPresence("sara", ready=False))
    await house.act(cmd.TransferOutside(i, "sara", NUMBER))
    await house.wait(31_000)
    assert told(house, ev.OutsideEnded).cause == "no_answer"
    assert outside(house) is None
    assert house.pbx.hears(caller) == {"music:default"}
    await house.act(cmd.SetPresence("sara", ready=True))
    await house.take("sara")
    await house.act(cmd.TransferOutside(i, "sara", "+19005550100"))
    refused = [e for e in house.log if isinstance(e, ev.OutsideEnded)][-1]
    assert (refused.cause, refused.code) == ("refused", "dial.refused")
    assert house.state.interactions[i].phase in (Phase.QUEUED, Phase.OFFERED)
    house.check()


async def test_a_caller_who_hangs_up_outside_was_served_and_abandoned_nobody(house):
    caller, _, i = await talking(house)
    await house.act(cmd.TransferOutside(i, "sara", NUMBER))
    await house.act(lambda: house.pbx.hang_up(caller))
    assert outside(house) is None
    assert i not in house.state.interactions
    day = house.state.queues["q"].day
    assert (day.entered, day.answered, day.abandoned) == (1, 1, 0)


async def test_a_consult_outside_is_switched_joined_and_handed_over(house):
    caller, sara, i = await talking(house)
    await house.act(cmd.ConsultOutside(i, "sara", "k", NUMBER))
    assert house.pbx.hears(caller) == {sara.id}, "the customer is kept until somebody answers"
    line = await ringing(house)
    await house.act(lambda: house.pbx.pick_up(line))
    assert house.pbx.hears(sara) == {line.id}
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()
    await house.act(cmd.SwitchConsult(i, "sara", "both"))
    assert house.pbx.hears(line) == {sara.id, caller.id}
    house.check()
    await house.act(cmd.SwitchConsult(i, "sara", "customer"))
    assert house.pbx.hears(line) == {"music:default"}
    await house.act(cmd.CompleteTransfer(i, "sara"))
    assert not sara.alive
    assert house.pbx.hears(caller) == {line.id}
    house.check()
    await house.act(lambda: house.pbx.hang_up(line))
    assert not caller.alive
    assert house.state.interactions == {}


@pytest.mark.parametrize("how", ["hangs_up", "busy", "ended", "refused"])
async def test_a_consult_outside_that_ends_leaves_the_customer_with_the_agent(house, how):
    if how == "busy":
        house.pbx.phones[f"trunk/{NUMBER}"] = Phone(Manner.BUSY)
    caller, sara, i = await talking(house)
    await house.act(cmd.ConsultOutside(i, "sara", "k", "+19005550100" if how == "refused" else NUMBER))
    await house.wait(500)
    line = outside(house)
    if how in ("hangs_up", "ended"):
        await house.act(lambda: house.pbx.pick_up(line))
        await house.act(cmd.EndConsult(i, "sara") if how == "ended" else lambda: house.pbx.hang_up(line))
    assert house.pbx.hears(caller) == {sara.id}
    assert outside(house) is None
    assert house.state.interactions[i].consult is None
    expected = {"hangs_up": "helper_left", "busy": "busy", "ended": "ended", "refused": "refused"}[how]
    assert house.state.interactions[i].consult_ended == expected
    house.check()


async def test_the_next_engine_finds_who_is_outside(house):
    caller, _, i = await talking(house)
    await house.act(cmd.TransferOutside(i, "sara", NUMBER))
    line = await ringing(house)
    house.pbx.pick_up(line)
    house.pbx.cut()  # before anybody heard of it
    await house.take_over()
    assert house.pbx.hears(caller) == {line.id}
    assert house.state.interactions[i].outside_answered
    house.check()
    house.pbx.cut()
    house.pbx.hang_up(line)
    await house.take_over()
    assert not caller.alive
    assert house.state.interactions == {}


async def test_a_consulted_number_that_was_handed_the_customer_is_found_too(house):
    caller, sara, i = await talking(house)
    await house.act(cmd.ConsultOutside(i, "sara", "k", NUMBER))
    line = await ringing(house)
    await house.act(lambda: house.pbx.pick_up(line))
    house.pbx.cut()
    await house.take_over()
    assert house.pbx.hears(sara) == {line.id}
    assert house.pbx.hears(caller) == {"music:default"}
    house.check()
    await house.act(cmd.CompleteTransfer(i, "sara"))
    house.pbx.cut()
    await house.take_over()
    assert house.pbx.hears(caller) == {line.id}
    house.check()
