"""Telephony of an organisation: carriers, numbers, people's telephones, flows, prompts, and the compiled document."""

from typing import ClassVar, Self

import msgspec
from django.db import models

from pasokh.office.desk.models import ProjectedModel
from pasokh.office.people.models import User
from pasokh.office.supervise.models import Queue
from pasokh.office.telephony.compiled import DialConfig, StationConfig, TrunkConfig, site_key
from pasokh.office.tenancy.models import Client, Organisation, TenantManager, TenantModel


class Trunk(TenantModel):
    """A carrier. `definition` is `compiled.TrunkConfig`."""

    key = models.CharField(max_length=60)
    name = models.JSONField(default=dict)
    definition = models.JSONField()
    sealed = models.TextField(default="", blank=True)
    """The password shown to the carrier, sealed; empty = none."""
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="trunk_key")]

    def __str__(self) -> str:
        return self.key

    @property
    def config(self) -> TrunkConfig:
        """The definition, typed."""
        return msgspec.convert(self.definition, TrunkConfig)

    @property
    def site_key(self) -> str:
        """Its name on the switch."""
        return site_key(str(self.organisation_id), f"trunk.{self.key}")


class Flow(TenantModel):
    """What callers hear and may choose: a text that is being written, and versions that were published."""

    key = models.CharField(max_length=40)
    name = models.JSONField(default=dict)
    draft = models.TextField()
    """TOML or JSON, as typed; need not be faultless."""
    draft_version = models.PositiveIntegerField(default=1)
    published = models.PositiveIntegerField(default=0)
    """The version in use; 0 = none."""
    changed_at = models.BigIntegerField()
    archived_at = models.BigIntegerField(default=0)
    """Since when it is put away; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="flow_key")]

    def __str__(self) -> str:
        return self.key


class FlowVersion(TenantModel):
    """A published version of a flow: never changed."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    definition = models.JSONField()
    """`pasokh.flows.nodes.Flow`."""
    published_at = models.BigIntegerField()
    published_by = models.CharField(max_length=80)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["flow", "version"], name="flow_version")]

    def __str__(self) -> str:
        return f"{self.flow_id}/{self.version}"


class Number(TenantModel):
    """A number (DID) that customers call."""

    did = models.CharField(max_length=15, unique=True)
    """E.164, digits only; one of the whole installation."""
    name = models.JSONField(default=dict)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="numbers")
    last_resort = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    """Takes whoever the flow cannot serve any more."""
    languages = models.JSONField(default=list)
    """The first one unless another is chosen; empty = the flow's own."""
    recorded = models.BooleanField(default=False)
    also = models.JSONField(default=list)
    """Other forms in which carriers deliver it."""
    trunks = models.ManyToManyField(Trunk, through="NumberTrunk", related_name="numbers")
    """By which it may come in; none = by all."""
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"+{self.did}"


class NumberTrunk(TenantModel):
    """A carrier by which a number comes in."""

    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="+")
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["number", "trunk"], name="number_trunk_once")]

    def __str__(self) -> str:
        return f"{self.number_id}/{self.trunk_id}"


class Station(TenantModel):
    """A telephone of a person. `definition` is `compiled.StationConfig`."""

    key = models.CharField(max_length=60)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stations")
    kind = models.CharField(max_length=8)
    """``webrtc`` (a browser), ``desk``, ``mobile``."""
    name = models.CharField(max_length=80, default="", blank=True)
    number = models.CharField(max_length=15, default="", blank=True)
    """Of a mobile: E.164, digits only."""
    definition = models.JSONField(default=dict)
    sealed = models.TextField(default="", blank=True)
    """Its SIP password, sealed; a mobile has none."""
    is_chosen = models.BooleanField(default=False)
    """Rings for this person."""
    version = models.PositiveIntegerField(default=1)
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "key"], name="station_key"),
            models.UniqueConstraint(fields=["user"], condition=models.Q(is_chosen=True), name="station_chosen_once"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def config(self) -> StationConfig:
        """The definition, typed."""
        return msgspec.convert(self.definition, StationConfig)

    @property
    def site_key(self) -> str:
        """Its name on the switch, and the SIP user name it registers with."""
        return site_key(str(self.organisation_id), self.key)


class Prompt(TenantModel):
    """Something that is said: its texts, and recordings that go before them."""

    key = models.CharField(max_length=80)
    texts = models.JSONField(default=dict)
    """Language → text."""
    tags = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="prompt_key")]

    def __str__(self) -> str:
        return self.key


