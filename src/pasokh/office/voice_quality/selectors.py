"""Reads of what was noted of calls."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from pasokh.office.voice_quality.models import BrowserLeg, Leg, Steps

MOST_ROWS = 2_000


def calls_of(contact: str, interactions: Iterable[str]) -> set[str]:
    """The calls that a contact's interactions were part of; the contact's own id is that of its first call."""
    mine = Q(call=contact) | Q(interaction__in=list(interactions))
    found: set[str] = set(Steps.objects.filter(mine).exclude(call="").values_list("call", flat=True).distinct())
    found.update(Leg.objects.filter(mine).exclude(call="").values_list("call", flat=True).distinct())
    return found


def steps_of(calls: Iterable[str], interactions: Iterable[str]) -> list[dict[str, Any]]:
    """Every step of these calls and interactions."""
    mine = Q(call__in=list(calls)) | Q(interaction__in=list(interactions))
    rows = Steps.objects.filter(mine).order_by("at", "id").values_list("steps", flat=True)[:MOST_ROWS]
    return [step for steps in rows for step in steps if isinstance(step, dict)]


def legs_of(calls: Iterable[str], interactions: Iterable[str]) -> list[Leg]:
    """Every leg of these calls and interactions, in the order they ended."""
    mine = Q(call__in=list(calls)) | Q(interaction__in=list(interactions))
    return list(Leg.objects.filter(mine).order_by("ended_at", "channel")[:MOST_ROWS])


def browser_legs_of(legs: Sequence[Leg]) -> list[BrowserLeg]:
    """What agents' browsers told of these legs."""
    ids = [leg.sip_call_id for leg in legs if leg.sip_call_id and leg.person]
    return list(BrowserLeg.objects.filter(sip_call_id__in=ids)) if ids else []


def is_known(contact: str, interactions: Iterable[str]) -> bool:
    """Whether anything was noted of a contact's calls."""
    mine = Q(call=contact) | Q(interaction__in=list(interactions))
    return Steps.objects.filter(mine).exists() or Leg.objects.filter(mine).exists()
