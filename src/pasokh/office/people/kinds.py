"""Teams and roles as kinds of named things."""

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.urls import reverse

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language
from pasokh.office.fields import label
from pasokh.office.people.models import OwnRole, Team, User
from pasokh.office.people.role_actions import do_archive_role, do_restore_role, do_save_role
from pasokh.office.people.rules import INCLUDES, RIGHTS, Right, Role, known_rights
from pasokh.office.people.team_actions import do_archive_team, do_restore_team, do_save_team
from pasokh.office.setup.forms import NamesForm
from pasokh.office.setup.named import Cell, Kind, Row


class RoleForm(NamesForm):
    """An own role: names and rights."""

    rights = forms.MultipleChoiceField(
        required=False, label=label("setup.roles.rights"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, row: OwnRole | None) -> None:  # noqa: ANN401 - Django's
        rights = {"rights": row.rights} if row is not None else {}
        super().__init__(
            data, key=row.key if row is not None else None, names=row.name if row else None, initial=rights
        )
        field = self.fields["rights"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(right.value, label(f"right.{right.value}")) for right in Right]


def _teams() -> list[Row]:
    rows = Team.objects.annotate(count=Count("members", filter=Q(members__is_active=True))).order_by("key")
    return [
        Row(
            row.key,
            row.name,
            [Cell(numbers.number(row.count, language()), f"{reverse('agents')}?team={row.key}")],
            archived=bool(row.archived_at),
        )
        for row in rows
    ]


def _team_form(data: Any, key: str | None) -> NamesForm:  # noqa: ANN401 - a request's data
    if key is None:
        return NamesForm(data, key=None)
    row = Team.objects.filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("person.unknown_team", field="team", value=key[:60])
    return NamesForm(data, key=key, names=row.name)


def _roles() -> list[Row]:
    held = dict(
        User.objects.filter(is_active=True).values_list("role").annotate(n=Count("pk")).values_list("role", "n")
    )
    built_in = [
        Row(role.value, {each: message(f"role.{role.value}", each) for each in LANGUAGES},
            _cells(role.value, held.get(role.value, 0), RIGHTS[role], built_in=True), fixed=True)
        for role in Role
    ]  # fmt: skip
    own = [
        Row(row.key, row.name, _cells(row.key, held.get(row.key, 0), known_rights(row.rights), built_in=False),
            archived=bool(row.archived_at))
        for row in OwnRole.objects.order_by("key")
    ]  # fmt: skip
    return [*built_in, *own]


def _cells(key: str, people: int, rights: frozenset[Right], *, built_in: bool) -> list[Cell]:
    kind = message("setup.roles.built_in" if built_in else "setup.roles.own", language())
    return [
        Cell(kind, kind="" if built_in else "accent"),
        Cell(numbers.number(len(rights), language())),
        Cell(numbers.number(people, language()), f"{reverse('agents')}?role={key}"),
    ]


def _role_form(data: Any, key: str | None) -> RoleForm:  # noqa: ANN401 - a request's data
    if key is None:
        return RoleForm(data, None)
    row = OwnRole.objects.filter(key=key[:60]).first()
    if row is None:
        raise PasokhError("role.unknown", field="role", value=key[:60])
    return RoleForm(data, row)


def _matrix(key: str | None) -> dict[str, object]:
    """Which role has which right, the edited one left out: the built-in ones to compare with."""
    holders = User.objects.filter(role=key, is_active=True).order_by("sorting")[:50] if key is not None else []
    return {
        "matrix": [
            (right.value, [right in RIGHTS[role] for role in Role], sorted(i.value for i in INCLUDES.get(right, ())))
            for right in Right
        ],
        "built_in": list(Role),
        "holders": holders,
    }


TEAMS = Kind(
    name="team",
    plural="teams",
    columns=("setup.teams.people",),
    rows=_teams,
    form=_team_form,
    save=lambda actor, key, form: do_save_team(actor, key, form.names()),
    archive=do_archive_team,
    restore=do_restore_team,
    right=Right.EDIT_PEOPLE,
)
ROLES = Kind(
    name="role",
    plural="roles",
    columns=("setup.roles.kind", "setup.roles.rights", "setup.roles.people"),
    rows=_roles,
    form=_role_form,
    save=lambda actor, key, form: do_save_role(actor, key, form.names(), form.cleaned_data["rights"]),
    archive=do_archive_role,
    restore=do_restore_role,
    right=Right.EDIT_ROLES,
    template="people/role.html",
    context=_matrix,
)
