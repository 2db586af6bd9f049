"""Writes of teams, and of many people at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from pasokh.acd.model import Capacity
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.actions import PersonDraft, do_change_agent
from pasokh.office.people.models import Team, User
from pasokh.office.people.selectors import agent_config
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What shall become of many people; None and empty leave things as they are."""

    team: str | None = None
    """Key of the new team; empty = none at all."""
    add_queues: tuple[str, ...] = ()
    remove_queues: tuple[str, ...] = ()
    set_skills: Mapping[str, int] | None = None
    """Skill key → level; 0 takes the skill away."""
    is_active: bool | None = None


@transaction.atomic
def do_save_team(actor: str, key: str, names: Mapping[str, str]) -> Team:
    """Create a team or rename it."""
    check_key(key)
    cleaned = cleaned_names(names)
    team = Team.objects.select_for_update().filter(key=key).first()
    before = {"name": team.name} if team else None
    team = team or Team(organisation_id=scope.required(), key=key)
    if before != {"name": cleaned}:
        team.name = cleaned
        team.save()
        do_record_change(actor, "team.save", f"team:{key}", before, {"name": cleaned})
    return team


@transaction.atomic
def do_archive_team(actor: str, key: str) -> None:
    """Put a team away; raises `team.has_members` while active people belong to it."""
    row = known_team(key)
    members = User.objects.filter(team=row, is_active=True).count()
    if members:
        raise PasokhError("team.has_members", field="team", n=members)
    Team.objects.filter(pk=row.pk).update(archived_at=clock.now())
    do_record_change(actor, "team.archive", f"team:{key}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_team(actor: str, key: str) -> None:
    """Take a team back into use."""
    row = known_team(key)
    if row.archived_at:
        Team.objects.filter(pk=row.pk).update(archived_at=0)
        do_record_change(actor, "team.restore", f"team:{key}", {"archived": True}, {"archived": False})


@transaction.atomic
def do_change_people(actor: str, usernames: Iterable[str], change: BulkChange) -> list[User]:
    """Change many people alike, all or none; each has an audit event of its own.

    Raises `person.nobody_chosen`, `person.bulk_unknown` when nothing would change, and what `do_change_agent` raises.
    """
    chosen = list(dict.fromkeys(usernames))
    if not chosen:
        raise PasokhError("person.nobody_chosen", field="people")
    if change == BulkChange():
        raise PasokhError("person.bulk_unknown", field="change")
    rows = {row.username: row for row in User.objects.select_related("team").filter(username__in=chosen)}
    changed = []
    for username in chosen:
        if username not in rows:
            raise PasokhError("person.unknown", field="people", value=username[:60])
        changed.append(do_change_agent(actor, username, _changed(draft_of(rows[username]), change)))
    return changed


def draft_of(user: User) -> PersonDraft:
    """A person as a draft that changes nothing."""
    config = agent_config(user)
    return PersonDraft(
        name=user.name,
        role=user.role,
        language=user.language,
        is_active=user.is_active,
        handles_contacts=user.handles_contacts,
        skills=dict(config.skills),
        queues=config.queues,
        capacity=Capacity(voice=user.voice, text=user.text, mail=user.mail),
        team=user.team.key if user.team is not None else "",
        email=user.email,
    )


def known_team(key: str) -> Team:
    """The team, locked; raises `person.unknown_team`."""
    row = Team.objects.select_for_update().filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("person.unknown_team", field="team", value=key[:60])
    return row


def _changed(draft: PersonDraft, change: BulkChange) -> PersonDraft:
    skills = dict(draft.skills) | dict(change.set_skills or {})
    queues = [key for key in draft.queues if key not in change.remove_queues]
    return replace(
        draft,
        team=draft.team if change.team is None else change.team,
        skills={key: level for key, level in skills.items() if level},
        queues=[*queues, *(key for key in change.add_queues if key not in queues)],
        is_active=draft.is_active if change.is_active is None else change.is_active,
    )
