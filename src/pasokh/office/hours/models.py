"""Calendars of business hours, the queues that keep them, and how the plan stands now for whoever must know it."""

from typing import ClassVar, Self

import msgspec
from django.db import models

from pasokh.office.hours.rules import CalendarConfig
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.models import TenantManager, TenantModel


class Calendar(TenantModel):
    """A calendar. `definition` is `rules.CalendarConfig`."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="calendar_key")]

    def __str__(self) -> str:
        return self.key

    @property
    def config(self) -> CalendarConfig:
        """The definition, typed."""
        return msgspec.convert(self.definition, CalendarConfig)


class QueueHours(TenantModel):
    """A queue that keeps a calendar, and how its plan stands.

    The plan's part is plain data for processes that know no Django (`pasokh.ops.hours.OfficeHours` reads it under the
    engine's role): kept true by the worker at every boundary.
    """

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, related_name="hours")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="queues")
    since = models.BigIntegerField()
    """When the queue was given this calendar."""
    applied_at = models.BigIntegerField(default=0)
    """The boundary that was last acted on; 0 = none yet."""
    applied_open = models.BooleanField(default=False)
    due_at = models.BigIntegerField(null=True)
    """When somebody must look again; null = never."""
    open_now = models.BooleanField(default=False)
    changes_at = models.BigIntegerField(null=True)
    """When `open_now` ends to be true; null = it does not."""
    next_opening = models.BigIntegerField(null=True)
    """The first opening after the last look; null = there is none."""
    zone = models.CharField(max_length=64, default="UTC")

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["due_at"], name="hours_due")]

    def __str__(self) -> str:
        return f"{self.queue_id}/{self.calendar_id}"
