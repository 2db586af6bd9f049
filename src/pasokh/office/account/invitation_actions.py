"""Writes of invitations: asked, asked again, taken back, accepted once."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.account import letters
from pasokh.office.account.models import Invitation
from pasokh.office.account.rules import INVITATION_LIFE, token_hash
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.role_actions import check_grant
from pasokh.office.people.rules import Role
from pasokh.office.post.rules import check_address
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """Whom an administrator asks to join, and as what."""

    name: str
    email: str
    role: str
    language: str = "en"
    queues: Iterable[str] = ()


def state_of(invitation: Invitation, now: Instant) -> str:
    """`accepted`, `withdrawn`, `expired` or `open`."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.withdrawn_at:
        return "withdrawn"
    return "expired" if invitation.expires_at <= now else "open"


@transaction.atomic
def do_invite(actor: User, draft: InvitationDraft) -> Invitation:
    """Ask somebody to join, by mail.

    Raises `person.no_name`, `mail.bad_address`, `invitation.open_already`, `invitation.works_here`, `role.unknown`,
    `role.beyond_own`, `setup.unknown_language`, `setup.unknown_queue`.
    """
    name = normalise(draft.name)
    if not name or len(name) > 200:
        raise PasokhError("person.no_name", field="name", longest=200)
    email = check_address(draft.email.strip().lower(), "email")
    if draft.language not in LANGUAGES:
        raise PasokhError("setup.unknown_language", field="language", value=draft.language[:16])
    check_grant(f"user:{actor.username}", "", draft.role)
    now = clock.now()
    if User.objects.filter(email__iexact=email, is_active=True).exists():
        raise PasokhError("invitation.works_here", field="email", value=email)
    waiting = Invitation.objects.filter(email=email, accepted_at=0, withdrawn_at=0, expires_at__gt=now)
    if waiting.exists():
        raise PasokhError("invitation.open_already", field="email", value=email)
    queues = list(draft.queues)
    known = set(Queue.objects.filter(key__in=queues).values_list("key", flat=True))
    for key in queues:
        if key not in known:
            raise PasokhError("setup.unknown_queue", field="queues", value=key[:60])
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation_id=scope.required(),
        token_hash=token_hash(token),
        name=name,
        email=email,
        role=draft.role,
        language=draft.language,
        queues=queues,
        invited_by=actor.username,
        created_at=now,
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    letters.send_invitation(invitation, token, actor.name)
    _record(actor.username, "invitation.send", invitation, {"email": email, "role": draft.role, "queues": queues})
    return invitation


@transaction.atomic
def do_send_again(actor: User, number: int) -> Invitation:
    """A fresh link for another 72 hours; the old one is void. Raises as `_open`."""
    invitation = _open(number)
    check_grant(f"user:{actor.username}", "", invitation.role)
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation.token_hash, invitation.sent = token_hash(token), invitation.sent + 1
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LIFE
    invitation.save()
    letters.send_invitation(invitation, token, actor.name)
    _record(actor.username, "invitation.send_again", invitation, {"sent": invitation.sent})
    return invitation


@transaction.atomic
def do_withdraw(actor: User, number: int) -> Invitation:
    """The link leads nowhere from now on. Raises as `_open`."""
    invitation = _open(number)
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    _record(actor.username, "invitation.withdraw", invitation, None)
    return invitation


@transaction.atomic
def do_accept(invitation: Invitation, username: str, name: str, password: str, language: str) -> User:
    """Join: the person exists from now on, the link is used up.

    Raises `invitation.used`, `invitation.withdrawn`, `invitation.expired`, and what `do_create_user` raises.
    """
    kept = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_good(kept)
    queues = Queue.objects.filter(key__in=kept.queues).values_list("key", flat=True)
    agent = kept.role == Role.AGENT.value or bool(kept.queues)
    draft = PersonDraft(
        name=name, role=kept.role, language=language, email=kept.email, handles_contacts=agent,
        queues=list(queues) if agent else (),
    )  # fmt: skip
    user = do_create_user(f"invitation:{kept.pk}", username, password, draft)
    kept.accepted_at, kept.accepted_as = clock.now(), user.username
    kept.save(update_fields=["accepted_at", "accepted_as"])
    return user


def check_good(invitation: Invitation) -> None:
    """Raises `invitation.used`, `invitation.withdrawn` or `invitation.expired`."""
    match state_of(invitation, clock.now()):
        case "accepted":
            raise PasokhError("invitation.used")
        case "withdrawn":
            raise PasokhError("invitation.withdrawn")
        case "expired":
            raise PasokhError("invitation.expired")


def _open(number: int) -> Invitation:
    """Raises `invitation.unknown`, `invitation.used`, `invitation.withdrawn`."""
    invitation = Invitation.objects.select_for_update().filter(pk=number).first()
    if invitation is None:
        raise PasokhError("invitation.unknown")
    if invitation.accepted_at:
        raise PasokhError("invitation.used")
    if invitation.withdrawn_at:
        raise PasokhError("invitation.withdrawn")
    return invitation


def _record(by: str, action: str, invitation: Invitation, after: dict[str, object] | None) -> None:
    do_record_change(f"user:{by}", action, f"invitation:{invitation.pk}", None, after)
