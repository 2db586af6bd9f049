"""Keeps one Asterisk running with what the organisations' documents say: the work of the switch role.

A document that does not fit, and a configuration Asterisk refuses in its trial, change nothing: the switch goes on with
what it has, and the log and doctor say so. Asterisk outlives a keeper that dies; the next one adopts it.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable

from msgspec.structs import replace

from pasokh.i18n.catalogue import has, message
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.figures import Figures
from pasokh.kernel.time import Instant
from pasokh.office.telephony.compiled import Document, SitePart
from pasokh.ops.plant.documents import OfficeDocuments
from pasokh.ops.switch.compose import Composed, compose
from pasokh.ops.switch.health import Health
from pasokh.ops.switch.nodes import nodes_of
from pasokh.ops.switch.prompting import Prompting
from pasokh.ops.switch.settings import SwitchSettings, node_of
from pasokh.ops.switch.state import KeeperState, Trouble, write_state
from pasokh.store.postgres.database import Database
from pasokh.telephony.asterisk import Asterisk, Program
from pasokh.telephony.config.apply import apply
from pasokh.telephony.config.machine import this_machine
from pasokh.telephony.sealing import Seal

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
AGAIN_SECONDS = 30.0
"""What was refused for a reason that may pass (a call is up) is tried again after so long."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


class Keeper:
    """Use `run` once."""

    def __init__(
        self,
        settings: SwitchSettings,
        database: Database,
        secret: str,
        now: Callable[[], Instant],
        figures: Figures | None = None,
    ) -> None:
        self._settings, self._now, self._figures = settings, now, figures
        self._database, self._seal = database, Seal(secret)
        self._documents = OfficeDocuments(database)
        self._node, self._several = node_of(settings), nodes_of(settings)
        self._program = Program.find()
        machine_home = settings.home
        self._machine = this_machine(machine_home, self._program.modules, self._program.data)
        self._asterisk = Asterisk(self._program, machine_home)
        self._prompting = Prompting(settings.prompts, database)
        self._health = Health(self._node.name, self._asterisk, database, now, figures)
        self._parts: dict[str, SitePart] = {}
        self._applied: tuple[tuple[str, int], ...] | None = None
        self._again_at = float("inf")
        self._pause, self._not_before = FIRST_PAUSE, 0.0
        self._state = KeeperState(now(), os.getpid(), udp_port=self._node.udp_port, http_port=self._node.http.port)

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Until `stop`: then Asterisk ends too, unless somebody else keeps it or whoever started us is dead."""
        version = await self._program.version()
        self._state = replace(self._state, version=version)
        parent = os.getppid()
        ready()
        async with self._documents:
            stopping = asyncio.create_task(stop.wait())
            try:
                while not stopping.done():
                    await self._look()
                    await asyncio.wait((stopping,), timeout=LOOK_SECONDS)
            finally:
                stopping.cancel()
                await self._prompting.close()
        if os.getppid() == parent and not self._asterisk.kept:
            await self._asterisk.stop()
            log.info("Asterisk has ended")

    # -- one look ------------------------------------------------------------------------------------------------------
    async def _look(self) -> None:
        documents, stamp = await self._wanted()
        if stamp != self._applied or time.monotonic() >= self._again_at:
            await self._bring(documents, stamp)
        await self._keep_alive()
        await self._health.look({org: [trunk.key for trunk in part.trunks] for org, part in self._parts.items()})
        self._tell()

    async def _wanted(self) -> tuple[list[Document], tuple[tuple[str, int], ...]]:
        houses = [(org, await self._documents.house(org)) for org in await self._organisations()]
        there = [(org, house) for org, house in houses if house is not None]
        return [house.document for _, house in there], tuple((org, house.version) for org, house in there)

    async def _organisations(self) -> list[str]:
        await self._documents.house("")  # waits for the first look at the database
        return self._documents.organisations()

    async def _bring(self, documents: list[Document], stamp: tuple[tuple[str, int], ...]) -> None:
        """Compose, try, put into effect; whatever fails leaves the switch as it is."""
        composed = compose(self._node, documents, self._parts, self._seal.open, self._several)
        troubles = [_trouble(org, error) for org, error in composed.refused.items()]
        for org, error in composed.refused.items():
            log.error("telephony of %s stays as it was on the switch: %s", org, error)
        self._applied, self._again_at = stamp, float("inf")
        self._prompting.want(documents)
        try:
            done = await apply(composed.site, self._node, self._machine, self._asterisk, restart=True)
        except PasokhError as error:
            log.error("the switch keeps its configuration: %s", error)  # noqa: TRY400 - its code says it all
            self._again_at = time.monotonic() + AGAIN_SECONDS
            self._state = replace(self._state, troubles=(*troubles, _trouble("", error)))
            return
        self._parts = dict(composed.parts)
        if not done.plan.empty:
            log.info("the switch has %s (tried in %.1f s)", _told(composed), done.tried_seconds)
        site = composed.site
        self._state = replace(
            self._state,
            applied_at=self._now(),
            organisations=tuple(each.id for each in site.organisations),
            trunks=len(site.trunks),
            numbers=len(site.numbers),
            stations=len(site.stations),
            troubles=tuple(troubles),
        )

    async def _keep_alive(self) -> None:
        """Start what does not run; after a start that failed, ever later."""
        if self._asterisk.pid is not None:
            return
        if not self._asterisk.configuration.exists() or time.monotonic() < self._not_before:
            return
        if self._state.asterisk:
            log.error("Asterisk has ended: %s; starting it again", self._asterisk.complaint())
        try:
            took = await self._asterisk.start()
        except PasokhError as error:
            log.error("Asterisk does not start: %s", error)  # noqa: TRY400 - its code says it all
            self._not_before = time.monotonic() + self._pause
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
            others = [each for each in self._state.troubles if each.org]
            self._state = replace(self._state, asterisk=0, troubles=(*others, _trouble("", error)))
            return
        self._pause, self._not_before = FIRST_PAUSE, 0.0
        others = [each for each in self._state.troubles if each.org]
        self._state = replace(self._state, starts=self._state.starts + 1, troubles=tuple(others))
        log.info(
            "Asterisk %s runs after %.1f s: SIP on %s:%d, ARI and browsers on 127.0.0.1:%d",
            self._state.version, took, self._node.address, self._node.udp_port or self._node.tls_port,
            self._node.http.port,
        )  # fmt: skip

    def _tell(self) -> None:
        """Keep the state where doctor finds it."""
        troubles = [each for each in self._state.troubles if not each.code.startswith("prompts.")]
        if self._prompting.trouble is not None:
            troubles.append(_trouble("", self._prompting.trouble))
        self._state = replace(
            self._state,
            at=self._now(),
            asterisk=self._asterisk.pid or 0,
            faults=tuple(f"{kind}:{name}" for kind, name in self._health.watchman.on),
            refused_sign_ons=self._health.watchman.refused_lately,
            prompts_wanted=self._prompting.total,
            prompts_there=self._prompting.there,
            troubles=tuple(troubles),
        )
        write_state(self._settings.state, self._state)
        if self._figures is not None:
            self._figures.set("asterisk_up", int(bool(self._state.asterisk)))
            self._figures.set("asterisk_starts", self._state.starts)
            self._figures.set("troubles", len(self._state.troubles))


def _told(composed: Composed) -> str:
    site = composed.site
    return f"{len(site.numbers)} numbers, {len(site.trunks)} carriers, {len(site.stations)} telephones"


def _trouble(org: str, error: PasokhError) -> Trouble:
    said = message(error.code, "en", **error.params) if has(error.code) else str(error)
    return Trouble(org, error.code, said)
