"""Customers: met as they come, found by any spelling of their address, merged and parted, changed with an audit."""

import json
from typing import Any

import pytest
from tests.office_stage import Office, engine_of
from tests.security.browser import Browser, signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, FollowUp
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.crm.actions import do_change_customer, do_merge_customers, do_part_customers
from pasokh.office.crm.models import Address, Customer
from pasokh.office.crm.selectors import alike, customer_by_key, customer_page, keys_of
from pasokh.office.day.actions import BreakDraft, do_plan_breaks
from pasokh.office.desk import projection
from pasokh.office.desk.models import Contact
from pasokh.office.desk.models import FollowUp as FollowUpRow
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.worker import catch_up

AGENT = "alpha-agent"


def come(office: Office, n: int, address: str, customer: str | None = None, name: str = "") -> None:
    contact = f"alpha-c{n}"
    office.work("alpha", [
        cmd.OpenContact(contact, f"{contact}.i1", Channel.CHAT, "help", customer=customer, customer_name=name,
                        address=address, language="fa"),
    ])  # fmt: skip
    catch_up("alpha")


def api(browser: Browser, method: str, path: str, body: object = None) -> Any:
    browser.get("/desk/")
    token = browser.cookies["pasokh_csrf"].value if "pasokh_csrf" in browser.cookies else "a" * 32
    browser.cookies["pasokh_csrf"] = token
    return getattr(browser, method)(
        f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", HTTP_X_CSRFTOKEN=token
    )


def test_one_customer_for_all_spellings_of_a_number(office: Office) -> None:
    come(office, 20, "0912 123 4567", name="Sara")
    come(office, 21, "+989121234567")
    come(office, 22, "۰۹۱۲۱۲۳۴۵۶۷", name="سارا")
    with organisation_scope("alpha"):
        keys = set(
            Contact.objects.filter(id__in=["alpha-c20", "alpha-c21", "alpha-c22"]).values_list("customer", flat=True)
        )
        assert len(keys) == 1
        customer = customer_by_key(keys.pop())
        assert customer is not None
        assert customer.name == "Sara"  # the first name stays until staff write another
        assert [a.value for a in Address.objects.filter(customer=customer)] == ["+989121234567"]
        for query in ("09121234567", "sara", "SAR", "+98 912 1234567"):
            assert customer.id in {c.id for c in customer_page(query, None, 50)}, query


def test_merging_shows_both_histories_and_can_be_undone(office: Office) -> None:
    come(office, 20, "s@example.org", "cust-1", "Sara")
    come(office, 21, "s@example.org", "cust-2", "S. Ahmadi")
    with organisation_scope("alpha"):
        one, two = Customer.objects.get(key="cust-1"), Customer.objects.get(key="cust-2")
        assert [c.id for c in alike(one)] == [two.id]
        do_change_customer("user:x", two.id, {"needs": "deaf"})
        do_merge_customers("user:x", two.id, one.id)
        assert keys_of(one) == ["cust-1", "cust-2"]
        assert customer_by_key("cust-2") == one
        for number, into in ((one.id, one.id), (one.id, two.id), (two.id, one.id)):
            with pytest.raises(PasokhError):
                do_merge_customers("user:x", number, into)
    card = signed_in(AGENT).get("/api/v1/contacts/alpha-c20/card").json()
    assert card["customer"]["needs"] == "deaf"
    assert [past["contact"] for past in card["history"]] == ["alpha-c21"]
    with organisation_scope("alpha"):
        do_part_customers("user:x", two.id)
        assert keys_of(one) == ["cust-1"]
        assert customer_by_key("cust-2") == two
    assert signed_in(AGENT).get("/api/v1/contacts/alpha-c20/card").json()["history"] == []
    body = signed_in(AGENT).get(f"/customers/{one.id}/").content.decode()
    assert "S. Ahmadi" in body  # offered again


def test_the_card_tells_who_what_and_what_is_owed(office: Office) -> None:
    card = signed_in(AGENT).get("/api/v1/contacts/alpha-c2/card").json()
    assert card["customer"]["key"] == "alpha-cust"
    (past,) = card["history"]
    assert (past["contact"], past["outcome"], past["summary"], past["rating"]) == (
        "alpha-c1", "done", "alpha closing note", 4,
    )  # fmt: skip
    assert [f["note"] for f in card["open_follow_ups"]] == ["alpha promise"]


