"""Leads all shards it can get: takes free leases, stands by for the others, picks up new organisations."""

import asyncio
import logging
import time
from collections.abc import Callable

from pasokh.engine.environment import Environment
from pasokh.engine.look import look
from pasokh.engine.shard import ShardLeader
from pasokh.engine.turn import CommandCrashedError
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Lease

log = logging.getLogger(__name__)


class EngineService:
    """One engine process. Several share the work: each shard has one leader, the others stand by."""

    def __init__(self, env: Environment, owner: str, wanted: Callable[[str], bool] = lambda _: True) -> None:
        self._env = env
        self._owner = owner
        self._wanted = wanted
        self._options = env.options
        self._metrics = env.metrics
        self._leads: dict[str, asyncio.Task[None]] = {}
        self._leaders: dict[str, ShardLeader] = {}
        self._not_before: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._crashed: dict[str, set[str]] = {}

    def look(self) -> None:
        """Set the gauges of what is led now."""
        found = [led for leader in list(self._leaders.values()) if (led := leader.led()) is not None]
        look(self._metrics, found)

    def leading(self) -> list[str]:
        """The shards this engine leads or is taking over, sorted."""
        return sorted(self._leads)

    async def run(self, stop: asyncio.Event) -> None:
        """Lead what can be led until `stop`; then finish turns, save snapshots and release every lease."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stopping.done():
                try:
                    await self._contend(stop)
                except PasokhError as error:
                    log.warning("cannot contend for shards: %s", error)
                except Exception:
                    log.exception("contending for shards failed")
                await asyncio.wait((stopping,), timeout=self._options.contend_s)
            if self._leads:
                await asyncio.wait(self._leads.values())
        finally:
            stopping.cancel()
            for task in self._leads.values():
                task.cancel()
            await asyncio.gather(stopping, *self._leads.values(), return_exceptions=True)

    async def _contend(self, stop: asyncio.Event) -> None:
        """Take every wanted shard that is free, pausing after each so that engines that start together share."""
        for shard in await self._env.store.shards():
            rests = self._not_before.get(shard, 0.0) > time.monotonic()
            if shard in self._leads or rests or stop.is_set() or not self._wanted(shard):
                continue
            asked_at = time.monotonic()
            lease = await self._env.store.acquire(shard, self._owner, self._options.lease_ms)
            if lease is not None:
                self._leads[shard] = asyncio.create_task(self._lead(lease, asked_at, stop), name=f"lead {shard}")
                self._metrics.count("shards_led")
                await asyncio.sleep(self._options.share_s)

    async def _lead(self, lease: Lease, asked_at: float, stop: asyncio.Event) -> None:
        """One lead to its end; afterwards the shard can be contended for again, after a pause if it was lost."""
        shard = lease.shard
        crashed = self._crashed.setdefault(shard, set())
        began = time.monotonic()
        try:
            leader = self._leaders[shard] = ShardLeader(self._env, lease, asked_at, crashed)
            await leader.lead(stop)
        except CommandCrashedError as error:
            log.exception("the core failed on command %r of shard %s", error.key, shard)
            crashed.add(error.key)
            self._lost(shard, began, "command_crashed")
        except PasokhError as error:
            log.warning("lost shard %s: %s", shard, error)
            self._lost(shard, began, error.code)
        except Exception:
            log.exception("lost shard %s", shard)
            self._lost(shard, began, "error")
        finally:
            del self._leads[shard]
            self._leaders.pop(shard, None)
            self._metrics.count("shards_led", -1)

    def _lost(self, shard: str, began: float, cause: str) -> None:
        """Count a loss and rest: at once again after a long lead, ever later after short ones."""
        now = time.monotonic()
        self._metrics.count("losses", label=f'cause="{cause}"')
        failures = 0 if now - began > 2 * self._options.backoff_max_s else self._failures.get(shard, 0) + 1
        self._failures[shard] = failures
        rest = min(self._options.backoff_max_s, self._options.backoff_s * 2.0 ** min(failures, 20))
        self._not_before[shard] = now + rest
