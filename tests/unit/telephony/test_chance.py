"""Whatever people do, and whatever dies: nobody is lost, nobody is called twice, calls are as the core says."""

import msgspec
import pytest
from tests.unit.telephony.chance import AGENTS, Chance
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.telephony.memory.lines import Manner, Phone


@pytest.mark.parametrize("seed", [*range(60), 83, 87])
async def test_whatever_happens_calls_are_as_the_core_says(seed):
    house = House(*AGENTS)
    if seed % 3 == 0:
        house.pbx.phones["phone/nima"] = Phone(Manner.ANSWERS, 700)
    if seed % 2 == 0:
        house.stations.browsers = {"sara", "b-omid"}
    await house.take_over()
    if seed % 4 == 1:
        config = house.state.queues["q"].config
        house.do(cmd.DefineQueue(msgspec.structs.replace(config, version=2, callback_first="customer")))
    chance = Chance(house, seed)
    for _ in range(120):
        await chance.act()
        roll = chance.rng.random()
        if roll < 0.12:
            await chance.engine_dies()
        elif roll < 0.18:
            await chance.switch_dies()
        await house.settle()
        chance.check()
