"""The record of administrative writes, and those that the engine has not answered for yet."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class AuditEvent(TenantModel):
    """One administrative write. The database lets nobody change or remove it."""

    at = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    """`user:NAME`, or `system` for the seed."""
    action = models.CharField(max_length=80)
    """`queue.publish`, `user.change`, …"""
    target = models.CharField(max_length=160)
    """`queue:sales`, `user:agent1`, …"""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="audit_latest"),
            models.Index(fields=["organisation", "target", "-id"], name="audit_of_target"),
            models.Index(fields=["organisation", "actor", "-id"], name="audit_of_actor"),
            models.Index(fields=["organisation", "at"], name="audit_when"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class Submission(TenantModel):
    """A change whose command waits for the engine's answer; gone once it is settled."""

    key = models.CharField(max_length=80)
    """The command's key in the inbox."""
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=160)
    mark = models.BigIntegerField(default=0)
    """Version or instant of the row after the change: who finds another one leaves the row alone."""
    before = models.JSONField(null=True)
    """What the row goes back to; null = it was created."""
    after = models.JSONField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="submission_key")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
