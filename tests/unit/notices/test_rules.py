"""Quiet hours over midnight and in any zone; when a notice is mailed."""

import pytest

from pasokh.i18n.catalogue import has
from pasokh.i18n.dates import local
from pasokh.kernel.time import HOUR, MINUTE
from pasokh.office.notices.rules import DEFAULTS, UNREAD_MS, Choice, Email, Kind, QuietHours, mail_at, quiet_until

NOON = 1_700_000_000_000 - 1_700_000_000_000 % (24 * HOUR) + 12 * HOUR
"""12:00 UTC, 15:30 in Tehran, 14:00 in Kyiv."""


@pytest.mark.parametrize(
    ("start", "end", "zone", "left"),
    [
        (11 * 60, 13 * 60, "UTC", HOUR),
        (12 * 60, 13 * 60, "UTC", HOUR),
        (11 * 60, 12 * 60, "UTC", None),
        (22 * 60, 13 * 60, "UTC", HOUR),
        (11 * 60, 7 * 60, "UTC", 19 * HOUR),
        (22 * 60, 7 * 60, "UTC", None),
        (15 * 60, 16 * 60, "Asia/Tehran", HOUR // 2),
        (12 * 60, 13 * 60, "Europe/Kyiv", None),
    ],
)
def test_quiet_hours_end_when_they_say(start: int, end: int, zone: str, left: int | None) -> None:
    assert quiet_until(QuietHours(start, end), NOON, zone) == (None if left is None else NOON + left)


def test_every_minute_lies_inside_or_outside_of_hours_over_midnight() -> None:
    quiet = QuietHours(22 * 60 + 30, 7 * 60)
    for minute in range(0, 1440, 7):
        now = NOON + minute * MINUTE
        end = quiet_until(quiet, now, "Asia/Tehran")
        moment = local(now, "Asia/Tehran")
        inside = moment.hour * 60 + moment.minute >= 22 * 60 + 30 or moment.hour < 7
        assert (end is not None) == inside
        assert end is None or (now < end <= now + 24 * HOUR and local(end, "Asia/Tehran").hour == 7)


def test_mails_wait_for_the_end_of_quiet_hours() -> None:
    at_once, later, never = (Choice(True, True, email) for email in Email)
    assert mail_at(at_once, NOON, None) == NOON
    assert mail_at(at_once, NOON, NOON + HOUR) == NOON + HOUR
    assert mail_at(later, NOON, NOON + MINUTE) == NOON + UNREAD_MS
    assert mail_at(never, NOON, NOON + HOUR) == 0
    assert quiet_until(None, NOON, "UTC") is None


def test_every_kind_has_its_texts_and_a_default() -> None:
    assert set(DEFAULTS) == set(Kind)
    for kind in Kind:
        assert has(f"notice.{kind}")
        assert has(f"notice.kind.{kind}")
