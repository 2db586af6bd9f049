"""Where people are called, and numbers outside: from an organisation's document."""

from collections.abc import Callable, Sequence

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.ops.plant.documents import House, OfficeDocuments
from pasokh.telephony.billing import terms_of
from pasokh.telephony.config.dialplan import outside_context
from pasokh.telephony.dial import Permit, Purpose, Request, Usage, caller_number, permit, price_of, read_number
from pasokh.telephony.exchange.ports import Fare, Station

AT_ONCE = ("Call-Info", "<sip:pasokh>;answer-after=0")
"""Asks a telephone to answer by itself; desk telephones of many makes know it too."""


NOTHING_USED = Usage()
"""The core counts, and refuses when the call is to begin."""


class OfficeStations:
    """`pasokh.telephony.exchange.ports.Stations` of one organisation."""

    def __init__(self, org: str, documents: OfficeDocuments, now: Callable[[], Instant]) -> None:
        self._org, self._documents, self._now = org, documents, now

    async def of_user(self, user: str) -> Station | None:
        """The telephone the person chose; None for whoever has none."""
        house = await self._documents.house(self._org)
        station = house.chosen.get(user) if house is not None else None
        if house is None or station is None:
            return None
        if station.kind == "mobile":
            found = read_number(f"+{station.number}", house.document.dial.policy.region)
            fare = self._fare(house, Permit(found, 0, price_of(found.number, house.document.dial.policy)), "station")
            return self._through_carriers(station.number, fare)
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
        granted = permitted(house, address, purpose, via)
        fare = self._fare(house, granted, purpose)
        return self._through_carriers(granted.destination.number.removeprefix("+"), fare)

    def _through_carriers(self, digits: str, fare: Fare) -> Station:
        """By the dialplan, which tries the carriers in order and holds the second fence."""
        return Station(endpoint=f"Local/{digits}@{outside_context(self._org)}/n", fare=fare)

    def _fare(self, house: House, granted: Permit, purpose: Purpose) -> Fare:
        document = house.document
        terms = terms_of(document.dial.policy, granted, self._now(), document.zone)
        return Fare(purpose=purpose, terms=terms, prefix=granted.price.prefix if granted.price is not None else "")


def permitted(
    house: House, address: str, purpose: Purpose, via: Sequence[str] = (), usage: Usage = NOTHING_USED
) -> Permit:
    """Leave to call a number; raises ``dial.*``. How many are up and what they cost the core counts, and refuses."""
    policy = house.document.dial.policy
    known = tuple(number for each in via if (number := caller_number(each, policy.region)))
    request = Request(address, purpose, own=house.own, via=known)
    return permit(request, policy, usage)
