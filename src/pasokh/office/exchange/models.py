"""Files that somebody brought, between the look at the plan and its application."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class Import(TenantModel):
    """A file that was checked: its text until it is applied or dropped, then only what became of it."""

    at = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    """`configuration` or `people`."""
    name = models.CharField(max_length=200, blank=True)
    """The file's name as the browser gave it."""
    text = models.TextField(blank=True)
    before = models.TextField(blank=True)
    """The configuration as it was when this one was applied: what a refusal by the engine goes back to."""
    with_removal = models.BooleanField(default=False)
    """Whether what the file does not name is put away."""
    state = models.CharField(max_length=12, default="checked")
    """`checked`, `applied`, `refused` or `dropped`; a long one is also `checking`, `wrong`, `applying`, `settling` (the
    engine has not answered for all of it) or `failed`."""
    counts = models.JSONField(default=dict)
    found = models.JSONField(null=True)
    """What the worker's check found, as `found.packed` writes it; None = checked by a page, which asks anew."""
    error = models.JSONField(null=True)
    """`{"code", "params"}`: why the worker's part came to nothing."""
    awaited = models.JSONField(default=list)
    """Keys of the commands whose answers a `settling` one waits for."""
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    seen_at = models.BigIntegerField(default=0)
    """When the process that works on it last said how far it is; 0 = none has begun."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="import_latest"),
            models.Index(fields=["state"], name="import_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
