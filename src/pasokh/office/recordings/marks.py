"""What happened during a recording, on its own clock: the log's events as stretches and moments. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from pasokh.acd import events as ev
from pasokh.kernel.time import Instant, Millis


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, or with `until_ms` a stretch, of a recording."""

    kind: str
    """``agent``, ``hold``, ``consult``, ``pause``, ``transfer``, ``barge``, ``end``."""
    at_ms: Millis
    until_ms: Millis | None = None
    who: str = ""
    why: str = ""

    @property
    def width(self) -> Millis:
        """Of a stretch."""
        return (self.until_ms or self.at_ms) - self.at_ms


def marks_of(
    story: Iterable[tuple[Instant, ev.AnyEvent]], interaction: str, started_at: Instant, length_ms: Millis
) -> list[Mark]:
    """The marks of a recording that began at `started_at`, in their order; what lies outside of it is left out."""
    track = _Track(started_at)
    for at, e in story:
        if getattr(e, "interaction", "") == interaction:
            track.hear(e, at)
    track.stop(started_at + length_ms)
    inside = (_inside(mark, length_ms) for mark in track.found)
    return sorted((mark for mark in inside if mark is not None), key=lambda mark: (mark.at_ms, mark.kind))


_BEGINS = {ev.OfferAccepted: "agent", ev.HoldStarted: "hold", ev.ConsultStarted: "consult", ev.RecordingPaused: "pause"}
_ENDS = {ev.HoldEnded: "hold", ev.ConsultEnded: "consult", ev.RecordingResumed: "pause"}


class _Track:
    """Stretches that are open, and what was found so far."""

    def __init__(self, started_at: Instant) -> None:
        self._started_at = started_at
        self._open: dict[str, Mark] = {}
        self.found: list[Mark] = []

    def hear(self, e: ev.AnyEvent, at: Instant) -> None:
        """One event."""
        match e:
            case ev.OfferAccepted() | ev.HoldStarted() | ev.ConsultStarted() | ev.RecordingPaused():
                kind = _BEGINS[type(e)]
                if kind == "agent":
                    self._end(kind, at)
                self._begin(kind, at, e.agent, getattr(e, "reason", ""))
            case ev.HoldEnded() | ev.ConsultEnded() | ev.RecordingResumed():
                self._end(_ENDS[type(e)], at)
            case ev.Transferred():
                self._end("agent", at)
                self._moment("transfer", at, e.to_agent or e.to_queue)
                if e.consulted and e.to_agent:
                    self._begin("agent", at, e.to_agent, "")
            case ev.MonitoringStarted(mode="barge"):
                self._moment("barge", at, e.by)
            case ev.TalkEnded():
                self.stop(at)
                self._moment("end", at, e.by)
            case _:
                pass

    def stop(self, at: Instant) -> None:
        """Everything that is open ends."""
        for kind in list(self._open):
            self._end(kind, at)

    def _begin(self, kind: str, at: Instant, who: str, why: str) -> None:
        self._open.setdefault(kind, Mark(kind, at - self._started_at, None, who, why))

    def _end(self, kind: str, at: Instant) -> None:
        mark = self._open.pop(kind, None)
        if mark is not None:
            self.found.append(Mark(kind, mark.at_ms, at - self._started_at, mark.who, mark.why))

    def _moment(self, kind: str, at: Instant, who: str) -> None:
        self.found.append(Mark(kind, at - self._started_at, None, who))


def paused_ms(marks: Iterable[Mark]) -> Millis:
    """How long nothing was recorded."""
    return sum((mark.until_ms or mark.at_ms) - mark.at_ms for mark in marks if mark.kind == "pause")


def _inside(mark: Mark, length_ms: Millis) -> Mark | None:
    if mark.until_ms is None:
        return mark if 0 <= mark.at_ms <= length_ms else None
    begin, end = max(0, mark.at_ms), min(length_ms, mark.until_ms)
    return Mark(mark.kind, begin, end, mark.who, mark.why) if begin < end else None
