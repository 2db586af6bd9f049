"""People of an organisation, their skills and queues; sessions; failed tries to sign in."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from pasokh.office.people.rules import Right, Role, may
from pasokh.office.supervise.models import Queue, Skill
from pasokh.office.tenancy.models import Organisation, TenantManager, TenantModel


class Team(TenantModel):
    """People who work and are measured together."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="team_key")]

    def __str__(self) -> str:
        return self.key


class UserManager(TenantManager["User"]):
    """Users of the scope's organisation."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """What Django's authentication asks for."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who signs in. Agents of the core have the username as their id."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    username = models.CharField(max_length=60, unique=True)
    """Unique in the whole installation, so that signing in needs no organisation's name."""
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    email = models.EmailField(max_length=254, blank=True, default="")
    """Where invitations and notices go; empty = none known."""
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    handles_contacts = models.BooleanField(default=False)
    """Is an agent of the core: can go ready and take contacts."""
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    voice = models.PositiveSmallIntegerField(default=1)
    text = models.PositiveSmallIntegerField(default=3)
    mail = models.PositiveSmallIntegerField(default=5)
    changed_at = models.BigIntegerField(default=0)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects: ClassVar[UserManager] = UserManager()
    unfenced: ClassVar[models.Manager["User"]] = models.Manager()
    """For signing in, before a scope exists: there the database alone decides what is seen."""

    class Meta:  # noqa: D106 - Django options
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.username

    def may(self, right: Right) -> bool:
        """Whether the person's role carries the right."""
        return self.is_active and may(self.role, right)


class SkillLevel(TenantModel):
    """How well a person has a skill, 1 to 100."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skill_levels")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "skill"], name="skill_level_once")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.skill_id}={self.level}"


class QueueMembership(TenantModel):
    """A queue that a person serves."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "queue"], name="queue_membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.queue_id}"


class Session(AbstractBaseSession):
    """A signed-in browser. Row-level security shows a transaction only the session whose key it names."""

    objects: ClassVar[BaseSessionManager[Self]] = BaseSessionManager()

    class Meta:  # noqa: D106 - Django options
        db_table = "people_session"

    @classmethod
    def get_session_store_class(cls) -> Any:  # noqa: ANN401 - Django's own annotation
        """The store of `people.sessions`."""
        from pasokh.office.people.sessions import SessionStore  # noqa: PLC0415 - it imports this module

        return SessionStore


class SignInTry(models.Model):
    """Failed tries of one name, address or pair, under a keyed hash: it tells nobody anything."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    since = models.BigIntegerField(default=0)
    shut_until = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key
