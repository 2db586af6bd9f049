"""Who a nameless visitor is: found or new, with undo, an audit, and the history beside the contact."""

from tests.integration.crm.test_customers import api, come
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import FollowUp
from pasokh.office.audit.models import AuditEvent
from pasokh.office.crm.models import Customer
from pasokh.office.desk import projection
from pasokh.office.tenancy.scope import organisation_scope


def test_a_visitor_turns_out_to_be_a_known_customer_and_back(office: Office) -> None:
    come(office, 30, "09121234567", name="Sara")
    come(office, 31, "", customer="v-1")
    agent = signed_in("alpha-agent")
    found = agent.get("/api/v1/customers?q=۰۹۱۲ ۱۲۳ ۴۵۶۷").json()
    assert [(each["name"], each["addresses"]) for each in found] == [("Sara", ["+989121234567"])]
    assert agent.get("/api/v1/customers").json() == []
    before = agent.get("/api/v1/contacts/alpha-c31/card").json()
    assert (before["customer"]["name"], before["linked"], before["history"]) == ("", False, [])
    answer = api(agent, "post", "/contacts/alpha-c31/customer", {"customer": found[0]["id"]})
    assert (answer.status_code, answer.json()["name"]) == (200, "Sara")
    card = agent.get("/api/v1/contacts/alpha-c31/card").json()
    assert (card["linked"], [each["contact"] for each in card["history"]]) == (True, ["alpha-c30"])
    again = api(agent, "post", "/contacts/alpha-c31/customer", {"name": "Somebody else"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "customer.named_already")
    assert api(agent, "delete", "/contacts/alpha-c31/customer").json()["name"] == ""
    assert agent.get("/api/v1/contacts/alpha-c31/card").json() == before
    with organisation_scope("alpha"):
        done = AuditEvent.objects.filter(action__startswith="customer.").order_by("id").values_list("action", flat=True)
        assert list(done) == ["customer.link", "customer.unlink"]


def test_what_is_owed_to_a_visitor_is_owed_to_whom_they_turn_out_to_be(office: Office) -> None:
    come(office, 37, "09121234567", name="Sara")
    come(office, 38, "", customer="v-4")
    promise = FollowUp("owed", "alpha-agent", office.now + 90_000, "call back")
    office.work("alpha", [cmd.SetFollowUp(promise, "alpha-c38", "alpha-agent")])
    while projection.advance("alpha"):
        pass
    agent = signed_in("alpha-agent")

    def owed() -> str:
        rows = agent.get("/api/v1/follow-ups").json()["follow_ups"]
        return next(str(row["customer_name"]) for row in rows if row["id"] == "owed")

    assert owed() == ""
    sara = agent.get("/api/v1/customers?q=sara").json()[0]["id"]
    api(agent, "post", "/contacts/alpha-c38/customer", {"customer": sara})
    assert owed() == "Sara"


def test_a_visitor_is_somebody_new_and_the_name_can_be_taken_back(office: Office) -> None:
    come(office, 32, "", customer="v-2")
    agent = signed_in("alpha-agent")
    wrong = api(agent, "post", "/contacts/alpha-c32/customer", {"name": "Nima", "address": "over there"})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "address")
    made = api(agent, "post", "/contacts/alpha-c32/customer", {"name": " Nima\u200e ", "address": "NIMA@Example.org"})
    assert made.json()["name"] == "Nima"
    assert made.json()["addresses"] == [{"kind": "email", "value": "nima@example.org"}]
    needs = api(agent, "patch", f"/customers/{made.json()['id']}", {"needs": "hard of hearing"})
    assert needs.json()["needs"] == "hard of hearing"
    late = api(agent, "delete", f"/contacts/alpha-c32/customer?version={made.json()['version'] - 1}")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "setup.changed_meanwhile")
    now = agent.get(f"/api/v1/customers/{made.json()['id']}").json()["version"]
    assert api(agent, "delete", f"/contacts/alpha-c32/customer?version={now}").json()["name"] == ""


def test_two_customers_with_names_are_not_linked(office: Office) -> None:
    come(office, 33, "09121234567", name="Sara")
    come(office, 34, "09127654321", name="Nima")
    agent = signed_in("alpha-agent")
    sara = agent.get("/api/v1/customers?q=sara").json()[0]["id"]
    assert api(agent, "post", "/contacts/alpha-c34/customer", {"customer": sara}).status_code == 409
    assert api(agent, "post", "/contacts/alpha-c34/customer", {"customer": 999_999}).status_code == 404


def test_the_page_of_a_contact_asks_keeps_what_was_typed_and_undoes(office: Office) -> None:
    come(office, 35, "09121234567", name="Sara")
    come(office, 36, "", customer="v-3")
    browser = signed_in("alpha-agent")
    page = browser.get("/contacts/alpha-c36/?who=sara").content.decode()
    with organisation_scope("alpha"):
        sara = Customer.objects.get(name="Sara").id
    assert f'name="customer" value="{sara}"' in page
    wrong = browser.post("/contacts/alpha-c36/customer/", {"name": "Reza", "address": "somewhere"})
    assert wrong.status_code == 400
    assert 'value="Reza"' in wrong.content.decode()
    assert 'value="somewhere"' in wrong.content.decode()
    browser.post("/contacts/alpha-c36/customer/", {"customer": sara})
    linked = browser.get("/contacts/alpha-c36/").content.decode()
    assert "Sara" in linked
    assert 'name="undo"' in linked
    browser.post("/contacts/alpha-c36/customer/", {"undo": "1"})
    assert 'name="undo"' not in browser.get("/contacts/alpha-c36/").content.decode()


def test_the_card_of_a_contact_nothing_is_known_of_is_empty(shared_office: Office) -> None:
    answer = signed_in("alpha-agent").get("/api/v1/contacts/not-yet/card")
    assert answer.status_code == 200
    assert answer.json() == {"customer": None, "linked": False, "history": [], "open_follow_ups": []}
