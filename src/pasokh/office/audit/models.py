"""The record of administrative writes."""

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
        indexes: ClassVar = [models.Index(fields=["organisation", "-id"], name="audit_latest")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
