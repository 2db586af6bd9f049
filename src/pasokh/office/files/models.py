"""What is known of a file. Its content lies in the storage, under the hash of it."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.files.rules import FileState
from pasokh.office.tenancy.models import TenantManager, TenantModel


class File(TenantModel):
    """A file that somebody brought for a contact. Its id cannot be guessed."""

    id = models.CharField(primary_key=True, max_length=40)
    contact = models.CharField(max_length=80)
    inside = models.BooleanField(default=False)
    """For notes and whispers only: a visitor never gets it."""
    by = models.CharField(max_length=80)
    """`visitor`, or `user:NAME`."""
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    preview = models.CharField(max_length=64, default="", blank=True)
    """Digest of the preview; empty = none."""
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    """Of the preview, pixels."""
    state = models.CharField(max_length=10, default=FileState.CLEAN.value)
    found = models.CharField(max_length=200, default="", blank=True)
    """What the scanner called it."""
    scans = models.PositiveSmallIntegerField(default=0)
    due_at = models.BigIntegerField(default=0)
    """When the scanner looks at it next."""
    at = models.BigIntegerField()
    attached_at = models.BigIntegerField(default=0)
    """When a message first took it; 0 = none has."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "contact", "-at"], name="file_of_contact"),
            models.Index(fields=["organisation", "digest"], name="file_digest"),
            models.Index(fields=["due_at"], condition=models.Q(state="scanning"), name="file_due"),
            models.Index(fields=["organisation", "at"], condition=models.Q(attached_at=0), name="file_unused"),
        ]

    def __str__(self) -> str:
        return self.id
