"""The outbox: a mail stands or falls with its transaction, once per key, in the language's direction."""

import pytest
from django.db import transaction
from tests.office_stage import Office

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.post.actions import do_discard_mail, do_retry_mail, do_save_sender, do_send_mail
from pasokh.office.post.models import Mail
from pasokh.office.post.selectors import latest_mails
from pasokh.office.tenancy.scope import organisation_scope

INVITED = {"organisation": "آلفا", "name": "سارا", "by": "رضا", "username": "sara", "until": "فردا",
           "link": "https://centre.example/join/abc?x=1&y=2"}  # fmt: skip


def invite(key: str = "invite:1", to: str = "sara@example.org", language: str = "fa") -> Mail:
    return do_send_mail(to, "account_invitation", language, INVITED, key=key)


def test_a_mail_is_rendered_in_its_language_and_direction(office: Office) -> None:
    with organisation_scope("alpha"):
        persian, english = invite(), invite("invite:2", language="en")
    assert 'dir="rtl"' in persian.html
    assert 'lang="fa"' in persian.html
    assert "سارا" in persian.text
    assert "https://centre.example/join/abc?x=1&y=2" in persian.text
    assert "x=1&amp;y=2" in persian.html
    assert "alpha post" in persian.html
    assert 'dir="ltr"' in english.html
    assert english.subject == "رضا invites you to آلفا"
    assert "\u2068" not in persian.subject


def test_the_same_key_is_the_same_mail_and_other_organisations_keys_are_not(office: Office) -> None:
    with organisation_scope("alpha"):
        first, again = invite(), invite(to="other@example.org")
        assert first.pk == again.pk
        assert again.recipient == "sara@example.org"
    with organisation_scope("beta"):
        other = invite()
    assert other.pk != first.pk
    assert other.message_id != first.message_id


def test_a_mail_falls_with_its_transaction(office: Office) -> None:
    with organisation_scope("alpha"):
        before = [mail.pk for mail in latest_mails(10)]  # the stage's own
        invite()
        transaction.set_rollback(True)
    with organisation_scope("alpha"):
        assert [mail.pk for mail in latest_mails(10)] == before


@pytest.mark.parametrize(
    "to",
    ["", "sara", "sara@", "@example.org", "a b@example.org", "sara@example", "sara@example.org\nBcc: x@y.zz",
     "sara@example.org,eve@evil.example", "<sara@example.org>", "a" * 65 + "@example.org", "سارا@example.org",
     "a..b@example.org", "sara@exa\u202emple.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field(office: Office, to: str) -> None:
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        invite(to=to)
    assert (refused.value.code, refused.value.params["field"]) == ("mail.bad_address", "to")
    for language in ("fa", "uk", "en"):
        assert message("mail.bad_address", language, **refused.value.params)


@pytest.mark.parametrize(
    "to", [" Sara@Example.ORG ", "sara+tag@example.org", "o'neil@mail.example.org", "a@مثال.ایران"]
)
def test_what_is_one_is_taken(office: Office, to: str) -> None:
    with organisation_scope("alpha"):
        assert invite(to=to).recipient.isascii()


def test_a_heading_cannot_be_forged_through_the_context(office: Office) -> None:
    with organisation_scope("alpha"):
        mail = do_send_mail(
            "a@example.org", "account_invitation", "en",
            INVITED | {"organisation": "X\r\nBcc: eve@evil.example", "name": "<script>alert(1)</script>"}, key="k",
        )  # fmt: skip
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<script>" not in mail.html


@pytest.mark.parametrize(
    ("template", "context", "code"),
    [("nothing", {}, "mail.unknown_template"), ("account_invitation", {"link": "javascript:alert(1)"}, "mail.bad_link"),
     ("transcript", {"lines": [{"text": "x", "link": "file:///etc/passwd"}]}, "mail.bad_link")],
)  # fmt: skip
def test_bad_letters_are_refused(office: Office, template: str, context: dict[str, object], code: str) -> None:
    with organisation_scope("alpha"):
        before = [mail.pk for mail in latest_mails(10)]  # the stage's own
    with organisation_scope("alpha"), pytest.raises(PasokhError, match=code):
        do_send_mail("a@example.org", template, "en", context, key="k")
    with organisation_scope("alpha"):
        assert [mail.pk for mail in latest_mails(10)] == before


def test_a_waiting_mail_is_discarded_and_then_neither_sent_nor_readable(office: Office) -> None:
    with organisation_scope("alpha"):
        mail = invite()
        do_discard_mail("user:x", mail.pk)
        gone = Mail.objects.get(pk=mail.pk)
        assert (gone.state, gone.text, gone.html) == ("discarded", "", "")
        for action in (do_retry_mail, do_discard_mail):
            with pytest.raises(PasokhError, match=r"mail\.not_dead"):
                action("user:x", mail.pk)
    with organisation_scope("beta"), pytest.raises(PasokhError, match=r"mail\.unknown"):
        do_retry_mail("user:x", mail.pk)


def test_the_sender_is_the_organisation_s_own(office: Office) -> None:
    with organisation_scope("alpha"):
        do_save_sender("user:x", "help@alpha.example", "Alpha Care", "")
        assert "Alpha Care" in invite("k2").html
        with pytest.raises(PasokhError, match=r"setup\.changed_meanwhile"):
            do_save_sender("user:x", "", "", "", 1)
        with pytest.raises(PasokhError) as refused:
            do_save_sender("user:x", "help@alpha.example", "", "nowhere")
        assert refused.value.params["field"] == "reply_to"
        do_save_sender("user:x", "", "", "")
        assert "alpha فا" in invite("k3").html
