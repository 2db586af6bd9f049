"""Protects: effects are performed in order, tried again, given up, held back, and never without a lease."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest

from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect, Connect, Disconnect, EffectRefusedError, RingAgent
from pasokh.acd.model import Channel
from pasokh.acd.state import Interaction
from pasokh.engine.breaker import Breaker
from pasokh.engine.effects import Carriers, Patience, Performer, drafts_of
from pasokh.engine.metrics import Metrics
from pasokh.engine.ports import LogCarrier
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import EffectRow, Outcome

QUICK = Patience(attempts=3, first_pause_s=0.001, longest_pause_s=0.002, attempt_s=0.5)


class ScriptedCarrier:
    """Performs what its script allows: an exception for each planned failure."""

    in_log = False

    def __init__(self, name: str = "phone", fails: Callable[[AnyEffect, int], Exception | None] | None = None) -> None:
        self.name = name
        self.tried: list[str] = []
        self._fails = fails or (lambda effect, nth: None)

    async def perform(self, org: str, effect: AnyEffect) -> None:
        self.tried.append(effect.id)
        await asyncio.sleep(0)
        error = self._fails(effect, self.tried.count(effect.id))
        if error is not None:
            raise error

    async def reconcile(self, org: str, held: Sequence[Interaction], calls: object, undone: object) -> list[AnyCommand]:
        return []

    async def leave(self, org: str) -> None:
        """Nothing was held."""


class HeldLead:
    def __init__(self) -> None:
        self.held = True
        self.instant = 1_000
        self.outcomes: list[Outcome] = []
        self.changed = asyncio.Condition()

    def may_act(self) -> bool:
        return self.held

    def now(self) -> int:
        return self.instant

    async def settle(self, outcomes: list[Outcome]) -> None:
        async with self.changed:
            self.outcomes += outcomes
            self.changed.notify_all()

    async def until_done(self, n: int) -> dict[str, str]:
        async with self.changed, asyncio.timeout(5):
            await self.changed.wait_for(lambda: sum(o.done for o in self.outcomes) >= n)
        return {outcome.id: outcome.outcome for outcome in self.outcomes if outcome.done}


@asynccontextmanager
async def performing(carriers: Carriers, lead: HeldLead) -> AsyncIterator[Performer]:
    performer = Performer("org", carriers, Metrics(), lead, QUICK)
    task = asyncio.create_task(performer.run())
    try:
        yield performer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def connect(name: str, interaction: str = "i1", channel: Channel = Channel.VOICE) -> Connect:
    return Connect(name, interaction, "ann", channel)


async def test_in_order_within_an_interaction_even_when_one_has_to_be_tried_again() -> None:
    carrier = ScriptedCarrier(fails=lambda e, nth: OSError("busy") if e.id == "b" and nth < 3 else None)
    lead = HeldLead()
    async with performing(Carriers({Channel.VOICE: carrier}), lead) as performer:
        performer.start([connect("a"), connect("b"), Disconnect("c", "i1", Channel.VOICE, "answered")])
        assert await lead.until_done(3) == {"a": "done", "b": "done", "c": "done"}
    assert carrier.tried == ["a", "b", "b", "b", "c"]
    assert [(o.id, o.done) for o in lead.outcomes if o.id == "b"] == [("b", False), ("b", False), ("b", True)]


async def test_a_stuck_interaction_does_not_hold_up_the_others() -> None:
    carrier = ScriptedCarrier(fails=lambda e, nth: OSError("down") if e.interaction == "i1" else None)
    lead = HeldLead()
    async with performing(Carriers({Channel.VOICE: carrier}, lambda: Breaker(10**6)), lead) as performer:
        performer.start([connect("a"), connect("b", "i2")])
        done = await lead.until_done(2)
    assert done["b"] == "done"
    assert done["a"].startswith("given_up")


async def test_refused_for_good_is_not_tried_again_and_no_carrier_is_said() -> None:
    carrier = ScriptedCarrier(fails=lambda e, nth: EffectRefusedError("dial.unknown_number"))
    lead = HeldLead()
    async with performing(Carriers({Channel.VOICE: carrier}), lead) as performer:
        performer.start([connect("a"), connect("m", "i2", Channel.EMAIL)])
        assert await lead.until_done(2) == {"a": "refused: dial.unknown_number", "m": "no_carrier"}
    assert carrier.tried == ["a"]


async def test_an_offer_that_has_run_out_is_not_rung() -> None:
    carrier = ScriptedCarrier()
    lead = HeldLead()
    async with performing(Carriers({Channel.VOICE: carrier}), lead) as performer:
        performer.start([RingAgent("r", "i1", "ann", Channel.VOICE, deadline=1_000)])
        assert await lead.until_done(1) == {"r": "expired"}
    assert carrier.tried == []


async def test_an_open_breaker_holds_back_one_carrier_only() -> None:
    clock = 0.0
    phone = ScriptedCarrier(fails=lambda e, nth: OSError("down"))
    mail = ScriptedCarrier("mail")
    carriers = Carriers({Channel.VOICE: phone, Channel.EMAIL: mail}, lambda: Breaker(2, 3600.0, lambda: clock))
    lead = HeldLead()
    async with performing(carriers, lead) as performer:
        performer.start([connect("a"), connect("m", "i2", Channel.EMAIL)])
        await lead.until_done(1)
        async with lead.changed, asyncio.timeout(5):
            await lead.changed.wait_for(lambda: len(phone.tried) == 2 and len(lead.outcomes) == 3)
        assert carriers.breaker(phone).open
        performer.start([connect("b", "i3")])
        performer.start([connect("n", "i4", Channel.EMAIL)])
        assert (await lead.until_done(2)).keys() == {"m", "n"}
    assert phone.tried == ["a", "a"]


async def test_resumed_effects_keep_their_count_of_attempts() -> None:
    carrier = ScriptedCarrier(fails=lambda e, nth: OSError("down"))
    lead = HeldLead()
    async with performing(Carriers({Channel.VOICE: carrier}), lead) as performer:
        performer.resume([EffectRow("a", 7, msgspec.json.encode(connect("a")), attempts=2)])
        assert (await lead.until_done(1))["a"].startswith("given_up")
    assert carrier.tried == ["a"]


async def test_nothing_is_performed_once_the_lease_is_gone() -> None:
    carrier = ScriptedCarrier()
    lead = HeldLead()
    lead.held = False
    performer = Performer("org", Carriers({Channel.VOICE: carrier}), Metrics(), lead, QUICK)
    performer.start([connect("a")])
    with pytest.raises(ExceptionGroup) as caught:
        await performer.run()
    assert caught.group_contains(PasokhError)
    assert carrier.tried == []


async def test_a_carrier_that_hangs_is_timed_out() -> None:
    class Hanging(ScriptedCarrier):
        async def perform(self, org: str, effect: AnyEffect) -> None:
            await asyncio.Event().wait()

    lead = HeldLead()
    performer = Performer("org", Carriers({Channel.VOICE: Hanging()}), Metrics(), lead, Patience(1, attempt_s=0.01))
    task = asyncio.create_task(performer.run())
    performer.start([connect("a")])
    assert (await lead.until_done(1))["a"].startswith("given_up")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_what_the_log_carries_is_not_kept_in_the_outbox() -> None:
    carriers = Carriers({Channel.CHAT: LogCarrier()})
    outbound = carriers.outbound([connect("a", channel=Channel.CHAT), connect("b")])
    assert [draft.id for draft in drafts_of(outbound)] == ["b"]
