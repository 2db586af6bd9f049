"""What queues look like from moment to moment: who waits, and how many are there to answer."""

import msgspec

from pasokh.acd.model import QueueConfig
from pasokh.kernel.time import Instant, Millis
from pasokh.metrics.folding.rows import SOURCE, Local, Row, Sink, quarters


class Line(msgspec.Struct):
    """A queue since the last change."""

    client: str = ""
    target_ms: Millis = 0
    known: bool = False
    """Defined; people may be there for it before that."""
    since: Instant = 0
    staffed: int = 0
    waiting: dict[str, Instant] = {}
    """Interaction → when it entered; who came first stands first."""


class Lines:
    """All queues. Every method that changes one writes down the time before the change."""

    def __init__(self, local: Local, sink: Sink) -> None:
        self._local, self._sink = local, sink
        self.all: dict[str, Line] = {}
        self.touched: set[str] = set()

    def define(self, config: QueueConfig, at: Instant) -> None:
        """A queue exists, or has a new version."""
        line = self.all.setdefault(config.id, Line())
        self._spend(config.id, at)
        line.client, line.target_ms, line.known = config.client, config.target_ms, True

    def enter(self, queue: str, interaction: str, at: Instant) -> Millis:
        """Somebody waits; returns the queue's own threshold at that time, 0 = none."""
        line = self.all.get(queue)
        if line is None:
            return 0
        self._spend(queue, at)
        line.waiting[interaction] = at
        return line.target_ms

    def leave(self, queue: str, interaction: str, at: Instant) -> None:
        """Somebody waits here no longer."""
        if queue in self.all:
            self._spend(queue, at)
            self.all[queue].waiting.pop(interaction, None)

    def staff(self, queue: str, more: int, at: Instant) -> None:
        """So many more people are there for it, or fewer."""
        line = self.all.setdefault(queue, Line())
        self._spend(queue, at)
        line.staffed += more

    def pieces(self, queue: str, until: Instant) -> list[Row]:
        """The time since the last change."""
        line = self.all[queue]
        if not line.known:
            return []
        oldest = next(iter(line.waiting.values()), None)
        waiting, staffed = len(line.waiting), line.staffed
        return [
            {
                "source": SOURCE, "client": line.client, "queue": queue, "from_at": begun,
                "from_local": self._local(begun), "ms": end - begun, "waiting": waiting,
                "waiting_ms": waiting * (end - begun), "longest_ms": 0 if oldest is None else end - oldest,
                "staffed": staffed, "staffed_ms": staffed * (end - begun),
            }
            for begun, end in quarters(line.since, until)
        ]  # fmt: skip

    def _spend(self, queue: str, at: Instant) -> None:
        for row in self.pieces(queue, at):
            self._sink.tell("queue_time", row, settled=True)
        line = self.all[queue]
        line.since = max(line.since, at)
        self.touched.add(queue)
