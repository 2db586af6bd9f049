"""Writes of own roles, and the rule that nobody gives a right they lack."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.models import OwnRole, User
from pasokh.office.people.rules import Right, known_rights, rights_of, with_included
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.tenancy import scope

POWERS = frozenset({Right.EDIT_SETUP, Right.EDIT_PEOPLE, Right.EDIT_ROLES, Right.EXCHANGE, Right.AUDIT})
"""Rights over the centre itself: who has one of them is only changed by somebody who has it too."""


@transaction.atomic
def do_save_role(actor: str, key: str, names: Mapping[str, str], rights: Iterable[str]) -> OwnRole:
    """Create an own role or change it; what a right includes is added to it.

    Raises `setup.bad_key`, `role.built_in`, `setup.no_name`, `role.unknown_right`, `role.no_rights`, and
    `role.beyond_own` for a right that the actor lacks, given or taken.
    """
    check_key(key)
    if rights_of(key) is not None:
        raise PasokhError("role.built_in", field="key", value=key)
    row = OwnRole.objects.select_for_update().filter(key=key).first()
    before = _described(row) if row else None
    row = row or OwnRole(organisation_id=scope.required(), key=key)
    was = known_rights(row.rights)
    wanted = with_included(_right(name) for name in rights)
    if not wanted:
        raise PasokhError("role.no_rights", field="rights")
    _within(actor, wanted ^ was)
    row.name, row.rights = cleaned_names(names), sorted(right.value for right in wanted)
    if _described(row) != before:
        row.save()
        do_record_change(actor, "role.save", f"role:{key}", before, _described(row))
    return row


@transaction.atomic
def do_archive_role(actor: str, key: str) -> None:
    """Offer the role no more; raises `role.in_use` while somebody has it."""
    row = known_role(key)
    holders = User.objects.filter(role=key).count()
    if holders:
        raise PasokhError("role.in_use", field="role", n=holders)
    OwnRole.objects.filter(pk=row.pk).update(archived_at=clock.now())
    do_record_change(actor, "role.archive", f"role:{key}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_role(actor: str, key: str) -> None:
    """Offer the role again."""
    row = known_role(key)
    if row.archived_at:
        OwnRole.objects.filter(pk=row.pk).update(archived_at=0)
        do_record_change(actor, "role.restore", f"role:{key}", {"archived": True}, {"archived": False})


def known_role(key: str) -> OwnRole:
    """The own role, locked; raises `role.unknown`, and `role.built_in` for one that is not the organisation's own."""
    if rights_of(key) is not None:
        raise PasokhError("role.built_in", field="role", value=key)
    row = OwnRole.objects.select_for_update().filter(key=key[:60]).first()
    if row is None:
        raise PasokhError("role.unknown", field="role", value=key[:60])
    return row


def rights_of_role(key: str) -> frozenset[Right]:
    """The rights of a role, built in or own; raises `role.unknown`."""
    built_in = rights_of(key)
    if built_in is not None:
        return built_in
    own = OwnRole.objects.filter(key=key[:60]).values_list("rights", flat=True).first()
    if own is None:
        raise PasokhError("role.unknown", field="role", value=key[:60])
    return known_rights(own)


def check_grant(actor: str, role_before: str, role_after: str) -> None:
    """Refuse to touch somebody with powers that the actor lacks, or to give a right the actor lacks.

    The system itself may do anything. Raises `role.unknown`, `person.above_you`, `role.beyond_own`.
    """
    after = rights_of_role(role_after)
    mine = _rights_of_actor(actor)
    if mine is None:
        return
    if role_before and (rights_of_role(role_before) & POWERS) - mine:
        raise PasokhError("person.above_you", field="role")
    if role_after != role_before:
        _within(actor, after)


def _within(actor: str, rights: Iterable[Right]) -> None:
    mine = _rights_of_actor(actor)
    if mine is not None and (beyond := sorted(right.value for right in frozenset(rights) - mine)):
        raise PasokhError("role.beyond_own", field="rights", right=", ".join(beyond))


def _rights_of_actor(actor: str) -> frozenset[Right] | None:
    """None = bound by nothing: the seed, and the command line of whoever runs the installation."""
    kind, _, username = actor.partition(":")
    if kind != "user":
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    return user.rights if user is not None else frozenset()


def _right(name: str) -> Right:
    try:
        return Right(name)
    except ValueError as error:
        raise PasokhError("role.unknown_right", field="rights", value=name[:60]) from error


def _described(row: OwnRole) -> dict[str, object]:
    return {"name": row.name, "rights": row.rights}
