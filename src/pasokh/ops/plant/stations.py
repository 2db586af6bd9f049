"""Where people are called, and numbers outside: from an organisation's document."""

from collections.abc import Sequence

from pasokh.kernel.errors import PasokhError
from pasokh.ops.plant.documents import House, OfficeDocuments
from pasokh.telephony.config.dialplan import outside_context
from pasokh.telephony.dial import Purpose, Request, Usage, caller_number, permit
from pasokh.telephony.exchange.ports import Station

AT_ONCE = ("Call-Info", "<sip:pasokh>;answer-after=0")
"""Asks a telephone to answer by itself; desk telephones of many makes know it too."""


class OfficeStations:
    """`pasokh.telephony.exchange.ports.Stations` of one organisation."""

    def __init__(self, org: str, documents: OfficeDocuments) -> None:
        self._org, self._documents = org, documents

    async def of_user(self, user: str) -> Station | None:
        """The telephone the person chose; None for whoever has none."""
        house = await self._documents.house(self._org)
        station = house.chosen.get(user) if house is not None else None
        if station is None:
            return None
        if station.kind == "mobile":
            return self._through_carriers(station.number)
        return Station(
            endpoint=f"PJSIP/{station.key}",
            headers=(AT_ONCE,) if station.config.auto_answer else (),
            may_be_lost=station.kind == "webrtc",
        )

    async def outside(self, address: str, purpose: Purpose = "callback", via: Sequence[str] = ()) -> Station:
        """How a number outside is dialled; raises ``dial.*`` where the dial policy refuses it."""
        house = await self._documents.house(self._org)
        if house is None:
            raise PasokhError("dial.country_not_allowed", field="number", number=address[:40], country="–")
        return self._through_carriers(permitted(house, address, purpose, via).removeprefix("+"))

    def _through_carriers(self, digits: str) -> Station:
        """By the dialplan, which tries the carriers in order and holds the second fence."""
        return Station(endpoint=f"Local/{digits}@{outside_context(self._org)}/n")


def permitted(house: House, address: str, purpose: Purpose, via: Sequence[str] = ()) -> str:
    """E.164 with ``+`` of a number that may be called; raises ``dial.*``.

    How many are up at once the switch counts itself, for it knows.
    """
    policy = house.document.dial.policy
    known = tuple(number for each in via if (number := caller_number(each, policy.region)))
    request = Request(address, purpose, own=house.own, via=known)
    return permit(request, policy, Usage()).destination.number
