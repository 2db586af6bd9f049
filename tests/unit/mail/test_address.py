"""``PASOKH_SMTP_URL``: what is meant is understood, what is wrong is said, and a password is never repeated."""

from pathlib import Path

import pytest

from pasokh.channels.mail.address import MailFolder, SmtpServer, parse_mail_url
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR
from pasokh.office.post.rules import BACKOFF, MOST_TRIES, checked_mail_from, default_mail_from, next_try
from pasokh.ops.settings import load


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("", None),
        ("smtp://localhost", SmtpServer("localhost", 25, "none")),
        ("smtp://mail.example", SmtpServer("mail.example", 25, "starttls")),
        ("smtp://mail.example?tls=none", SmtpServer("mail.example", 25, "none")),
        ("smtp://u:p%40s%3As@mail.example", SmtpServer("mail.example", 587, "starttls", "u", "p@s:s")),
        ("smtp://u%40x:p@mail.example:2525?tls=starttls", SmtpServer("mail.example", 2525, "starttls", "u@x", "p")),
        ("smtps://u:p@mail.example", SmtpServer("mail.example", 465, "tls", "u", "p")),
        ("smtp://[::1]:1025/", SmtpServer("::1", 1025, "none")),
        ("smtp://h.example?ca=/etc/ca.pem", SmtpServer("h.example", 25, "starttls", "", "", "/etc/ca.pem")),
        ("file:/tmp/mail%20out", MailFolder(Path("/tmp/mail out"))),
        ("file:///tmp/out", MailFolder(Path("/tmp/out"))),
    ],
)
def test_what_is_meant_is_understood(url: str, meant: object) -> None:
    assert parse_mail_url(url) == meant


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://h:99999",
        "smtp://h:x",
        "smtp://h:0",
        "smtp://u:secret@h.example?tls=none",
        "smtp://u@h",
        "smtp://h/path",
        "smtp://h?tls=maybe",
        "smtps://h?tls=starttls",
        "smtp://h?ssl=1",
        "file:relative",
        "file:",
        "file://host/dir",
        "smtp://h o",
        "smtp://h\n",
        "smtp://u:secret@",
    ],
)
def test_what_is_wrong_is_said_without_the_password(url: str) -> None:
    with pytest.raises(PasokhError) as refused:
        parse_mail_url(url)
    assert refused.value.code == "mail.bad_url"
    for language in ("fa", "uk", "en"):
        said = message(refused.value.code, language, **refused.value.params)
        assert "PASOKH_SMTP_URL" in said
        assert "secret" not in said


def test_a_centre_does_not_start_with_a_wrong_address(tmp_path: Path) -> None:
    for name, value, code in (
        ("SMTP_URL", "smtp:/x", "mail.bad_url"),
        ("MAIL_FROM", "nobody", "settings.bad_mail_from"),
    ):
        with pytest.raises(PasokhError, match=code):
            load({"PASOKH_HOME": str(tmp_path), f"PASOKH_{name}": value})


def test_tries_end_within_a_day() -> None:
    assert [next_try(n, 0) for n in range(1, MOST_TRIES + 1)] == [*BACKOFF, None]
    assert 20 * HOUR < sum(BACKOFF) < 24 * HOUR


def test_mails_come_from_the_centre_s_host_where_that_can_be() -> None:
    assert default_mail_from("centre.example") == "pasokh@centre.example"
    assert default_mail_from("localhost") == "pasokh@localhost.localdomain"
    assert checked_mail_from("") == ""
