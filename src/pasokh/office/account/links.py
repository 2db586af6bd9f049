"""Links from mails: from a token to its row before any organisation is known, through a narrow door each."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models, transaction
from django.http import HttpRequest

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account.doors import pass_through
from pasokh.office.account.invitation_actions import check_good
from pasokh.office.account.models import Invitation, Ticket
from pasokh.office.account.rules import LINK, TicketKind, token_hash
from pasokh.office.people.models import User
from pasokh.office.tenancy import scope


@contextmanager
def ticket_of(request: HttpRequest, kind: TicketKind, token: str) -> Iterator[Ticket]:
    """The good ticket of a link, locked, in its organisation's scope.

    Raises `link.unknown`, `link.used`, `link.expired`, `account.sign_out_first`, `sign_in.too_many`.
    """
    if kind is TicketKind.RESET and isinstance(request.user, User):
        raise PasokhError("account.sign_out_first")
    org, number = _found(request, Ticket.unfenced, token)
    with _inside(org):
        rows = Ticket.objects.select_for_update(of=("self",)).select_related("user__organisation")
        ticket = rows.filter(pk=number, kind=kind.value, user__is_active=True).first()
        if ticket is None:
            raise PasokhError("link.unknown")
        if ticket.used_at:
            raise PasokhError("link.used")
        if ticket.expires_at <= clock.now():
            raise PasokhError("link.expired")
        yield ticket


@contextmanager
def invitation_of(request: HttpRequest, token: str) -> Iterator[Invitation]:
    """The open invitation of a link, in its organisation's scope.

    Raises `link.unknown`, `invitation.used`, `invitation.withdrawn`, `invitation.expired`, `account.sign_out_first`.
    """
    if isinstance(request.user, User):
        raise PasokhError("account.sign_out_first")
    org, number = _found(request, Invitation.unfenced, token)
    with _inside(org):
        invitation = Invitation.objects.select_related("organisation").get(pk=number)
        check_good(invitation)
        yield invitation


def _found[M: models.Model](request: HttpRequest, rows: models.Manager[M], token: str) -> tuple[str, int]:
    hashed = token_hash(token[:200])
    with transaction.atomic():
        scope.set_local("app.token", hashed)
        row = rows.filter(token_hash=hashed).values_list("organisation_id", "pk").first()
    if row is None:
        pass_through("link", LINK, "", request)
        raise PasokhError("link.unknown")
    return str(row[0]), int(row[1])


@contextmanager
def _inside(org: str) -> Iterator[None]:
    if scope.current() not in {None, org}:
        raise PasokhError("account.sign_out_first")
    with scope.organisation_scope(org):
        yield
