"""``PASOKH_SMTP_URL``: how mail leaves, as one validated value."""

from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from pasokh.kernel.errors import PasokhError

NAME = "PASOKH_SMTP_URL"

type Security = Literal["none", "starttls", "tls"]


class SmtpServer(msgspec.Struct, frozen=True):
    """A mail server that takes mail for everywhere."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""
    ca_file: str = ""
    """Certificates to trust besides the system's; empty = only those."""


class MailFolder(msgspec.Struct, frozen=True):
    """A folder that takes mails as files."""

    path: Path


type MailWay = SmtpServer | MailFolder


def parse_mail_url(text: str) -> MailWay | None:
    """``smtp://[user:password@]host[:port][?tls=starttls|none][&ca=FILE]``, ``smtps://…``, ``file:DIR``; empty = None.

    Without `tls`, ``smtp://`` asks for STARTTLS unless the host is this machine. Raises `mail.bad_url` saying what is
    wrong; the password is never part of that.
    """
    if not text:
        return None
    if not text.isprintable() or " " in text:
        raise _wrong("it holds blanks or control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _wrong("the host or port cannot be read") from error
    if parts.scheme == "file":
        return _folder(parts.netloc, unquote(parts.path))
    if parts.scheme not in {"smtp", "smtps"}:
        raise _wrong("it must begin with smtp://, smtps:// or file:")
    host = parts.hostname or ""
    if not host:
        raise _wrong("it names no host")
    if parts.path not in {"", "/"} or parts.fragment:
        raise _wrong("nothing may follow the host but ?tls=… and &ca=…")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - {"tls", "ca"})
    if unknown:
        raise _wrong(f"the option {unknown[0][:20]} is not known")
    security = _security(parts.scheme, options.get("tls"), host)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _wrong("user and password go together; write @ : / in them as %40 %3A %2F")
    if user and security == "none" and not _is_here(host):
        raise _wrong("a password must not go to another machine unencrypted; use ?tls=starttls or smtps://")
    if port == 0:
        raise _wrong("port 0 is none")
    usual = 465 if security == "tls" else 587 if user else 25
    return SmtpServer(host, port or usual, security, user, password, options.get("ca", ""))


def _folder(host: str, path: str) -> MailFolder:
    if host or not path.startswith("/"):
        raise _wrong("file: must be followed by an absolute folder")
    return MailFolder(Path(path))


def _security(scheme: str, asked: str | None, host: str) -> Security:
    if scheme == "smtps":
        if asked is not None:
            raise _wrong("smtps:// is encrypted from its start; leave tls= away")
        return "tls"
    if asked is None:
        return "none" if _is_here(host) else "starttls"
    if asked not in {"starttls", "none"}:
        raise _wrong("tls must be starttls or none")
    return "starttls" if asked == "starttls" else "none"


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _wrong(why: str) -> PasokhError:
    return PasokhError("mail.bad_url", name=NAME, why=why)
