"""How a call went, on one page and as text: every step in order, in every language, numbers hidden by right."""

import re

import pytest
from tests.office_stage import Office
from tests.security.browser import signed_in
from tests.voice_stage import a_call, keep

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel
from pasokh.kernel.time import DAY
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.voice_quality.actions import do_forget_old
from pasokh.office.voice_quality.models import BrowserLeg, Leg, Steps
from pasokh.office.voice_quality.rules import KEEP_STEPS_MS
from pasokh.office.worker import catch_up
from pasokh.store import schema

NUMBER = "+982155501234"
CALL, TALK = "alpha-called", "alpha-called.i1"
AGENT = "alpha-agent"


@pytest.fixture
def called(office: Office) -> Office:
    """A call that was served, with what the engine noted of it."""
    begun = office.now
    office.work("alpha", [
        cmd.BeginCall(CALL, "982191001000", NUMBER), cmd.NoteStep(CALL, "shop", "hello"),
        cmd.OpenContact(CALL, TALK, Channel.VOICE, "help", address=NUMBER),
    ])  # fmt: skip
    keep(office.dsn(schema.ENGINE), *a_call("alpha", CALL, TALK, begun, AGENT))
    catch_up("alpha")
    return office


def test_every_step_stands_there_in_order_and_in_words(called: Office) -> None:
    page = signed_in("alpha-supervisor").get(f"/contacts/{CALL}/call/")
    assert page.status_code == 200
    rungs = page.context["rungs"]
    said = [re.sub("[\u2068\u2069]", "", rung.text) for rung in rungs]
    for words in ("A call comes in by main", "Answer Customer", "presses a key", "Call alpha agent", "rings",
                  "joins the talk", "hangs up: normal end (cause 16)", "is hung up: normal end (cause 16)",
                  "The caller is at “hello”"):  # fmt: skip
        assert words in said, said
    assert [rung.time for rung in rungs] == sorted(rung.time for rung in rungs)
    refused = next(rung for rung in rungs if rung.failed)
    assert "switch.refused" in refused.text
    assert page.context["verdicts"] == [("The agent's sound reached us badly: the agent's own line.", "bad")]
    assert not [text for text in said if "another.release" in text], "what another release told is left out"


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_it_is_in_every_language_and_without_a_key_for_a_text(called: Office, language: str) -> None:
    client = signed_in("alpha-supervisor")
    client.post("/language/", {"language": language, "next": "/"})
    body = client.get(f"/contacts/{CALL}/call/").content.decode()
    assert not re.findall(r"(?:ladder|voice_quality)\.[a-z_.]+", body)


def test_the_contacts_page_leads_there_for_calls_only(called: Office) -> None:
    client = signed_in(AGENT)
    assert f"/contacts/{CALL}/call/" in client.get(f"/contacts/{CALL}/").content.decode()
    assert "/call/" not in client.get("/contacts/alpha-c1/").content.decode()


def test_numbers_are_whole_only_for_who_may_see_them_and_asks(called: Office) -> None:
    agent, boss = signed_in(AGENT), signed_in("alpha-supervisor")
    for client, asked, whole in ((agent, "", False), (agent, "?numbers=whole", False), (boss, "", False),
                                 (boss, "?numbers=whole", True)):  # fmt: skip
        text = client.get(f"/contacts/{CALL}/call.txt{asked}").content.decode()
        assert (NUMBER in text) is whole
        assert "•234" in text or whole
        assert "alpha-called@203.0.113.7" in text, "what a carrier finds the call by stays"
        assert "203.0.113.7:4000" in text
        assert re.search(
            r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  Customer → Switch: A call comes in", text, re.MULTILINE
        )


def test_another_organisation_sees_nothing_of_it(called: Office) -> None:
    assert signed_in("beta-supervisor").get(f"/contacts/{CALL}/call/").status_code == 404
    with organisation_scope("beta"):
        assert not Leg.objects.filter(call=CALL).exists()


def test_a_contact_without_any_step_says_so(office: Office) -> None:
    page = signed_in("alpha-supervisor").get("/contacts/alpha-c1/call/")
    assert page.status_code == 200
    assert not page.context["known"]


def test_what_is_old_is_forgotten_and_nothing_else(called: Office) -> None:
    with organisation_scope("alpha"):
        last = max(Steps.objects.values_list("at", flat=True))
        do_forget_old(last)
        kept = Steps.objects.count()
        assert kept
        assert do_forget_old(last + KEEP_STEPS_MS + 1) >= kept
        assert Leg.objects.filter(call=CALL).count() == 2
        do_forget_old(last + 500 * DAY)
        assert not Leg.objects.filter(call=CALL).exists()


TOLD = {"sip_call_id": f"{CALL}-agent", "received": 2_000, "received_lost": 400, "jitter_us": 40_000, "network": "4g"}


def test_a_browser_tells_its_own_view_and_a_bad_last_mile_is_known_from_it(called: Office) -> None:
    client = signed_in(AGENT)

    def tell(**more: object) -> int:
        return client.post("/api/v1/phone/quality", {**TOLD, **more}, content_type="application/json").status_code

    assert tell() == 200
    assert tell(received=2_500, received_lost=500) == 200
    assert tell(received=1_000, received_lost=-3) == 200, "an older report that came late"
    with organisation_scope("alpha"):
        kept = BrowserLeg.objects.get(sip_call_id=f"{CALL}-agent")
    assert (kept.person, kept.told, kept.received, kept.received_lost) == (AGENT, 3, 2_500, 500)
    page = signed_in("alpha-supervisor").get(f"/contacts/{CALL}/call/")
    assert "The agent heard badly: the agent's own line." in [text for text, _ in page.context["verdicts"]]


@pytest.mark.parametrize(
    "bad",
    [{"received": -1}, {"received": "many"}, {"jitter_us": 10**12}, {"sip_call_id": ""}, {"sip_call_id": "a b"},
     {"sip_call_id": "x" * 201}, {"network": "<b>"}, {"concealed_permille": 1_001}, {"received": 10**30}],
)  # fmt: skip
def test_a_senseless_report_is_refused(called: Office, bad: dict[str, object]) -> None:
    answer = signed_in(AGENT).post("/api/v1/phone/quality", {**TOLD, **bad}, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "request.invalid"


def test_nobody_fills_the_table(called: Office) -> None:
    client = signed_in(AGENT)
    codes = [
        client.post(
            "/api/v1/phone/quality", {**TOLD, "sip_call_id": f"x{n}"}, content_type="application/json"
        ).status_code
        for n in range(45)
    ]
    kept = codes.count(200)
    assert kept in (39, 40), "the stage's own report may be a recent one"
    assert codes == [200] * kept + [429] * (45 - kept)


def test_a_call_that_waited_for_nobody_has_its_page_by_its_id(office: Office) -> None:
    keep(office.dsn(schema.ENGINE), *a_call("alpha", "alpha-lost", "", office.now, AGENT))
    page = signed_in("alpha-supervisor").get("/contacts/alpha-lost/call/")
    assert page.status_code == 200
    assert len(page.context["rungs"]) > 10
    assert signed_in("alpha-supervisor").get("/contacts/alpha-nothing/call/").status_code == 404
