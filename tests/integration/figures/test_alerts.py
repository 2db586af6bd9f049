"""Alarms about figures: they ring on the wall and by notice once, end by themselves, and are changed by who may."""

import random

import pytest
from django.conf import settings
from tests.fact_rows import MIDNIGHT, fill, visit
from tests.figures_stage import signed_in

from pasokh.metrics.warehouse import Warehouse
from pasokh.office.figure_alerts.actions import do_save_rule
from pasokh.office.figure_alerts.jobs import FigureAlerts
from pasokh.office.figure_alerts.models import AlertRing, AlertRule
from pasokh.office.figure_alerts.rules import Draft, rings
from pasokh.office.notices.models import Notice
from pasokh.office.tenancy.scope import organisation_scope

HOUR, S, DAY_MS = 3_600_000, 1_000, 86_400_000
TEHRAN = 12_600_000
"""Half past three: the wall clock of the stage's organisations."""


@pytest.fixture
def centre(office, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    with organisation_scope("alpha"):
        AlertRule.objects.all().delete()
    office.facts = Warehouse(tmp_path / "alpha")
    return office


def at(office, local):
    office.now = MIDNIGHT + local - TEHRAN


def test_a_threshold_begins_and_ends_once_and_not_on_few(centre):
    with organisation_scope("alpha"):
        do_save_rule("system", None, Draft(kind="threshold", measure="sl.answered_or_abandoned@20s", side="below",
                                           value=0.8, fewest=10))  # fmt: skip
        watch = FigureAlerts()
        at(centre, 9 * HOUR)
        fill(centre.facts, {"visits": [visit(n, 8 * HOUR, "answered", 60) for n in range(5)]})
        assert watch.look("alpha", centre.now) == 0, "five calls say nothing"
        fill(centre.facts, {"visits": [visit(n, 8 * HOUR, "answered", 60 if n < 8 else 5) for n in range(20)]})
        assert watch.look("alpha", centre.now) == 1
        assert watch.look("alpha", centre.now + 60 * S) == 0, "it rings once"
        ring = AlertRing.objects.get()
        assert (ring.value, ring.expected, ring.n) == (0.6, 0.8, 20)
        told = Notice.objects.filter(kind="figure")
        assert {notice.user.username for notice in told} == {"alpha-supervisor", "alpha-administrator"}
        body = signed_in("alpha-supervisor").get("/figures/alerts/").content.decode()
        assert "60.0%, below the limit of 80.0%" in body
        fill(centre.facts, {"visits": [visit(n, 8 * HOUR, "answered", 60 if n < 8 else 5) for n in range(200)]})
        assert watch.look("alpha", centre.now + 120 * S) == 1
        assert AlertRing.objects.get().ended_at == centre.now + 120 * S
        assert AlertRule.objects.get().on_since == 0


def test_an_unusual_hour_rings_after_it_is_over_and_the_next_usual_one_ends_it(centre):
    rng, visits, number = random.Random(2), [], 0
    for day in range(-56, 1):
        for hour in range(8, 18):
            for _ in range(60 if (day, hour) == (0, 10) else rng.randint(8, 14)):
                number += 1
                visits.append(visit(number, day * DAY_MS + hour * HOUR + 1, "answered", 5))
    fill(centre.facts, {"visits": visits})
    with organisation_scope("alpha"):
        row = do_save_rule("system", None, Draft(kind="unusual", measure="queue.entered", side="both"))
        watch = FigureAlerts()
        for local, changed in ((10 * HOUR + 5 * 60 * S, 0), (11 * HOUR + 60 * S, 0), (11 * HOUR + 3 * 60 * S, 1),
                               (11 * HOUR + 9 * 60 * S, 0), (12 * HOUR + 5 * 60 * S, 1)):  # fmt: skip
            at(centre, local)
            assert watch.look("alpha", centre.now) == changed, local
        ring = AlertRing.objects.get(rule=row)
        assert ring.value == 60
        assert 8 <= ring.expected <= 14
        assert ring.side == "above"


def test_a_rule_is_made_changed_put_away_and_taken_up(centre):
    admin, supervisor = signed_in("alpha-administrator"), signed_in("alpha-supervisor")
    given = {"kind": "threshold", "kpi": "asa.answered", "threshold": "", "whose": "queue:help", "side": "above",
             "value": "0:45", "span": "hour", "fewest": "۵", "sense": "usual"}  # fmt: skip
    assert supervisor.post("/figures/alerts/new/", given).status_code == 403
    assert admin.post("/figures/alerts/new/", given).status_code == 302
    with organisation_scope("alpha"):
        row = AlertRule.objects.get()
        assert (row.measure, row.value, row.fewest, row.whose) == ("asa.answered:1", 45_000, 5, "queue:help")
    wrong = (
        ({"value": ""}, "Type the limit"), ({"value": "x"}, "errorlist"), ({"threshold": "5x"}, "errorlist"),
        ({"kind": "unusual"}, "cannot be watched"), ({"kpi": "occupancy", "value": "80"}, "errorlist"),
        ({"fewest": "0"}, "errorlist"),
    )  # fmt: skip
    for change, code in wrong:
        answer = admin.post("/figures/alerts/new/", {**given, **change})
        assert answer.status_code == 400, change
        assert code in answer.content.decode(), change
    assert admin.post(f"/figures/alerts/{row.pk}/", {**given, "value": "0:30"}).status_code == 302
    assert supervisor.get(f"/figures/alerts/{row.pk}/").status_code == 200
    assert supervisor.post(f"/figures/alerts/{row.pk}/", given).status_code == 403
    assert admin.post(f"/figures/alerts/{row.pk}/archive/").status_code == 302
    assert "Put away" in admin.get("/figures/alerts/").content.decode()
    assert admin.post(f"/figures/alerts/{row.pk}/restore/").status_code == 302
    assert admin.get("/figures/alerts/99/").status_code == 404
    assert admin.get("/figures/alerts/x/").status_code == 404


@pytest.mark.parametrize(
    ("value", "n", "on", "after"),
    [(0.79, 50, False, True), (0.8, 50, False, False), (0.805, 50, True, True), (0.83, 50, True, False),
     (0.1, 19, False, False), (None, 0, True, True)],
)  # fmt: skip
def test_an_alarm_does_not_flicker(value, n, on, after):
    assert rings(value, n, 0.8, "below", 20, on=on) is after
