"""Mail over SMTP: one connection a mail, encrypted and signed in as the address says."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from pasokh.channels.mail.address import SmtpServer
from pasokh.channels.mail.compose import composed
from pasokh.channels.mail.ports import Parcel
from pasokh.kernel.errors import PasokhError

SECONDS = 30.0
"""The longest any single step of the talk may take."""


class SmtpTransport:
    """A `MailTransport` to a mail server."""

    def __init__(self, server: SmtpServer, seconds: float = SECONDS) -> None:
        self._server, self._seconds = server, seconds

    def deliver(self, parcel: Parcel) -> None:
        """Hand the mail to the server."""
        message = composed(parcel)
        with self._talk() as smtp:
            smtp.send_message(message, parcel.sender, [parcel.recipient])

    def probe(self) -> str:
        """Connect, encrypt, sign in; the server's greeting."""
        with self._talk() as smtp:
            code, said = smtp.noop()
            if code != 250:
                raise PasokhError("mail.refused_now", reason=_said(code, said))
            return f"{self._server.host}:{self._server.port}"

    @contextmanager
    def _talk(self) -> Iterator[smtplib.SMTP]:
        """A connection that is ready for mail; every way it can fail becomes one of the port's errors."""
        try:
            smtp = self._connected()
            try:
                yield smtp
            finally:
                _leave(smtp)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refused(code, said) from error
        except smtplib.SMTPAuthenticationError as error:  # a password may be put right: nothing is lost meanwhile
            raise PasokhError("mail.refused_now", reason=_said(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPConnectError as error:
            raise PasokhError("mail.unreachable", reason=_said(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:  # OSError: no route, TLS, time is over
            raise PasokhError("mail.unreachable", reason=(str(error) or type(error).__name__)[:300]) from error

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        if server.ca_file:
            context.load_verify_locations(server.ca_file)
        if server.security == "tls":
            return self._greeted(smtplib.SMTP_SSL(server.host, server.port, timeout=self._seconds, context=context))
        smtp = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
        try:
            if server.security == "starttls":
                smtp.starttls(context=context)
        except BaseException:
            smtp.close()
            raise
        return self._greeted(smtp)

    def _greeted(self, smtp: smtplib.SMTP) -> smtplib.SMTP:
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._server.user:
                smtp.login(self._server.user, self._server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye; the mail is taken by then, so a server that does not answer changes nothing."""
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _refused(code: int, said: bytes | str) -> PasokhError:
    return PasokhError("mail.refused" if 500 <= code < 600 else "mail.refused_now", reason=_said(code, said))


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:300]
