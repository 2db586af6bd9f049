"""Sends agents' answers to messages that are answered by e-mail: left outside business hours, or instead of waiting.

The cursor moves in the transaction that writes the mail, and its key comes from the message: no answer is sent twice.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connections, transaction

from pasokh.acd import events as happened
from pasokh.acd.events import AnyEvent, decode_event
from pasokh.acd.model import Channel
from pasokh.kernel.time import DAY, Millis
from pasokh.office import clock
from pasokh.office.desk.models import Contact
from pasokh.office.post.letter_actions import do_answer_letter, do_forget_letter, do_keep_letter, do_quote
from pasokh.office.post.models import Letter
from pasokh.office.tenancy import scope
from pasokh.store import projection as store_projection
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor

BATCH = 500
STALE_MS: Millis = DAY
"""An older answer is not sent: a projection begun anew must not write to last year's customers."""


class LettersProjection:
    """Open letters and the mails that answer them."""

    name = "letters.1"
    tables: Mapping[str, str] = {}
    """None can be folded again: the mails are sent."""

    def apply(self, cursor: Cursor, rows: Sequence[Row]) -> None:  # noqa: ARG002 - the ORM is on the same connection
        """Do what the rows mean."""
        with scope.organisation_scope(rows[0].org):
            fresh = clock.now() - STALE_MS
            events = [(decode_event(row.data), row.occurred_at) for row in rows]
            letters = _letters_among(event for event, _ in events)
            for event, at in events:
                if not isinstance(event, happened.MessagePosted) or event.interaction in letters:
                    _fold(event, is_fresh=at >= fresh)


PROJECTION = LettersProjection()


def advance(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Apply the next events of an organisation, in one transaction; returns how many there were."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        return store_projection.advance(cursor, PROJECTION, org, org, limit)


def _letters_among(events: Iterable[AnyEvent]) -> set[str]:
    """Which interactions that are written in may be letters: known ones, and those that begin among these events."""
    begun, written = set(), set()
    for event in events:
        match event:
            case happened.ContactOpened(channel=Channel.EMAIL) | happened.InteractionStarted(channel=Channel.EMAIL):
                begun.add(event.interaction)
            case happened.MessagePosted():
                written.add(event.interaction)
            case _:
                pass
    if not written - begun:
        return begun
    return begun | set(Letter.objects.filter(interaction__in=written).values_list("interaction", flat=True))


def _fold(event: AnyEvent, *, is_fresh: bool) -> None:
    match event:
        case happened.ContactOpened(channel=Channel.EMAIL):
            do_keep_letter(event.interaction, event.contact, event.address, event.language)
        case happened.InteractionStarted(channel=Channel.EMAIL):
            do_keep_letter(event.interaction, event.contact, event.address, _language_of(event.contact))
        case happened.MessagePosted(author="customer"):
            do_quote(event.interaction, event.text)
        case happened.MessagePosted(author="agent") if is_fresh:
            files = [file.name for file in event.attachments]
            do_answer_letter(event.interaction, event.number, event.author_id, event.text, files)
        case happened.InteractionClosed(channel=Channel.EMAIL):
            do_forget_letter(event.interaction)
        case _:
            pass


def _language_of(contact: str) -> str:
    """As the history, which is folded first, knows it; empty = the organisation's own."""
    return Contact.objects.filter(id=contact).values_list("language", flat=True).first() or ""
