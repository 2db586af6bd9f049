"""What an organisation sets up: skills, outcomes, reasons, queues, chat widgets. Commands tell the engine."""

from typing import ClassVar, Self

import msgspec
from django.db import models

from pasokh.acd.model import QueueConfig
from pasokh.office.tenancy.models import Client, TenantManager, TenantModel


class Skill(TenantModel):
    """Something agents can be good at."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)
    archived_at = models.BigIntegerField(default=0)
    """Since when nobody is given it any more; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="skill_key")]

    def __str__(self) -> str:
        return self.key


class Outcome(TenantModel):
    """How a contact can end (R20): a leaf or a branch of a tree."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)
    """Place among its siblings; equal ones by key."""
    needs_follow_up = models.BooleanField(default=False)
    """Who chooses it must say who takes care next, and until when (R54)."""
    archived_at = models.BigIntegerField(default=0)
    """Since when it cannot be chosen any more; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="outcome_key")]

    def __str__(self) -> str:
        return self.key


class Reason(TenantModel):
    """Why customers get in touch, as a tree; with the band of a normal handling time (R31)."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)
    """Place among its siblings; equal ones by key."""
    band_low_s = models.PositiveIntegerField(null=True, blank=True)
    """Handled in fewer seconds is too quick to be good (R32); null = the parent's, or none."""
    band_high_s = models.PositiveIntegerField(null=True, blank=True)
    """Handled in more seconds asks for an explanation; null = the parent's, or none."""
    archived_at = models.BigIntegerField(default=0)
    """Since when it cannot be chosen any more; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "key"], name="reason_key"),
            models.CheckConstraint(
                condition=models.Q(band_low_s__isnull=True)
                | models.Q(band_high_s__isnull=True)
                | models.Q(band_low_s__lte=models.F("band_high_s")),
                name="reason_band",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Queue(TenantModel):
    """A queue as last published. `definition` is the core's `QueueConfig`, so both read the same."""

    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="queues")
    is_open = models.BooleanField(default=True)
    """What was last asked for; the engine's log says when it became so."""
    definition = models.JSONField()
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="queue_key")]

    def __str__(self) -> str:
        return self.key

    @property
    def config(self) -> QueueConfig:
        """The definition as the core reads it."""
        return msgspec.convert(self.definition, QueueConfig)

    @property
    def name(self) -> dict[str, str]:
        """Language code → name."""
        return self.config.name


class Widget(TenantModel):
    """A chat widget: the public key on a customer's page, the queue it leads to, the pages it may sit on."""

    key = models.CharField(max_length=80, unique=True)
    """Public, unique in the whole installation; says which organisation a chat belongs to."""
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="widgets")
    origins = models.JSONField(default=list)
    """Allowed origins, `scheme://host[:port]`."""
    title = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    """The JSON of `channels.webchat.options.WidgetOptions`."""
    is_active = models.BooleanField(default=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unfenced: ClassVar[models.Manager["Widget"]] = models.Manager()
    """For a visitor, who names a key and no organisation: there the database alone decides what is seen."""

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return self.key
