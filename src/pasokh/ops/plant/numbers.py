"""What an organisation's numbers do, what is known when somebody calls, and what is played."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from pasokh.flows import position as p
from pasokh.flows.nodes import Queue
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.ops.plant.calendars import Calendars
from pasokh.ops.plant.callers import OfficeCallers
from pasokh.ops.plant.documents import House, OfficeDocuments
from pasokh.ops.plant.places import Places
from pasokh.telephony.dial import Request, Usage, caller_number, is_blocked, permit
from pasokh.telephony.exchange.front import NumberPlan
from pasokh.telephony.prompts import Prompt, PromptCatalogue

log = logging.getLogger(__name__)

SPOKEN_SECONDS = 2.0
"""How long a caller may wait for a text that was never said before."""


class Sounds:
    """The prompts of one organisation: made ones are everybody's, recordings its own."""

    def __init__(self, home: Path, org: str) -> None:
        self._catalogue = PromptCatalogue(home, recordings=recordings_home(home, org))
        self._making: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def of(self, pieces: Sequence[p.Piece]) -> list[str]:
        """What the switch plays; a text that is not there is made, and left out where that takes too long."""
        found, missing = self._catalogue.sounds(pieces)
        if not missing:
            return found
        tasks = [self._make(prompt) for prompt in missing if prompt.text.strip()]
        if tasks:
            await asyncio.wait(tasks, timeout=SPOKEN_SECONDS)
        found, missing = self._catalogue.sounds(pieces)
        for prompt in missing:
            log.warning("nothing to play for %s in %s", prompt.key or "a text of a flow", prompt.language)
        return found

    def _make(self, prompt: Prompt) -> asyncio.Task[None]:
        wanted = (prompt.language, prompt.text)
        task = self._making.get(wanted)
        if task is None:
            task = self._making[wanted] = asyncio.create_task(self._made(prompt), name="prompt")
            task.add_done_callback(lambda _: self._making.pop(wanted, None))
        return task

    async def _made(self, prompt: Prompt) -> None:
        try:
            done = await asyncio.to_thread(self._catalogue.make, [prompt], 1)
        except PasokhError as error:
            log.warning("a prompt cannot be made: %s", error)
            return
        for _, why in done.failed:
            log.warning("a prompt cannot be made: %s", why)


def recordings_home(home: Path, org: str) -> Path:
    """Where the switch's keeper lays an organisation's uploaded recordings."""
    return home / "of" / org


class OfficeNumbers:
    """`pasokh.telephony.exchange.front.Numbers` of one organisation."""

    def __init__(
        self,
        org: str,
        documents: OfficeDocuments,
        callers: OfficeCallers,
        places: Places,
        sounds: Sounds,
        now: Callable[[], Instant],
    ) -> None:
        self._org, self._documents, self._callers, self._places = org, documents, callers, places
        self._sounds, self._now = sounds, now
        self._calendars = Calendars()

    async def plan(self, number: str) -> NumberPlan | None:
        """What the number does; None for one that is not ours (any more)."""
        house = await self._documents.house(self._org)
        found = house.number(number) if house is not None else None
        if house is None or found is None:
            return None
        return NumberPlan(
            program=house.program(found), client=found.client, last_resort=found.last_resort, recorded=found.recorded
        )

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
        """What is known at this moment."""
        house = await self._documents.house(self._org)
        now = self._now()
        if house is None:
            return p.Facts(now)
        policy = house.document.dial.policy
        calling = caller_number(caller, policy.region)
        who = await self._callers.caller(self._org, calling)
        today = self._calendars.today(self._documents.calendars(self._org), now)
        standing = self._places.standing(self._org, interaction, now)
        attributes = {
            "customer_name": who.name, "customer_class": who.vip, "customer_language": who.own_language,
            "incident": self._incident(house, number, who.language),
        }  # fmt: skip
        return p.Facts(
            now,
            caller=calling,
            number=f"+{number.removeprefix('+')}",
            known=who.known,
            blocked=is_blocked(calling, house.document.blocked, anonymous=house.document.refuses_anonymous),
            language=who.language,
            open=today.open,
            holidays=today.holidays,
            attributes={name: value for name, value in attributes.items() if value},
            place=standing.place,
            wait_low_ms=standing.low_ms,
            wait_high_ms=standing.high_ms,
        )

    async def remember_language(self, caller: str, language: str) -> None:
        """The caller speaks it from now on; a database that is away forgets it."""
        house = await self._documents.house(self._org)
        if house is None:
            return
        calling = caller_number(caller, house.document.dial.policy.region)
        try:
            await self._callers.remember(self._org, calling, language, self._now())
        except PasokhError as error:
            log.warning("a caller's language is not remembered: %s", error)

    async def check(self, number: str) -> p.NumberChecked:
        """Whether it may be called back, and how it is read aloud."""
        house = await self._documents.house(self._org)
        if house is None:
            return p.NumberChecked(good=False)
        try:
            granted = permit(Request(number, "callback", own=house.own), house.document.dial.policy, Usage())
        except PasokhError:
            return p.NumberChecked(good=False)
        return p.NumberChecked(good=True, number=granted.destination.number, said=granted.destination.said)

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        """What the switch plays for them; a prompt without a text of its flow's has the catalogue's."""
        house = await self._documents.house(self._org)
        return await self._sounds.of([self._worded(house, piece) for piece in pieces])

    @staticmethod
    def _worded(house: House | None, piece: p.Piece) -> p.Piece:
        known = house.document.prompts.get(piece.prompt) if house is not None and piece.prompt else None
        text = known.text.get(piece.language, "") if known is not None and not piece.text else ""
        return msgspec.structs.replace(piece, text=text) if text else piece

    def _incident(self, house: House, number: str, language: str) -> str:
        found = house.number(number)
        if found is None:
            return ""
        program = house.program(found)
        queues = {
            node.queue for flow in program.flows.values() for node in flow.nodes.values() if isinstance(node, Queue)
        }
        spoken = program.languages
        return self._places.incident(self._org, queues, [language] if language in spoken else spoken)
