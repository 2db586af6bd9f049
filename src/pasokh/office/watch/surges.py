"""The worker's part in surges: it knows what is usual, so it tells the core when five minutes are far above it.

What is said goes through the inbox under a key of its own for each queue and five minutes, so several workers, and one
that was killed, say it once. The core keeps it, and so every wall and the history show the same.
"""

import logging

from django.db.models import Count

from pasokh.acd.commands import EndSurge, NoteSurge
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.live.alarms import SURGE_LEAST, is_surge
from pasokh.live.intervals import SURGE_STEP
from pasokh.office import inbox
from pasokh.office.desk.models import Visit
from pasokh.office.rounds import Lookout
from pasokh.office.watch.models import Alarm
from pasokh.office.watch.selectors import usual_by_queue

log = logging.getLogger(__name__)
EVERY_MS: Millis = 5 * SECOND
LASTS_MS: Millis = 2 * SURGE_STEP
"""Until the five minutes after the busy ones are over: long enough to be seen."""
_ACTOR = "worker"


class Surges(Lookout):
    """Looks every few seconds; remembers what it said, only to be quick."""

    every_ms = EVERY_MS
    what = "surges"

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def look(self, org: str, now: Instant) -> int:
        """Say which surges began and which are over, in the organisation's scope; returns how much was said."""
        begin = now - now % SURGE_STEP
        came = Visit.objects.filter(counted=True, entered_at__gte=begin, entered_at__lt=begin + SURGE_STEP)
        counts = came.exclude(how="refused").values_list("queue").annotate(n=Count("position"))
        many = {queue: n for queue, n in counts if n >= SURGE_LEAST and f"{org}.{queue}.{begin}" not in self._said}
        usual = usual_by_queue(now) if many else {}
        said = 0
        for queue, n in many.items():
            if queue in usual and is_surge(n, usual[queue]):
                self._said.add(f"{org}.{queue}.{begin}")
                said += _say(NoteSurge(queue, begin, n), f"surge.{queue}.{begin}")
        for alarm in Alarm.objects.filter(kind="surge", ended_at=0):
            since = int(alarm.alarm.rpartition(":")[2])
            if since + LASTS_MS <= now:
                said += _say(EndSurge(alarm.queue, since), f"surge.end.{alarm.queue}.{since}")
        if len(self._said) > 10_000:
            self._said.clear()
        return said


def _say(command: NoteSurge | EndSurge, key: str) -> int:
    try:
        inbox.submit(command, _ACTOR, key)
    except PasokhError as error:  # another worker said it with the count it saw
        log.info("a surge was told before: %s", error.code)
        return 0
    return 1
