"""Reasons for not being ready: there from the first day, the organisation's own, delivered to desk and wall."""

import json
import re

import pytest
import yaml
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.exchange.writing import exported
from pasokh.office.pauses import actions
from pasokh.office.pauses.models import Pause
from pasokh.office.pauses.rules import FIRST
from pasokh.office.pauses.selectors import all_pauses
from pasokh.office.tenancy.scope import organisation_scope

KEYS = [first.key for first in FIRST]


def keys() -> list[str]:
    return [row.key for row in all_pauses() if not row.archived_at]


def test_a_new_organisation_has_the_usual_ones_in_every_language(shared_office: Office) -> None:
    with organisation_scope("beta"):
        assert keys() == KEYS
        assert all(set(row.name) == {"fa", "uk", "en"} for row in all_pauses())


def test_made_named_moved_archived_restored_by_the_pages_and_audited(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    wrong = browser.post("/setup/pauses/new/", {"key": "gym", "name_fa": "", "is_paid": "on"})
    assert wrong.status_code == 400
    browser.post("/setup/pauses/new/", {"key": "gym", "name_en": "  Gym\u200e ", "name_fa": "باشگاه"})
    assert "Gym" in browser.get("/setup/pauses/?q=gym").content.decode()
    browser.post("/setup/pauses/gym/move/", {"by": "up"})
    with organisation_scope("alpha"):
        row = Pause.objects.get(key="gym")
        assert (row.name, row.is_paid) == ({"en": "Gym", "fa": "باشگاه"}, False)
        assert keys() == [*KEYS[:-1], "gym", KEYS[-1]]
    browser.post("/setup/pauses/gym/archive/")
    with organisation_scope("alpha"):
        assert keys() == KEYS
    browser.post("/setup/pauses/gym/restore/")
    with organisation_scope("alpha"):
        assert "gym" in keys()
        done = AuditEvent.objects.filter(target="pause:gym").order_by("id").values_list("action", flat=True)
        assert list(done) == ["pause.save", "pause.move", "pause.archive", "pause.restore"]
    assert browser.get("/setup/pauses/nothing/").status_code == 404


def test_the_last_one_stays(office: Office) -> None:
    with organisation_scope("alpha"):
        for key in KEYS[1:]:
            actions.do_archive_pause("system", key)
        with pytest.raises(PasokhError, match=r"setup\.last_pause"):
            actions.do_archive_pause("system", KEYS[0])
        assert keys() == KEYS[:1]


def test_the_file_carries_them(shared_office: Office) -> None:
    with organisation_scope("alpha"):
        section = yaml.safe_load(exported())["not_ready_reasons"]
    assert list(section) == KEYS
    assert section["lunch"] == {"name": dict(FIRST[1].names), "paid": False, "position": 1, "archived": False}


def test_desk_and_wall_are_told(shared_office: Office) -> None:
    page = signed_in("alpha-agent").get("/desk/").content.decode()
    data = json.loads(re.search(r'<script id="desk-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert [each["key"] for each in data["pauses"]] == KEYS
    assert "alpha-agent" in [each["id"] for each in data["colleagues"]]
    assert not any(each["id"].startswith("beta") for each in data["colleagues"])
    told = signed_in("alpha-supervisor").get("/api/v1/wall/names").json()["pauses"]
    assert [each["key"] for each in told] == KEYS
