"""Canned answers."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.canned.rules import Scope
from pasokh.office.people.models import Team, User
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.models import TenantManager, TenantModel


class CannedAnswer(TenantModel):
    """A text that agents write often. Shared ones have no owner; a person's own are seen by nobody else."""

    shortcut = models.CharField(max_length=40)
    """What is typed after `/` to find it: unique among the shared answers, and among one person's own."""
    title = models.CharField(max_length=120)
    texts = models.JSONField(default=dict)
    """Language → text with holes such as `{customer}`."""
    scope = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Scope])
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    tags = models.JSONField(default=list)
    uses = models.PositiveBigIntegerField(default=0)
    """How often an agent took it."""
    used_at = models.BigIntegerField(default=0)
    changed_at = models.BigIntegerField(default=0)
    archived_at = models.BigIntegerField(default=0)
    """Since when it is not offered any more; 0 = in use."""
    title_key = models.CharField(max_length=300, default="", editable=False)
    shortcut_key = models.CharField(max_length=120, default="", editable=False)
    search = models.TextField(default="", editable=False)
    """Shortcut, title, tags and texts as one folded text (`i18n.text.search_key`)."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "shortcut_key"],
                condition=models.Q(owner__isnull=True),
                name="canned_shared_shortcut",
            ),
            models.UniqueConstraint(
                fields=["owner", "shortcut_key"], condition=models.Q(owner__isnull=False), name="canned_own_shortcut"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "archived_at", "shortcut_key"], name="canned_list")]

    def __str__(self) -> str:
        return self.shortcut
