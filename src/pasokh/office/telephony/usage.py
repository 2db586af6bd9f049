"""What the organisation's calls to the outside use up at the moment, as far as the worker has folded the log."""

from dataclasses import dataclass

import msgspec
from django.db.models import Sum

from pasokh.acd.model import Terms
from pasokh.acd.spending import cost
from pasokh.i18n.dates import local
from pasokh.kernel.time import Instant
from pasokh.office.telephony.models import OutsideCall, OutsideDay
from pasokh.office.tenancy.models import Organisation
from pasokh.telephony.billing import month_of
from pasokh.telephony.dial import OutboundPolicy, Usage


@dataclass(frozen=True, slots=True)
class Span:
    """A day or month: calls that are over, and what they cost together with those under way."""

    name: str
    calls: int
    answered: int
    talk_ms: int
    cost: int
    limit: int | None

    @property
    def permille(self) -> int | None:
        """The share of the limit; None without one."""
        if self.limit is None:
            return None
        return self.cost * 1_000 // self.limit if self.limit else 1_000


@dataclass(frozen=True, slots=True)
class Used:
    """What is under way and what it has cost, today and this month."""

    calls: int
    day: Span
    month: Span

    @property
    def usage(self) -> Usage:
        """As the dial policy is asked."""
        return Usage(calls=self.calls, spent_today=self.day.cost, spent_this_month=self.month.cost)


def used(policy: OutboundPolicy, now: Instant) -> Used:
    """At that instant."""
    zone = Organisation.objects.values_list("zone", flat=True).get()
    today = local(now, zone).date()
    month, _ = month_of(today, policy.calendar)
    calls = list(OutsideCall.objects.all())
    running = {"day": 0, "month": 0}
    for call in calls:
        terms = msgspec.convert(call.terms, Terms)
        if not call.answered_at or terms.currency != policy.currency:
            continue
        so_far = cost(terms.a_minute, terms.first_s, terms.step_s, now - call.answered_at)
        running["day"] += so_far if local(call.began_at, zone).date() == today else 0
        running["month"] += so_far if terms.month == month else 0
    over = OutsideDay.objects.filter(currency=policy.currency)
    day, whole = over.filter(day=today.isoformat()), over.filter(month=month)
    return Used(
        len(calls),
        _span("day", day.aggregate(**_SUMS), running["day"], policy.spend_a_day),
        _span("month", whole.aggregate(**_SUMS), running["month"], policy.spend_a_month),
    )


_SUMS = {"calls": Sum("calls"), "answered": Sum("answered"), "talk_ms": Sum("talk_ms"), "cost": Sum("cost")}


def _span(name: str, sums: dict[str, int | None], running: int, limit: int | None) -> Span:
    got = {key: value or 0 for key, value in sums.items()}
    return Span(name, got["calls"], got["answered"], got["talk_ms"], got["cost"] + running, limit)
