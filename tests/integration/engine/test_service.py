"""Protects: one leader a shard, takeover, fencing, idempotency, refusals, days: on both stores."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec
from benchmarks.log_check import faults
from tests.integration.engine.stage import QUICK, Running, Stage, fold, opening

from pasokh.acd.commands import AcceptOffer, DefineQueue, SetPresence, SignIn, Tick
from pasokh.acd.model import QueueConfig
from pasokh.acd.state import State, dump_state
from pasokh.engine.clock import wall_ms
from pasokh.engine.core import ACD, Core
from pasokh.engine.effects import Carriers
from pasokh.engine.environment import Environment
from pasokh.engine.guard import LoopGuard
from pasokh.engine.ports import OneZone
from pasokh.engine.service import EngineService
from pasokh.store.ports import Snapshot

SHORT_LEASE = replace(QUICK, lease_ms=600, renew_s=0.15, lease_margin_ms=150)


def count(rows: list, kind: str) -> int:
    return sum(row.type == kind for row in rows)


async def test_commands_become_events_answers_and_a_snapshot_that_equals_the_folded_log(stage: Stage) -> None:
    engine = stage.start()
    await stage.set_up()
    keys = [await stage.submit(opening(str(n))) for n in range(5)]
    answers = {key: await stage.answer(key) for key in keys}
    await engine.finish()
    rows = await stage.rows()
    assert all(answer.ok for answer in answers.values())
    assert faults(rows, answers, set(keys)) == []
    assert count(rows, "offer.made") == 5
    snapshot = await stage.store.load_snapshot(stage.shard, stage.shard, ACD.snapshot_schema)
    assert snapshot is not None
    assert (snapshot.seq, snapshot.data) == (len(rows), dump_state(fold(rows)))


async def test_asked_again_with_the_same_key_it_happens_once(stage: Stage) -> None:
    stage.start()
    await stage.set_up()
    first = await stage.ask(opening("1"), key="mine")
    again = await stage.ask(opening("1"), key="mine")
    assert first == again
    assert first.ok
    assert count(await stage.rows(), "contact.opened") == 1


async def test_what_was_handed_in_while_nobody_led_is_done_by_whoever_leads_next(stage: Stage) -> None:
    engine = stage.start()
    await stage.set_up()
    await engine.finish()
    keys = [await stage.submit(opening(str(n))) for n in range(3)]
    stage.start("two")
    assert all([(await stage.answer(key)).ok for key in keys])


async def test_a_graceful_stop_lets_the_other_lead_at_once(stage: Stage) -> None:
    first = stage.start("one")
    await stage.set_up()
    second = stage.start("two")
    began = time.monotonic()
    await first.finish()
    assert (await stage.ask(opening("1"))).ok
    assert time.monotonic() - began < 2.0  # the lease would have lasted 3 s
    assert second.metrics.value("takeovers") == 1


async def test_a_crashed_leader_is_replaced_when_its_lease_has_run_out(stage: Stage) -> None:
    first = stage.start("one", options=SHORT_LEASE)
    await stage.set_up()
    second = stage.start("two", options=SHORT_LEASE)
    await stage.ask(opening("1"))
    assert second.metrics.value("takeovers") == 0
    await first.crash()
    assert (await stage.ask(opening("2"))).ok
    assert second.metrics.value("takeovers") == 1
    assert faults(await stage.rows(), {}) == []


async def test_a_leader_that_was_replaced_writes_nothing_and_leads_again_later(stage: Stage) -> None:
    engine = stage.start("one", options=SHORT_LEASE)
    await stage.set_up()
    intruder = await stage.store.acquire(stage.shard, "one", 400)
    assert intruder is not None
    key = await stage.submit(opening("1"))
    answer = await stage.answer(key)
    rows = await stage.rows()
    assert answer.ok
    assert not [row for row in rows if row.seq > intruder.head.seq and row.epoch <= intruder.epoch]
    assert faults(rows, {key: answer}, {key}) == []
    losses = [v for (name, _), v in engine.metrics._numbers.items() if name == "losses"]
    assert sum(losses) >= 1


async def test_a_new_organisation_is_led_without_a_restart(stage: Stage) -> None:
    stop = asyncio.Event()
    env = Environment(stage.store, Carriers({}), options=QUICK)
    task = asyncio.create_task(EngineService(env, "all").run(stop))
    stage.engines.append(Running(EngineService(env, "none"), stop, task, env.metrics))
    await stage.store.open_shard("newcomer", "newcomer")
    command = msgspec.json.encode(DefineQueue(QueueConfig(id="q")))
    await stage.client.submit("newcomer", "newcomer", "k", "user:x", command)
    assert (await stage.client.wait_answer("newcomer", "newcomer", "k", 20)).ok
    stop.set()
    await asyncio.wait_for(task, 20)


async def test_refusals_carry_code_and_fields(stage: Stage) -> None:
    stage.start()
    await stage.set_up()
    unknown = await stage.ask(SignIn("nobody"))
    assert not unknown.ok
    assert unknown.code.startswith("agent.")
    assert unknown.params["agent"] == "nobody"
    assert (await stage.ask(Tick())).code == "command.not_from_outside"
    assert (await stage.ask(b'{"type":"contact.teleport"}')).code == "command.malformed"


async def test_a_flood_of_rubbish_does_not_keep_a_customer_waiting(stage: Stage) -> None:
    stage.start()
    await stage.set_up()
    rubbish = [
        b"[]",
        b"{}",
        b"1",
        b'{"type":"tick"}',
        b'{"type":"agent.sign_in","agent":7}',
        b'{"type":"queue.define"}',
    ]
    flood = [asyncio.create_task(stage.submit(rubbish[n % len(rubbish)])) for n in range(600)]
    began = time.monotonic()
    assert (await stage.ask(opening("1"))).ok
    took = time.monotonic() - began
    refused = [await stage.answer(await task) for task in flood]
    assert not any(answer.ok for answer in refused)
    assert {answer.code for answer in refused} == {"command.malformed", "command.not_from_outside"}
    assert took < 10.0
    assert count(await stage.rows(), "offer.made") == 1


async def test_timers_fire_without_a_command(stage: Stage) -> None:
    leap = 0
    stage.start(wall=lambda: wall_ms() + leap)
    await stage.set_up()
    assert (await stage.ask(opening("1"))).ok
    leap = 21_000  # the offer rings out
    rows = await stage.until(lambda rows: count(rows, "offer.timed_out") >= 1)
    late = next(row for row in rows if row.type == "offer.timed_out")
    assert (late.actor, late.cause) == ("engine", "")


async def test_the_day_begins_at_local_midnight(stage: Stage) -> None:
    now = [1_774_902_000_000]  # 2026-03-30T20:20:00Z = 23:50 in Tehran
    stage.start(wall=lambda: now[0], zones=OneZone("Asia/Tehran"))
    await stage.until(lambda rows: count(rows, "day.started") == 1)
    now[0] += 599_000
    assert (await stage.ask(DefineQueue(QueueConfig(id="q")))).ok
    now[0] += 2_000
    rows = await stage.until(lambda rows: count(rows, "day.started") == 2)
    days = [msgspec.json.decode(row.data)["day"] for row in rows if row.type == "day.started"]
    assert days == ["2026-03-30", "2026-03-31"]


async def test_an_unknown_zone_is_utc_and_no_reason_to_stop(stage: Stage) -> None:
    stage.start(zones=OneZone("Mars/Olympus"))
    assert (await stage.ask(DefineQueue(QueueConfig(id="q")))).ok


async def test_a_day_does_not_change_while_the_zone_cannot_be_told(stage: Stage) -> None:
    class Zones:
        def __init__(self) -> None:
            self.answers = ["Asia/Tehran"]
            self.asked = asyncio.Event()

        async def zone(self, org: str) -> str:
            if self.answers:
                return self.answers.pop(0)
            self.asked.set()
            raise OSError("no database")

    zones = Zones()
    tehran_is_a_day_ahead = 1_774_902_000_000 + 3_600_000  # 21:20 UTC, 00:50 in Tehran
    now = [tehran_is_a_day_ahead]
    first = stage.start(wall=lambda: now[0], zones=zones)
    await stage.until(lambda rows: count(rows, "day.started") == 1)
    await first.finish()
    stage.start("two", wall=lambda: now[0], zones=zones)
    await asyncio.wait_for(zones.asked.wait(), 20)
    assert (await stage.ask(DefineQueue(QueueConfig(id="q")))).ok
    assert count(await stage.rows(), "day.started") == 1
    zones.answers = ["Asia/Tehran"] * 2
    now[0] += 86_400_000
    await stage.until(lambda rows: count(rows, "day.started") == 2)


async def test_without_any_wake_up_the_inbox_is_polled(stage: Stage) -> None:
    class Deaf:
        def __getattr__(self, name: str) -> object:
            return getattr(stage.store, name)

        @asynccontextmanager
        async def watch_inbox(self, shard: str) -> AsyncIterator[object]:
            yield self

        async def wait(self, seconds: float) -> bool:
            await asyncio.sleep(seconds)
            return False

        def nudge(self) -> None:
            """Nobody asks from inside."""

    stage.start(store=Deaf(), options=replace(QUICK, poll_s=0.1))
    await stage.set_up()
    assert (await stage.ask(opening("1"))).ok


async def test_a_command_the_core_fails_on_is_refused_and_the_others_are_done(stage: Stage) -> None:
    def step(state: State, command: object, now: int) -> object:
        if isinstance(command, SignIn) and command.agent == "bob":
            state.agents.clear()  # half-done work that must not survive
            raise ZeroDivisionError
        return ACD.step(state, command, now)

    engine = stage.start(core=Core(step=step))
    await stage.ask(DefineQueue(QueueConfig(id="sales")))
    keys = [await stage.submit(c) for c in (SignIn("ann"), SignIn("bob"), DefineQueue(QueueConfig(id="other")))]
    answers = [await stage.answer(key) for key in keys]
    assert [answer.code for answer in answers] == [answers[0].code, "engine.command_failed", ""]
    assert answers[0].code.startswith("agent.")
    assert answers[2].ok
    assert engine.metrics.value("losses", 'cause="command_crashed"') == 1


async def test_an_unreadable_snapshot_costs_time_and_nothing_else(stage: Stage) -> None:
    engine = stage.start()
    await stage.set_up()
    await engine.finish()
    lease = await stage.store.acquire(stage.shard, "vandal")
    assert lease is not None
    await stage.store.save_snapshot(lease, Snapshot(lease.head.seq, ACD.snapshot_schema, b'{"seq":"nonsense"}'))
    await stage.store.release(lease)
    stage.start("two")
    assert (await stage.ask(opening("1"))).ok
    assert count(await stage.rows(), "offer.made") == 1


async def test_a_leader_continues_from_the_snapshot_and_reads_only_the_rest(stage: Stage) -> None:
    engine = stage.start(options=replace(QUICK, snapshot_events=8))
    await stage.set_up()
    await engine.finish()
    rows = len(await stage.rows())
    folded = []

    def apply(state: State, event: object, at: int) -> None:
        folded.append(event)
        ACD.apply(state, event, at)

    second = stage.start("two", core=Core(apply=apply))
    await stage.led_by(second)
    assert rows >= 8
    assert folded == []


async def test_the_loop_is_never_held_for_long_while_leading(stage: Stage) -> None:
    async with LoopGuard(limit_ms=400, strict=True):
        stage.start()
        await stage.set_up()
        keys = [await stage.submit(opening(str(n))) for n in range(100)]
        for key in keys:
            assert (await stage.answer(key)).ok
        assert (await stage.ask(AcceptOffer("i-0", "ann"))).ok
        assert (await stage.ask(SetPresence("ann", ready=False, reason="lunch"))).ok
