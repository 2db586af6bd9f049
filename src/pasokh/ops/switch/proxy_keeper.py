"""Keeps one Kamailio running with what the organisations' documents say: the work of the proxy role.

As with Asterisk: what does not fit changes nothing, and the proxy goes on with what it has.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable

from pasokh.kernel.errors import PasokhError
from pasokh.office.telephony.compiled import Document, SitePart
from pasokh.ops.plant.documents import OfficeDocuments
from pasokh.ops.switch.compose import compose
from pasokh.ops.switch.nodes import nodes_of
from pasokh.ops.switch.settings import SwitchSettings
from pasokh.store.postgres.database import Database
from pasokh.telephony.proxy.apply import apply
from pasokh.telephony.proxy.kamailio import Kamailio, Program
from pasokh.telephony.sealing import Seal

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
AGAIN_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


class ProxyKeeper:
    """Use `run` once."""

    def __init__(self, settings: SwitchSettings, database: Database, secret: str) -> None:
        several = nodes_of(settings)
        if several is None:
            raise PasokhError("settings.bad_nodes", file="PASOKH_SWITCH_NODES", problem="no file is named")
        self._several, self._seal = several, Seal(secret)
        self._documents = OfficeDocuments(database)
        self._kamailio = Kamailio(Program.find(), settings.proxy_home)
        self._parts: dict[str, SitePart] = {}
        self._applied: tuple[tuple[str, int], ...] | None = None
        self._again_at = float("inf")
        self._pause, self._not_before = FIRST_PAUSE, 0.0

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Until `stop`: then Kamailio ends too, unless somebody else keeps it or whoever started us is dead."""
        parent = os.getppid()
        ready()
        async with self._documents:
            stopping = asyncio.create_task(stop.wait(), name="stop")
            try:
                while not stopping.done():
                    await self._look()
                    await asyncio.wait((stopping,), timeout=LOOK_SECONDS)
            finally:
                stopping.cancel()
        if os.getppid() == parent and not self._kamailio.kept:
            await self._kamailio.stop()
            log.info("Kamailio has ended")

    async def _look(self) -> None:
        await self._documents.house("")  # waits for the first look at the database
        houses = [(org, await self._documents.house(org)) for org in self._documents.organisations()]
        there = [(org, house) for org, house in houses if house is not None]
        stamp = tuple((org, house.version) for org, house in there)
        if stamp != self._applied or time.monotonic() >= self._again_at:
            await self._bring([house.document for _, house in there], stamp)
        await self._keep_alive()

    async def _bring(self, documents: list[Document], stamp: tuple[tuple[str, int], ...]) -> None:
        composed = compose(self._several.nodes[0], documents, self._parts, self._seal.open, self._several)
        for org, error in composed.refused.items():
            log.error("telephony of %s stays as it was at the proxy: %s", org, error)
        self._applied, self._again_at = stamp, float("inf")
        try:
            done = await apply(composed.site, self._kamailio, restart=True)
        except PasokhError as error:
            log.error("the proxy keeps its configuration: %s", error)  # noqa: TRY400 - its code says it all
            self._again_at = time.monotonic() + AGAIN_SECONDS
            return
        self._parts = dict(composed.parts)
        if not done.plan.empty:
            log.info("the proxy has %d telephones (tried in %.1f s)", len(composed.site.stations), done.tried_seconds)

    async def _keep_alive(self) -> None:
        """Start what does not run; after a start that failed, ever later."""
        if self._kamailio.pid is not None or not self._kamailio.configuration.exists():
            return
        if time.monotonic() < self._not_before:
            return
        try:
            took = await self._kamailio.start()
        except PasokhError as error:
            log.error("Kamailio does not start: %s", error)  # noqa: TRY400 - its code says it all
            self._not_before = time.monotonic() + self._pause
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
            return
        self._pause, self._not_before = FIRST_PAUSE, 0.0
        log.info("Kamailio runs after %.1f s", took)
