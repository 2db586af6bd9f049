"""Every way mail goes out keeps the port's promises: in memory, as files, over SMTP plain, encrypted and signed in."""

import email
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from tests.mail_server import MailServer

from pasokh.channels.mail.address import SmtpServer
from pasokh.channels.mail.compose import composed
from pasokh.channels.mail.folder import FolderTransport
from pasokh.channels.mail.memory import MemoryTransport
from pasokh.channels.mail.ports import FINAL, MailTransport, Parcel
from pasokh.channels.mail.smtp import SmtpTransport
from pasokh.channels.mail.ways import transport_of
from pasokh.kernel.errors import PasokhError

type Way = tuple[MailTransport, Callable[[], list[EmailMessage]]]

MAIL = Parcel(
    message_id="<abc123@centre.example>",
    sender="help@centre.example",
    sender_name="پاسخ، «پشتیبانی» <x>\r\nBcc: eve@evil.example",
    recipient="sara@example.org",
    subject="سلام 👋 " + "ط" * 180,
    text="خط یک\nخط دو\n.\nپایان\n",
    html="<p dir=rtl>سلام</p>",
    at=1_700_000_000_000,
    reply_to="answers@centre.example",
)


@pytest.fixture(params=["memory", "folder", "smtp", "smtp with TLS and AUTH"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    if request.param == "memory":
        memory = MemoryTransport()
        yield memory, lambda: [email.message_from_bytes(composed(p).as_bytes(), policy=default) for p in memory.taken]
    elif request.param == "folder":
        folder = tmp_path / "out"
        yield (
            FolderTransport(folder),
            lambda: [email.message_from_bytes(p.read_bytes(), policy=default) for p in sorted(folder.glob("*.eml"))],
        )
    else:
        secure = request.param != "smtp"
        with MailServer(tmp_path, tls=secure, auth=secure) as server:
            transport = transport_of(server.url, 5)
            assert transport is not None
            yield transport, server.taken


def test_a_mail_arrives_as_it_was_written(way: Way) -> None:
    transport, taken = way
    transport.deliver(MAIL)
    [mail] = taken()
    assert mail["Message-ID"] == MAIL.message_id
    assert mail["Subject"] == MAIL.subject
    assert mail["To"] == MAIL.recipient
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].addr_spec == MAIL.sender
    assert mail["From"].addresses[0].display_name.startswith("پاسخ، «پشتیبانی» <x> Bcc: eve@")
    assert mail["Reply-To"] == MAIL.reply_to
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.iter_parts()
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert MAIL.html in html.get_content()


def test_a_mail_without_html_is_plain(way: Way) -> None:
    transport, taken = way
    transport.deliver(Parcel("<1@x>", "a@b.cc", "", "c@d.ee", "s", "t", "", 0))
    [mail] = taken()
    assert mail.get_content_type() == "text/plain"


def test_it_says_whom_it_talks_to(way: Way) -> None:
    assert way[0].probe()


def test_many_follow_each_other(way: Way) -> None:
    transport, taken = way
    for n in range(3):
        transport.deliver(Parcel(f"<{n}@x>", "a@b.cc", "A", "c@d.ee", str(n), "t", "", n))
    assert [m["subject"] for m in taken()] == ["0", "1", "2"]


def to(local: str) -> Parcel:
    return Parcel("<1@x>", "a@b.cc", "A", f"{local}@example.org", "s", "t", "", 0)


@pytest.mark.parametrize(
    ("local", "code", "said"),
    [
        ("refused", "mail.refused", "550 5.1.1 nobody"),
        ("later", "mail.refused_now", "451"),
        ("spam", "mail.refused", "554"),
        ("full", "mail.refused_now", "452"),
        ("dropped", "mail.unreachable", ""),
    ],
)
def test_what_the_server_says_decides_whether_a_further_try_makes_sense(
    tmp_path: Path, local: str, code: str, said: str
) -> None:
    with MailServer(tmp_path) as server, pytest.raises(PasokhError) as refused:
        SmtpTransport(SmtpServer("127.0.0.1", server.port, "none"), 5).deliver(to(local))
    assert refused.value.code == code
    assert said in str(refused.value.params["reason"])
    assert (code in FINAL) == (code == "mail.refused")


def test_a_server_that_is_away_or_never_answers_is_unreachable(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        slow = SmtpTransport(SmtpServer("127.0.0.1", server.port, "none"), 0.3)
        with pytest.raises(PasokhError, match=r"mail\.unreachable"):
            slow.deliver(to("stuck"))
        port = server.port
    with pytest.raises(PasokhError, match=r"mail\.unreachable"):
        SmtpTransport(SmtpServer("127.0.0.1", port, "none"), 2).deliver(to("sara"))
    with pytest.raises(PasokhError, match=r"mail\.unreachable"):
        SmtpTransport(SmtpServer("no-such-host.invalid", 25, "none"), 2).probe()


def test_a_wrong_password_an_unknown_certificate_and_a_server_without_tls_are_told(tmp_path: Path) -> None:
    with MailServer(tmp_path, tls=True, auth=True) as server:
        known = str(tmp_path / "cert.pem")
        with pytest.raises(PasokhError, match="535"):
            SmtpTransport(SmtpServer("127.0.0.1", server.port, "starttls", "pasokh", "wrong", known), 5).probe()
        with pytest.raises(PasokhError, match="certificate"):
            SmtpTransport(SmtpServer("127.0.0.1", server.port, "starttls", "pasokh", "wrong"), 5).probe()
        with pytest.raises(PasokhError, match="530"):
            SmtpTransport(SmtpServer("127.0.0.1", server.port, "none"), 5).deliver(to("sara"))
    with MailServer(tmp_path / "plain") as server, pytest.raises(PasokhError, match="STARTTLS"):
        SmtpTransport(SmtpServer("127.0.0.1", server.port, "starttls"), 5).probe()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(PasokhError, match=r"mail\.file_failed"):
        FolderTransport(tmp_path / "file").deliver(MAIL)
