"""Calls to the outside are counted as they are, and refused or cut where the limits say so."""

import msgspec
import pytest
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Channel, Phase
from pasokh.kernel.time import MINUTE
from pasokh.telephony.memory.lines import Manner, Phone

COLLEAGUE = "+982188888888"
CUSTOMER = "+989121234567"


async def talking(**terms: object) -> House:
    house = House("sara")
    house.stations.terms = msgspec.structs.replace(house.stations.terms, **terms)
    house.pbx.phones[f"trunk/{COLLEAGUE}"] = Phone(Manner.ANSWERS, 300)
    house.pbx.phones[f"trunk/{CUSTOMER}"] = Phone(Manner.ANSWERS, 300)
    await house.take_over()
    line = await house.call()
    await house.take("sara")
    house.line = line  # type: ignore[attr-defined]
    return house


def the_call(house: House):
    return next(i for i in house.state.interactions.values() if i.kind == "contact")


def ended(house: House) -> list[ev.DialEnded]:
    return [e for e in house.log if isinstance(e, ev.DialEnded)]


async def test_a_transfer_costs_from_its_answer_to_its_end():
    house = await talking()
    await house.act(cmd.TransferOutside(the_call(house).id, "sara", COLLEAGUE))
    assert [dial.purpose for dial in house.state.dials.values()] == ["transfer"]
    await house.wait(400)
    began = house.pbx.clock.now
    await house.wait(10_000)
    house.pbx.hang_up(house.line)
    await house.settle()
    (over,) = ended(house)
    assert over.answered
    assert abs(over.talk_ms - (house.pbx.clock.now - began)) < 500
    assert over.cost == 600 * -(-over.talk_ms // 1_000) // 60
    house.check()


@pytest.mark.parametrize(
    ("terms", "code"),
    [({"max_calls": 0}, "dial.too_many_calls"), ({"day_limit": 100, "least_s": 60}, "dial.spent_today"),
     ({"month_limit": 0}, "dial.spent_this_month")],
)  # fmt: skip
async def test_a_transfer_that_is_refused_brings_the_caller_back_and_says_why(terms, code):
    house = await talking(**terms)
    await house.act(cmd.TransferOutside(the_call(house).id, "sara", COLLEAGUE))
    (over,) = [e for e in house.log if isinstance(e, ev.OutsideEnded)]
    assert (over.cause, over.code) == ("refused", code)
    assert the_call(house).phase in (Phase.QUEUED, Phase.OFFERED)
    assert not house.state.dials
    house.check()


async def test_a_callback_that_is_refused_frees_the_agent_and_is_tried_later():
    house = House("sara")
    house.stations.terms = msgspec.structs.replace(house.stations.terms, day_limit=0)
    await house.take_over()
    await house.act(cmd.OpenContact("c", "k", Channel.CALLBACK, "q", address=CUSTOMER, kind="callback"))
    await house.take("sara")
    (missed,) = [e for e in house.log if isinstance(e, ev.CallbackMissed)]
    assert missed.result == "refused"
    assert not house.state.agents["sara"].work
    assert not house.state.dials


async def test_the_limit_cuts_only_where_the_policy_says_so():
    house = await talking(day_limit=1_200, cut=True)
    await house.act(cmd.TransferOutside(the_call(house).id, "sara", COLLEAGUE))
    await house.wait(3 * MINUTE)
    (over,) = ended(house)
    assert over.talk_ms == pytest.approx(2 * MINUTE, abs=2_000)
    assert over.cost <= 1_210
    assert not house.state.dials
    house.check()


async def test_a_call_that_ends_while_nobody_leads_counts_until_somebody_does():
    house = await talking()
    await house.act(cmd.TransferOutside(the_call(house).id, "sara", COLLEAGUE))
    await house.wait(1_000)
    house.pbx.cut()
    house.pbx.hang_up(next(line for line in house.pbx.lines.values() if line.technology == f"trunk/{COLLEAGUE}"))
    house.pbx.forward(5_000)
    await house.take_over()
    (over,) = ended(house)
    assert over.talk_ms >= 5_000
    assert not house.state.dials
    house.check()
