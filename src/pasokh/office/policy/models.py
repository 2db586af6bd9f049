"""Edits that are not published yet: drafts, and previews computed for them."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class Draft(TenantModel):
    """What one person typed into a queue's form and has not published. One a person and queue."""

    queue = models.CharField(max_length=80)
    """The queue's key; empty for one that is not created yet."""
    author = models.CharField(max_length=80)
    base_version = models.PositiveIntegerField(default=0)
    """The version it started from."""
    typed = models.JSONField(default=dict)
    """Form field → values, as typed, right or wrong."""
    saved_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "queue", "author"], name="policy_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.queue} by {self.author}"


class Preview(TenantModel):
    """A day run again under an edited policy: asked for by a page, computed by the worker's child, kept as a cache."""

    queue = models.CharField(max_length=80)
    day = models.CharField(max_length=10)
    """`YYYY-MM-DD` of the organisation's zone, or `drawn`."""
    policy_hash = models.CharField(max_length=64)
    log_seq = models.BigIntegerField(default=0)
    """Where the day's part of the log ended when it was asked: a day that goes on makes another preview."""
    definition = models.JSONField()
    state = models.CharField(max_length=12, default="waiting")
    """`waiting`, `running`, `done`, `failed`, `cancelled`."""
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    """`{"code", "params"}` of a failed one."""
    author = models.CharField(max_length=80)
    asked_at = models.BigIntegerField()
    seen_at = models.BigIntegerField(default=0)
    """When its child last said how far it is."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "queue", "day", "policy_hash"], name="policy_preview_of"),
            models.Index(fields=["state"], name="policy_preview_open"),
        ]

    def __str__(self) -> str:
        return f"{self.queue} on {self.day}: {self.state}"
