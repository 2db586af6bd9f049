"""The reasons an organisation gives for not being ready."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class Pause(TenantModel):
    """A reason for not being ready. The core keeps its key with the presence."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)
    """Place in the menu; equal ones by key."""
    is_paid = models.BooleanField(default=True)
    """Whether the time counts as paid work."""
    archived_at = models.BigIntegerField(default=0)
    """Since when it cannot be chosen any more; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="pause_key")]

    def __str__(self) -> str:
        return self.key
