"""The way in that all channels share: commands through the inbox, idempotent by the customer's own ids."""

import hashlib
import hmac
from typing import Literal

import msgspec

from pasokh.acd.commands import AcceptAlternative, AnyCommand, LeaveContact, OpenContact, PostMessage
from pasokh.acd.model import Channel
from pasokh.channels.idempotency import message_key
from pasokh.channels.ports import Arrival, Opened
from pasokh.channels.text import clean_line, clean_message
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import derive
from pasokh.store.asking import ask, key_of
from pasokh.store.ports import Inbox

ANSWER_SECONDS = 8.0


class Reception:
    """Lets customers of one channel in. `secret` makes contact ids that nobody can guess from a start id."""

    def __init__(self, inbox: Inbox, channel: Channel, secret: bytes, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._inbox = inbox
        self._channel = channel
        self._key = hmac.digest(secret, b"pasokh.channels.contact." + channel.encode(), "sha256")
        self._seconds = answer_seconds

    def opened(self, org: str, start: str) -> Opened:
        """The ids of the conversation `start`; the same every time."""
        digest = hashlib.blake2b(f"{org}\0{start}".encode(), key=self._key, digest_size=12).hexdigest()
        contact = f"{self._channel}-{digest}"
        return Opened(org, contact, derive(contact, "i", 1))

    async def open(self, arrival: Arrival) -> Opened:
        """Let a customer in; a repeat finds the same contact, whatever else it says."""
        opened = self.opened(arrival.org, arrival.start)
        command = OpenContact(
            opened.contact,
            opened.interaction,
            self._channel,
            arrival.queue,
            customer=arrival.customer,
            customer_name=clean_line(arrival.customer_name, 200),
            address=clean_line(arrival.address, 200),
            language=clean_line(arrival.language, 16),
            subject=clean_line(arrival.subject, 200),
            kind="message" if self._channel is Channel.EMAIL else "contact",
        )
        try:
            await self._ask(opened, key_of("open", opened.contact), command, first_stands=True)
        except PasokhError as error:
            # Our own ids in use: opened so long ago that the inbox has forgotten, and still open.
            if error.code != "id.in_use":
                raise
        return opened

    async def say(self, opened: Opened, message: str, text: str) -> None:
        """Post a customer's message."""
        command = PostMessage(opened.interaction, message, "customer", opened.contact, clean_message(text))
        await self._ask(opened, message_key("visitor", opened.contact, message), command)

    async def note(self, opened: Opened, message: str, text: str) -> None:
        """Post what belongs to the conversation but was said by nobody in it: fields of a form."""
        command = PostMessage(opened.interaction, message, "system", opened.contact, clean_message(text))
        await self._ask(opened, message_key("system", opened.contact, message), command)

    async def leave(self, opened: Opened) -> None:
        """The customer goes."""
        await self._ask(opened, key_of("leave", opened.contact), LeaveContact(opened.interaction))

    async def choose(
        self, opened: Opened, choice: Literal["callback", "message"], address: str, text: str = ""
    ) -> None:
        """Take another way; the replacing interaction's id follows from this one's."""
        command = AcceptAlternative(
            opened.interaction,
            choice,
            derive(opened.interaction, "alt", 1),
            clean_line(address, 200),
            clean_message(text) if text else "",
        )
        await self._ask(opened, key_of("choose", opened.contact, choice, address, text), command)

    async def _ask(self, opened: Opened, key: str, command: AnyCommand, *, first_stands: bool = False) -> None:
        actor = f"contact:{opened.contact}"
        encoded = msgspec.json.encode(command)
        await ask(self._inbox, opened.org, key, actor, encoded, self._seconds, first_stands=first_stands)
