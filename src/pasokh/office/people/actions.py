"""Writes of people. Each changes rows, records an audit event and tells the engine, in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from pasokh.acd.commands import DefineAgent, RetireAgent, SignOut
from pasokh.acd.model import Capacity
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import normalise, strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock, inbox
from pasokh.office.audit.actions import do_await_answer, do_record_change
from pasokh.office.audit.models import Submission
from pasokh.office.desk.selectors import owes_outcome
from pasokh.office.people.models import QueueMembership, SkillLevel, Team, User
from pasokh.office.people.role_actions import check_grant
from pasokh.office.people.rules import Role
from pasokh.office.people.selectors import agent_config
from pasokh.office.supervise.models import Queue, Skill
from pasokh.office.supervise.rules import check_key
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What an administrator says of a person."""

    name: str
    role: str
    """A built-in `Role`, or the key of an own one."""
    language: str = "en"
    is_active: bool = True
    handles_contacts: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    """Skill key → level 1–100."""
    queues: Iterable[str] = ()
    capacity: Capacity = field(default_factory=Capacity)
    team: str = ""
    """Key of the team; empty = none."""
    email: str = ""
    """Where invitations and notices go; empty = none known."""


def do_create_user(actor: str, username: str, password: str | None, draft: PersonDraft) -> User:
    """Create a person; without a password they cannot sign in.

    Raises `person.name_taken`, `person.weak_password`, and what `do_change_agent` raises.
    """
    username = check_key(username.strip().lower(), "username")
    if password is not None:
        _check_password(password)
    user = User(organisation_id=scope.required(), username=username, name=draft.name, role=str(draft.role))
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            return _write(actor, user, draft, "user.create")
    except IntegrityError as error:
        raise PasokhError("person.name_taken", field="username", value=username) from error


@transaction.atomic
def do_change_agent(actor: str, username: str, draft: PersonDraft, expected_change: int | None = None) -> User:
    """Change a person's name, role, skills, queues, capacity, team, address.

    Raises `person.unknown`, `setup.changed_meanwhile` when `expected_change` is no longer the latest, `person.no_name`,
    `setup.unknown_skill`, `setup.unknown_queue`, `person.bad_level`, `person.unknown_team`, `person.bad_email`,
    `role.unknown`, `person.above_you`, `role.beyond_own`, `person.last_administrator`, and
    `agent.has_work` when an agent put out still owes an outcome.
    """
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise PasokhError("person.unknown", field="username", value=username[:60])
    if expected_change is not None and user.changed_at != expected_change:
        raise PasokhError("setup.changed_meanwhile", field="version", target=username)
    return _write(actor, user, draft, "user.change")


@transaction.atomic
def do_set_language(user: User, language: str) -> None:
    """Remember a person's language; raises `setup.unknown_language`."""
    if language not in LANGUAGES:
        raise PasokhError("setup.unknown_language", field="language", value=language[:16])
    user.language = language
    user.save(update_fields=["language"])  # with its signal: the person's telephone speaks it too


def _write(actor: str, user: User, draft: PersonDraft, action: str) -> User:
    check_grant(actor, user.role if action == "user.change" else "", draft.role)
    _keep_an_administrator(user, draft)
    before = _description(user) if action == "user.change" else None
    was_agent = user.handles_contacts and user.is_active and before is not None
    name = normalise(draft.name)
    if not name or len(name) > 200:
        raise PasokhError("person.no_name", field="name", longest=200)
    if draft.language not in LANGUAGES:
        raise PasokhError("setup.unknown_language", field="language", value=draft.language[:16])
    draft = replace(draft, email=cleaned_email(draft.email))
    if was_agent and not (draft.handles_contacts and draft.is_active) and owes_outcome(user.username):
        raise PasokhError("agent.has_work", field="is_active", agent=user.username)
    _fill(user, draft, name)
    after = _description(user)
    if before == after:
        return user
    user.changed_at = max(clock.now(), user.changed_at + 1)
    user.save()
    target = f"user:{user.username}"
    do_record_change(actor, action, target, before, after)
    key = None
    if user.handles_contacts and user.is_active:
        key = inbox.submit(DefineAgent(agent_config(user)), actor)
    elif was_agent:
        inbox.submit(SignOut(user.username, force=True), actor)
        key = inbox.submit(RetireAgent(user.username), actor)
    if key is not None:
        do_await_answer(key, actor, action, target, before, after, user.changed_at)
    return user


