"""Reads of the outbox."""

from pasokh.office.post.models import Mail, Sender
from pasokh.office.post.rules import MailState
from pasokh.office.tenancy.selectors import own_organisation


def sender_name(language: str) -> str:
    """Who signs the organisation's mails, in a language."""
    sender = Sender.objects.first()
    if sender is not None and sender.name:
        return sender.name
    names: dict[str, str] = own_organisation().name
    return names.get(language) or names.get("en") or next(iter(names.values()), "Pasokh")


def own_sender() -> Sender | None:
    """The organisation's own address, if it has one."""
    return Sender.objects.first()


def latest_mails(limit: int, before: int | None = None, state: str = "", recipient: str = "") -> list[Mail]:
    """Outgoing mails without their texts, newest first; `before` pages on."""
    mails = Mail.objects.defer("text", "html").order_by("-id")
    if before is not None:
        mails = mails.filter(id__lt=before)
    if state:
        mails = mails.filter(state=state)
    if recipient:
        mails = mails.filter(recipient__icontains=recipient)
    return list(mails[:limit])


def dead_mails() -> int:
    """How many were given up and wait for somebody's decision."""
    return Mail.objects.filter(state=MailState.DEAD.value).count()
