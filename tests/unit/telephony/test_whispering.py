"""A word to the agent before the customer is joined: said in full, never at a call's cost."""

from collections.abc import Sequence

import pytest
from tests.unit.telephony.house import House

from pasokh.acd import events as ev
from pasokh.acd.model import Phase
from pasokh.kernel.errors import PasokhError


class Words:
    """What is said before calls."""

    def __init__(self, *sounds: str) -> None:
        self.sounds, self.asked, self.broken = sounds, list[tuple[str, str]](), False

    async def before(self, agent: str, interaction: str) -> Sequence[str]:
        self.asked.append((agent, interaction))
        if self.broken:
            raise PasokhError("store.unavailable")
        return self.sounds


@pytest.fixture
async def house() -> House:
    made = House("sara")
    made.words = Words("sound:sales")  # type: ignore[attr-defined]
    await made.take_over()
    made.exchange.whispers = made.words  # type: ignore[attr-defined]
    return made


async def test_the_customer_waits_with_music_until_the_agent_has_heard_whose_call_it_is(house):
    caller = await house.call()
    sara = await house.take("sara")
    assert house.words.asked == [("sara", f"i-{caller.id}")]
    assert house.pbx.hears(sara) == {f"playback:w-{sara.id}"}
    assert house.pbx.hears(caller) == {"music:default"}
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.OFFERED
    await house.wait(5_000)
    assert house.pbx.hears(caller) == {sara.id}
    assert house.pbx.hears(sara) == {caller.id}
    accepted = next(e for e in house.log if isinstance(e, ev.OfferAccepted))
    assert accepted.waited_ms > 0, "the wait goes on while it is said"
    house.check()


async def test_an_agent_who_hangs_up_on_hearing_it_has_declined(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(lambda: house.pbx.hang_up(sara))
    rejected = next(e for e in house.log if isinstance(e, ev.OfferRejected))
    assert rejected.reason == "declined"
    assert caller.alive
    assert house.state.interactions[f"i-{caller.id}"].phase is Phase.QUEUED


async def test_a_customer_who_leaves_meanwhile_leaves_nobody_behind(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(lambda: house.pbx.hang_up(caller))
    await house.wait(5_000)
    assert not sara.alive
    assert not [e for e in house.log if isinstance(e, ev.OfferAccepted)]
    assert house.exchange.legs == {}


async def test_an_engine_that_takes_over_joins_them(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.take_over()
    await house.wait(5_000)
    assert house.pbx.hears(caller) == {sara.id}
    house.check()


@pytest.mark.parametrize("how", ["nothing to say", "nobody can tell", "no time left", "no such sound"])
async def test_what_cannot_be_said_is_left_out(house, how):
    if how == "nothing to say":
        house.words.sounds = ()
    house.words.broken = how == "nobody can tell"
    if how == "no such sound":
        house.words.sounds = ("sound:missing",)
    caller = await house.call()
    await house.wait(1)
    if how == "no time left":
        offered = house.state.interactions[f"i-{caller.id}"]
        await house.wait(offered.deadline - house.pbx.clock.now - 3_000)
    sara = await house.take("sara")
    if how == "no such sound":
        await house.wait(1_000)
    assert house.pbx.hears(caller) == {sara.id}
    house.check()
