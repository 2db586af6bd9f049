"""Writes what browsers measured, and forgets what is old."""

from dataclasses import dataclass

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, Instant, Millis
from pasokh.office import clock
from pasokh.office.tenancy import scope
from pasokh.office.voice_quality.models import BrowserLeg, Leg, Steps
from pasokh.office.voice_quality.rules import KEEP_LEGS_MS, KEEP_STEPS_MS

MOST_TOLD = 5_000
"""Of one leg: a page that tells in a circle is not listened to for ever."""
MOST_NEW = 40
"""Legs one person's browser may begin within `WINDOW_MS`."""
WINDOW_MS: Millis = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Measured:
    """What a browser counts from the beginning of a leg; see `voice_quality.models.BrowserLeg`."""

    sip_call_id: str
    received: int
    received_lost: int
    jitter_us: int
    round_trip_us: int
    concealed_permille: int
    silent_ms: Millis
    network: str


def do_keep_browser_report(person: str, told: Measured) -> None:
    """Keep what a person's browser measured of one leg; a later report of it replaces the one before.

    Raises ``voice_quality.too_many``. Counters of the browser only grow: smaller ones come from an older report.
    """
    now = clock.now()
    known = BrowserLeg.objects.select_for_update().filter(person=person, sip_call_id=told.sip_call_id).first()
    if known is None:
        recent = BrowserLeg.objects.filter(person=person, began_at__gt=now - WINDOW_MS).count()
        if recent >= MOST_NEW:
            raise PasokhError("voice_quality.too_many", most=MOST_NEW)
        known = BrowserLeg(
            organisation_id=scope.required(), person=person, sip_call_id=told.sip_call_id, began_at=now, told=0
        )
    elif known.told >= MOST_TOLD:
        raise PasokhError("voice_quality.too_many", most=MOST_TOLD)
    known.told += 1
    known.told_at = now
    known.received = max(known.received, told.received)
    known.received_lost = max(known.received_lost, told.received_lost)
    known.jitter_us = max(known.jitter_us, told.jitter_us)
    known.round_trip_us = max(known.round_trip_us, told.round_trip_us)
    known.concealed_permille = told.concealed_permille
    known.silent_ms = max(known.silent_ms, told.silent_ms)
    known.network = told.network or known.network
    known.save(force_insert=known.told == 1, force_update=known.told > 1)


def do_forget_old(now: Instant | None = None) -> int:
    """Forget steps and figures that are older than they are kept; returns how many rows."""
    now = clock.now() if now is None else now
    steps, _ = Steps.objects.filter(at__lt=now - KEEP_STEPS_MS).delete()
    legs, _ = Leg.objects.filter(ended_at__lt=now - KEEP_LEGS_MS).delete()
    browsers, _ = BrowserLeg.objects.filter(told_at__lt=now - KEEP_LEGS_MS).delete()
    return steps + legs + browsers
