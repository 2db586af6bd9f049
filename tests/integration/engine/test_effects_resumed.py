"""Protects: an effect without an outcome is taken up by the next leader, and one with an outcome is not."""

import asyncio
from collections.abc import Sequence

from tests.integration.engine.stage import Stage, opening

from pasokh.acd.commands import AnyCommand, LeaveContact
from pasokh.acd.effects import AnyEffect
from pasokh.acd.model import Channel
from pasokh.acd.state import Interaction
from pasokh.kernel.messages import tag_of


class Phone:
    """Rings when it may; remembers what it was asked."""

    name = "phone"
    in_log = False

    def __init__(self, *, works: bool, hung_up: bool = False, broken: bool = False) -> None:
        self._hung_up = hung_up
        self._broken = broken
        self.asked: list[str] = []
        self.rang = asyncio.Event()
        self.begun = asyncio.Event()
        self._works = works
        self.left = 0

    async def perform(self, org: str, effect: AnyEffect) -> None:
        self.asked.append(f"{tag_of(effect)} {effect.id}")
        self.begun.set()
        if not self._works:
            await asyncio.Event().wait()
        self.rang.set()

    async def reconcile(self, org: str, held: Sequence[Interaction], calls: object, undone: object) -> list[AnyCommand]:
        if self._broken:
            raise OSError("no answer")
        return [LeaveContact(interaction.id) for interaction in held if self._hung_up]

    async def leave(self, org: str) -> None:
        self.left += 1


async def test_a_successor_performs_what_the_crashed_leader_left_undone_and_only_that(stage: Stage) -> None:
    hung, works = Phone(works=False), Phone(works=True)
    first = stage.start("same", carriers={Channel.VOICE: hung})
    await stage.set_up()
    assert (await stage.ask(opening("1", Channel.VOICE))).ok
    await asyncio.wait_for(hung.begun.wait(), 20)
    await first.crash()
    assert hung.left == 1, "whoever no longer leads must not act"
    second = stage.start("same", carriers={Channel.VOICE: works})
    await asyncio.wait_for(works.rang.wait(), 20)
    assert works.asked == hung.asked
    async with asyncio.timeout(20):
        while True:
            if not await stage.store.effects(stage.shard):
                break
            await asyncio.sleep(0.01)
    await second.crash()
    idle = Phone(works=True)
    third = stage.start("same", carriers={Channel.VOICE: idle})
    await stage.led_by(third)
    assert (await stage.ask(opening("2", Channel.CHAT))).ok
    assert idle.asked == []


async def test_a_caller_who_hung_up_while_nobody_led_is_let_go_at_the_takeover(stage: Stage) -> None:
    first = stage.start("same", carriers={Channel.VOICE: Phone(works=True)})
    await stage.set_up()
    assert (await stage.ask(opening("1", Channel.VOICE))).ok
    await first.crash()
    stage.start("same", carriers={Channel.VOICE: Phone(works=True, hung_up=True)})
    rows = await stage.until(lambda rows: any(row.type == "interaction.closed" for row in rows))
    assert next(row for row in rows if row.type == "interaction.closed").actor == "engine"


async def test_a_carrier_that_cannot_be_reconciled_with_does_not_keep_the_shard_down(stage: Stage) -> None:
    first = stage.start("same", carriers={Channel.VOICE: Phone(works=True)})
    await stage.set_up()
    assert (await stage.ask(opening("1", Channel.VOICE))).ok
    await first.crash()
    stage.start("same", carriers={Channel.VOICE: Phone(works=True, broken=True)})
    assert (await stage.ask(opening("2", Channel.CHAT))).ok
