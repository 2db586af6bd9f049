"""How far the first set-up is, as far as facts do not say it."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class Progress(TenantModel):
    """One a organisation: what was skipped, and when the first chat was answered."""

    skipped = models.JSONField(default=list)
    """Names of steps left out for now."""
    queue = models.CharField(max_length=80, default="")
    """The queue that the wizard made."""
    widget = models.CharField(max_length=80, default="")
    started_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation"], name="welcome_once")]

    def __str__(self) -> str:
        return f"welcome of {self.organisation_id}"
