"""Performs committed effects: in order within an interaction, side by side across, until each has an outcome.

Guarantee: an effect is attempted at least once, after its events are durable, and recorded as done afterwards; a
crash between the two repeats it, which its id makes harmless. Nothing is attempted without a valid lease.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect, EffectRefusedError, RingAgent, decode_effect
from pasokh.acd.model import Channel
from pasokh.acd.state import Interaction, State
from pasokh.engine.breaker import Breaker
from pasokh.engine.metrics import Metrics
from pasokh.engine.ports import Carrier
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.store.ports import EffectDraft, EffectRow, Outcome

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How persistently an effect is tried."""

    attempts: int = 12
    first_pause_s: float = 0.2
    longest_pause_s: float = 30.0
    gather_s: float = 0.1
    """Outcomes are recorded together with what follows so soon: a crash meanwhile repeats what is harmless twice."""
    attempt_s: float = 10.0
    """One attempt may take so long."""

    def pause_s(self, attempts: int) -> float:
        """Pause after so many failed attempts: doubling, capped."""
        return min(self.longest_pause_s, self.first_pause_s * 2.0 ** min(attempts - 1, 30))


class Carriers:
    """Which carrier serves which channel, with one breaker for each carrier of the process."""

    def __init__(self, by_channel: Mapping[Channel, Carrier], new_breaker: Callable[[], Breaker] = Breaker) -> None:
        self._by_channel = dict(by_channel)
        self._breakers = {carrier.name: new_breaker() for carrier in self._by_channel.values()}

    def of(self, effect: AnyEffect) -> Carrier | None:
        """The carrier of an effect's channel, if there is one."""
        return self._by_channel.get(effect.channel)

    def breaker(self, carrier: Carrier) -> Breaker:
        """The breaker of a registered carrier."""
        return self._breakers[carrier.name]

    async def reconcile(self, org: str, state: State, undone: Collection[str], within_s: float) -> list[AnyCommand]:
        """What all carriers ask for after a takeover; one that fails is left to its own later events."""
        held: dict[str, tuple[Carrier, list[Interaction]]] = {
            carrier.name: (carrier, []) for carrier in self._by_channel.values() if not carrier.in_log
        }
        for interaction in state.interactions.values():
            carrier = self._by_channel.get(interaction.channel)
            if carrier is not None and not carrier.in_log:
                held[carrier.name][1].append(interaction)
        asked: list[AnyCommand] = []
        for carrier, interactions in held.values():
            try:
                async with asyncio.timeout(within_s):
                    asked += await carrier.reconcile(org, interactions, list(state.calls.values()), undone)
            except Exception:  # whatever an adapter raises, the others go on
                log.exception("carrier %s could not be reconciled with", carrier.name)
                self.breaker(carrier).failed()
        return asked

    async def leave(self, org: str) -> None:
        """The lead is over: no carrier acts for this organisation any more, whatever it is doing."""
        for carrier in {carrier.name: carrier for carrier in self._by_channel.values()}.values():
            try:
                await carrier.leave(org)
            except Exception:  # whatever an adapter raises, the others are told too
                log.exception("carrier %s did not leave %s", carrier.name, org)

    def outbound(self, effects: Iterable[AnyEffect]) -> list[AnyEffect]:
        """Those that need doing after the commit; for the others the commit is the performance."""
        return [effect for effect in effects if not ((carrier := self.of(effect)) and carrier.in_log)]


def drafts_of(effects: Iterable[AnyEffect]) -> list[EffectDraft]:
    """Effects as the store keeps them."""
    return [EffectDraft(effect.id, msgspec.json.encode(effect)) for effect in effects]


class Lead(Protocol):
    """What the performer asks of the lead it belongs to."""

    def may_act(self) -> bool:
        """Whether the lease is still valid."""

    def now(self) -> Instant:
        """The engine's clock."""

    async def settle(self, outcomes: list[Outcome]) -> None:
        """Record outcomes; raises when the lead is lost."""


