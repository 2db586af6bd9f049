"""Moves on the switch: who joins a talk joins in one order, and one who is gone keeps nobody out."""

import pytest
from tests.unit.telephony.house import House

from pasokh.telephony.exchange.hands import Hands
from pasokh.telephony.exchange.talks import Talk


class Counted:
    """The switch in memory, and how often it is asked to join channels."""

    def __init__(self, house: House) -> None:
        self._switch, self.added = house.switch, []

    def __getattr__(self, name: str) -> object:
        return getattr(self._switch, name)

    async def add(self, bridge: str, channels: list[str]) -> None:
        self.added.append(list(channels))
        await self._switch.add(bridge, channels)


@pytest.fixture
async def house() -> House:
    made = House("sara")
    await made.take_over()
    return made


async def test_two_who_talk_join_in_one_order(house):
    caller = await house.call()
    sara = await house.take("sara")
    switch = Counted(house)
    await Hands(switch, "default").arrange(Talk("i-new", "c", caller=caller.id, agent="sara"), {"sara": sara.id})
    assert [sorted(each) for each in switch.added] == [sorted((caller.id, sara.id))]
    assert set(house.pbx.bridges["b-i-new"].lines) == {caller.id, sara.id}


async def test_one_who_is_gone_keeps_nobody_out(house):
    await house.call()
    sara = await house.take("sara")
    switch = Counted(house)
    await Hands(switch, "default").arrange(Talk("i-new", "c", caller="a-gone", agent="sara"), {"sara": sara.id})
    assert set(house.pbx.bridges["b-i-new"].lines) == {sara.id}
    assert sorted(switch.added[1:]) == sorted([["a-gone"], [sara.id]]), "asked for one by one"
