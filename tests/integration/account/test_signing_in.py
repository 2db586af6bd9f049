"""Coming in: password, second step, recovery codes, links from mails, sessions that end."""

import base64

import pytest
from tests.account_stage import attempt, link_in, mails, shown_code, with_codes
from tests.office_stage import PASSWORD, Office
from tests.security.browser import Browser, signed_in

from pasokh.office.account.actions import do_demand_new_password, do_end_browsers
from pasokh.office.account.models import Browser as SignedIn
from pasokh.office.account.models import Credentials
from pasokh.office.account.policy_actions import do_demand_second_factor
from pasokh.office.audit.selectors import of_target
from pasokh.office.people.models import User
from pasokh.office.tenancy.scope import organisation_scope

NEW = "a longer pass phrase"


def person(name: str = "alpha-agent") -> User:
    with organisation_scope(name.partition("-")[0]):
        return User.objects.select_related("organisation").get(username=name)


def errors_of(response: object, field: str = "__all__") -> list[str]:
    assert response.status_code >= 400, response  # type: ignore[attr-defined]
    return list(response.context["form"].errors.get(field, []))  # type: ignore[attr-defined]


# -- second step -------------------------------------------------------------------------------------------------------
def test_a_password_alone_does_not_let_in_who_has_codes(office: Office) -> None:
    with_codes("alpha")
    browser = Browser()
    first = attempt(browser, "alpha-agent", data={"next": "/contacts/"})
    assert first["Location"] == "/sign-in/second/"
    assert browser.get("/desk/").status_code == 302  # not in yet
    assert browser.post("/live/token").status_code == 401
    second = browser.post("/sign-in/second/", {"code": shown_code(office.now)})
    assert second["Location"] == "/contacts/"
    assert browser.get("/contacts/").status_code == 200


def test_a_code_is_good_once_and_any_digits_and_spaces_do(office: Office) -> None:
    with_codes("alpha")
    code = shown_code(office.now)
    typed = " ".join((code[:3], code[3:])).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    one, two = Browser(), Browser()
    attempt(one, "alpha-agent")
    assert one.post("/sign-in/second/", {"code": typed}).status_code == 302
    attempt(two, "alpha-agent")
    again = two.post("/sign-in/second/", {"code": code})
    assert errors_of(again, "code")
    assert 'value="' + code in again.content.decode()  # what was typed is still there
    office.now += 30_000
    assert two.post("/sign-in/second/", {"code": shown_code(office.now)}).status_code == 302


def test_a_recovery_code_works_once_and_is_told_of(office: Office) -> None:
    with_codes("alpha", "supervisor", ("abcde-fghjk",))
    for status in (302, 400):
        browser = Browser()
        attempt(browser, "alpha-supervisor")
        assert browser.post("/sign-in/second/", {"code": "ABCDE fghjk"}).status_code == status
    [mail] = mails("alpha", "account_recovery_used")
    assert mail.recipient == "alpha-supervisor@example.org"


def test_the_second_door_shuts_too(office: Office) -> None:
    with_codes("alpha")
    browser = Browser()
    attempt(browser, "alpha-agent")
    assert [browser.post("/sign-in/second/", {"code": "000000"}).status_code for _ in range(5)] == [400] * 5
    shut = browser.post("/sign-in/second/", {"code": shown_code(office.now)})
    assert (shut.status_code, int(shut["Retry-After"]) > 200) == (429, True)


def test_the_first_step_waits_ten_minutes(office: Office) -> None:
    with_codes("alpha")
    browser = Browser()
    attempt(browser, "alpha-agent")
    office.now += 600_001
    assert browser.get("/sign-in/second/")["Location"] == "/login/"
    assert Browser().get("/sign-in/second/")["Location"] == "/login/"


def test_turning_codes_on_shows_picture_secret_and_recovery_codes_once(office: Office) -> None:
    from pasokh.office.account.rules import code_at

    browser = signed_in("alpha-supervisor")
    browser.post("/account/second-factor/", {"do": "begin"})
    page = browser.get("/account/second-factor/")
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode()
    secret = base64.b32decode(page.context["secret"].replace(" ", ""))
    wrong = browser.post("/account/second-factor/", {"do": "confirm", "code": "123"})
    assert errors_of(wrong, "code")
    assert wrong.context["secret"] == page.context["secret"]
    done = browser.post("/account/second-factor/", {"do": "confirm", "code": code_at(secret, office.now)})
    assert done.status_code == 302
    shown = browser.get("/account/second-factor/")
    codes = shown.context["codes"]
    assert len(set(codes)) == 10
    assert "codes" not in browser.get("/account/second-factor/").context  # once
    with organisation_scope("alpha"):
        kept = Credentials.objects.get(user__username="alpha-supervisor")
        assert secret not in kept.one_time_secret.encode()
        assert not set(codes) & set(kept.recovery)
        assert of_target("user:alpha-supervisor")[0].action == "account.codes_on"
    assert mails("alpha", "account_codes_on")
    other = Browser()
    attempt(other, "alpha-supervisor")
    assert other.post("/sign-in/second/", {"code": codes[3]}).status_code == 302


