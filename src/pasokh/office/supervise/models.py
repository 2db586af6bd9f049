"""What an organisation sets up: skills, outcomes, queues, chat widgets. The engine learns of it by commands."""

from typing import ClassVar, Self

import msgspec
from django.db import models

from pasokh.acd.model import QueueConfig
from pasokh.office.tenancy.models import Client, TenantManager, TenantModel


class Skill(TenantModel):
    """Something agents can be good at."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="skill_key")]

    def __str__(self) -> str:
        return self.key


class Outcome(TenantModel):
    """How a contact can end (R20)."""

    key = models.CharField(max_length=80)
    name = models.JSONField(default=dict)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="outcome_key")]

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
    is_active = models.BooleanField(default=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unfenced: ClassVar[models.Manager["Widget"]] = models.Manager()
    """For a visitor, who names a key and no organisation: there the database alone decides what is seen."""

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return self.key
