"""Who calls, as far as the office knows, and in which language: asked once a call, never waited for long."""

import asyncio
import time
from collections import OrderedDict
from typing import NamedTuple

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.store.postgres.database import Database

FRESH_SECONDS = 30.0
ASKED_SECONDS = 1.0
"""A caller is greeted as a stranger rather than kept in silence."""
MOST = 20_000
_WHO = """
SELECT coalesce(m.name, c.name), coalesce(m.vip, c.vip), coalesce(m.language, c.language)
  FROM crm_address a
  JOIN crm_customer c ON c.id = a.customer_id
  LEFT JOIN crm_customer m ON m.id = c.merged_into_id
 WHERE a.organisation_id = %(org)s AND a.kind = 'phone' AND a.value = %(number)s
 ORDER BY c.last_contact_at DESC, c.id DESC LIMIT 1
"""
_SPOKEN = "SELECT language FROM telephony_callerlanguage WHERE organisation_id = %(org)s AND number = %(number)s"
_REMEMBER = """
INSERT INTO telephony_callerlanguage (organisation_id, number, language, spoken_at)
VALUES (%(org)s, %(number)s, %(language)s, %(at)s)
ON CONFLICT (organisation_id, number) DO UPDATE SET language = EXCLUDED.language, spoken_at = EXCLUDED.spoken_at
"""


class Caller(NamedTuple):
    """What is known of a number."""

    known: bool = False
    name: str = ""
    vip: str = ""
    own_language: str = ""
    """Of the customer, as staff or earlier contacts say."""
    spoken: str = ""
    """Chosen on the telephone."""

    @property
    def language(self) -> str:
        """The language to begin in; empty = nobody knows."""
        return self.spoken or self.own_language


class OfficeCallers:
    """`database` acts as the role of the office's requests: an organisation sees its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[str, str], tuple[float, Caller]] = OrderedDict()

    async def caller(self, org: str, number: str) -> Caller:
        """What is known of a number (E.164); nothing where it is withheld or the database is slow."""
        if not number:
            return Caller()
        kept = self._known.get((org, number))
        if kept is not None and time.monotonic() - kept[0] < FRESH_SECONDS:
            return kept[1]
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                found = await self._ask(org, number)
        except (PasokhError, TimeoutError):
            found = kept[1] if kept is not None else Caller()
        self._keep(org, number, found)
        return found

    async def remember(self, org: str, number: str, language: str, at: Instant) -> None:
        """The caller speaks it from now on; raises ``store.unavailable``."""
        if not number:
            return
        kept = self._known.get((org, number))
        self._keep(org, number, (kept[1] if kept else Caller())._replace(spoken=language))
        given = {"org": org, "number": number, "language": language, "at": at}
        await self._database.run_as(org, _REMEMBER, given)

    async def _ask(self, org: str, number: str) -> Caller:
        given = {"org": org, "number": number}
        who = await self._database.run_as(org, _WHO, given)
        spoken = await self._database.run_as(org, _SPOKEN, given)
        name, vip, own = who[0] if who else ("", "", "")
        return Caller(bool(who), name, vip, own, spoken[0][0] if spoken else "")

    def _keep(self, org: str, number: str, found: Caller) -> None:
        self._known[org, number] = (time.monotonic(), found)
        self._known.move_to_end((org, number))
        while len(self._known) > MOST:
            self._known.popitem(last=False)
