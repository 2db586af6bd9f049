"""The history of contacts, folded from the log by `projection`. Nobody else writes these tables.

Instants are milliseconds UTC; 0 in `closed_at` and the like means "not yet". Ids are the core's, unique per
organisation, so keys are (organisation, id).
"""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import Organisation, TenantManager


class ProjectedModel(models.Model):
    """A row that can be folded again from the log, so it needs no constraint towards other tables."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:  # noqa: D106 - Django options
        abstract = True
        base_manager_name = "objects"


class Contact(ProjectedModel):
    """A customer's matter: all its interactions share one history."""

    pk = models.CompositePrimaryKey("organisation_id", "id")
    id = models.CharField(max_length=80)
    number = models.BigIntegerField()
    """Ordinal within the organisation; the list is paged by it."""
    client = models.CharField(max_length=80)
    channel = models.CharField(max_length=16)
    queue = models.CharField(max_length=80)
    """Where it was last."""
    customer = models.CharField(max_length=80, default="")
    customer_name = models.CharField(max_length=200, default="")
    search = models.TextField(default="")
    """Name, address and subject, folded for searching."""
    address = models.CharField(max_length=200, default="")
    language = models.CharField(max_length=16, default="")
    subject = models.CharField(max_length=200, default="")
    opened_at = models.BigIntegerField()
    closed_at = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=16, default="")
    """How its first interaction, or the one that took its place, ended."""
    agent = models.CharField(max_length=80, default="")
    """Who had it last."""
    outcome = models.CharField(max_length=80, default="")
    waited_ms = models.BigIntegerField(default=0)
    messages = models.IntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-number"], name="contact_latest"),
            models.Index(fields=["organisation", "customer", "-number"], name="contact_customer"),
        ]

    def __str__(self) -> str:
        return self.id


class Interaction(ProjectedModel):
    """One channel session of a contact, or a consult about it."""

    pk = models.CompositePrimaryKey("organisation_id", "id")
    id = models.CharField(max_length=80)
    contact = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, default="contact")
    channel = models.CharField(max_length=16)
    parent = models.CharField(max_length=80, default="")
    number = models.BigIntegerField()
    queue = models.CharField(max_length=80)
    agent = models.CharField(max_length=80, default="")
    started_at = models.BigIntegerField()
    answered_at = models.BigIntegerField(default=0)
    closed_at = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=16, default="")
    waited_ms = models.BigIntegerField(default=0)
    talk_ms = models.BigIntegerField(default=0)
    """Including hold."""
    hold_ms = models.BigIntegerField(default=0)
    wrap_up_ms = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=80, default="")
    note = models.TextField(default="")
    rung = models.CharField(max_length=8, default="")
    """The last mark of the waiting ladder it passed."""
    transfers = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    messages = models.IntegerField(default=0)
    segments = models.IntegerField(default=0)
    """How many it has; numbers the next."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "contact", "number"], name="interaction_of_contact")]

    def __str__(self) -> str:
        return self.id


class Segment(ProjectedModel):
    """Who did what with an interaction, from when to when (see `pasokh.acd.segments`)."""

    pk = models.CompositePrimaryKey("organisation_id", "interaction", "number")
    interaction = models.CharField(max_length=80)
    number = models.IntegerField()
    contact = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    queue = models.CharField(max_length=80, default="")
    agent = models.CharField(max_length=80, default="")
    """Empty while nobody had it."""
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "contact", "started_at"], name="segment_of_contact")]

    def __str__(self) -> str:
        return f"{self.interaction}/{self.number}"


class Message(ProjectedModel):
    """What was written; `note` is for the centre alone."""

    pk = models.CompositePrimaryKey("organisation_id", "interaction", "number")
    interaction = models.CharField(max_length=80)
    number = models.IntegerField()
    contact = models.CharField(max_length=80)
    message = models.CharField(max_length=80)
    """The sender's own id of it."""
    author = models.CharField(max_length=16)
    author_id = models.CharField(max_length=80)
    text = models.TextField()
    at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "contact", "at"], name="message_of_contact")]

    def __str__(self) -> str:
        return f"{self.interaction}/{self.number}"
