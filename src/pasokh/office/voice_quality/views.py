"""How one call went, for people and for a carrier's support."""

from dataclasses import dataclass
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pasokh.acd import events as ev
from pasokh.i18n import dates
from pasokh.i18n.catalogue import message
from pasokh.i18n.numbers import number, percent
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, HOUR, Instant, Millis
from pasokh.office import clock
from pasokh.office.desk import selectors as history
from pasokh.office.desk.models import Contact
from pasokh.office.desk.timeline import Entry, timeline_of
from pasokh.office.errors import language
from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.tenancy import scope
from pasokh.office.voice_quality import selectors
from pasokh.office.voice_quality.ladder import Ladder, as_text, ladder_of
from pasokh.office.voice_quality.rules import grade, verdicts

LANE_PX = 100
"""A lane's width in the drawing's own units."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rung and where its arrow runs."""

    time: str
    kind: str
    text: str
    way: str
    took_ms: int
    failed: bool
    grade: str
    x1: int
    x2: int
    head: str
    """The arrow's head as points; empty where it happened on one lane."""


@dataclass(frozen=True, slots=True)
class _Call:
    contact: Contact
    ladder: Ladder
    verdicts: list[tuple[str, str]]
    sounded: bool
    known: bool
    numbers: list[str]


SPANS: dict[str, Millis] = {"hour": HOUR, "day": DAY, "week": 7 * DAY}


