"""The history of alarms, folded from the log by `projection`. Nobody else writes it."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.desk.models import ProjectedModel
from pasokh.office.tenancy.models import TenantManager


class Alarm(ProjectedModel):
    """One alarm of the wall (`live.alarms`): when it rose, when it was over, who attended to it."""

    pk = models.CompositePrimaryKey("organisation_id", "alarm", "raised_at")
    alarm = models.CharField(max_length=200)
    """The id it has on the wall."""
    raised_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(default=0)
    """0 = it is on."""
    kind = models.CharField(max_length=16)
    queue = models.CharField(max_length=80, default="")
    interaction = models.CharField(max_length=80, default="")
    contact = models.CharField(max_length=80, default="")
    agent = models.CharField(max_length=80, default="")
    detail = models.CharField(max_length=200, default="")
    acknowledged_by = models.CharField(max_length=80, default="")
    acknowledged_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-raised_at"], name="alarm_latest"),
            models.Index(fields=["organisation", "ended_at"], name="alarm_on"),
        ]

    def __str__(self) -> str:
        return self.alarm
