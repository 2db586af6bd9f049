"""Single sign-on against a real provider, and against one that lies."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
from tests.account_provider import Liar, agreed, lying, put
from tests.office_stage import Office
from tests.security.browser import Browser, signed_in

from pasokh.kernel.errors import PasokhError
from pasokh.office.account.models import Identity, SignOn, SignOnDomain
from pasokh.office.account.policy_actions import SignOnDraft, do_save_sign_on
from pasokh.office.audit.selectors import of_target
from pasokh.office.people.models import User
from pasokh.office.tenancy.scope import organisation_scope


def switch_on(issuer: str, org: str = "alpha", **changed: Any) -> None:
    draft = {
        "is_on": True, "issuer": issuer, "client": "pasokh", "secret": "a very secret word", "domains": ["example.org"],
        "makes_people": False, "role": "agent",
    } | changed  # fmt: skip
    with organisation_scope(org):
        do_save_sign_on(User.objects.get(username=f"{org}-administrator"), SignOnDraft(**draft))


def begin(browser: Browser, org: str = "alpha", **query: str) -> str:
    response = browser.get(f"/sign-in/sso/{org}/", query)
    assert response.status_code == 302, response.content
    return str(response["Location"])


def back(browser: Browser, url: str) -> Any:
    parts = urlsplit(url)
    return browser.get(f"{parts.path}?{parts.query}")


# -- a real provider ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def real(office: Office, provider: str) -> str:
    office.now = time.time_ns() // 1_000_000  # the provider's clock is the machine's
    switch_on(provider)
    return provider


def known_there(provider: str, subject: str, email: str, **more: Any) -> None:
    put(f"{provider}/users/{subject}", {"sub": subject, "email": email, "email_verified": True, **more})


def test_the_door_shows_the_way_only_while_somebody_has_it(office: Office) -> None:
    def switch(org: str, *, on: bool) -> None:
        told = {"is_on": on, "issuer": "https://nowhere.example", "client": "pasokh"}
        with organisation_scope(org):
            SignOn.objects.update_or_create(organisation_id=org, defaults=told)

    def ways(browser: Browser) -> tuple[bool, str]:
        page = browser.get("/login/")
        assert ("/sign-in/sso/" in page.content.decode()) is page.context["sso"]
        return page.context["sso"], page.context["organisation"]

    browser = Browser()
    browser.cookies["pasokh_organisation"] = "alpha"
    assert ways(browser) == (False, "")
    switch("beta", on=True)
    assert ways(browser) == (True, ""), "somebody else's: one is asked whose"
    switch("alpha", on=True)
    assert ways(browser) == (True, "alpha")
    for org in ("alpha", "beta"):
        switch(org, on=False)
    assert ways(browser) == (False, "")
    browser.cookies["pasokh_organisation"] = 'no such" one'
    assert ways(browser) == (False, "")


def test_somebody_with_the_address_comes_in_and_is_known_by_subject_from_then_on(real: str) -> None:
    known_there(real, "s-1", "Alpha-Supervisor@example.org")
    browser = Browser()
    response = back(browser, agreed(begin(browser, next="/contacts/"), "s-1"))
    assert (response.status_code, response["Location"]) == (302, "/contacts/"), response.content
    assert browser.get("/wall/").status_code == 200
    assert browser.get("/account/sessions/").context["browsers"][0].how == "sso"
    with organisation_scope("alpha"):
        assert Identity.objects.get(subject="s-1").user.username == "alpha-supervisor"
    known_there(real, "s-1", "renamed@elsewhere.org")
    again = Browser()
    assert back(again, agreed(begin(again), "s-1")).status_code == 302
    assert again.get("/api/v1/me").json()["username"] == "alpha-supervisor"


def test_the_mail_address_leads_to_the_provider(real: str) -> None:
    browser = Browser()
    page = browser.get("/sign-in/sso/", {"who": "Sara@EXAMPLE.org"})
    assert page.context["url"].startswith(f"{real}/oauth2/authorize?")
    asked = parse_qs(urlsplit(page.context["url"]).query)
    assert (asked["code_challenge_method"], asked["login_hint"]) == (["S256"], ["Sara@EXAMPLE.org"])
    assert browser.get("/sign-in/sso/", {"who": "somebody@nowhere.org"}).context["form"].errors["who"]
    assert Browser().get("/sign-in/sso/beta/").context["code"] == "sso.not_offered"


def test_unknown_addresses_stay_out_unless_accounts_are_made(real: str) -> None:
    known_there(real, "n-1", "new.person@example.org", name="تازه وارد", locale="fa")
    browser = Browser()
    refused = back(browser, agreed(begin(browser), "n-1"))
    assert (refused.status_code, refused.context["code"]) == (400, "sso.unknown_person")
    switch_on(real, makes_people=True)
    assert back(browser, agreed(begin(browser), "n-1")).status_code == 302
    with organisation_scope("alpha"):
        made = User.objects.get(email="new.person@example.org")
        assert (made.username, made.name, made.role, made.language) == ("new.person", "تازه وارد", "agent", "fa")
        assert not made.has_usable_password()
        assert of_target("user:new.person")[-1].actor == "sso"


def test_addresses_of_other_domains_and_unverified_ones_stay_out(real: str) -> None:
    known_there(real, "d-1", "alpha-supervisor@evil.example")
    known_there(real, "d-2", "alpha-supervisor@example.org", email_verified=False)
    for subject, code in (("d-1", "sso.wrong_domain"), ("d-2", "sso.mail_not_verified")):
        browser = Browser()
        assert back(browser, agreed(begin(browser), subject)).context["code"] == code


def test_who_says_no_at_the_provider_is_told_so(real: str) -> None:
    browser = Browser()
    stopped = back(browser, agreed(begin(browser), "s-1", "deny"))
    assert stopped.context["code"] == "sso.refused_there"
    assert "access_denied" in stopped.content.decode()


def test_an_answer_works_once_and_only_in_the_browser_that_asked(real: str) -> None:
    known_there(real, "s-2", "alpha-supervisor@example.org")
    browser, thief = Browser(), Browser()
    answer = agreed(begin(browser), "s-2")
    assert back(thief, answer).context["code"] == "sign_in.start_again"
    begin(thief)
    assert back(thief, answer).context["code"] == "sso.wrong_state"
    assert back(browser, answer).status_code == 302
    browser.post("/logout/")
    assert back(browser, answer).context["code"] == "sign_in.start_again"


# -- one that lies -----------------------------------------------------------------------------------------------------
@pytest.fixture
def liar(office: Office) -> Iterator[Liar]:
    with lying() as made:
        made.now = office.now
        switch_on(made.issuer)
        yield made


def answer_of(liar: Liar) -> Any:
    browser = Browser()
    asked = parse_qs(urlsplit(begin(browser)).query)
    liar.nonce = liar.nonce or asked["nonce"][0]
    return browser.get("/sign-in/sso-answer/", {"state": asked["state"][0], "code": "c"})


def test_an_honest_answer_is_taken_and_the_client_says_who_it_is(liar: Liar) -> None:
    assert answer_of(liar).status_code == 302
    assert liar.authorization is not None
    assert liar.authorization.startswith("Basic ")
    assert len(liar.asked["code_verifier"][0]) >= 43


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://other.example"}, "sso.wrong_issuer"),
        ({"aud": "another"}, "sso.wrong_audience"),
        ({"aud": ["pasokh", "another"], "azp": "another"}, "sso.wrong_audience"),
        ({"exp": 1}, "sso.expired"),
        ({"exp": None}, "sso.bad_token"),
        ({"nonce": "of another day"}, "sso.replayed"),
        ({"nonce": None}, "sso.replayed"),
        ({"iat": 9_999_999_999}, "sso.bad_token"),
        ({"sub": None}, "sso.bad_token"),
    ],
)
def test_wrong_claims_have_their_own_codes(liar: Liar, claims: dict[str, Any], code: str) -> None:
    liar.claims = claims
    stopped = answer_of(liar)
    assert (stopped.status_code, stopped.context["code"]) == (400, code)


def test_a_strange_signature_a_refused_code_and_a_changed_name_are_told_apart(liar: Liar) -> None:
    liar.sign_strangely = True
    assert answer_of(liar).context["code"] == "sso.wrong_signature"
    liar.token_status = 400
    assert answer_of(liar).context["code"] == "sso.code_refused"
    liar.token_status = 500
    assert answer_of(liar).context["code"] == "sso.unreachable"
    liar.said_issuer = "https://other.example"
    assert Browser().get("/sign-in/sso/alpha/").context["code"] == "sso.wrong_issuer"


# -- setting it up -----------------------------------------------------------------------------------------------------
def test_the_secret_is_sealed_kept_and_never_shown(liar: Liar) -> None:
    form = {
        "do": "provider", "is_on": "on", "issuer": liar.issuer, "client": "pasokh", "role": "agent",
        "domains": "example.org, @Other.org",
    }  # fmt: skip
    browser = signed_in("alpha-administrator")
    assert browser.post("/setup/sign-in/", form).status_code == 302
    assert "a very secret word" not in browser.get("/setup/sign-in/").content.decode()
    with organisation_scope("alpha"):
        row = SignOn.objects.get()
        assert row.secret
        assert "secret word" not in row.secret
        assert row.domains == ["example.org", "other.org"]
        assert set(SignOnDomain.objects.values_list("domain", flat=True)) == {"example.org", "other.org"}
        assert "a very secret word" not in str([(e.before, e.after) for e in of_target("sign_in:provider")])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"issuer": "http://login.example.org"}, "issuer"),
        ({"issuer": "http://127.0.0.1:9"}, "issuer"),
        ({"domains": "not a domain!"}, "domains"),
        ({"domains": ""}, "domains"),
        ({"client": ""}, "client"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field_and_kept(liar: Liar, changed: dict[str, str], field: str) -> None:
    form = {"do": "provider", "is_on": "on", "issuer": liar.issuer, "client": "kept client", "domains": "example.org",
            "role": "agent"} | changed  # fmt: skip
    page = signed_in("alpha-administrator").post("/setup/sign-in/", form)
    assert page.status_code == 400
    assert page.context["provider"].errors[field]
    assert form["issuer"] in page.content.decode()


def test_a_domain_belongs_to_one_organisation(liar: Liar) -> None:
    with pytest.raises(PasokhError) as refused:
        switch_on(liar.issuer, "beta")
    assert refused.value.code == "sso.domain_taken"
