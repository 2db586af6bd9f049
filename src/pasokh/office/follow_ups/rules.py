"""When a promise is due, as people say it, and how urgent it is. Pure."""

from datetime import timedelta
from enum import StrEnum

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_date, format_time, local
from pasokh.i18n.digits import to_ascii
from pasokh.i18n.numbers import duration
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, Instant


class Urgency(StrEnum):
    """How a promise stands."""

    OVERDUE = "overdue"
    SOON = "soon"
    """Within the hour."""
    TODAY = "today"
    LATER = "later"
    CLOSED = "closed"


def urgency_of(due_at: Instant, closed_at: Instant, now: Instant, zone: str) -> Urgency:
    """How a promise stands at `now`."""
    if closed_at:
        return Urgency.CLOSED
    if due_at < now:
        return Urgency.OVERDUE
    if due_at - now <= 60 * MINUTE:
        return Urgency.SOON
    return Urgency.TODAY if local(due_at, zone).date() == local(now, zone).date() else Urgency.LATER


def due_in_words(due_at: Instant, now: Instant, zone: str, language: str) -> str:
    """``2 h late``, ``in 25 min``, ``today at 16:30``, ``tomorrow at 10:00``, or the day with its weekday."""
    if due_at < now:
        return message("follow_up.late", language, span=duration(max(now - due_at, MINUTE), language, 1))
    if due_at - now < 60 * MINUTE:
        return message("follow_up.in", language, span=duration(max(due_at - now, MINUTE), language, 1))
    due, today = local(due_at, zone), local(now, zone).date()
    time = format_time(due, language)
    if due.date() == today:
        return message("follow_up.today_at", language, time=time)
    if due.date() == today + timedelta(days=1):
        return message("follow_up.tomorrow_at", language, time=time)
    return message("follow_up.day_at", language, day=format_date(due.date(), language, "long"), time=time)


def parse_time(text: str) -> tuple[int, int]:
    """Hours and minutes a person typed: ``9:30``, ``۹:۳۰``, ``9.30``, ``0930``, ``14``; raises `time.not_a_time`."""
    plain = to_ascii(strip_invisible(text)).strip().replace(".", ":").replace("٫", ":")
    hours, colon, minutes = plain.partition(":")
    if not colon and len(plain) in (3, 4):
        hours, minutes = plain[:-2], plain[-2:]
    minutes = minutes or "0"
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise PasokhError("time.not_a_time", value=text[:40])
    return int(hours), int(minutes)
