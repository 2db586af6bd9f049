"""When a conversation is over: earlier ones to read again, and the conversation by e-mail."""

import hashlib
from collections.abc import Mapping
from typing import cast

from pasokh.channels.webchat.details import read_email
from pasokh.channels.webchat.ports import Contacts, Post, Said, Visits
from pasokh.kernel.errors import PasokhError

PAGE = 5
"""Earlier conversations in one answer."""


async def history(
    contacts: Contacts, visits: Visits, org: str, visitor: str, *, before: int | None, without: str | None
) -> Mapping[str, object]:
    """Earlier conversations of a visitor, the latest first, and where to go on; `without` is the one at hand."""
    found = await visits.earlier(org, visitor, before, PAGE + 2)
    shown = [visit for visit in found if visit.contact != without][: PAGE + 1]
    told: list[dict[str, object]] = []
    for visit in shown[:PAGE]:
        keys = await contacts.visitor_keys(org, visit.contact)
        messages = [keys[key] for key in sorted(keys) if key.startswith("m:")]
        if messages:
            told.append({"contact": visit.contact, "opened_at": visit.opened_at, "messages": messages})
    return {"contacts": told, "next": str(shown[PAGE - 1].number) if len(shown) > PAGE else None}


def address_of(text: str) -> str:
    """The address of a transcript; raises `chat.bad_email` at `address`."""
    return read_email(text, "address")


async def send_transcript(contacts: Contacts, post: Post, org: str, contact: str, address: str, language: str) -> None:
    """Put the conversation so far on its way; the same one to the same address goes once.

    Raises `chat.contact_unknown`, `chat.nothing_said`, and what the post refuses.
    """
    keys = await contacts.visitor_keys(org, contact)
    if "contact" not in keys:
        raise PasokhError("chat.contact_unknown")
    messages = [cast("Mapping[str, object]", keys[key]) for key in sorted(keys) if key.startswith("m:")]
    said = [_said(message) for message in messages]
    if not said:
        raise PasokhError("chat.nothing_said")
    last = f"{contact}\0{len(said)}\0{address.lower()}"
    await post.transcript(org, address, language, said, f"transcript-{hashlib.sha256(last.encode()).hexdigest()[:40]}")


def _said(message: Mapping[str, object]) -> Said:
    files = cast("list[Mapping[str, object]]", message.get("attachments", []))
    parts = [str(message["text"]), *(f"\u2068[{file['name']}]\u2069" for file in files)]
    return Said(str(message["author_name"]), "\n".join(part for part in parts if part), int(str(message["at"])))