def do_revert_user(submission: Submission, error: PasokhError) -> bool:  # noqa: ARG001 - every revert's signature
    """Take a refused change of a person back; False when the person was changed anew meanwhile."""
    user = User.objects.select_for_update().filter(username=submission.target.partition(":")[2]).first()
    if user is None or user.changed_at != submission.mark:
        return False
    was = submission.before
    if was is None:
        user.delete()
        return True
    known = set(Skill.objects.values_list("key", flat=True))
    draft = PersonDraft(
        name=was["name"],
        role=was["role"],
        email=was.get("email", ""),
        language=was["language"],
        is_active=was["is_active"],
        handles_contacts=was["handles_contacts"],
        skills={key: level for key, level in was["skills"].items() if key in known},
        queues=Queue.objects.filter(key__in=was["queues"]).values_list("key", flat=True),
        capacity=Capacity(**was["capacity"]),
        team=was["team"] if was["team"] and Team.objects.filter(key=was["team"]).exists() else "",
    )
    _fill(user, draft, draft.name)
    user.changed_at += 1
    user.save()
    return True


def _fill(user: User, draft: PersonDraft, name: str) -> None:
    user.name, user.role, user.language, user.email = name, str(draft.role), draft.language, draft.email
    user.is_active, user.handles_contacts = draft.is_active, draft.handles_contacts
    user.voice, user.text, user.mail = draft.capacity.voice, draft.capacity.text, draft.capacity.mail
    user.team = _team(draft.team)
    _write_skills(user, draft.skills)
    _write_queues(user, draft.queues)


def _team(key: str) -> Team | None:
    if not key:
        return None
    team = Team.objects.filter(key=key).first()
    if team is None:
        raise PasokhError("person.unknown_team", field="team", value=key[:60])
    return team


def _write_skills(user: User, levels: Mapping[str, int]) -> None:
    skills = {skill.key: skill for skill in Skill.objects.filter(key__in=list(levels))}
    for key, level in levels.items():
        if key not in skills:
            raise PasokhError("setup.unknown_skill", field="skills", value=key[:60])
        if not 1 <= level <= 100:
            raise PasokhError("person.bad_level", field=f"skill_{key}", value=level)
    SkillLevel.objects.filter(user=user).exclude(skill__in=skills.values()).delete()
    rows = [
        SkillLevel(organisation_id=user.organisation_id, user=user, skill=skills[key], level=level)
        for key, level in levels.items()
    ]
    SkillLevel.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "skill"], update_fields=["level"]
    )


def _write_queues(user: User, keys: Iterable[str]) -> None:
    wanted = set(keys)
    queues = {queue.key: queue for queue in Queue.objects.filter(key__in=wanted)}
    for key in sorted(wanted - set(queues)):
        raise PasokhError("setup.unknown_queue", field="queues", value=key[:60])
    QueueMembership.objects.filter(user=user).exclude(queue__in=queues.values()).delete()
    rows = [QueueMembership(organisation_id=user.organisation_id, user=user, queue=queue) for queue in queues.values()]
    QueueMembership.objects.bulk_create(rows, ignore_conflicts=True)


def _keep_an_administrator(user: User, draft: PersonDraft) -> None:
    stays = draft.role == Role.ADMINISTRATOR.value and draft.is_active
    if user.pk is None or user.role != Role.ADMINISTRATOR or stays:
        return
    others = User.objects.filter(role=Role.ADMINISTRATOR.value, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise PasokhError("person.last_administrator", field="role")


def cleaned_email(text: str) -> str:
    """An address in one spelling, or none; raises `person.bad_email`."""
    address = strip_invisible(text).strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as error:
        raise PasokhError("person.bad_email", field="email", value=address[:80]) from error
    return address


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise PasokhError("person.weak_password", field="password", reason=" ".join(error.messages)) from error


def _description(user: User) -> dict[str, object]:
    config = agent_config(user)
    return {
        "name": user.name,
        "role": user.role,
        "language": user.language,
        "email": user.email,
        "is_active": user.is_active,
        "handles_contacts": user.handles_contacts,
        "skills": dict(config.skills),
        "queues": list(config.queues),
        "team": user.team.key if user.team is not None else None,
        "capacity": {"voice": user.voice, "text": user.text, "mail": user.mail},
    }
