"""Goals, and their targets as they stood from a day on."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class Goal(TenantModel):
    """What a figure should be. Its definition is pinned: name, version and parameters."""

    measure = models.CharField(max_length=160)
    whose = models.CharField(max_length=180, default="", blank=True)
    """``KIND:KEY``; empty = the whole centre."""
    span = models.CharField(max_length=8)
    """`day`, `week`, `month`, `quarter` or `year`."""
    better = models.CharField(max_length=4)
    """`up`: at least the target; `down`: at most."""
    created_by = models.CharField(max_length=80)
    archived_at = models.BigIntegerField(default=0)
    """Since when it is put away; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return f"{self.measure} {self.whose}"


class GoalAim(TenantModel):
    """The target from a day on. A change adds one: what a past period was held against stays as it was."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="aims")
    since = models.DateField()
    target = models.FloatField()
    set_by = models.CharField(max_length=80)
    set_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["goal", "since"], name="goal_aim_once")]

    def __str__(self) -> str:
        return f"{self.goal_id}@{self.since}"
