"""`GET /api/v1/phone`: everybody learns the own telephone, its password only where a browser registers with it."""

import re

import pytest
from django.conf import settings
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.office.people.models import User
from pasokh.office.telephony.compiled import StationConfig
from pasokh.office.telephony.models import Station
from pasokh.office.telephony.rules import StationDraft
from pasokh.office.telephony.station_actions import do_choose_station, do_give_browser_station, do_save_station
from pasokh.office.tenancy.scope import organisation_scope

BOSS = "user:alpha-administrator"


@pytest.fixture(autouse=True)
def nothing_yet(office: Office) -> None:
    with organisation_scope("alpha"):
        Station.objects.all().delete()


def test_a_browser_learns_what_it_registers_with(office: Office) -> None:
    with organisation_scope("alpha"):
        station = do_give_browser_station(BOSS, User.objects.get(username="alpha-agent"))
    browser = signed_in("alpha-agent")
    found = browser.get("/api/v1/phone").json()
    assert (found["kind"], found["station"], found["realm"]) == ("webrtc", station.site_key, "pasokh")
    assert len(found["password"]) >= 20
    assert '"phone": "webrtc"' in browser.get("/desk/").content.decode()


def test_of_another_telephone_nothing_secret_is_told(office: Office) -> None:
    with organisation_scope("alpha"):
        do_save_station(BOSS, "desk-7", StationDraft("alpha-agent", "desk", "Desk 7", "", StationConfig()))
        do_choose_station(BOSS, "desk-7")
    browser = signed_in("alpha-agent")
    found = browser.get("/api/v1/phone").json()
    assert (found["kind"], found["name"], found["password"]) == ("desk", "Desk 7", "")
    assert re.search('"phone": "desk"', browser.get("/desk/").content.decode())


def test_who_has_none_is_told_so(office: Office) -> None:
    browser = signed_in("alpha-agent")
    refused = browser.get("/api/v1/phone")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "phone.no_station")
    assert '"phone": null' in browser.get("/desk/").content.decode()


def test_a_centre_without_a_switch_asks_nobody_for_a_microphone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with organisation_scope("alpha"):
        do_give_browser_station(BOSS, User.objects.get(username="alpha-agent"))
    monkeypatch.setattr(settings, "VOICE", False)
    assert '"phone": null' in signed_in("alpha-agent").get("/desk/").content.decode()
