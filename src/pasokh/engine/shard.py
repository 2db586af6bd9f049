"""Leads one shard: recovers, then turn by turn decides, commits, and only then acts.

Guarantee: nothing decided here is seen outside before it is durable under this leader's epoch. Whatever goes wrong,
the state in memory is thrown away and the next leader, perhaps this process again, goes on from log and inbox.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Container

from pasokh.acd.commands import AnyCommand, StartDay
from pasokh.acd.effects import decode_effect
from pasokh.acd.state import State
from pasokh.engine.days import day_of, known_zone, next_midnight
from pasokh.engine.effects import Performer, drafts_of
from pasokh.engine.environment import Environment
from pasokh.engine.lease import LeaseKeeper
from pasokh.engine.look import Led
from pasokh.engine.near import NearDesk
from pasokh.engine.recovery import recover
from pasokh.engine.turn import Decider, Turn
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.store.ports import Head, Lease, Outcome, Pending, Snapshot, Wake

log = logging.getLogger(__name__)

_SPIN_S = 0.005
"""Shortest wait, so that a timer that yields nothing cannot make the loop spin."""


class ShardLeader:
    """One lead of one shard, from a fresh lease to its release or loss. Use once."""

    def __init__(self, env: Environment, lease: Lease, asked_at: float, crashed: Container[str] = ()) -> None:
        self._store = env.store
        self._shard = lease.shard
        self._org = lease.org
        self._head: Head = lease.head
        self._keeper = LeaseKeeper(env.store, lease, asked_at, env.options)
        self._carriers = env.carriers
        self._zones = env.zones
        self._followers = env.followers
        self._metrics = env.metrics
        self._options = env.options
        self._clock = env.new_clock()
        self._core = env.core
        self._beside = env.near
        self._crashed = crashed
        self._decider = Decider(env.core, env.options, _steady_ms)
        self._performer = Performer(lease.org, env.carriers, env.metrics, self)
        self._own: deque[AnyCommand] = deque()
        self._backlog: deque[Pending] = deque()
        self._midnight: Instant = 0
        self._snapshot_seq = 0
        self._snapshot_at = 0.0
        self._pruned_at = time.monotonic()
        self._saving: asyncio.Task[None] | None = None
        self._tasks: asyncio.TaskGroup
        self._near: NearDesk
        self._state: State | None = None

    async def lead(self, stop: asyncio.Event) -> None:
        """Serve until `stop`, then snapshot and release.

        Raises on any loss: `PasokhError` (``store.*``, ``engine.lease_lost``, ``engine.log_gap``), or
        `pasokh.engine.turn.CommandCrashedError`.
        """
        try:
            async with self._store.watch_inbox(self._shard) as wake, asyncio.TaskGroup() as self._tasks:
                keeping = self._tasks.create_task(self._keeper.keep(), name=f"lease {self._shard}")
                with self._beside.lead(self._shard, wake) as self._near:
                    self._state = state = await self._take_over()
                    performing = self._tasks.create_task(self._performer.run(), name=f"effects {self._shard}")
                    await self._serve(state, wake, stop)
                performing.cancel()
                await self._leave(state)
                keeping.cancel()
        except ExceptionGroup as group:
            raise _first(group) from group
        finally:
            await self._carriers.leave(self._org)
            for follower in self._followers:
                follower.end(self._org)

    def led(self) -> Led | None:
        """What is true now, for figures; None before the shard is taken over."""
        if self._state is None:
            return None
        return Led(self._shard, self._state, self._keeper.left_s(), len(self._backlog), self._clock.now())

    async def _take_over(self) -> State:
        began = time.monotonic()
        lease = self._keeper.lease
        state, self._snapshot_seq = await recover(self._store, lease, self._core, self._options.page)
        self._snapshot_at = time.monotonic()
        self._clock.not_before(state.now)
        await self._look_at_zone(state)
        for follower in self._followers:
            follower.begin(self._org, state)
        effects = await self._store.effects(self._shard, 100_000)
        undone = {decode_effect(row.effect).interaction for row in effects}
        self._own += await self._carriers.reconcile(self._org, state, undone, self._options.reconcile_s)
        self._performer.resume(effects)
        self._metrics.count("takeovers")
        self._metrics.observe("takeover_ms", (time.monotonic() - began) * 1_000)
        log.info("leading shard %s, epoch %d, from seq %d", self._shard, self._keeper.lease.epoch, state.seq)
        return state

    async def _look_at_zone(self, state: State) -> None:
        """Start the operating day if a later one has begun, and note when the next one begins.

        While the zone cannot be told the day goes on, rather than change by the wrong clock.
        """
        now = self._clock.now()
        try:
            async with asyncio.timeout(self._options.zone_s):
                zone = await self._zones.zone(self._org)
        except Exception as error:  # whatever a provider raises, contacts are still served
            log.warning("the zone of organisation %s cannot be told: %r", self._org, error)
            self._midnight = now + self._options.zone_retry_ms
            if state.day:
                return
            zone = "UTC"
        else:
            zone = known_zone(zone)
            self._midnight = next_midnight(now, zone)
        today = day_of(now, zone)
        if today > state.day:
            self._own.append(StartDay(today))

    async def _serve(self, state: State, wake: Wake, stop: asyncio.Event) -> None:
        stopping = self._tasks.create_task(stop.wait(), name=f"stop {self._shard}")
        stopping.add_done_callback(lambda _: wake.nudge())
        looked_at = 0.0
        look = True
        while not stopping.done():
            self._keeper.check()
            if self._clock.now() >= self._midnight:
                await self._look_at_zone(state)
            if not self._backlog and (look or time.monotonic() - looked_at >= self._options.poll_s):
                looked_at = time.monotonic()
                found = await self._store.pending(self._shard, self._options.inbox_batch)
                self._backlog.extend(self._near.not_here(found))
                look = len(found) >= self._options.inbox_batch
            if asked := self._near.fresh():
                doubtful = self._near.doubtful(asked)
                known = await self._store.known(self._shard, doubtful) if doubtful else {}
                self._backlog.extend(self._near.sort_out(asked, known))
                look = look or None in known.values()
            if not await self._turn(state):
                look = await wake.wait(self._wait_s(state, looked_at))

    def _wait_s(self, state: State, looked_at: float) -> float:
        """Until the inbox is polled or a timer falls due, whichever is first."""
        wait_s = looked_at + self._options.poll_s - time.monotonic()
        due = self._core.next_due(state)
        if due is not None:
            wait_s = min(wait_s, (due - self._clock.now()) / 1_000)
        return max(_SPIN_S, wait_s)

    async def _turn(self, state: State) -> bool:
        """Decide and commit one turn; False when there was nothing to do."""
        began = _steady_ms()
        turn = self._decider.decide(state, self._clock.now, self._own, self._backlog, self._crashed)
        if not turn:
            return False
        self._metrics.observe("decide_ms", _steady_ms() - began)
        if state.seq != self._head.seq + len(turn.drafts):
            raise PasokhError("engine.log_gap", shard=self._shard, seq=state.seq, head=self._head.seq)
        outbound = self._carriers.outbound(turn.effects)
        self._keeper.check()
        asked = self._near.decided(turn.replies)
        self._head = await self._store.append(
            self._keeper.lease, self._head, turn.drafts, turn.replies, drafts_of(outbound), asked
        )
        self._near.answered(turn.replies)
        self._measure(turn, _steady_ms() - began)
        for follower in self._followers:
            follower.follow(self._org, turn.events)
        self._performer.start(outbound)
        self._keep_house(state)
        return True

    def _measure(self, turn: Turn, took_ms: float) -> None:
        self._metrics.count("turns")
        self._metrics.count("events", len(turn.drafts))
        for reply in turn.replies:
            self._metrics.count("commands", label=f'code="{reply.answer.code or "ok"}"')
        self._metrics.observe("turn_events", len(turn.drafts))
        self._metrics.observe("turn_ms", took_ms)

    def may_act(self) -> bool:
        """Whether the lease is still valid."""
        return self._keeper.valid()

    def now(self) -> Instant:
        """The engine's clock."""
        return self._clock.now()

    async def settle(self, outcomes: list[Outcome]) -> None:
        """Record outcomes of effects under this lead's lease."""
        await self._store.settle(self._keeper.lease, outcomes)

    def _keep_house(self, state: State) -> None:
        """Save a snapshot or prune the inbox when it is time, beside the turns; one such task at once."""
        now = time.monotonic()
        if self._saving is not None:
            if not self._saving.done():
                return
            self._saving = None
        behind = state.seq - self._snapshot_seq
        job: Awaitable[object]
        if behind >= self._options.snapshot_events or (behind and now - self._snapshot_at >= self._options.snapshot_s):
            self._snapshot_seq, self._snapshot_at = state.seq, now
            job = self._store.save_snapshot(self._keeper.lease, self._snapshot(state))
        elif now - self._pruned_at >= self._options.prune_s:
            self._pruned_at = now
            job = self._store.prune(self._shard, self._options.keep_answers_ms)
        else:
            return
        self._saving = self._tasks.create_task(_finish(job), name=f"housekeeping {self._shard}")

    def _snapshot(self, state: State) -> Snapshot:
        return Snapshot(state.seq, self._core.snapshot_schema, self._core.dump(state))

    async def _leave(self, state: State) -> None:
        """Let a successor lead at once, from here."""
        if self._saving is not None:
            await asyncio.wait((self._saving,))
        self._keeper.check()
        if state.seq != self._snapshot_seq:
            await self._store.save_snapshot(self._keeper.lease, self._snapshot(state))
        await self._store.release(self._keeper.lease)
        log.info("released shard %s at seq %d", self._shard, state.seq)


def _steady_ms() -> float:
    return time.monotonic() * 1_000


async def _finish(job: Awaitable[object]) -> None:
    await job


def _first(group: BaseExceptionGroup) -> BaseException:
    """The first error of a group that is not a group itself."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
