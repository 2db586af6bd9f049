"""The plan of breaks."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.people.models import Team, User
from pasokh.office.tenancy.models import TenantManager, TenantModel


class BreakPlan(TenantModel):
    """A break of a person or a team that comes back every week, in the organisation's zone."""

    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="breaks")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="breaks")
    weekday = models.PositiveSmallIntegerField()
    """As `date.weekday` counts: 0 = Monday."""
    begins = models.PositiveSmallIntegerField()
    """Minutes after midnight."""
    ends = models.PositiveSmallIntegerField()
    """Minutes after midnight; not after `begins` = on the next day."""
    name = models.CharField(max_length=80)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(team__isnull=True), name="break_of_somebody"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.weekday} {self.begins}"
