"""What engines note of calls (`ops.voice_records` writes it), and what agents' browsers measured.

Facts, not events: a centre has some hundred legs an hour, nobody decides by them, and the log keeps everything for
ever. So they stand beside it and are forgotten (`actions.do_forget_old`). Lengths are microseconds, scores hundredths
of an opinion score, 0 = not known.
"""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.desk.models import ProjectedModel
from pasokh.office.tenancy.models import TenantManager


class Steps(ProjectedModel):
    """Some steps of one call that were written at once (`telephony.exchange.journal.Step`)."""

    id = models.BigAutoField(primary_key=True)
    call = models.CharField(max_length=80, default="")
    """The caller's call; empty where there is none (a callback before it is dialled)."""
    interaction = models.CharField(max_length=80, default="")
    at = models.BigIntegerField()
    steps = models.JSONField(default=list)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "call"], name="voice_steps_of_call"),
            models.Index(fields=["organisation", "interaction"], name="voice_steps_of_interaction"),
            models.Index(fields=["organisation", "at"], name="voice_steps_at"),
        ]

    def __str__(self) -> str:
        return f"{self.call or self.interaction}@{self.at}"


class Leg(ProjectedModel):
    """How one leg of a call sounded, both ways; `received` is what the switch got from the phone."""

    pk = models.CompositePrimaryKey("organisation_id", "channel")
    channel = models.CharField(max_length=160)
    call = models.CharField(max_length=80, default="")
    interaction = models.CharField(max_length=80, default="")
    role = models.CharField(max_length=16, default="")
    person = models.CharField(max_length=80, default="")
    station = models.CharField(max_length=80, default="")
    trunk = models.CharField(max_length=80, default="")
    node = models.CharField(max_length=40, default="")
    began_at = models.BigIntegerField(default=0)
    ended_at = models.BigIntegerField()
    answered = models.BooleanField(default=False)
    codec = models.CharField(max_length=20, default="")
    received = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    received_lost = models.BigIntegerField(default=0)
    sent_lost = models.BigIntegerField(default=0)
    received_jitter_us = models.BigIntegerField(default=0)
    sent_jitter_us = models.BigIntegerField(default=0)
    round_trip_us = models.BigIntegerField(default=0)
    received_score = models.IntegerField(default=0)
    sent_score = models.IntegerField(default=0)
    here = models.CharField(max_length=200, default="")
    there = models.CharField(max_length=200, default="")
    sip_call_id = models.CharField(max_length=200, default="")
    sip_answer = models.CharField(max_length=200, default="")
    by_phone = models.BooleanField(default=False)
    cause = models.IntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [
            models.Index(fields=["organisation", "call"], name="voice_leg_of_call"),
            models.Index(fields=["organisation", "interaction"], name="voice_leg_of_interaction"),
            models.Index(fields=["organisation", "ended_at"], name="voice_leg_ended"),
        ]

    def __str__(self) -> str:
        return self.channel


class BrowserLeg(ProjectedModel):
    """What an agent's browser measured of its own end of a leg; told again and again, the latest counts."""

    pk = models.CompositePrimaryKey("organisation_id", "person", "sip_call_id")
    person = models.CharField(max_length=80)
    sip_call_id = models.CharField(max_length=200)
    """The same as `Leg.sip_call_id`: joins the two views of one leg."""
    began_at = models.BigIntegerField()
    told_at = models.BigIntegerField()
    told = models.IntegerField(default=1)
    """How often."""
    received = models.BigIntegerField(default=0)
    received_lost = models.BigIntegerField(default=0)
    jitter_us = models.BigIntegerField(default=0)
    """The worst told."""
    round_trip_us = models.BigIntegerField(default=0)
    """The worst told."""
    concealed_permille = models.IntegerField(default=0)
    """Sound that was made up for what did not come, of all."""
    silent_ms = models.BigIntegerField(default=0)
    """How long the microphone gave nothing at all."""
    network = models.CharField(max_length=16, default="")
    """As the browser names it: ``wifi``, ``4g``."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(ProjectedModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "told_at"], name="voice_browser_told")]

    def __str__(self) -> str:
        return f"{self.person}/{self.sip_call_id}"
