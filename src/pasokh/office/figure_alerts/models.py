"""Rules of alarms about figures, and when each rang."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class AlertRule(TenantModel):
    """A threshold of a figure, or a watch on what is unusual."""

    kind = models.CharField(max_length=16)
    """`threshold` or `unusual`."""
    measure = models.CharField(max_length=160)
    """The figure with version and parameters; of the unusual, what is counted: `queue.entered`, `queue.abandoned`."""
    whose = models.CharField(max_length=180, default="", blank=True)
    """``KIND:KEY``; empty = the whole centre."""
    side = models.CharField(max_length=8)
    """`above`, `below`; of the unusual also `both`."""
    value = models.FloatField(null=True)
    """The threshold, in the figure's unit."""
    span = models.CharField(max_length=8, default="day")
    """Of a threshold: over the `day` so far, or over the last full `hour`."""
    fewest = models.PositiveIntegerField(default=20)
    """A threshold is not looked at while the figure is based on less."""
    sense = models.CharField(max_length=8, default="usual")
    """Of the unusual: `calm`, `usual`, `keen` (`metrics.analysis.alerts.LIMITS`)."""
    created_by = models.CharField(max_length=80)
    archived_at = models.BigIntegerField(default=0)
    """Since when it is put away; 0 = in use."""
    on_since = models.BigIntegerField(default=0)
    """Since when it rings; 0 = it does not."""
    judged = models.BigIntegerField(default=0)
    """The last hour that was judged, counted from the year 1, by the wall clock."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation"], condition=models.Q(archived_at=0), name="alert_in_use")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.measure}"

    @property
    def object(self) -> str:
        """What the core calls it."""
        return f"alert-{self.pk}"


class AlertRing(TenantModel):
    """One time it rang."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="rings")
    began_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(default=0)
    side = models.CharField(max_length=8)
    value = models.FloatField()
    expected = models.FloatField(null=True)
    """The threshold as it was then, or what would usually have come."""
    n = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["rule", "-began_at"], name="alert_rang")]

    def __str__(self) -> str:
        return f"{self.rule_id}@{self.began_at}"