@needs(Right.WALL)
@require_GET
def quality_page(request: HttpRequest) -> HttpResponse:
    """How the calls of each carrier and telephone sounded, the worst first, and carriers by hour."""
    span = request.GET.get("span", "day")
    begin = clock.now() - SPANS.get(span, DAY)
    tables = [(column, selectors.lines_by(column, begin)) for column in ("trunk", "station")]
    names = selectors.line_names(language())
    return render(
        request,
        "voice_quality/quality.html",
        {
            "tables": [(column, [_shown(line, names) for line in lines]) for column, lines in tables],
            "hours": [_shown(line, names) for line in selectors.lines_by("trunk", begin, hourly=True)],
            "spans": list(SPANS),
            "span": span if span in SPANS else "day",
        },
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A line as it is written."""

    name: str
    hour: Instant
    legs: int
    bad: int
    score: str
    worst: str
    grade: str
    lost: str
    jitter: str
    round_trip: str


def _shown(line: selectors.Line, names: dict[str, str]) -> _Shown:
    spoken = language()

    def score(hundredths: int) -> str:
        return number((hundredths + 5) // 10, spoken, 1) if hundredths else "–"

    return _Shown(
        names.get(line.name, line.name), line.hour, line.legs, line.bad, score(line.score), score(line.worst),
        grade(line.worst),
        percent(line.lost_permille, spoken, 1), number(line.jitter_us // 1_000, spoken),
        number(line.round_trip_us // 1_000, spoken) if line.round_trip_us else "–",
    )  # fmt: skip


@needs(Right.CONTACTS)
@require_GET
def call_page(request: HttpRequest, contact: str) -> HttpResponse:
    """The ladder of a contact's calls."""
    call = _call(request, contact)
    whole = _whole(request)
    lanes = [(lane, LANE_PX * place + LANE_PX // 2) for place, lane in enumerate(call.ladder.lanes)]
    return render(
        request,
        "voice_quality/call.html",
        {
            "contact": call.contact,
            "lanes": lanes,
            "width": LANE_PX * len(lanes),
            "rungs": [_drawn(call.ladder, place) for place in range(len(call.ladder.rungs))],
            "verdicts": call.verdicts,
            "sounded": call.sounded,
            "known": call.known,
            "text": _text(call, whole=whole),
            "whole": whole,
            "may_see_whole": signed_in(request).may(Right.WALL),
        },
    )


@needs(Right.CONTACTS)
@require_GET
def call_text(request: HttpRequest, contact: str) -> HttpResponse:
    """The same as plain text."""
    call = _call(request, contact)
    answer = HttpResponse(_text(call, whole=_whole(request)), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="call.txt"'
    return answer


def _whole(request: HttpRequest) -> bool:
    """Whether telephone numbers are shown whole: asked for, by somebody with the right."""
    return request.GET.get("numbers") == "whole" and signed_in(request).may(Right.WALL)


def _call(request: HttpRequest, contact: str) -> _Call:
    found = _contact(contact)
    ids = [interaction.id for interaction in history.interactions_of(found.id)]
    calls = selectors.calls_of(found.id, ids)
    steps, legs = selectors.steps_of(calls, ids), selectors.legs_of(calls, ids)
    spoken, namer, lines = language(), history.Namer(language()), selectors.line_names(language())

    def names(kind: str, name: str) -> str:
        return lines.get(name, name) if kind == "line" else namer(kind, name)

    story = history.story_of(found.id)
    told = timeline_of(story, spoken, names, whispers=history.sees_whispers(signed_in(request), found.id))
    ladder = ladder_of(steps, legs, [*told, *_flow(story, spoken)], spoken, names)
    bad = verdicts(legs, selectors.browser_legs_of(legs))
    said = [(message(f"voice_quality.part.{each.part}", spoken), grade(each.score) or "bad") for each in bad]
    arrived = next((event for _, event in story if isinstance(event, ev.CallArrived)), None)
    numbers = [message("ladder.call_id", spoken) + ": " + ", ".join(sorted(calls) or [found.id])]
    if found.address:
        numbers.append(message("ladder.caller_number", spoken) + ": " + found.address)
    if arrived is not None:
        numbers.append(message("ladder.number", spoken) + ": " + arrived.number)
    return _Call(found, ladder, said, any(leg.answered for leg in legs), bool(steps or legs), numbers)


def _contact(name: str) -> Contact:
    """The contact; for a call that never waited for anybody, one without a history."""
    try:
        return history.contact_by_id(name)
    except PasokhError:
        if not selectors.is_known(name, ()):
            raise
        return Contact(id=name, organisation_id=scope.required())


def _flow(story: list[tuple[Instant, ev.AnyEvent]], spoken: str) -> list[Entry]:
    """The part of a call before it waits for somebody; what was pressed is not said."""
    said = []
    for at, event in story:
        match event:
            case ev.CallArrived():
                said.append(Entry(at, "step", message("ladder.core.arrived", spoken)))
            case ev.CallStepped():
                said.append(Entry(at, "step", message("ladder.core.step", spoken, step=event.step)))
            case ev.CallEnded():
                said.append(Entry(at, "step", message("ladder.core.ended", spoken)))
            case _:
                pass
    return said


def _text(call: _Call, *, whole: bool) -> str:
    heading = [message("ladder.title", language()), *call.numbers]
    return as_text(call.ladder, heading, _stamp, whole=whole)


def _stamp(at: Instant) -> str:
    return dates.local(at, "UTC").astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _drawn(ladder: Ladder, place: int) -> Drawn:
    rung = ladder.rungs[place]
    spoken = language()
    moment = dates.local(rung.at, timezone.get_current_timezone_name())
    thousandths = number(1_000 + rung.at % 1_000, spoken)[-3:]
    x1, x2 = (LANE_PX * lane + LANE_PX // 2 for lane in (rung.start, rung.end))
    turned = -1 if x2 > x1 else 1
    start, end = ladder.lanes[rung.start].name, ladder.lanes[rung.end].name
    same = rung.start == rung.end
    return Drawn(
        time=f"{dates.format_time(moment, spoken, seconds=True)}{_POINT.get(spoken, '.')}{thousandths}",
        kind=rung.kind.replace(".", "-"),
        text=rung.text,
        way=start if same else message("ladder.from_to", spoken, start=start, end=end),
        took_ms=rung.took_ms,
        failed=rung.failed,
        grade=rung.grade,
        x1=x1,
        x2=x2,
        head="" if same else f"{x2},12 {x2 + turned * 9},7 {x2 + turned * 9},17",
    )


_POINT = {"fa": "٫", "uk": ",", "en": "."}
