"""Reads of people."""

from pasokh.acd.model import AgentConfig, Capacity
from pasokh.kernel.ids import ID_PATTERN
from pasokh.office.people.models import QueueMembership, SkillLevel, Team, User


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
    )


def people_names() -> dict[str, str]:
    """Username → name."""
    return dict(User.objects.values_list("username", "name"))


def team_names() -> dict[str, dict[str, str]]:
    """Team key → its names, by key."""
    return dict(Team.objects.order_by("key").values_list("key", "name"))
