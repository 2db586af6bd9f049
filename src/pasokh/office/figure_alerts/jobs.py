"""The worker's part: looks at every rule, rings and ends.

Thresholds are looked at every minute. What is unusual is judged once an hour is over and its facts have had a moment to
come; the detector learns anew from the last weeks each time, so a restart forgets nothing. An hour that is long over
does not ring: nobody can do anything about it.
"""

import logging
from collections import deque
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

from pasokh.i18n.dates import local
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, Instant, Millis
from pasokh.metrics.analysis.alerts import LIMITS, WEEKS, Hour, Sense, Verdict, follow
from pasokh.metrics.analysis.peaks import hours_of
from pasokh.metrics.analysis.readings import Where, hourly, value_in
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import EPOCH, Period, Question
from pasokh.office.figure_alerts.actions import Seen, do_end, do_forget_old_rings, do_judged, do_ring
from pasokh.office.figure_alerts.models import AlertRule
from pasokh.office.figure_alerts.rules import rings
from pasokh.office.figures import store
from pasokh.office.figures_analysis.choosing import where_of
from pasokh.office.figures_analysis.peaks import holiday_names
from pasokh.office.rounds import Lookout, organisations
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.tenancy.selectors import own_organisation

log = logging.getLogger(__name__)
EVERY_MS: Millis = MINUTE
LATE_MINUTES = 2
"""So long after an hour's end it is judged."""
HOUR_MS = 3_600_000


def clean(connection: psycopg.Connection) -> None:
    """Forget what is old in every organisation."""
    for org in organisations(connection):
        with organisation_scope(org):
            do_forget_old_rings()


class FigureAlerts(Lookout):
    """Looks at the rules of every organisation each minute."""

    every_ms = EVERY_MS
    what = "figures with alarms"

    def look(self, org: str, now: Instant) -> int:
        """Ring and end, in the organisation's scope; returns how many changed."""
        changed = 0
        for row in AlertRule.objects.filter(archived_at=0):
            try:
                changed += look_at(row, now)
            except PasokhError as error:  # one figure that takes too long keeps nobody from the others
                log.warning("alarm %s of %s: %s", row.pk, org, error.code)
        return changed


def look_at(row: AlertRule, now: Instant) -> int:
    """Look at one rule; returns whether it began or ended to ring."""
    zone = ZoneInfo(own_organisation().zone)
    here = local(now, str(zone))
    if row.kind == "threshold":
        return _threshold(row, here, now)
    return _unusual(row, here, now, zone)


def _threshold(row: AlertRule, here: datetime, now: Instant) -> int:
    about = measure(row.measure)
    where = where_of(row.whose, about)
    if row.span == "day":
        value, n = value_in(store.facts(), about, Period(here.date(), here.date()), now, where)
    else:
        over = here.replace(minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(hours=1)
        at = (over.date() - EPOCH).days * 86_400_000 + over.hour * HOUR_MS
        period = Period(over.date(), over.date())
        answer = store.ask(Question(measures=(about,), period=period, by=("hour",), where=where, now=now))
        found = {int(str(hour)): (each, count) for hour, each, count in answer.rows}.get(at, (None, 0))
        value = None if found[0] is None else float(str(found[0]))
        n = int(float(str(found[1] or 0)))
    threshold = row.value if row.value is not None else 0.0
    return _settle(row, Seen(row.side, value or 0.0, threshold, n), now,
                   on=rings(value, n, threshold, row.side, row.fewest, on=bool(row.on_since)))  # fmt: skip


def _unusual(row: AlertRule, here: datetime, now: Instant, zone: ZoneInfo) -> int:
    last = hour_number(here.date(), here.hour) - 1
    if here.minute < LATE_MINUTES or row.judged >= last:
        return 0
    about = measure(row.measure)
    verdict = judged(row, where_of(row.whose, about), last, zone)
    do_judged(row, last)
    row.judged = last
    if verdict is None:
        return _settle(row, None, now, on=False)
    side = {"more": "above", "less": "below"}.get(verdict.side or "", "")
    wanted = side and row.side in (side, "both")
    still = bool(row.on_since) and abs(verdict.score) >= LIMITS["keen"].score
    seen = Seen(side or "above", float(verdict.count), verdict.expected, verdict.count)
    return _settle(row, seen, now, on=bool(wanted) or still)


def judged(row: AlertRule, where: Where, last: int, zone: ZoneInfo) -> Verdict | None:
    """The verdict on an hour, learnt from the weeks before it; None on a holiday, or where too little is known."""
    known = store.facts().days()
    day = date.fromordinal(last // 24)
    if known is None:
        return None
    first = max(known[0], day - timedelta(days=7 * WEEKS + 1))
    narrowed = [*where, ("how", ("abandoned",))] if row.measure == "queue.abandoned" else list(where)
    counts = hourly(store.facts(), Period(first, day), "visits", narrowed)
    apart = holiday_names(first, day, "en")
    hours = []
    for number in range(hour_number(first, 0), last + 1):
        at, hour = date.fromordinal(number // 24), number % 24
        usual = at not in apart and hours_of(zone, at, hour) == 1.0
        hours.append(Hour(number, counts.get((at, hour), 0), usual))
    verdicts = deque(follow(hours, LIMITS[_sense(row)]), maxlen=1)
    return verdicts[0] if verdicts and verdicts[0].number == last else None


def hour_number(day: date, hour: int) -> int:
    """An hour of the wall clock, counted from the year 1."""
    return day.toordinal() * 24 + hour


def _sense(row: AlertRule) -> Sense:
    return next((sense for sense in LIMITS if sense == row.sense), "usual")


def _settle(row: AlertRule, seen: Seen | None, now: Instant, *, on: bool) -> int:
    if on and not row.on_since and seen is not None:
        do_ring(row, seen, now)
        return 1
    if not on and row.on_since:
        do_end(row, now)
        return 1
    return 0
