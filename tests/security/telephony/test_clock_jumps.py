"""The machine's clock is set back and forth by hours while somebody calls: menus, waits and talks go on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from tests.integration.engine.stage import Running, Stage
from tests.integration.telephony.test_calls_through_the_core import NUMBER, ORG, Hall, Numbers, asterisk
from tests.telephony.asterisk import Asterisk
from tests.telephony.sipp import phone

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.engine.clock import MonotoneClock, wall_ms
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore
from pasokh.telephony.exchange.front import NumberPlan
from pasokh.telephony.service import VoiceCarrier

__all__ = ["asterisk"]
HOUR_MS = 3_600_000
MENU = n.Menu(say=n.Saying(text={"en": "choose"}), choices={"1": "queue"}, otherwise="queue", timeout_s=2, tries=1)
FLOW = n.Flow("menu", "menu", {"menu": MENU, "queue": n.Queue(queue="sales", announce=None)}, ("en",))


class Clocked(Hall):
    """A hall whose machine has a bad clock."""

    off = 0

    def wall(self) -> int:
        return wall_ms() + self.off

    async def numbers(self, org: str) -> Numbers:
        now, sound = MonotoneClock(self.wall).now, self.asterisk.sound("short")

        class Slow(Numbers):
            async def plan(self, number: str) -> NumberPlan | None:
                return NumberPlan(program=n.Program("menu", {"menu": FLOW}), client="own", last_resort="sales")

            async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
                return p.Facts(now(), caller=caller, number=number)

            async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
                return [sound] if pieces else []

        return Slow()

    def start(self, owner: str) -> Running:
        carrier = VoiceCarrier(self.stage.client, self, MonotoneClock(self.wall).now)
        return self.stage.start(owner, carriers={Channel.VOICE: carrier, Channel.CALLBACK: carrier}, wall=self.wall)


@pytest.fixture
async def hall(asterisk: Asterisk, pg_dsn: Callable[[str], str]) -> AsyncIterator[Clocked]:
    async with PostgresStore(pg_dsn(schema.ENGINE)) as store, PostgresStore(pg_dsn(schema.APP)) as client:
        stage = Stage(store, client, ORG)
        await store.open_shard(ORG, ORG)
        made = Clocked(asterisk, stage)
        made.start("first")
        for command in (
            cmd.DefineQueue(QueueConfig("sales", ring_ms=60_000)),
            cmd.DefineAgent(AgentConfig("sara", queues=("sales",))),
            cmd.SignIn("sara"),
            cmd.SetPresence("sara", ready=True),
        ):
            assert (await stage.ask(command)).ok
        yield made
        await stage.close()


@pytest.mark.parametrize("jump", [-HOUR_MS, HOUR_MS, -30 * 24 * HOUR_MS], ids=["back", "on", "back a month"])
async def test_a_caller_in_a_menu_comes_through_and_talks(hall: Clocked, jump: int) -> None:
    with (
        phone(hall.asterisk, "answers") as desk,
        phone(hall.asterisk, "speaks", NUMBER, hold_ms=15_000) as caller,
    ):
        await hall.until(ev.CallStepped)
        hall.off = jump
        await hall.until(ev.OfferAccepted)
        hall.off = -jump
        await asyncio.to_thread(caller.finish, 40)
        ended = await hall.until(ev.TalkEnded)
        await asyncio.to_thread(desk.finish)
    assert ended.by == "customer", "nobody was cut off"
    assert ended.talk_ms >= 0
    times = [row.occurred_at for row in await hall.stage.rows()]
    assert times == sorted(times)
