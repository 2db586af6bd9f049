"""A parcel as an Internet message."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pasokh.channels.mail.ports import Parcel


def composed(parcel: Parcel) -> EmailMessage:
    """The message: text and HTML side by side, marked as sent by a program so that nobody's absence note answers it."""
    message = EmailMessage(policy=SMTP)
    local, _, domain = parcel.sender.rpartition("@")
    message["From"] = Address(_one_line(parcel.sender_name), local, domain)
    message["To"] = parcel.recipient
    message["Subject"] = _one_line(parcel.subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(parcel.at / 1000, UTC))
    message["Message-ID"] = parcel.message_id
    if parcel.reply_to:
        message["Reply-To"] = parcel.reply_to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.text, cte="quoted-printable")
    if parcel.html:
        message.add_alternative(parcel.html, subtype="html", cte="quoted-printable")
    for each in parcel.files:
        kind, _, form = each.media_type.partition("/")
        message.add_attachment(each.content, maintype=kind, subtype=form, filename=_one_line(each.name))
    return message


def _one_line(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
