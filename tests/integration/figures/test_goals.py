"""Goals: set, followed, changed from a day on; the past keeps the target it had."""

import pytest
from django.conf import settings
from tests.fact_rows import MIDNIGHT, fill, visit
from tests.figures_stage import signed_in

from pasokh.metrics.warehouse import Warehouse
from pasokh.office.goals.models import Goal, GoalAim
from pasokh.office.tenancy.scope import organisation_scope

DAY_MS, HOUR, TEHRAN = 86_400_000, 3_600_000, 12_600_000


@pytest.fixture
def centre(office, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    office.now = MIDNIGHT + 10 * HOUR - TEHRAN
    visits = [
        visit(day * 100 + n, day * DAY_MS + 9 * HOUR, "answered", 5 if n < 17 else 60)
        for day in range(-60, 1)
        for n in range(20)
    ]
    fill(Warehouse(tmp_path / "alpha"), {"visits": visits})
    with organisation_scope("alpha"):
        Goal.objects.all().delete()
    return office


def test_a_goal_is_followed_and_a_change_rewrites_no_past(centre):
    admin, supervisor = signed_in("alpha-administrator"), signed_in("alpha-supervisor")
    given = {"kpi": "sl.answered_or_abandoned", "threshold": "20s", "whose": "", "span": "month", "better": "up",
             "target": "80"}  # fmt: skip
    assert supervisor.post("/figures/goals/new/", given).status_code == 403
    assert admin.post("/figures/goals/new/", given).status_code == 302
    with organisation_scope("alpha"):
        row = Goal.objects.get()
        assert row.measure == "sl.answered_or_abandoned:1@20s", "the definition is pinned"
        aim = GoalAim.objects.get()
        assert (aim.since.isoformat(), aim.target) == ("2026-11-01", 0.8)
    body = supervisor.get("/figures/goals/").content.decode()
    assert "85.0%" in body
    assert "Kept with a chance of 100%" in body
    assert supervisor.post(f"/figures/goals/{row.pk}/", {"target": "90"}).status_code == 403
    centre.now += 15 * DAY_MS
    admin = signed_in("alpha-administrator")
    assert admin.post(f"/figures/goals/{row.pk}/", {"target": "۹۰"}).status_code == 302
    with organisation_scope("alpha"):
        assert [aim.target for aim in GoalAim.objects.order_by("since")] == [0.8, 0.9]
    page = admin.get(f"/figures/goals/{row.pk}/").content.decode()
    assert "At least 90.0%" in page
    past = page[page.index("The periods before") :]
    assert "80.0%" in past[: past.index("Targets")], "November is held against the target it had"
    persian = signed_in("alpha-supervisor", "fa").get(f"/figures/goals/{row.pk}/").content.decode()
    assert "آذر" in persian


def test_what_cannot_be_a_goal_is_told_at_its_field_and_goals_are_put_away(centre):
    admin = signed_in("alpha-administrator")
    given = {"kpi": "aht", "threshold": "", "whose": "", "span": "week", "better": "down", "target": "5:00"}
    for change in ({"target": "soon"}, {"threshold": "9x"}, {"kpi": "wait.median"}, {"span": "age"},
                   {"kpi": "occupancy", "whose": "queue:help", "target": "80"}):  # fmt: skip
        answer = admin.post("/figures/goals/new/", {**given, **change})
        assert answer.status_code == 400, change
        assert "errorlist" in answer.content.decode(), change
    assert admin.post("/figures/goals/new/", given).status_code == 302
    with organisation_scope("alpha"):
        row = Goal.objects.get()
    assert admin.post(f"/figures/goals/{row.pk}/archive/").status_code == 302
    assert "Put away" in admin.get("/figures/goals/").content.decode()
    assert admin.post(f"/figures/goals/{row.pk}/restore/").status_code == 302
    assert admin.get("/figures/goals/77/").status_code == 404
