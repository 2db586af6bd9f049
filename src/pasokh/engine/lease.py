"""Keeps a lease alive, and knows by the steady clock when its holder must stop acting."""

import asyncio
import time
from collections.abc import Callable

from pasokh.engine.options import EngineOptions
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Lease, Leases


class LeaseKeeper:
    """One held lease. `valid()` turns false, for good, before anyone else can hold it.

    The deadline counts from before the request that set it, on a clock that runs while the process is stopped.
    """

    def __init__(
        self,
        store: Leases,
        lease: Lease,
        asked_at: float,
        options: EngineOptions,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lease = lease
        self._store = store
        self._options = options
        self._steady = steady
        self._deadline = self._deadline_from(asked_at)

    def _deadline_from(self, asked_at: float) -> float:
        return asked_at + (self._options.lease_ms - self._options.lease_margin_ms) / 1_000

    def valid(self) -> bool:
        """Whether the holder may still act."""
        return self._steady() < self._deadline

    def left_s(self) -> float:
        """How long the holder may act unless it renews."""
        return max(0.0, self._deadline - self._steady())

    def check(self) -> None:
        """Raise ``engine.lease_lost`` unless the holder may still act."""
        if not self.valid():
            raise PasokhError("engine.lease_lost", shard=self.lease.shard)

    async def keep(self) -> None:
        """Renew until cancelled; raises ``engine.lease_lost`` once that is impossible."""
        while True:
            await asyncio.sleep(max(0.0, min(self._options.renew_s, self._deadline - self._steady())))
            self.check()
            asked_at = self._steady()
            try:
                async with asyncio.timeout(self._deadline - asked_at):
                    self.lease = await self._store.renew(self.lease, self._options.lease_ms)
            except TimeoutError:
                continue
            except PasokhError as error:
                if error.code != "store.unavailable":
                    raise PasokhError("engine.lease_lost", shard=self.lease.shard) from error
                await asyncio.sleep(self._options.backoff_s)
                continue
            self._deadline = self._deadline_from(asked_at)
