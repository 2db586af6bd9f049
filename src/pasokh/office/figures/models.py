"""What people keep of figures: views, which of them stand where, reports by mail and each time one was due."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.people.models import User
from pasokh.office.tenancy.models import TenantManager, TenantModel


class SavedView(TenantModel):
    """An address of the explorer under a name."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="figure_views")
    name = models.CharField(max_length=120)
    query = models.TextField()
    """The explorer's parameters (`asked.Asked.address`)."""
    roles = models.JSONField(default=list)
    """Keys of the roles that see it too; empty = the owner's alone."""
    changed_at = models.BigIntegerField(default=0)
    removed_at = models.BigIntegerField(default=0)
    """Since when it is taken away; it can be brought back for a while. 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return self.name


class ViewChoice(TenantModel):
    """What somebody does with a view, own or shared."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="choices")
    on_board = models.BooleanField(default=False)
    """Stands on the person's dashboard."""
    is_default = models.BooleanField(default=False)
    """Is what the explorer begins with."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "view"], name="view_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.view_id}"


class Report(TenantModel):
    """Figures sent by mail again and again."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="figure_reports")
    """Whoever set it up: without the right to see figures nothing is sent."""
    name = models.CharField(max_length=120)
    query = models.TextField()
    """The explorer's parameters; its period is that of the day it is made."""
    rhythm = models.CharField(max_length=8)
    """`daily`, `weekly` or `monthly`."""
    on_day = models.PositiveSmallIntegerField(default=0)
    """Of the week (0 = Monday) or of the month of the calendar (1 … 31; a shorter month's last day); daily: nothing."""
    minute = models.PositiveSmallIntegerField()
    """Of the day, where the organisation works."""
    calendar = models.CharField(max_length=8, default="en")
    """The language whose calendar's months count."""
    people = models.JSONField(default=list)
    """Usernames of those who get it."""
    as_pdf = models.BooleanField(default=True)
    as_xlsx = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False)
    next_at = models.BigIntegerField(default=0)
    """When it is due; 0 = never."""
    asked_at = models.BigIntegerField(default=0)
    """When somebody asked to send it now; 0 = nobody did."""
    seen_at = models.BigIntegerField(default=0)
    """When a process took it up."""
    changed_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(is_paused=False, next_at__gt=0), name="report_due"),
            models.Index(fields=["asked_at"], condition=models.Q(asked_at__gt=0), name="report_asked"),
        ]

    def __str__(self) -> str:
        return self.name


class ReportRun(TenantModel):
    """One time that a report was due or asked for: that there is one is what keeps it from being sent twice."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="runs")
    due_at = models.BigIntegerField()
    made_at = models.BigIntegerField()
    mails = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    """Usernames that got nothing: no address, or no right any more."""
    error = models.JSONField(null=True)
    """`{"code", "params"}`: why nothing was sent."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "due_at"], name="report_run_once")]
        indexes: ClassVar = [models.Index(fields=["report", "-due_at"], name="report_run_latest")]

    def __str__(self) -> str:
        return f"{self.report_id}@{self.due_at}"