class Performer:
    """Performs one shard's effects during one lead. Hand them to `start` only after their commit."""

    def __init__(
        self,
        org: str,
        carriers: Carriers,
        metrics: Metrics,
        lead: Lead,
        patience: Patience | None = None,
    ) -> None:
        self._org = org
        self._carriers = carriers
        self._metrics = metrics
        self._lead = lead
        self._patience = patience or Patience()
        self._lanes: dict[str, deque[tuple[AnyEffect, int]]] = {}
        self._group: asyncio.TaskGroup | None = None
        """While `run` lasts: a lane is worked off from the moment it is entered, without a way round by a queue."""
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()

    def resume(self, rows: Iterable[EffectRow]) -> None:
        """Take up what a predecessor left without an outcome."""
        for row in rows:
            self._enter(decode_effect(row.effect), row.attempts)

    def start(self, effects: Iterable[AnyEffect]) -> None:
        """Perform effects whose events have just been committed."""
        for effect in effects:
            self._enter(effect, 0)

    def _enter(self, effect: AnyEffect, attempts: int) -> None:
        lane = self._lanes.get(effect.interaction)
        if lane is None:
            lane = self._lanes[effect.interaction] = deque()
            if self._group is not None:
                self._group.create_task(self._drain(effect.interaction))
        lane.append((effect, attempts))

    async def run(self) -> None:
        """Work until cancelled; raises what the lead's `settle` raises."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._record())
            for interaction in self._lanes:
                group.create_task(self._drain(interaction))
            self._group = group
            try:
                await asyncio.Event().wait()
            finally:
                self._group = None

    async def _drain(self, interaction: str) -> None:
        lane = self._lanes[interaction]
        while lane:
            effect, attempts = lane[0]
            await self._perform(effect, attempts)
            lane.popleft()
        del self._lanes[interaction]

    async def _record(self) -> None:
        while True:
            outcomes = [await self._outcomes.get()]
            await asyncio.sleep(self._patience.gather_s)
            while not self._outcomes.empty():
                outcomes.append(self._outcomes.get_nowait())
            await self._lead.settle(outcomes)

    async def _perform(self, effect: AnyEffect, attempts: int) -> None:
        carrier = self._carriers.of(effect)
        if carrier is None:
            self._end(effect, "none", "no_carrier")
            return
        breaker = self._carriers.breaker(carrier)
        while True:
            rest = breaker.hold_back_s()
            if rest > 0:
                await asyncio.sleep(rest)
                continue
            if not self._lead.may_act():
                raise PasokhError("engine.lease_lost", effect=effect.id)
            if isinstance(effect, RingAgent) and effect.deadline <= self._lead.now():
                self._end(effect, carrier.name, "expired")
                return
            attempts += 1
            try:
                async with asyncio.timeout(self._patience.attempt_s):
                    await carrier.perform(self._org, effect)
            except EffectRefusedError as error:
                breaker.succeeded()
                self._end(effect, carrier.name, "refused", str(error))
                return
            except Exception as error:  # whatever an adapter raises, others go on
                breaker.failed()
                if attempts >= self._patience.attempts:
                    self._end(effect, carrier.name, "given_up", str(error))
                    return
                log.warning("carrier %s failed on %s, attempt %d: %r", carrier.name, effect.id, attempts, error)
                self._count(carrier.name, "retried")
                self._outcomes.put_nowait(Outcome(effect.id, f"failed: {error!r}"[:200], done=False))
                await asyncio.sleep(self._patience.pause_s(attempts))
            else:
                breaker.succeeded()
                self._end(effect, carrier.name, "done")
                return

    def _end(self, effect: AnyEffect, carrier: str, outcome: str, why: str = "") -> None:
        if outcome != "done":
            log.warning("effect %s by carrier %s: %s %s", effect.id, carrier, outcome, why)
        self._count(carrier, outcome)
        self._outcomes.put_nowait(Outcome(effect.id, f"{outcome}: {why}"[:200] if why else outcome))

    def _count(self, carrier: str, outcome: str) -> None:
        self._metrics.count("effects", label=f'carrier="{carrier}",outcome="{outcome}"')
