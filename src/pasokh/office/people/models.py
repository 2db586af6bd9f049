"""People of an organisation, their skills and queues; sessions; failed tries to sign in."""

from importlib import import_module
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.functional import cached_property

from pasokh.i18n.sorting import sort_key
from pasokh.i18n.text import search_key
from pasokh.office.people.rules import Right, known_rights, rights_of
from pasokh.office.supervise.models import Queue, Skill
from pasokh.office.tenancy.models import Organisation, TenantManager, TenantModel


class OwnRole(TenantModel):
    """A role of the organisation's own: a named set of rights beside the three built-in ones."""

    key = models.CharField(max_length=60)
    """What `User.role` says of those who have it; never the name of a built-in role."""
    name = models.JSONField(default=dict)
    rights = models.JSONField(default=list)
    """Values of `Right`, sorted."""
    archived_at = models.BigIntegerField(default=0)
    """Since when it is not offered any more; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="own_role_key")]

    def __str__(self) -> str:
        return self.key


class Team(TenantModel):
    """People who work and are measured together."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)
    archived_at = models.BigIntegerField(default=0)
    """Since when it is put away; 0 = in use."""

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
    role = models.CharField(max_length=60)
    """A built-in `Role`, or the key of an `OwnRole`."""
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
    search = models.TextField(default="", blank=True, editable=False)
    """Name, username and address as one folded text (`i18n.text.search_key`); kept by `save`."""
    sorting = models.CharField(max_length=1000, default="", blank=True, editable=False, db_collation="C")
    """Place in the alphabet (`i18n.sorting.sort_key`); kept by `save`."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects: ClassVar[UserManager] = UserManager()
    unfenced: ClassVar[models.Manager["User"]] = models.Manager()
    """For signing in, before a scope exists: there the database alone decides what is seen."""

    class Meta:  # noqa: D106 - Django options
        base_manager_name = "objects"
        indexes: ClassVar = [models.Index(fields=["organisation", "sorting", "id"], name="people_alphabet")]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        """Store the row with its search text and place in the alphabet."""
        self.search = search_key(f"{self.name} {self.username} {self.email}")
        self.sorting = sort_key(self.name, "en")[:1000]
        fields = kwargs.get("update_fields")
        if fields is not None and {"name", "username", "email"} & set(fields):
            kwargs["update_fields"] = {*fields, "search", "sorting"}
        super().save(*args, **kwargs)

    @cached_property
    def rights(self) -> frozenset[Right]:
        """What the person's role carries, whether or not the account is active; read once a request."""
        built_in = rights_of(self.role)
        if built_in is not None:
            return built_in
        own = OwnRole.objects.filter(key=self.role).values_list("rights", flat=True).first()
        return known_rights(own or ())

    def may(self, right: Right) -> bool:
        """Whether the person is active and the role carries the right."""
        return self.is_active and right in self.rights


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
        """The store that the settings name; it stands above its table."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class SignInTry(models.Model):
    """Failed tries of one name, address or pair, under a keyed hash: it tells nobody anything."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    since = models.BigIntegerField(default=0)
    shut_until = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key
