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
    """The core's id of the customer, else the key of the address (`crm.rules.customer_key`)."""
    customer_name = models.CharField(max_length=200, default="")
    search = models.TextField(default="")
    """Its folded words, each between spaces (`desk.search`)."""
    address = models.CharField(max_length=200, default="")
    language = models.CharField(max_length=16, default="")
    subject = models.CharField(max_length=200, default="")
    opened_at = models.BigIntegerField()
    closed_at = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default="waiting")
    """`waiting`, `active`, `wrap_up` or `closed`."""
    reason = models.CharField(max_length=16, default="")
    """How its first interaction, or the one that took its place, ended."""
    agent = models.CharField(max_length=80, default="")
    """Who had it last."""
    outcome = models.CharField(max_length=80, default="")
    topic = models.CharField(max_length=80, default="")
    """Why the customer came: a key of the organisation's tree of reasons."""
    rating = models.SmallIntegerField(default=0)
    """The customer's, 1 to 5; 0 = none given."""
    rating_comment = models.TextField(default="")
    rated_agent = models.CharField(max_length=80, default="")
    rated_at = models.BigIntegerField(default=0)
    waited_ms = models.BigIntegerField(default=0)
    messages = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
    """How many it has; numbers the next."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-number"], name="contact_latest"),
            models.Index(fields=["organisation", "customer", "-number"], name="contact_customer"),
            models.Index(fields=["organisation", "queue", "-number"], name="contact_queue"),
            models.Index(fields=["organisation", "agent", "-number"], name="contact_agent"),
            models.Index(fields=["organisation", "client", "-number"], name="contact_client"),
            models.Index(fields=["organisation", "outcome", "-number"], name="contact_outcome"),
            models.Index(fields=["organisation", "topic", "-number"], name="contact_topic"),
            models.Index(
                fields=["organisation", "rating", "-number"], name="contact_rating", condition=models.Q(rating__gt=0)
            ),
            models.Index(
                fields=["organisation", "rated_agent", "rated_at"],
                name="contact_rated",
                condition=models.Q(rating__gt=0),
            ),
            models.Index(fields=["organisation", "-number"], name="contact_open", condition=~models.Q(state="closed")),
            models.Index(fields=["organisation", "opened_at", "number"], name="contact_opened"),
            models.Index(fields=["organisation", "waited_ms"], name="contact_waited"),
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
    outcome_at = models.BigIntegerField(default=0)
    topic = models.CharField(max_length=80, default="")
    note = models.TextField(default="")
    rung = models.CharField(max_length=8, default="")
    """The last mark of the waiting ladder it passed."""
    transfers = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    messages = models.IntegerField(default=0)
    segments = models.IntegerField(default=0)
    """How many it has; numbers the next."""
    read_by_customer = models.IntegerField(default=0)
    """The last message read."""
    read_by_agent = models.IntegerField(default=0)
    away_ms = models.BigIntegerField(default=0)
    """How long the customer was out of reach, as far as they came back."""
    help_asked = models.IntegerField(default=0)
    monitored = models.IntegerField(default=0)
    """How often somebody began to read along."""
    taken_over = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
    visit = models.BigIntegerField(default=0)
    """Position of the visit that waits; 0 = none."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "contact", "number"], name="interaction_of_contact"),
            models.Index(fields=["organisation", "agent", "outcome_at"], name="interaction_of_agent"),
        ]

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
        indexes: ClassVar = [
            models.Index(fields=["organisation", "contact", "started_at"], name="segment_of_contact"),
            models.Index(fields=["organisation", "agent", "started_at"], name="segment_of_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.interaction}/{self.number}"


class Message(ProjectedModel):
    """What was written; `note` and `whisper` are for the centre alone."""

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
    attachments = models.JSONField(default=list)
    """``[{"id", "name", "media_type", "size"}]``."""
    mentions = models.JSONField(default=list)
    """Agents named in a note."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "contact", "at"], name="message_of_contact")]

    def __str__(self) -> str:
        return f"{self.interaction}/{self.number}"


class Visit(ProjectedModel):
    """A stay of a contact in a queue, or its passing straight to an agent: what the day's figures count.

    `counted` ones are the core's `QueueDay` exactly: entered = all but `refused`, then by `how`. The others (callbacks,
    contacts handed over in a talk) count for the agent alone.
    """

    pk = models.CompositePrimaryKey("organisation_id", "position")
    position = models.BigIntegerField()
    contact = models.CharField(max_length=80)
    interaction = models.CharField(max_length=80)
    queue = models.CharField(max_length=80)
    client = models.CharField(max_length=80)
    channel = models.CharField(max_length=16)
    cause = models.CharField(max_length=16)
    counted = models.BooleanField(default=True)
    entered_at = models.BigIntegerField()
    how = models.CharField(max_length=16, default="waiting")
    """`waiting`, `answered`, `abandoned`, `left` (diverted, timed out, …), `refused`, `ended`."""
    agent = models.CharField(max_length=80, default="")
    """Who answered."""
    ended_at = models.BigIntegerField(default=0)
    waited_ms = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "contact"], name="visit_of_contact"),
            models.Index(fields=["organisation", "how", "-ended_at", "-position"], name="visit_how"),
            models.Index(fields=["organisation", "queue", "how", "-ended_at", "-position"], name="visit_queue_how"),
            models.Index(fields=["organisation", "agent", "how", "-ended_at", "-position"], name="visit_agent_how"),
            models.Index(fields=["organisation", "-entered_at", "-position"], name="visit_entered"),
            models.Index(fields=["organisation", "queue", "-entered_at", "-position"], name="visit_queue_entered"),
        ]

    def __str__(self) -> str:
        return f"{self.contact}/{self.position}"


class FollowUp(ProjectedModel):
    """What somebody owes a customer, by when (R20, R54)."""

    pk = models.CompositePrimaryKey("organisation_id", "id")
    id = models.CharField(max_length=80)
    contact = models.CharField(max_length=80)
    interaction = models.CharField(max_length=80, default="")
    customer = models.CharField(max_length=80, default="")
    customer_name = models.CharField(max_length=200, default="")
    queue = models.CharField(max_length=80, default="")
    owner = models.CharField(max_length=80)
    due_at = models.BigIntegerField()
    note = models.TextField(default="")
    set_by = models.CharField(max_length=80)
    set_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    closed_at = models.BigIntegerField(default=0)
    closed_by = models.CharField(max_length=80, default="")
    result = models.TextField(default="")
    reopened = models.IntegerField(default=0)
    """How often it was opened again after it was closed."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "contact"], name="follow_up_of_contact"),
            models.Index(fields=["organisation", "customer", "due_at"], name="follow_up_of_customer"),
            models.Index(
                fields=["organisation", "owner", "due_at"], name="follow_up_open", condition=models.Q(closed_at=0)
            ),
            models.Index(fields=["organisation", "-closed_at", "id"], name="follow_up_closed"),
        ]

    def __str__(self) -> str:
        return self.id


class Incident(ProjectedModel):
    """What everyone who waited was told at once (R8)."""

    pk = models.CompositePrimaryKey("organisation_id", "id")
    id = models.CharField(max_length=80)
    queues = models.JSONField(default=list)
    texts = models.JSONField(default=dict)
    announced_by = models.CharField(max_length=80)
    announced_at = models.BigIntegerField()
    withdrawn_by = models.CharField(max_length=80, default="")
    withdrawn_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "-announced_at"], name="incident_latest")]

    def __str__(self) -> str:
        return self.id


class Word(ProjectedModel):
    """A word by which a contact is found (`desk.search`)."""

    pk = models.CompositePrimaryKey("organisation_id", "token", "number")
    token = models.CharField(max_length=60, db_collation="C")
    number = models.BigIntegerField()
    """The contact's."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return f"{self.token}/{self.number}"
