"""What is told with a call to the outside so that it can be counted: its price, the limits, which month it is. Pure."""

from datetime import date, timedelta

from pasokh.acd.model import Terms
from pasokh.acd.spending import spent
from pasokh.acd.state import State
from pasokh.i18n.dates import local
from pasokh.i18n.jalali import JalaliDate, month_length
from pasokh.kernel.time import Instant
from pasokh.telephony.dial import OutboundPolicy, Permit, Usage


def month_of(day: date, calendar: str) -> tuple[str, date]:
    """The month a day is in, in that calendar (``2026-11``, ``1405-09``), and the first day after it."""
    if calendar == "jalali":
        there = JalaliDate.of(day)
        after = day + timedelta(days=month_length(there.year, there.month) - there.day + 1)
        return f"{there.year:04}-{there.month:02}", after
    first = day.replace(day=1)
    return f"{day:%Y-%m}", (first + timedelta(days=32)).replace(day=1)


def usage_of(state: State, now: Instant) -> Usage:
    """What an organisation's calls to the outside are using up."""
    return Usage(
        calls=len(state.dials), spent_today=spent(state, "day", now), spent_this_month=spent(state, "month", now)
    )


def terms_of(policy: OutboundPolicy, permit: Permit, now: Instant, zone: str) -> Terms:
    """What holds for a permitted call that begins now, in an organisation of that time zone."""
    today = local(now, zone).date()
    month, after = month_of(today, policy.calendar)
    price = permit.price
    return Terms(
        currency=policy.currency,
        a_minute=price.a_minute if price is not None else 0,
        first_s=price.first_s if price is not None else 60,
        step_s=price.step_s if price is not None else 60,
        max_calls=policy.max_calls,
        least_s=policy.least_seconds,
        day_limit=policy.spend_a_day,
        month_limit=policy.spend_a_month,
        month=month,
        next_month=after.isoformat(),
        cut=policy.cut,
    )
