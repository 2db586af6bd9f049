"""Kinds of notices, how they reach people who chose nothing, and when nobody wants to hear anything. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pasokh.i18n.dates import local
from pasokh.kernel.time import DAY, MINUTE, Instant, Millis


class Kind(StrEnum):
    """What a notice is about. Texts: `notice.KIND` and `notice.kind.KIND`."""

    MENTION = "mention"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    FOLLOW_UP_ASSIGNED = "follow_up_assigned"
    FOLLOW_UP_DUE = "follow_up_due"
    HELP = "help"
    ALARM = "alarm"
    LEVEL = "level"
    SURGE = "surge"
    LOST = "lost"
    WRAP = "wrap"
    MAIL_DEAD = "mail_dead"
    IMPORT_DONE = "import_done"
    RECORDING_FULL = "recording_full"
    RECORDING_LOST = "recording_lost"
    RECORDING_STUCK = "recording_stuck"
    FIGURE = "figure"


class Email(StrEnum):
    """When a notice is mailed."""

    AT_ONCE = "at_once"
    IF_UNREAD = "if_unread"
    """When it is still unread after `UNREAD_MS`."""
    NEVER = "never"


UNREAD_MS: Millis = 10 * MINUTE
KEPT_MS: Millis = 90 * DAY
STALE_MS: Millis = DAY
"""What happened longer ago tells nobody anything: a projection begun anew must not ring for last year."""
ALARM_MS: Millis = 10 * MINUTE
"""One alarm a queue within this time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a kind of notice reaches a person."""

    desktop: bool
    sound: bool
    email: Email


DEFAULTS: Final[dict[Kind, Choice]] = {
    Kind.MENTION: Choice(True, True, Email.IF_UNREAD),
    Kind.TRANSFERRED: Choice(True, True, Email.NEVER),
    Kind.RETURNED: Choice(True, True, Email.NEVER),
    Kind.FOLLOW_UP_ASSIGNED: Choice(True, False, Email.IF_UNREAD),
    Kind.FOLLOW_UP_DUE: Choice(True, True, Email.IF_UNREAD),
    Kind.HELP: Choice(True, True, Email.NEVER),
    Kind.ALARM: Choice(True, True, Email.NEVER),
    Kind.LOST: Choice(True, True, Email.NEVER),
    Kind.LEVEL: Choice(True, False, Email.NEVER),
    Kind.SURGE: Choice(True, True, Email.NEVER),
    Kind.WRAP: Choice(False, False, Email.NEVER),
    Kind.MAIL_DEAD: Choice(False, False, Email.IF_UNREAD),
    Kind.IMPORT_DONE: Choice(True, False, Email.NEVER),
    Kind.RECORDING_FULL: Choice(True, True, Email.AT_ONCE),
    Kind.RECORDING_LOST: Choice(True, True, Email.IF_UNREAD),
    Kind.RECORDING_STUCK: Choice(True, True, Email.IF_UNREAD),
    Kind.FIGURE: Choice(True, False, Email.IF_UNREAD),
}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the day, in the organisation's zone; over midnight where the end is not after the start."""

    start: int
    end: int


def quiet_until(quiet: QuietHours | None, now: Instant, zone: str) -> Instant | None:
    """When the quiet hours that `now` lies in end; None outside of them."""
    if quiet is None or quiet.start == quiet.end:
        return None
    moment = local(now, zone)
    minute = moment.hour * 60 + moment.minute
    inside = quiet.start <= minute < quiet.end if quiet.start < quiet.end else not quiet.end <= minute < quiet.start
    if not inside:
        return None
    days = 1 if minute >= quiet.end else 0
    end = moment.replace(hour=quiet.end // 60, minute=quiet.end % 60, second=0, microsecond=0) + timedelta(days=days)
    return int(end.timestamp() * 1000)


def mail_at(choice: Choice, now: Instant, quiet_end: Instant | None) -> Instant:
    """When a notice of `now` is due as a mail; 0 = never. Quiet hours put it off to their end."""
    if choice.email is Email.NEVER:
        return 0
    wanted = now if choice.email is Email.AT_ONCE else now + UNREAD_MS
    return max(wanted, quiet_end or 0)