class PromptSound(TenantModel):
    """An uploaded recording of a prompt in one language, as it was given (WAV, FLAC or Ogg)."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="sounds")
    language = models.CharField(max_length=8)
    kind = models.CharField(max_length=4)
    """``wav``, ``flac``, ``ogg``."""
    sound = models.BinaryField()
    digest = models.CharField(max_length=64)
    """SHA-256 of `sound`, in hexadecimal."""
    milliseconds = models.PositiveIntegerField()
    loudness = models.IntegerField(default=0)
    """How loud it was given, in tenths of dB below full scale (RMS); 0 = not measured."""
    peak = models.IntegerField(default=0)
    """Its loudest moment, in tenths of dB below full scale."""
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["prompt", "language"], name="prompt_sound_once")]

    def __str__(self) -> str:
        return f"{self.prompt_id}/{self.language}"


class DialPolicy(TenantModel):
    """Where the organisation's calls may go. `definition` is `compiled.DialConfig`; without a row nowhere."""

    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation"], name="dial_policy_once")]

    def __str__(self) -> str:
        return str(self.organisation_id)

    @property
    def config(self) -> DialConfig:
        """The definition, typed."""
        return msgspec.convert(self.definition, DialConfig)


class BlockedNumber(TenantModel):
    """Callers a flow may turn away (its condition `blocked`)."""

    pattern = models.CharField(max_length=20)
    """E.164 with ``+``, a beginning of it with ``*``, or ``anonymous``."""
    why = models.CharField(max_length=200, default="", blank=True)
    blocked_by = models.CharField(max_length=80)
    blocked_at = models.BigIntegerField()
    until = models.BigIntegerField(default=0)
    """When the block ends by itself; 0 = never."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "pattern"], name="blocked_number_once")
        ]

    def __str__(self) -> str:
        return self.pattern


class CallerLanguage(TenantModel):
    """The language a caller chose. Written by the engine (`pasokh.ops.plant`), which knows no Django."""

    number = models.CharField(max_length=16)
    """E.164 with ``+``."""
    language = models.CharField(max_length=8)
    spoken_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="caller_language_once")
        ]

    def __str__(self) -> str:
        return self.number


class PlantDocument(models.Model):
    """The compiled document of an organisation (`compiled.Document`), for processes that know no Django."""

    organisation = models.OneToOneField(Organisation, primary_key=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveBigIntegerField(default=0)
    """Grows with every change."""
    document = models.JSONField(null=True)
    changed_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:  # noqa: D106 - Django options
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.version}"


class OutsideDay(ProjectedModel):
    """What calls to the outside of one kind cost that began on one day, once they are over; folded from the log."""

    pk = models.CompositePrimaryKey("organisation_id", "day", "month", "currency", "purpose")
    day = models.CharField(max_length=10)
    """YYYY-MM-DD in the organisation's zone."""
    month = models.CharField(max_length=7)
    """Of the dial policy's calendar: ``2026-11``, ``1405-09``."""
    currency = models.CharField(max_length=3)
    purpose = models.CharField(max_length=12)
    calls = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    talk_ms = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    """Millionths of the currency."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "month"], name="outside_month")]

    def __str__(self) -> str:
        return f"{self.day}/{self.purpose}"


class OutsideCall(ProjectedModel):
    """A call to the outside that is under way; folded from the log."""

    pk = models.CompositePrimaryKey("organisation_id", "call")
    call = models.CharField(max_length=80)
    purpose = models.CharField(max_length=12)
    terms = models.JSONField()
    """`pasokh.acd.model.Terms`."""
    began_at = models.BigIntegerField()
    answered_at = models.BigIntegerField(default=0)
    """0 = it rings."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return self.call


class TrunkState(ProjectedModel):
    """How a carrier stood at a node's last look (`pasokh.ops.switch.trunks` writes it)."""

    pk = models.CompositePrimaryKey("organisation_id", "trunk", "node")
    trunk = models.CharField(max_length=60)
    """Its name on the switch."""
    node = models.CharField(max_length=40)
    state = models.CharField(max_length=8)
    """``up``, ``down``, ``trying``, ``unasked``; ``stopped`` = the switch does not run."""
    since = models.BigIntegerField()
    round_trip_us = models.BigIntegerField(default=0)
    registration = models.CharField(max_length=12, default="")
    looked_at = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return f"{self.trunk}@{self.node}"
