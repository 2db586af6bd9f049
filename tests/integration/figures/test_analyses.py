"""Busy hours, topics, handling times, patience: pages that say what is in the facts, or that they know too little."""

import html
import random
import re

import pytest
from django.conf import settings
from tests.fact_rows import MIDNIGHT, fill, row, visit
from tests.figures_stage import signed_in

from pasokh.metrics.warehouse import Warehouse
from pasokh.office.audit.models import AuditEvent
from pasokh.office.desk.models import Contact, Message
from pasokh.office.supervise.models import Reason
from pasokh.office.tenancy.scope import organisation_scope

HOUR, S, DAY_MS = 3_600_000, 1_000, 86_400_000
RANGE = "period=range&from=2026-10-01&to=2026-11-21"
PAGES = ("peaks", "topics", "handling", "patience")


@pytest.fixture
def centre(shared_office, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    monkeypatch.setattr(settings, "CLOCK", lambda: MIDNIGHT + DAY_MS, raising=False)
    rng, visits, contacts, handlings = random.Random(1), [], [], []
    for n in range(400):
        at = -(10 + n % 28) * DAY_MS + (8 + n % 9) * HOUR
        patient, offered = rng.weibullvariate(160, 0.85), rng.expovariate(1 / 60)
        how = "abandoned" if patient < offered else "answered"
        visits.append(visit(n, at, how, min(patient, offered), queue="help"))
        talk = round(rng.lognormvariate(5.4, 0.5) * S)
        again = rng.random() < (0.6 if talk < 150 * S else 0.1)
        closed = MIDNIGHT + at + talk
        unsaid = dict.fromkeys(("resolved", "rating", "survey_resolved", "recommends", "effort"))
        again_at = closed + DAY_MS if again else None
        contacts.append(row("contacts", at, contact=f"c{n}", reason="why", answered=1, closed_at=closed, queue="help",
                            agent="alpha-agent", next_contact_at=again_at, **unsaid))  # fmt: skip
        handlings.append(row("handlings", at, handling=f"h{n}", contact=f"c{n}", kind="contact", agent="alpha-agent",
                             talk_ms=talk, hold_ms=10 * S, wrap_ms=20 * S, reason="why"))  # fmt: skip
    fill(Warehouse(tmp_path / "alpha"), {"visits": visits, "contacts": contacts, "handlings": handlings})
    return shared_office


def page(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status, answer.content[:2000]
    return answer.content.decode()


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_pages_in_every_language_with_and_without_facts(centre, language):
    browser, other = signed_in("alpha-supervisor", language), signed_in("beta-supervisor", language)
    for name in PAGES:
        whole = page(browser, f"/figures/{name}/?{RANGE}")
        assert 'role="search"' in whole
        assert "c399" not in page(other, f"/figures/{name}/?{RANGE}")
        assert "queue-log" in page(other, f"/figures/{name}/")
        empty = page(browser, f"/figures/{name}/?period=range&from=2020-01-01&to=2020-01-02")
        assert 'role="search"' in empty
        assert 'role="alert"' in page(browser, f"/figures/{name}/?period=range&from=x&to=2020-01-02", 400)


def test_a_square_of_the_map_opens_as_many_rows_as_came(centre):
    browser = signed_in("alpha-supervisor")
    body = page(browser, f"/figures/peaks/?{RANGE}")
    link = html.unescape(re.search(r'href="(/figures/rows/[^"]+)"', body)[1])
    assert 'role="status"' in page(browser, link)
    total = 0
    for address in {html.unescape(found) for found in re.findall(r'href="(/figures/rows/[^"]+)"', body)}:
        total += int(re.search(r'role="status">\s*([\d,]+)', page(browser, address))[1])
        if total > 60:
            break
    assert total > 60
    persian = page(signed_in("alpha-supervisor", "fa"), f"/figures/peaks/?{RANGE}")
    names = re.findall(r'<th scope="row">([^<]+)', persian)
    assert names[0] == "شنبه"
    assert re.findall(r'<th scope="row">([^<]+)', body)[0] == "Monday"


def test_patience_is_told_with_its_bands_and_not_told_on_too_little(centre):
    browser = signed_in("alpha-supervisor")
    body = page(browser, f"/figures/patience/?{RANGE}&by=queue")
    assert "Weibull: shape 0." in body
    assert 'class="an-band"' in body
    few = page(browser, "/figures/patience/?period=range&from=2026-11-10&to=2026-11-11")
    assert "30 are needed" in few
    assert "Morning, 6–12" in page(browser, f"/figures/patience/?{RANGE}&by=part_of_day")


def test_a_band_is_read_shown_and_taken_by_who_may(centre):
    supervisor, admin = signed_in("alpha-supervisor"), signed_in("alpha-administrator")
    body = page(supervisor, f"/figures/handling/?{RANGE}")
    assert "/figures/handling/why/" in body
    assert "/band/" not in body, "who may not set it is not offered to"
    assert supervisor.post("/figures/handling/why/band/", {}).status_code == 403
    assert "/figures/handling/why/band/" in page(admin, f"/figures/handling/?{RANGE}")
    detail = page(admin, f"/figures/handling/why/?{RANGE}")
    assert "/figures/rows/log/?contact=" in html.unescape(detail)
    sent = {"period": "range", "from": "2026-10-01", "to": "2026-11-21"}
    answer = admin.post("/figures/handling/why/band/", sent)
    assert answer.status_code == 302
    with organisation_scope("alpha"):
        reason = Reason.objects.get(key="why")
        assert 120 <= reason.band_low_s <= 240
        assert reason.band_high_s > 300
        assert AuditEvent.objects.filter(action="reason.save", target="reason:why").exists()
    assert "/band/" not in page(admin, f"/figures/handling/?{RANGE}"), "taken already"
    page(admin, f"/figures/handling/nothing/?{RANGE}", 404)


def test_topics_open_contacts_and_name_nobody(centre):
    browser = signed_in("alpha-supervisor")
    with organisation_scope("alpha"):
        for n in range(8):
            Contact.objects.create(organisation_id="alpha", id=f"t{n}", number=10_000 + n, client="own", channel="chat",
                                   queue="help", customer=f"k{n}", customer_name="Zahra Ahmadi", messages=1,
                                   opened_at=MIDNIGHT - 5 * DAY_MS)  # fmt: skip
            Message.objects.create(organisation_id="alpha", interaction=f"t{n}.i", number=1, contact=f"t{n}",
                                   message="m", author="customer", author_id="k", at=MIDNIGHT - 5 * DAY_MS,
                                   text=f"Hello, I am Zahra Ahmadi 0912345678{n}: my parcel is lost")  # fmt: skip
    body = page(browser, f"/figures/topics/?{RANGE}")
    assert "parcel is lost" in body
    assert "Zahra" not in body
    assert "0912" not in body
    link = html.unescape(re.search(r'href="(/contacts/\?q=parcel[^"]+)"', body)[1])
    page(browser, link)
    reasons = html.unescape(re.search(r'href="(/contacts/\?reason=why[^"]+)"', body)[1])
    page(browser, reasons)
