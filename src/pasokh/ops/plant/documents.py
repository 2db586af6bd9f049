"""The compiled documents and calendars of all organisations, kept at hand: a change is here within two seconds.

While the database is away what was read last holds: calls go on.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Self

import msgspec

from pasokh.flows.nodes import Program
from pasokh.kernel.errors import PasokhError
from pasokh.office.hours.rules import CalendarConfig
from pasokh.office.telephony.compiled import CompiledNumber, Document, decoded, program_of
from pasokh.store.postgres.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
_VERSIONS = "SELECT organisation_id, version FROM telephony_plantdocument WHERE version > 0"
_DOCUMENTS = "SELECT organisation_id, version, document FROM telephony_plantdocument WHERE organisation_id = ANY(%s)"
_STAMPS = "SELECT organisation_id, key, version FROM hours_calendar"
_CALENDARS = "SELECT organisation_id, key, version, definition FROM hours_calendar WHERE organisation_id = ANY(%s)"


class House:
    """One organisation's document with what follows from it."""

    def __init__(self, document: Document, version: int) -> None:
        self.document, self.version = document, version
        self.numbers = {number.did: number for number in document.numbers}
        self.own = frozenset(f"+{did}" for did in self.numbers)
        self.chosen = {station.user: station for station in document.stations if station.chosen}
        self._programs: dict[str, Program] = {}

    def number(self, called: str) -> CompiledNumber | None:
        """A number of ours by its digits, with or without ``+``."""
        return self.numbers.get(called.removeprefix("+"))

    def program(self, number: CompiledNumber) -> Program:
        """What the number follows."""
        found = self._programs.get(number.did)
        if found is None:
            found = self._programs[number.did] = program_of(self.document.flows, number.flow, number.languages)
        return found


class OfficeDocuments:
    """Use as an asynchronous context; `database` acts as the engine's role, which sees every organisation."""

    def __init__(self, database: Database, changed: Callable[[str], None] = lambda _: None) -> None:
        """`changed` is told each organisation whose document is another one now."""
        self._database, self._changed = database, changed
        self._houses: dict[str, House] = {}
        self._seen: dict[str, int] = {}
        self._calendars: dict[str, dict[str, CalendarConfig]] = {}
        self._stamps: dict[str, dict[str, int]] = {}
        self._read_at = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._first = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep(), name="documents of telephony")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def house(self, org: str) -> House | None:
        """The organisation's document, None without one; waits until anything was ever read."""
        await self._first.wait()
        return self._houses.get(org)

    def organisations(self) -> list[str]:
        """Those that have a document, sorted."""
        return sorted(self._houses)

    def calendars(self, org: str) -> dict[str, CalendarConfig]:
        """Calendars of an organisation, by key."""
        return self._calendars.get(org, {})

    async def look(self) -> None:
        """Read what has changed; raises ``store.unavailable``."""
        await self._look_at_documents()
        await self._look_at_calendars()
        self._read_at = time.monotonic()
        self._first.set()

    async def _keep(self) -> None:
        failing = False
        while True:
            try:
                await self.look()
                failing = False
            except PasokhError as error:
                if not failing:
                    log.warning("changes of telephony cannot be seen, what is known holds: %s", error)
                failing = True
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_at_documents(self) -> None:
        there: dict[str, int] = dict(await self._database.run(_VERSIONS))
        for org in [org for org in self._houses if org not in there]:
            del self._houses[org]
            self._seen.pop(org, None)
            self._changed(org)
        wanted = [org for org, version in there.items() if self._seen.get(org) != version]
        for org, version, document in await self._database.run(_DOCUMENTS, (wanted,)) if wanted else ():
            self._seen[org] = version
            try:
                self._houses[org] = House(decoded(bytes(document)), version)
            except msgspec.ValidationError as error:  # a newer release wrote it
                log.error("telephony of organisation %s stays as it was: %s", org, error)  # noqa: TRY400
                continue
            self._changed(org)

    async def _look_at_calendars(self) -> None:
        stamps: dict[str, dict[str, int]] = {}
        for org, key, version in await self._database.run(_STAMPS):
            stamps.setdefault(org, {})[key] = version
        wanted = [org for org, found in stamps.items() if self._stamps.get(org) != found]
        found: dict[str, dict[str, CalendarConfig]] = {}
        for org, key, _, definition in await self._database.run(_CALENDARS, (wanted,)) if wanted else ():
            with contextlib.suppress(msgspec.ValidationError):
                found.setdefault(org, {})[key] = msgspec.json.decode(bytes(definition), type=CalendarConfig)
        self._calendars = {org: found.get(org) or self._calendars.get(org, {}) for org in stamps}
        self._stamps = stamps