def test_a_role_can_be_made_to_have_a_second_factor_at_once(office: Office) -> None:
    browser = signed_in("alpha-agent")
    with organisation_scope("alpha"):
        do_demand_second_factor(User.objects.get(username="alpha-administrator"), ["agent"])
    assert browser.get("/desk/")["Location"] == "/account/second-factor/"
    assert browser.post("/live/token").json()["error"]["code"] == "account.second_factor_due"
    page = browser.get("/account/second-factor/")
    assert page.status_code == 200
    with_codes("alpha")
    with organisation_scope("alpha"):
        from pasokh.office.account.actions import do_settle_duty

        do_settle_duty(person())
    assert browser.get("/desk/").status_code == 200
    off = browser.post("/account/second-factor/", {"do": "off"})
    assert errors_of(off)  # demanded


# -- passwords ---------------------------------------------------------------------------------------------------------
def test_changing_the_password_ends_every_other_session(office: Office) -> None:
    here, there = signed_in("alpha-agent"), signed_in("alpha-agent")
    wrong = here.post("/account/password/", {"old": "nope", "new": NEW, "again": NEW})
    assert errors_of(wrong, "old")
    differ = here.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": "other"})
    assert errors_of(differ, "again")
    for weak in ("12345678901", "password", "short"):
        assert errors_of(here.post("/account/password/", {"old": PASSWORD, "new": weak, "again": weak}), "new")
    assert here.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302
    assert there.post("/live/token").status_code == 401
    assert attempt(Browser(), "alpha-agent").status_code == 400
    assert attempt(Browser(), "alpha-agent", NEW).status_code == 302


def test_a_new_password_can_be_demanded(office: Office) -> None:
    browser = signed_in("alpha-agent")
    with organisation_scope("alpha"):
        do_demand_new_password("user:alpha-administrator", person())
    for asked in (browser, signed_in("alpha-agent")):
        assert asked.get("/desk/")["Location"] == "/account/password/"
    browser.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert browser.get("/desk/").status_code == 200


@pytest.mark.parametrize("who", ["alpha-supervisor", "Alpha-Supervisor@Example.org"])
def test_a_forgotten_password_is_replaced_by_mail(office: Office, who: str) -> None:
    signed = signed_in("alpha-supervisor")
    assert Browser().post("/forgotten/", {"who": who}).status_code == 200
    path = link_in(mails("alpha", "account_reset")[-1])
    browser = Browser()
    assert browser.get(path).status_code == 200
    assert errors_of(browser.post(path, {"new": "password", "again": "password"}), "new")
    assert browser.post(path, {"new": NEW, "again": NEW})["Location"] == "/login/"
    assert signed.get("/wall/").status_code == 302
    assert attempt(Browser(), "alpha-supervisor", NEW).status_code == 302
    used = Browser().get(path)
    assert (used.status_code, used.context["code"]) == (410, "link.used")


def test_a_link_expires_and_unknown_ones_say_so(office: Office) -> None:
    Browser().post("/forgotten/", {"who": "alpha-supervisor"})
    path = link_in(mails("alpha", "account_reset")[-1])
    office.now += 3_600_000
    assert Browser().get(path).context["code"] == "link.expired"
    assert Browser().get("/new-password/nonsense/").context["code"] == "link.unknown"
    assert Browser().get("/new-address/" + path.split("/")[2] + "/").context["code"] == "link.unknown"  # another kind


