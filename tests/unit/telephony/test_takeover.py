"""An engine that dies at any moment, and the next one that finds its calls."""

import contextlib
import random

import pytest
from tests.unit.telephony.house import DiedError, House

from pasokh.acd import commands as cmd
from pasokh.acd.model import Phase
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.memory.lines import Manner, Phone


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


class Chance:
    """People who do anything at any time, and engines that die."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.rng = house, random.Random(seed)

    async def act(self) -> None:
        house, rng = self.house, self.rng
        lines = list(house.pbx.lines.values())
        active = [i for i in house.state.interactions.values() if i.phase is Phase.ACTIVE and i.kind != "consult"]
        due = [i for i in house.state.interactions.values() if i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE)]
        roll = rng.random()
        if roll < 0.12:
            house.pbx.call("+982112345678", "+989121234567")
        elif roll < 0.35 and lines:
            house.pbx.pick_up(rng.choice(lines))
        elif roll < 0.45 and lines:
            house.pbx.hang_up(rng.choice(lines))
        elif roll < 0.50 and lines:
            ringing = [line for line in lines if line.state == "ringing"]
            if ringing:
                house.pbx.decline(rng.choice(ringing))
        elif roll < 0.75 and active:
            self._ask(self._about(rng.choice(active)))
        elif roll < 0.85 and due:
            i = rng.choice(due)
            self._ask(cmd.CompleteWrapUp(i.id, i.agent or "", "done"))
        elif roll < 0.92:
            house.pbx.forward(rng.choice((10, 500, 5_000)))
            self._ask(cmd.Tick())
        else:
            self._ask(cmd.SetPresence(rng.choice(("sara", "nima", "b-omid")), ready=True))

    def _about(self, i) -> cmd.AnyCommand:
        rng, agent = self.rng, i.agent or ""
        return rng.choice((
            cmd.StartHold(i.id, agent), cmd.EndHold(i.id, agent), cmd.EndInteraction(i.id, agent),
            cmd.Transfer(i.id, agent, to_queue=rng.choice(("q", "back"))),
            cmd.StartConsult(i.id, agent, f"k{rng.random()}", to_queue=rng.choice(("q", "back"))),
            cmd.EndConsult(i.id, agent), cmd.CompleteTransfer(i.id, agent), cmd.ReturnInteraction(i.id, "boss"),
            cmd.SwitchConsult(i.id, agent, rng.choice(("customer", "helper", "both"))),
            cmd.StartMonitor(i.id, "boss", rng.choice(("listen", "whisper", "barge"))), cmd.StopMonitor(i.id, "boss"),
            cmd.TakeOver(i.id, rng.choice(("boss", "nima"))), cmd.PauseRecording(i.id, agent),
            cmd.ResumeRecording(i.id, agent), cmd.RejoinCall(i.id, agent),
        ))  # fmt: skip

    def _ask(self, command: cmd.AnyCommand) -> None:
        with contextlib.suppress(PasokhError):
            self.house.do(command)


@pytest.mark.parametrize("seed", range(60))
async def test_whatever_happens_calls_are_as_the_core_says(seed):
    house = House("sara", "nima", "b-omid")
    if seed % 3 == 0:
        house.pbx.phones["phone/nima"] = Phone(Manner.ANSWERS, 700)
    if seed % 2 == 0:
        house.stations.browsers = {"sara", "b-omid"}
    await house.take_over()
    chance = Chance(house, seed)
    for _ in range(120):
        await chance.act()
        if chance.rng.random() < 0.15:
            await die_and_recover(house, chance)
        await house.settle()
        house.check()


async def die_and_recover(house: House, chance: Chance) -> None:
    """The engine dies in the middle of its work, life goes on without one, and the next may die too."""
    house.switch.left = chance.rng.randint(0, 6)
    with contextlib.suppress(DiedError):
        await house.settle()
    house.pbx.cut()
    for _ in range(chance.rng.randint(0, 3)):
        await chance.act()
    await house.take_over()
