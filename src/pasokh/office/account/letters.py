"""Mails of the account. Each stands in the outbox of the running transaction; their texts are `mail.account_*`."""

from django.conf import settings
from django.urls import reverse

from pasokh.i18n.dates import format_instant
from pasokh.office.account.models import Invitation, Ticket
from pasokh.office.people.models import User
from pasokh.office.post.actions import do_send_mail
from pasokh.office.tenancy.selectors import own_organisation


def send_invitation(invitation: Invitation, token: str, by: str) -> None:
    """The link that lets somebody join."""
    _send(
        invitation.email,
        "account_invitation",
        invitation.language,
        f"invitation:{invitation.pk}:{invitation.sent}",
        {"name": invitation.name, "by": by, "organisation": _organisation(invitation.language)},
        link("invitation", token),
        until=invitation.expires_at,
    )


def send_reset(ticket: Ticket, token: str) -> None:
    """The link that lets somebody choose a new password."""
    user = ticket.user
    context: dict[str, object] = {"name": user.name, "username": user.username}
    _send(
        user.email, "account_reset", user.language, f"ticket:{ticket.pk}", context, link("new_password", token),
        until=ticket.expires_at,
    )  # fmt: skip


def send_confirmation(ticket: Ticket, token: str) -> None:
    """The link that shows that a new address is the person's own; goes to that address."""
    user = ticket.user
    context: dict[str, object] = {"name": user.name, "username": user.username, "address": ticket.address}
    _send(
        ticket.address, "account_mail", user.language, f"ticket:{ticket.pk}", context, link("new_mail", token),
        until=ticket.expires_at,
    )  # fmt: skip


def send_warning(user: User, what: str, key: str, to: str = "") -> None:
    """Tell a person that something about their way in has changed (`mail.account_WHAT`); nothing without an address."""
    address = to or user.email
    if address:
        context: dict[str, object] = {"name": user.name, "username": user.username}
        _send(address, f"account_{what}", user.language, f"warning:{what}:{user.pk}:{key}", context)


def link(name: str, token: str) -> str:
    """An address for mails: always the centre's own name, whatever the request called it."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=[token])}"


def _send(
    to: str, template: str, language: str, key: str, context: dict[str, object], link: str = "", until: int = 0
) -> None:
    if until:
        context["until"] = format_instant(until, own_organisation().zone, language)
    if link:
        context["link"] = link
    do_send_mail(to, template, language, context, key=key)


def _organisation(language: str) -> str:
    organisation = own_organisation()
    return str(organisation.name.get(language) or organisation.name.get("en") or organisation.id)
