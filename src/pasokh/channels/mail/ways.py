"""The transport of an address."""

from pasokh.channels.mail.address import SmtpServer, parse_mail_url
from pasokh.channels.mail.folder import FolderTransport
from pasokh.channels.mail.ports import MailTransport
from pasokh.channels.mail.smtp import SECONDS, SmtpTransport


def transport_of(url: str, seconds: float = SECONDS) -> MailTransport | None:
    """How mail goes out under ``PASOKH_SMTP_URL``; None = not at all. Raises `mail.bad_url`."""
    way = parse_mail_url(url)
    if way is None:
        return None
    return SmtpTransport(way, seconds) if isinstance(way, SmtpServer) else FolderTransport(way.path)
