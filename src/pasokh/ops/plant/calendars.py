"""Which calendars are open or on holiday now: worked out once until it changes."""

from collections.abc import Mapping
from typing import NamedTuple

from pasokh.i18n.dates import local
from pasokh.kernel.time import MINUTE, Instant
from pasokh.office.hours.rules import CalendarConfig, planned, state_at

LONGEST = 10 * MINUTE
"""Looked at again after so long at the latest: a holiday begins at midnight, whatever the hours."""


class Today(NamedTuple):
    """Keys of calendars."""

    open: tuple[str, ...]
    holidays: tuple[str, ...]


class Calendars:
    """For one organisation."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[CalendarConfig, Instant, bool, bool]] = {}

    def today(self, calendars: Mapping[str, CalendarConfig], now: Instant) -> Today:
        """How each of them stands at this moment."""
        standing = {key: self._standing(key, config, now) for key, config in calendars.items()}
        return Today(
            tuple(sorted(key for key, (is_open, _) in standing.items() if is_open)),
            tuple(sorted(key for key, (_, holiday) in standing.items() if holiday)),
        )

    def _standing(self, key: str, config: CalendarConfig, now: Instant) -> tuple[bool, bool]:
        kept = self._known.get(key)
        if kept is not None and kept[0] is config and now < kept[1]:
            return kept[2], kept[3]
        state, day = state_at(config, now), local(now, config.zone)
        midnight = now + (24 * 60 - day.hour * 60 - day.minute) * MINUTE
        until = min(now + LONGEST, midnight, state.until or now + LONGEST)
        today = next(iter(planned(config, day.date(), day.date())))
        holiday = today.reason == "holiday" or (today.reason == "day" and bool(today.holiday) and not today.spans)
        self._known[key] = (config, until, state.open, holiday)
        return state.open, holiday
