"""How the organisation's carriers stand, as the switch's keepers last saw them, and when another had to stand in."""

from collections.abc import Iterable
from dataclasses import dataclass

from pasokh.kernel.time import DAY, SECOND, Instant
from pasokh.office.telephony.models import Trunk, TrunkState
from pasokh.office.voice_quality.models import Leg
from pasokh.telephony.events import Cause

STALE_MS = 20 * SECOND
"""Keepers look every five seconds: what is older than this says nothing about now."""
LOOKED_BACK_MS = 30 * DAY
MOST_LEGS = 5_000
_NOT_THE_CARRIER = frozenset({Cause.NORMAL, Cause.BUSY, Cause.NO_ANSWER, Cause.REJECTED, Cause.UNASSIGNED})
"""Causes by which the called person, not the carrier, could not be had: nobody else is tried then."""
_WORST = ("down", "stopped", "trying", "unasked", "up")


@dataclass(frozen=True, slots=True)
class Health:
    """Of one carrier, over all nodes: the worst counts. `state` ``unknown`` = nobody has looked lately."""

    state: str
    since: Instant = 0
    round_trip_us: int = 0
    registration: str = ""
    looked_at: Instant = 0
    failed_over_at: Instant = 0
    """When a call last went on to another carrier because this one could not take it; 0 = not lately."""


def trunk_health(trunks: Iterable[Trunk], now: Instant) -> dict[str, Health]:
    """By the carrier's key; carriers nobody ever looked at are ``unknown``."""
    rows: dict[str, list[TrunkState]] = {}
    for row in TrunkState.objects.all():
        rows.setdefault(row.trunk, []).append(row)
    failed = _failovers(now)
    return {trunk.key: _health(rows.get(trunk.site_key, []), failed.get(trunk.site_key, 0), now) for trunk in trunks}


def _health(rows: list[TrunkState], failed_over_at: Instant, now: Instant) -> Health:
    fresh = [row for row in rows if now - row.looked_at <= STALE_MS]
    if not fresh:
        looked_at = max((row.looked_at for row in rows), default=0)
        return Health("unknown", looked_at=looked_at, failed_over_at=failed_over_at)
    worst = min(fresh, key=lambda row: _WORST.index(row.state))
    signed_on = sorted(
        {row.registration for row in fresh if row.registration}, key=("refused", "trying", "registered").index
    )
    return Health(
        worst.state, worst.since, max(row.round_trip_us for row in fresh), signed_on[0] if signed_on else "",
        max(row.looked_at for row in fresh), failed_over_at,
    )  # fmt: skip


def _failovers(now: Instant) -> dict[str, Instant]:
    """Carrier → when another was last tried right after it, of the latest calls to the outside."""
    legs = (
        Leg.objects.filter(ended_at__gte=now - LOOKED_BACK_MS)
        .exclude(trunk="")
        .exclude(interaction="")
        .order_by("-ended_at")
        .values_list("interaction", "trunk", "answered", "cause", "ended_at")[:MOST_LEGS]
    )
    after: dict[str, set[str]] = {}
    found: dict[str, Instant] = {}
    for interaction, trunk, answered, cause, ended_at in legs:  # the latest first
        others = after.setdefault(interaction, set())
        if not answered and cause not in _NOT_THE_CARRIER and others - {trunk}:
            found.setdefault(trunk, ended_at)
        others.add(trunk)
    return found
