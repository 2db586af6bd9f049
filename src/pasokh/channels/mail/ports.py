"""What whoever sends mail asks of the way it goes."""

from typing import Final, Protocol

import msgspec


class Enclosed(msgspec.Struct, frozen=True):
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


class Parcel(msgspec.Struct, frozen=True):
    """A mail ready to go. `message_id` makes two deliveries of it recognisable as one."""

    message_id: str
    sender: str
    """The address mails come from, alone."""
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    at: int
    """Instant of its Date."""
    reply_to: str = ""
    files: tuple[Enclosed, ...] = ()


class MailTransport(Protocol):
    """Hands one mail over. Blocks; for a process of its own."""

    def deliver(self, parcel: Parcel) -> None:
        """Return once the other side has taken the mail.

        Raises `mail.refused` when it never will, and `mail.unreachable`, `mail.refused_now` or `mail.file_failed` when
        it may later, each with the `reason`. After a connection lost at the very end the mail may have been taken all
        the same: then it arrives twice with one Message-ID.
        """

    def probe(self) -> str:
        """What the other side says of itself, nothing being sent; raises as `deliver`."""


FINAL: Final = frozenset({"mail.refused"})
"""Errors after which a further try makes no sense."""