def test_the_desk_writes_needs_and_notices_changes_in_between(office: Office) -> None:
    browser = signed_in(AGENT)
    known = browser.get("/api/v1/contacts/alpha-c2/card").json()["customer"]
    path = f"/customers/{known['id']}"
    answer = api(browser, "patch", path, {"needs": "كم‌شنوا\u202e", "version": known["version"]})
    assert answer.json()["needs"] == "کم‌شنوا"
    assert api(browser, "patch", path, {"needs": "x", "version": known["version"]}).status_code == 409
    assert api(browser, "patch", path, {"needs": "x" * 201}).json()["error"]["field"] == "needs"
    assert api(browser, "patch", path, {"vip": "emperor"}).json()["error"]["code"] == "customer.unknown_class"
    assert "کم‌شنوا" in browser.get("/contacts/alpha-c2/").content.decode()
    with organisation_scope("alpha"):
        event = AuditEvent.objects.get(action="customer.change")
        assert (event.actor, event.after) == (f"user:{AGENT}", {"needs": "کم‌شنوا"})
    projection.rebuild("alpha")
    assert signed_in(AGENT).get("/api/v1/contacts/alpha-c2/card").json()["customer"]["needs"] == "کم‌شنوا"


def test_the_form_of_a_customer_keeps_what_was_typed(office: Office) -> None:
    browser = signed_in(AGENT)
    with organisation_scope("alpha"):
        number = Customer.objects.get(key="alpha-cust").id
    wrong = browser.post(
        f"/customers/{number}/", {"name": "Zara", "needs": "y" * 300, "vip": "", "language": "", "notes": "n"}
    )
    assert wrong.status_code == 400
    assert 'value="Zara"' in wrong.content.decode()
    done = browser.post(
        f"/customers/{number}/", {"name": "Zara", "needs": "", "vip": "gold", "language": "uk", "notes": "n"}
    )
    assert done.status_code == 302
    assert "Zara" in browser.get("/customers/?q=zar").content.decode()


# -- follow-ups --------------------------------------------------------------------------------------------------------
def test_a_promise_is_set_moved_kept_and_opened_again_on_pages(office: Office, settings_wait: None) -> None:
    browser = signed_in(AGENT)
    with engine_of(office, "alpha"):
        set_ = browser.post(
            "/contacts/alpha-c2/follow-ups/",
            {"note": "call <b>back</b>", "owner": AGENT, "day": "فردا", "time": "۹:۳۰"},
        )
        assert set_.headers["Location"] == "/contacts/alpha-c2/"
        with organisation_scope("alpha"):
            row = FollowUpRow.objects.get(contact="alpha-c2")
            assert (row.owner, row.set_by, row.closed_at) == (AGENT, AGENT, 0)
        assert "call &lt;b&gt;back" in browser.get("/follow-ups/").content.decode()
        browser.post(f"/follow-ups/{row.id}/done/", {"result": "reached", "next": "/follow-ups/"})
        with organisation_scope("alpha"):
            assert FollowUpRow.objects.get(id=row.id).result == "reached"
        twice = browser.post(f"/follow-ups/{row.id}/done/", {}, follow=True)
        assert twice.status_code == 200
        browser.post(f"/follow-ups/{row.id}/reopen/", {"next": "//evil.example"})
        with organisation_scope("alpha"):
            again = FollowUpRow.objects.get(id=row.id)
            assert (again.closed_at, again.reopened) == (0, 1)


@pytest.fixture
def settings_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "ANSWER_SECONDS", 20)


def test_a_promise_wrongly_typed_says_where_and_loses_nothing(office: Office) -> None:
    browser = signed_in(AGENT)
    for given, field in (
        ({"note": "n", "owner": AGENT, "day": "someday", "time": "9:30"}, "day"),
        ({"note": "n", "owner": AGENT, "day": "tomorrow", "time": "25"}, "time"),
        ({"note": "n", "owner": "alpha-supervisor", "day": "tomorrow", "time": "9"}, "owner"),
        ({"note": "n", "owner": AGENT, "day": "2001-01-01", "time": "9"}, "day"),
        ({"note": "x" * 1001, "owner": AGENT, "day": "tomorrow", "time": "9"}, "note"),
    ):
        answer = browser.post("/contacts/alpha-c2/follow-ups/", given)
        assert answer.status_code == 400
        assert list(answer.context["follow_up_form"].errors) == [field]
        assert given["note"] in answer.content.decode()


