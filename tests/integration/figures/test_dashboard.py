"""The dashboard tells a day at a glance: its goal, the day before, its queues; or where figures come from."""

import pytest
from django.conf import settings
from tests.fact_rows import MIDNIGHT, fill, visit
from tests.figures_stage import signed_in

from pasokh.metrics.warehouse import Warehouse
from pasokh.office.figures import board

HOUR, DAY = 3_600_000, 86_400_000


@pytest.fixture
def centre(shared_office, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    monkeypatch.setattr(settings, "CLOCK", lambda: MIDNIGHT + 10 * HOUR)  # 13:30 in Tehran
    board._answers.clear()
    return Warehouse(tmp_path / "alpha")


def visits(day, waits, **given):
    usual = {"queue": "help", "client": "own", "target_ms": 20_000} | given
    return [visit(f"{day}-{n}", day * DAY + n * HOUR, "answered", wait, **usual) for n, wait in enumerate(waits)]


def body_of(address, who="alpha-supervisor", status=200):
    answer = signed_in(who).get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_day_against_its_goal_and_the_day_before(centre):
    fill(centre, {"visits": [*visits(0, [5, 5, 5, 60]), *visits(-1, [5, 60])]})
    body = body_of("/figures/")
    assert "75.0%" in body
    assert "goal 80%: not met" in body
    assert "before: 50.0%" in body
    assert "as of 13:30:00" in body
    fresh = body_of("/figures/?fresh=1&day=&client=")
    assert "<html" not in fresh
    assert "75.0%" in fresh


def test_a_centre_that_only_imports_sees_its_last_day(centre):
    fill(centre, {"visits": visits(-400, [5, 5, 60], target_ms=0, source="asterisk")}, "asterisk")
    body = body_of("/figures/")
    assert "the latest day with figures" in body
    assert "66.7%" in body
    assert "goal 80%" not in body


def test_a_client_has_its_own(centre):
    fill(centre, {"visits": [*visits(0, [5, 5]), *visits(0, [60, 60, 60], client="north", queue="far")]})
    assert "40.0%" in body_of("/figures/")
    north = body_of("/figures/?client=north")
    assert "0.0%" in north
    assert "only.client=north" in north


def test_without_facts_it_says_where_they_come_from(centre):
    assert "pasokh import queue-log" in body_of("/figures/")
    assert "form-errors" in body_of("/figures/?day=nonsense", status=400)
    body_of("/figures/", who="alpha-agent", status=403)
