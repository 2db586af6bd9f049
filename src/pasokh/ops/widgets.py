"""The published chat widgets, as the office keeps them, for the web chat, which knows no Django."""

import logging
import time

import msgspec
import psycopg

from pasokh.channels.webchat.options import WidgetOptions, options_of
from pasokh.channels.webchat.ports import Standing, Widget
from pasokh.kernel.errors import PasokhError
from pasokh.ops.hours import OfficeHours

log = logging.getLogger(__name__)

FRESH_SECONDS = 2.0
"""How long an answer is used again: a page of a busy shop asks often, an administrator changes it rarely."""
_QUERY = (
    "SELECT w.key, w.organisation_id, q.key, w.origins, w.options, w.title FROM supervise_widget w"
    " JOIN supervise_queue q ON q.id = w.queue_id WHERE w.is_active"
)


class OfficeWidgets:
    """A `WidgetProvider` over the office's tables.

    A widget's key is public and says which organisation it belongs to, so it is looked up before any organisation is
    known: `dsn` acts as the engine's role, which sees all.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._known: dict[str, Widget] = {}
        self._read_at = float("-inf")

    async def widget(self, key: str) -> Widget | None:
        """The widget of a key, or None; raises ``store.unavailable``."""
        return (await self._all()).get(key)

    async def allows(self, origin: str) -> bool:
        """Whether any widget may stand on this origin."""
        return any(origin in widget.origins for widget in (await self._all()).values())

    async def _all(self) -> dict[str, Widget]:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=5) as connection:
                    rows = await (await connection.execute(_QUERY)).fetchall()
            except psycopg.Error as error:
                raise PasokhError("store.unavailable") from error
            self._known = {
                key: Widget(key, org, queue, tuple(origins), _options(key, options), dict(title))
                for key, org, queue, origins, options, title in rows
            }
            self._read_at = time.monotonic()
        return self._known


class OfficeStanding:
    """A `HoursProvider`: what was last asked of the engine, by the calendar or by hand."""

    def __init__(self, hours: OfficeHours) -> None:
        self._hours = hours

    async def standing(self, org: str, queue: str) -> Standing:
        """How a queue stands now; raises ``store.unavailable``."""
        hours = await self._hours.hours(org, queue)
        return Standing(hours.is_open, None if hours.is_open else hours.next_opening)


def _options(key: str, stored: object) -> WidgetOptions:
    """What is stored, or the defaults where a newer version wrote what this one cannot read."""
    try:
        return options_of(stored)
    except msgspec.ValidationError as error:
        log.warning("options of widget %s are not readable: %s", key, error)
        return WidgetOptions()
