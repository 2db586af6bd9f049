"""Whether mail goes out and files are scanned, for `pasokh doctor`."""

from typing import Literal
from urllib.parse import urlsplit

from pasokh.channels.files.clamd import scanner_of
from pasokh.channels.mail.ports import Parcel
from pasokh.channels.mail.ways import transport_of
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.post.rules import check_address, default_mail_from, message_id
from pasokh.ops.settings import Settings

SECONDS = 10.0


def examine_mail(
    settings: Settings, now: int, mail_to: str
) -> tuple[Literal["good", "warning", "wrong"], str, dict[str, object]]:
    """A finding's grade, key and fields: whether there is a way out, it answers, and a test mail left."""
    try:
        transport = transport_of(settings.mail_url, SECONDS)
        if transport is None:
            return "warning", "mail.off", {}
        if not mail_to:
            return "good", "mail", {"where": transport.probe()}
        sender = settings.mail_from or default_mail_from(urlsplit(settings.url(settings.port)).hostname or "")
        to = check_address(mail_to)
        said = {part: message(f"mail.test.{part}", settings.language) for part in ("subject", "body")}
        identity = message_id("", f"doctor {now}", sender.rpartition("@")[2])
        transport.deliver(Parcel(identity, sender, "Pasokh", to, said["subject"], said["body"] + "\n", "", now))
    except PasokhError as error:
        return "wrong", "mail.wrong", {"reason": message(error.code, settings.language, **error.params)}
    return "good", "mail.sent", {"to": to}


def examine_scanner(settings: Settings) -> tuple[Literal["good", "warning", "wrong"], str, dict[str, object]]:
    """A finding's grade, key and fields: whether a virus scanner looks at attachments."""
    scanner = scanner_of(settings.scanner_url, SECONDS)
    if scanner is None:
        return "warning", "scanner.off", {}
    try:
        return "good", "scanner", {"version": scanner.probe()}
    except PasokhError as error:
        return "wrong", "scanner.wrong", {"reason": message(error.code, settings.language, **error.params)}
