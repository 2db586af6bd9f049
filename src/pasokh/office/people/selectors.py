"""Reads of people."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from pasokh.acd.model import AgentConfig, Capacity
from pasokh.i18n.catalogue import message
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import search_key
from pasokh.kernel.ids import ID_PATTERN
from pasokh.office.errors import language
from pasokh.office.people.models import OwnRole, QueueMembership, SkillLevel, Team, User
from pasokh.office.people.rules import Role


def all_people() -> list[User]:
    """Everybody, by username, with skills and queues at hand."""
    return list(User.objects.prefetch_related("skill_levels__skill", "memberships__queue").order_by("username"))


def person_by_username(username: str) -> User | None:
    """One person; None when there is none of that name."""
    return User.objects.filter(username=username).first() if ID_PATTERN.fullmatch(username) else None


def agent_config(user: User) -> AgentConfig:
    """The person as the core sees an agent."""
    levels = SkillLevel.objects.filter(user=user).order_by("skill__key").values_list("skill__key", "level")
    queues = QueueMembership.objects.filter(user=user).order_by("queue__key").values_list("queue__key", flat=True)
    return AgentConfig(
        id=user.username,
        name=user.name,
        skills=dict(levels),
        queues=tuple(queues),
        capacity=Capacity(voice=user.voice, text=user.text, mail=user.mail),
        team=user.team.key if user.team is not None else "",
    )


def people_names() -> dict[str, str]:
    """Username → name."""
    return dict(User.objects.values_list("username", "name"))


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """Actor of the audit record (`user:NAME`, `system`) → what people call it."""
    asked = {actor: actor.removeprefix("user:") for actor in actors}
    known = dict(User.objects.filter(username__in=asked.values()).values_list("username", "name"))
    told = {actor: known.get(username, username) for actor, username in asked.items()}
    return {actor: message("author.system", language()) if actor == "system" else name for actor, name in told.items()}


def team_names(kept: str = "") -> dict[str, dict[str, str]]:
    """Team key → its names, by key; archived ones only where one is `kept`."""
    rows = Team.objects.filter(Q(archived_at=0) | Q(key=kept)).order_by("key")
    return dict(rows.values_list("key", "name"))


def role_names(kept: str = "") -> dict[str, dict[str, str]]:
    """Role key → its names: the built-in ones, then the organisation's own by key; archived ones where `kept`."""
    built_in = {
        role.value: {language: message(f"role.{role.value}", language) for language in LANGUAGES} for role in Role
    }
    own = OwnRole.objects.filter(Q(archived_at=0) | Q(key=kept)).order_by("key")
    return built_in | dict(own.values_list("key", "name"))


def people_rows(
    *, query: str = "", team: str = "", role: str = "", queue: str = "", skill: str = "", active: str = "1"
) -> QuerySet[User]:
    """People in alphabetical order who fit; `active` 1, 0 or empty for both; a team of `-` = none."""
    rows = User.objects.select_related("team").order_by("sorting", "id")
    for word in search_key(query[:100].replace("\x00", "")).split():
        rows = rows.filter(search__contains=word)
    if active in {"0", "1"}:
        rows = rows.filter(is_active=active == "1")
    if team:
        rows = rows.filter(team__isnull=True) if team == "-" else rows.filter(team__key=team)
    if role:
        rows = rows.filter(role=role)
    if queue:
        rows = rows.filter(pk__in=QueueMembership.objects.filter(queue__key=queue).values("user_id"))
    if skill:
        rows = rows.filter(pk__in=SkillLevel.objects.filter(skill__key=skill).values("user_id"))
    return rows
