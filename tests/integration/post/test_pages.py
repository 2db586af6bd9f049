"""Outgoing mail as administrators see it: states and reasons, sending again, discarding, the sender, a test mail."""

import pytest
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.office.audit.models import AuditEvent
from pasokh.office.people.models import User
from pasokh.office.post.actions import do_send_mail
from pasokh.office.post.models import Mail
from pasokh.office.tenancy.scope import organisation_scope


def dead(to: str = "sara@example.org") -> int:
    with organisation_scope("alpha"):
        mail = do_send_mail(to, "test", "fa", {}, key=to)
        Mail.objects.filter(pk=mail.pk).update(state="dead", reason="550 <script>no</script>", attempts=9)
        number: int = mail.pk
    return number


def test_a_failed_mail_is_shown_with_its_reason_and_sent_again(office: Office) -> None:
    number = dead()
    browser = signed_in("alpha-administrator")
    page = browser.get("/setup/mail/?state=dead&to=sara").content.decode()
    assert "550 &lt;script&gt;" in page
    assert "sara@example.org" in page
    assert browser.post(f"/setup/mail/{number}/retry/").status_code == 302
    with organisation_scope("alpha"):
        mail = Mail.objects.get(pk=number)
        assert (mail.state, mail.attempts, mail.due_at) == ("waiting", 0, office.now)
        assert AuditEvent.objects.filter(action="mail.retry", target=f"mail:{number}").count() == 1
    assert browser.post(f"/setup/mail/{number}/discard/").status_code == 302
    assert browser.post("/setup/mail/99999/retry/").status_code == 404


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_an_address_that_is_none_keeps_what_was_typed_and_says_it_at_the_field(office: Office, language: str) -> None:
    browser = signed_in("alpha-administrator", headers={"accept-language": language})
    version = browser.get("/setup/mail/sender/").context["form"].initial["version"]
    page = browser.post("/setup/mail/sender/", {"address": "help at alpha", "name": "نام", "version": version})
    assert page.status_code == 400
    assert "help at alpha" in page.content.decode()
    assert page.context["form"].errors.keys() == {"address"}


def test_the_sender_is_saved_and_one_who_was_slower_is_told(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    version = browser.get("/setup/mail/sender/").context["form"].initial["version"]
    sent = {"address": "care@alpha.example", "name": "", "reply_to": "", "version": version}
    assert browser.post("/setup/mail/sender/", sent).status_code == 302
    assert browser.post("/setup/mail/sender/", sent | {"name": "x"}).status_code == 409


def test_a_test_mail_goes_to_whoever_asks(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    browser.post("/setup/mail/test/")
    with organisation_scope("alpha"):
        before = Mail.objects.count()
        User.objects.filter(username="alpha-administrator").update(email="boss@alpha.example")
    browser.post("/setup/mail/test/")
    with organisation_scope("alpha"):
        assert Mail.objects.count() == before + 1
        assert Mail.objects.latest("id").recipient == "boss@alpha.example"
    assert "boss@alpha.example" in browser.get("/setup/mail/").content.decode()
