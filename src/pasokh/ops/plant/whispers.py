"""What an agent's telephone says before a call, in the agent's language: client, queue, how long it waited."""

from collections.abc import Callable, Mapping, Sequence

from pasokh.flows.saying import own
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.office.tenancy.rules import OWN_CLIENT
from pasokh.ops.plant.documents import OfficeDocuments
from pasokh.ops.plant.numbers import Sounds
from pasokh.ops.plant.places import Places

WORTH_SAYING_MS: Millis = 5 * SECOND
"""A shorter wait is not told."""


class OfficeWhispers:
    """`pasokh.telephony.exchange.ports.Whispers` of one organisation."""

    def __init__(
        self, org: str, documents: OfficeDocuments, places: Places, sounds: Sounds, now: Callable[[], Instant]
    ) -> None:
        self._org, self._documents, self._places = org, documents, places
        self._sounds, self._now = sounds, now

    async def before(self, agent: str, interaction: str) -> Sequence[str]:
        """What is played; nothing where the agent's telephone is not to speak, or nothing is known of the call."""
        house = await self._documents.house(self._org)
        station = house.chosen.get(agent) if house is not None else None
        call = self._places.call(self._org, interaction)
        if house is None or station is None or not station.config.whisper or call is None:
            return ()
        language = station.language or "en"
        client = self._places.client(self._org, call.contact)
        waited = self._now() - call.queued_at
        told = {
            "client": named(house.document.clients.get(client, {}), language) if client != OWN_CLIENT else "",
            "queue": named(self._places.queue_names(self._org, call.queue), language) or call.queue,
            "wait": str(waited),
        }
        key = "whisper" if waited >= WORTH_SAYING_MS else "whisper_now"
        return await self._sounds.of(own(key, language, told))


def named(names: Mapping[str, str], language: str) -> str:
    """A name in a language, else in any."""
    return names.get(language) or next(iter(names.values()), "")