def test_agents_see_their_own_and_supervisors_everybodys(office: Office) -> None:
    office.work("alpha", [cmd.SetFollowUp(FollowUp("late", AGENT, 1, "very late"), "alpha-c1", "alpha-supervisor")])
    catch_up("alpha")
    supervisor, agent = signed_in("alpha-supervisor"), signed_in(AGENT)
    page = supervisor.get("/follow-ups/")
    assert [line.urgency for line in page.context["lines"]] == ["overdue", "later"]
    assert [(o.owner, o.open, o.overdue) for o in page.context["owed"]] == [(AGENT, 2, 1)]
    assert [f["id"] for f in agent.get("/api/v1/follow-ups").json()["follow_ups"]] == ["late", "alpha-f1"]
    first = supervisor.get("/api/v1/follow-ups?limit=1").json()
    rest = supervisor.get("/api/v1/follow-ups", {"limit": 1, "after": first["next_after"]}).json()
    assert (rest["follow_ups"][0]["id"], rest["next_after"]) == ("alpha-f1", None)
    with organisation_scope("alpha"):
        from pasokh.office.people.actions import PersonDraft, do_create_user
        from pasokh.office.people.rules import Role

        do_create_user("system", "alpha-other", "right horse battery", PersonDraft("other", Role.AGENT))
    stranger = signed_in("alpha-other")
    assert stranger.post("/follow-ups/late/done/").status_code == 403
    assert api(stranger, "post", "/follow-ups/late/close").status_code == 403
    assert "very late" not in stranger.get("/follow-ups/").content.decode()
    assert "all-kept" in stranger.get("/follow-ups/").content.decode()


def test_the_api_sets_and_closes(office: Office) -> None:
    browser = signed_in(AGENT)
    made = api(browser, "post", "/follow-ups", {"contact": "alpha-c2", "due_at": office.now + 1, "note": "n"})
    assert made.status_code == 202
    assert api(browser, "post", "/follow-ups", {"contact": "alpha-c2"}).status_code == 400
    assert api(browser, "post", "/follow-ups", {"contact": "nothing", "due_at": 5}).status_code == 404
    assert [a.ok for a in office.work("alpha")] == [True]
    catch_up("alpha")
    number = made.json()["id"]
    assert [f["id"] for f in browser.get("/api/v1/follow-ups?contact=alpha-c2").json()["follow_ups"]] == [number]
    assert api(browser, "post", f"/follow-ups/{number}/close", {"result": "ok"}).status_code == 202
    assert [a.ok for a in office.work("alpha")] == [True]


# -- my day ------------------------------------------------------------------------------------------------------------
def test_my_day_counts_what_i_did_and_says_nothing_of_what_nobody_said(office: Office) -> None:
    browser = signed_in(AGENT)
    day = browser.get("/api/v1/my-day").json()
    assert day["answered"] == 1
    assert day["satisfaction"] == {"mean": 4.0, "n": 1}
    (reason,) = day["by_reason"]
    assert (reason["reason"], reason["n"], reason["band"]) == ("", 1, None)
    assert day["handled_ms"] == reason["mean_ms"] > 0
    assert day["next_break"]["name"] == "alpha tea"
    other = signed_in("alpha-supervisor").get("/api/v1/my-day").json()
    assert (other["answered"], other["satisfaction"], other["by_reason"]) == (0, {"mean": None, "n": 0}, [])


def test_breaks_are_planned_and_dropped_by_supervisors(office: Office) -> None:
    assert signed_in(AGENT).get("/breaks/").status_code == 403
    browser = signed_in("alpha-supervisor")
    given = {"who": f"user:{AGENT}", "name": "ناهار", "begins": "۱۲:۳۰", "ends": "13", "weekdays": ["0", "5"]}
    assert browser.post("/breaks/", given | {"begins": "noon"}).status_code == 400
    assert browser.post("/breaks/", given | {"ends": "12:30"}).status_code == 400
    assert browser.post("/breaks/", given).status_code == 302
    page = browser.get("/breaks/")
    assert page.content.decode().count("ناهار") == 2
    with organisation_scope("alpha"):
        made = do_plan_breaks("user:x", BreakDraft(f"user:{AGENT}", (0,), 750, 780, "ناهار"))
        assert AuditEvent.objects.filter(action="break.plan").count() == 3 + 2  # the same again is no new one
    assert browser.post(f"/breaks/{made[0].id}/drop/").status_code == 302
    assert browser.post(f"/breaks/{made[0].id}/drop/").status_code == 404
