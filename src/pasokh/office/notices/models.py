"""Notices, what people chose, and the promises that will fall due."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.people.models import User
from pasokh.office.tenancy.models import TenantManager, TenantModel


class Notice(TenantModel):
    """Something one person should know."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    """What it tells of: the same key tells a person only once."""
    kind = models.CharField(max_length=32)
    params = models.JSONField(default=dict)
    """Holes of the text; a table of languages is a name, `…_at` an instant."""
    link = models.CharField(max_length=300, default="", blank=True)
    at = models.BigIntegerField()
    read_at = models.BigIntegerField(default=0)
    mail_at = models.BigIntegerField(default=0)
    """When it is due as a mail; 0 = never, or done."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_latest"),
            models.Index(fields=["user"], condition=models.Q(read_at=0), name="notice_unread"),
            models.Index(fields=["mail_at"], condition=models.Q(mail_at__gt=0), name="notice_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Preference(TenantModel):
    """How a kind reaches a person who chose something else than the default."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    desktop = models.BooleanField()
    sound = models.BooleanField()
    email = models.CharField(max_length=12)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="notice_preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class Quiet(TenantModel):
    """When a person wants to hear nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    """Minutes of the day."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["user"], name="notice_quiet_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.start}-{self.end}"


class Reminder(TenantModel):
    """A promise to a customer that will fall due; folded from the log by `projection`."""

    follow_up = models.CharField(max_length=80)
    contact = models.CharField(max_length=80)
    owner = models.CharField(max_length=80)
    due_at = models.BigIntegerField()
    note = models.CharField(max_length=200, default="", blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "follow_up"], name="reminder_once")]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="reminder_due")]

    def __str__(self) -> str:
        return self.follow_up
