"""What is known of recordings. The row comes before any sound; the sound lies sealed in the vault under its name."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class State(models.TextChoices):
    """How far a recording is."""

    RECORDING = "recording"
    """Under way, or not taken from the switch yet."""
    KEPT = "kept"
    LOST = "lost"
    """No sound of it was found."""
    UNRECORDED = "unrecorded"
    """The talk was not recorded; `why_not` says why."""
    DELETED = "deleted"


class Rule(TenantModel):
    """How calls of a client or queue are recorded (`telephony.recording.rules.Policy`); empty names mean all."""

    client = models.CharField(max_length=80, default="", blank=True)
    queue = models.CharField(max_length=80, default="", blank=True)
    record = models.BooleanField(default=True)
    consent = models.CharField(max_length=10, default="none")
    retention_days = models.PositiveIntegerField(default=180)
    own = models.BooleanField(default=False)
    """Agents hear their own calls."""
    changed_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "client", "queue"], name="recording_rule_of")
        ]

    def __str__(self) -> str:
        return f"{self.client}/{self.queue}"


class ClientKey(TenantModel):
    """A client's key, sealed with the centre's secret; it wraps the keys of recordings."""

    client = models.CharField(max_length=80)
    sealed = models.TextField()
    made_at = models.BigIntegerField()
    retired_at = models.BigIntegerField(default=0)
    """Since when it wraps nothing new; 0 = it does."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "client"], condition=models.Q(retired_at=0), name="recording_key_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}#{self.pk}"


class Recording(TenantModel):
    """A talk with a customer."""

    id = models.CharField(primary_key=True, max_length=40)
    """`telephony.recording.rules.name_of`: the name of its files, too."""
    interaction = models.CharField(max_length=80)
    contact = models.CharField(max_length=80)
    client = models.CharField(max_length=80)
    queue = models.CharField(max_length=80)
    """Where the talk is, or was last."""
    agents = models.JSONField(default=list)
    """Who talked with the customer, in their order."""
    number = models.CharField(max_length=40, default="", blank=True)
    """The customer's."""
    node = models.CharField(max_length=80, default="", blank=True)
    """The switch whose spool holds the sound first."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECORDING)
    why_not = models.CharField(max_length=12, default="", blank=True)
    """Why nothing is recorded (now); empty = it is."""
    consent = models.CharField(max_length=10, default="", blank=True)
    """``told``, ``given``, ``refused``; empty = neither told nor asked."""
    paused = models.BooleanField(default=False)
    """By the agent; survives whoever asked for it."""
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(default=0)
    kept_at = models.BigIntegerField(default=0)
    length_ms = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    """Bytes of the sealed file."""
    digest = models.CharField(max_length=64, default="", blank=True)
    """SHA-256 of the sealed file; stays when the recording is deleted."""
    key = models.ForeignKey(ClientKey, null=True, on_delete=models.PROTECT, related_name="recordings")
    wrapped_key = models.BinaryField(default=b"", blank=True)
    """The file's own key under the client's."""
    findings = models.JSONField(default=list)
    """What is not as it should be (`telephony.recording.rules.Finding`)."""
    peaks = models.BinaryField(default=b"", blank=True)
    """The waveform: as many bytes for the customer's lane as for the agent's."""
    retention_days = models.PositiveIntegerField(default=180)
    retention_until = models.BigIntegerField(default=0)
    own = models.BooleanField(default=False)
    """Its agents may hear it."""
    hold_at = models.BigIntegerField(default=0)
    """Legal hold: not deleted while set."""
    hold_by = models.CharField(max_length=80, default="", blank=True)
    hold_reason = models.CharField(max_length=400, default="", blank=True)
    notes = models.PositiveIntegerField(default=0)
    deleted_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-started_at", "id"], name="recording_latest"),
            models.Index(fields=["organisation", "contact"], name="recording_of_contact"),
            models.Index(fields=["organisation", "queue", "-started_at"], name="recording_queue"),
            models.Index(fields=["organisation", "client", "-started_at"], name="recording_client"),
            models.Index(fields=["organisation", "number"], name="recording_number"),
            models.Index(
                fields=["organisation", "started_at"], condition=models.Q(state="recording"), name="recording_open"
            ),
            models.Index(
                fields=["organisation", "retention_until"],
                condition=models.Q(state__in=("kept", "lost", "unrecorded"), hold_at=0),
                name="recording_due",
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Note(TenantModel):
    """Something somebody says about a moment of a recording."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="remarks")
    at_ms = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    by = models.CharField(max_length=80)
    at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.pk}"


class Access(TenantModel):
    """Who heard or took a recording, when, why. Rows are added, never changed or removed."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="accesses")
    what = models.CharField(max_length=10)
    """``listen`` or ``download``."""
    by = models.CharField(max_length=80)
    at = models.BigIntegerField()
    why = models.CharField(max_length=400, default="", blank=True)
    mark = models.BigIntegerField(default=0)
    """What is hidden in the sound of a download (`telephony.recording.watermark`)."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "recording", "-at"], name="recording_access")]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.what} {self.by}"


class Node(models.Model):
    """How much room a switch's node has, as its recorder sees it. Belongs to no organisation."""

    name = models.CharField(primary_key=True, max_length=80)
    free_bytes = models.BigIntegerField(default=0)
    refusing = models.BooleanField(default=False)
    """Too little room: nothing new is recorded there."""
    waiting = models.PositiveIntegerField(default=0)
    """Recordings in its spool that are over and not kept yet."""
    strays = models.PositiveIntegerField(default=0)
    """Files in its spool that no row knows."""
    seen_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