def test_known_and_unknown_names_get_the_same_answer_and_few_letters(office: Office) -> None:
    before = len(mails("alpha"))
    pages = [Browser().post("/forgotten/", {"who": who}).content for who in ("alpha-supervisor", "nobody-here")]
    assert [b"Look into your mail" in page for page in pages] == [True, True]
    codes = [Browser().post("/forgotten/", {"who": "alpha-supervisor"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert len(mails("alpha")) == before + 3


# -- sessions ----------------------------------------------------------------------------------------------------------
def test_sessions_are_listed_and_ended_one_by_one(office: Office) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    here = signed_in("alpha-agent")
    there = Browser()
    there.post("/login/", {"username": "alpha-agent", "password": PASSWORD}, HTTP_USER_AGENT=agent)
    office.now += 61_000
    there.get("/desk/")
    page = here.get("/account/sessions/")
    first, second = page.context["browsers"]
    assert (first.device, first.seen_at, first.since) == ("Firefox · Linux", office.now, office.now - 61_000)
    here.post("/account/sessions/", {"browser": str(second.pk)})  # one's own is left alone
    here.post("/account/sessions/", {"browser": str(first.pk)})
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_ending_all_others_keeps_this_one(office: Office) -> None:
    here, *others = (signed_in("alpha-agent") for _ in range(3))
    here.post("/account/sessions/")
    assert [b.get("/desk/").status_code for b in (here, *others)] == [200, 302, 302]


def test_supervisors_sign_agents_out_and_no_one_above(office: Office) -> None:
    agent, supervisor = signed_in("alpha-agent"), signed_in("alpha-supervisor")
    listed = supervisor.get("/agents/").content.decode()
    assert "/agents/alpha-agent/access/" in listed
    assert "/agents/alpha-administrator/access/" not in listed
    assert supervisor.get("/agents/alpha-agent/access/").status_code == 200
    assert supervisor.post("/agents/alpha-agent/access/", {"do": "end"}).status_code == 302
    assert agent.post("/live/token").status_code == 401
    assert supervisor.post("/agents/alpha-agent/access/", {"do": "demand_password"}).status_code == 403
    assert supervisor.get("/agents/alpha-administrator/access/").status_code == 403
    assert supervisor.get("/agents/beta-agent/access/").status_code == 404
    with organisation_scope("alpha"):
        assert of_target("user:alpha-agent")[0].action == "account.end_sessions"


def test_an_administrator_helps_who_lost_the_telephone(office: Office) -> None:
    with_codes("alpha")
    administrator = signed_in("alpha-administrator")
    administrator.post("/agents/alpha-agent/access/", {"do": "codes_off"})
    assert attempt(Browser(), "alpha-agent")["Location"] == "/"


def test_a_session_without_its_mark_is_over_and_says_so_to_programs(office: Office) -> None:
    browser = signed_in("alpha-agent")
    with organisation_scope("alpha"):
        do_end_browsers(person())
        assert not SignedIn.objects.filter(user__username="alpha-agent").exists()
    assert browser.get("/api/v1/me").json()["error"]["code"] == "sign_in.required"
    again = signed_in("alpha-agent")
    office.now += 12 * 3_600_000
    assert again.get("/desk/").status_code == 302


def test_who_came_in_long_ago_shows_who_they_are_before_their_ways_in_change(office: Office) -> None:
    browser = signed_in("alpha-agent")
    office.now += 20 * 60_000
    asked = browser.get("/account/passkeys/")
    assert asked["Location"] == "/account/confirm/?next=%2Faccount%2Fpasskeys%2F"
    assert errors_of(browser.post("/account/confirm/", {"password": "no"}), "password")
    back = browser.post("/account/confirm/", {"password": PASSWORD, "next": "/account/passkeys/"})
    assert back["Location"] == "/account/passkeys/"
    assert browser.get("/account/passkeys/").status_code == 200


# -- profile -----------------------------------------------------------------------------------------------------------
def test_a_new_address_counts_once_its_link_was_opened(office: Office) -> None:
    browser = signed_in("alpha-supervisor")
    form = {"name": "Sara كريمي", "email": "Sara@Example.org", "language": "fa"}
    assert browser.post("/account/", form).status_code == 302
    changed = person("alpha-supervisor")
    assert (changed.name, changed.email, changed.language) == ("Sara کریمی", "alpha-supervisor@example.org", "fa")
    [mail] = mails("alpha", "account_mail")
    assert mail.recipient == "sara@example.org"
    browser.get(link_in(mail))
    assert person("alpha-supervisor").email == "alpha-supervisor@example.org"  # opening alone changes nothing
    browser.post(link_in(mail))
    assert person("alpha-supervisor").email == "sara@example.org"
    assert mails("alpha", "account_mail_changed")[0].recipient == "alpha-supervisor@example.org"


def test_a_wrong_address_is_refused_at_its_field_and_nothing_is_lost(office: Office) -> None:
    browser = signed_in("alpha-agent")
    page = browser.post("/account/", {"name": "Kept Name", "email": "not an address", "language": "uk"})
    assert errors_of(page, "email")
    assert "Kept Name" in page.content.decode()
    assert person().name != "Kept Name"
