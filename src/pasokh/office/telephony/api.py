"""A person's own telephone as JSON."""

from typing import cast

from django.http import HttpRequest
from ninja import Router, Schema

from pasokh.kernel.errors import PasokhError
from pasokh.office.answers import REFUSALS
from pasokh.office.people.access import signed_in
from pasokh.office.telephony.compiled import StationKind
from pasokh.office.telephony.selectors import chosen_station, credentials_of

router = Router(tags=["telephony"])


class PhoneOut(Schema):
    """The telephone that rings for the signed-in person."""

    kind: StationKind
    station: str
    """Its account at the switch."""
    name: str
    number: str
    """Of a mobile: E.164, digits only."""
    password: str
    """Of a browser's; empty for telephones that are set up elsewhere."""
    realm: str


@router.get("/phone", response={200: PhoneOut, **REFUSALS})
def phone(request: HttpRequest) -> PhoneOut:
    """The own telephone: what a browser registers with, or which other one rings. 404 `phone.no_station`: none."""
    station = chosen_station(signed_in(request))
    if station is None:
        raise PasokhError("phone.no_station")
    shown = PhoneOut(
        kind=cast("StationKind", station.kind), station=station.site_key, name=station.name or station.user.name,
        number=station.number, password="", realm="",
    )  # fmt: skip
    if station.kind == "webrtc":
        credentials = credentials_of(station)
        shown.password, shown.realm = credentials.password, credentials.realm
    return shown
