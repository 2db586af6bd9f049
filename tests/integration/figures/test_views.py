"""Kept views: shared by role, taken away and brought back, begun with, on the dashboard; nobody else touches them."""

import pytest
from django.conf import settings
from tests.fact_rows import MIDNIGHT, fill, visit
from tests.figures_stage import signed_in

from pasokh.metrics.warehouse import Warehouse
from pasokh.office.figures.models import SavedView
from pasokh.office.tenancy.scope import organisation_scope

QUERY = "kpi=queue.entered&period=latest&by=queue"


@pytest.fixture
def people(office, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    monkeypatch.setattr(settings, "CLOCK", lambda: MIDNIGHT)
    fill(Warehouse(tmp_path / "alpha"), {"visits": [visit(n, n * 1000, "answered", 5) for n in range(7)]})
    return signed_in("alpha-supervisor"), signed_in("alpha-administrator")


def kept(name):
    with organisation_scope("alpha"):
        return SavedView.objects.get(name=name)


def text(browser, address, status=200):
    answer = browser.get(address, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_view_from_keeping_to_bringing_back(people):
    boss, other = people
    assert boss.post("/figures/views/", {"name": "Mornings", "query": QUERY}).status_code == 302
    view = kept("Mornings")
    assert "Mornings" in text(boss, "/figures/views/")
    assert "Mornings" not in text(other, "/figures/views/")
    base = f"/figures/views/{view.pk}"
    for path in ("change", "remove", "choose", "restore"):
        assert other.post(f"{base}/{path}/", {"name": "Mine"}).status_code == 404
    assert boss.post(f"{base}/change/", {"name": "Morgen", "roles": ["administrator", "nonsense"]}).status_code == 302
    assert kept("Morgen").roles == ["administrator"]
    assert "Morgen" in text(other, "/figures/views/")
    assert other.post(f"{base}/remove/").status_code == 404
    assert boss.post(f"{base}/remove/").status_code == 302
    assert "Morgen" not in text(other, "/figures/views/")
    assert f"{base}/restore/" in text(boss, "/figures/views/")
    assert boss.post(f"{base}/restore/").status_code == 302
    assert "Morgen" in text(other, "/figures/views/")


def test_the_explorer_begins_with_it_and_the_dashboard_shows_it(people):
    boss, _ = people
    boss.post("/figures/views/", {"name": "Whole", "query": QUERY})
    view = kept("Whole")
    boss.post(f"/figures/views/{view.pk}/choose/", {"what": "default", "wanted": "1"})
    answer = boss.get("/figures/explore/")
    assert answer["Location"].endswith(view.query)
    boss.post(f"/figures/views/{view.pk}/choose/", {"what": "default", "wanted": "0"})
    assert boss.get("/figures/explore/").status_code == 200
    assert "Whole" not in text(boss, "/figures/")
    boss.post(f"/figures/views/{view.pk}/choose/", {"what": "board", "wanted": "1"})
    assert "Whole" in text(boss, "/figures/")


@pytest.mark.parametrize("given", [{"name": " ", "query": QUERY}, {"name": "x", "query": "kpi=nonsense"}, {}])
def test_what_cannot_be_kept_is_told(people, given):
    answer = people[0].post("/figures/views/", given)
    assert answer.status_code == 400
    assert b"form-errors" in answer.content
