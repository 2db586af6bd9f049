"""Pages of previews: how far one is, what came of it, another day, calling it off."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from pasokh.acd.model import QueueConfig
from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_date, parse_date
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.policy import recorded
from pasokh.office.policy.actions import do_ask_preview, do_cancel_preview
from pasokh.office.policy.models import Preview
from pasokh.office.policy.selectors import vocabulary
from pasokh.office.policy.sentences import changes
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.selectors import queue_by_key, queue_names
from pasokh.twin.figures import ALL, Spread
from pasokh.twin.side_by_side import FIGURES, WAITS_S, SideBySide

_SHARES = {"sl.answered_or_abandoned", "abandonment.offered", "occupancy"}
_SECONDS = {"asa_s", "longest_s", "aht_s"}
_BETTER_HIGH = {"sl.answered_or_abandoned", "answered"}
_BETTER_LOW = {"abandoned", "abandonment.offered", "asa_s", "longest_s", "refused"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown: its mean, and the interval of the mean."""

    mean: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the table."""

    name: str
    recorded: str
    now: Cell
    edited: Cell
    difference: Cell
    verdict: str
    """`better`, `worse`, `same` (the interval of the difference holds zero), or empty where neither is better."""


@needs(Right.EDIT_SETUP)
@require_GET
def preview_page(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """A preview: its progress, or the comparison."""
    queue, row = _known(key, number)
    edited = msgspec.convert(row.definition, QueueConfig)
    context: dict[str, Any] = {
        "queue": queue,
        "preview": row,
        "day": day_words(row.day),
        "changes": changes(queue.config, edited, vocabulary(language())),
        "running": row.state in {"waiting", "running"},
        "error": _error(row),
        "can_draw": row.day != recorded.DRAWN,
    }
    if row.result is not None:
        context |= _result(row, queue)
    return render(request, "policy/preview.html", context)


@needs(Right.EDIT_SETUP)
@require_GET
def preview_state(request: HttpRequest, key: str, number: str) -> JsonResponse:  # noqa: ARG001 - a view
    """How far it is: `{"state", "done", "total", "said"}`."""
    _, row = _known(key, number)
    said = message("policy.preview.progress", language(), done=row.done, n=row.total)
    return JsonResponse({"state": row.state, "done": row.done, "total": row.total, "said": said})


@needs(Right.EDIT_SETUP)
@require_POST
def preview_again(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """The same edit on another day, or on a drawn one."""
    queue, row = _known(key, number)
    text = request.POST.get("day", "")
    edited = msgspec.convert(row.definition, QueueConfig)
    try:
        day = _day(text)
        new = do_ask_preview(actor_of(request), edited, day)
    except PasokhError as error:
        context = {"queue": queue, "preview": row, "day": day_words(row.day), "typed": text, "said": text_of(error)}
        return render(request, "policy/preview.html", context, status=status_of(error.code))
    return redirect("queue_preview", key, new.pk)


@needs(Right.EDIT_SETUP)
@require_POST
def preview_cancel(request: HttpRequest, key: str, number: str) -> HttpResponse:  # noqa: ARG001 - a view
    """Call it off."""
    _, row = _known(key, number)
    do_cancel_preview(row.pk)
    return redirect("queue_preview", key, row.pk)


def _day(text: str) -> str:
    """The day asked for, in any calendar; the latest with contacts where none was named."""
    if not text.strip():
        return recorded.latest_day(clock.now(), recorded.own_zone()) or recorded.DRAWN
    return recorded.DRAWN if text == recorded.DRAWN else parse_date(text, language()).isoformat()


def day_words(day: str) -> str:
    """A preview's day for people."""
    if day == recorded.DRAWN:
        return message("policy.preview.drawn", language())
    return format_date(date.fromisoformat(day), language(), "long")


def _result(row: Preview, queue: Queue) -> dict[str, Any]:
    found = msgspec.convert({k: v for k, v in (row.result or {}).items() if k != "seconds"}, SideBySide)
    names = queue_names()
    own = queue.key if queue.key in found.now else next(iter(found.now), ALL)
    order = [own, *(q for q in found.now if q != own)]
    tables = [
        {
            "key": q,
            "name": "" if q == ALL else names.get(q, {"": q}),
            "lines": [_line(name, found, q) for name in FIGURES if name != "occupancy" or q == ALL or len(order) == 1],
        }
        for q in order
    ]
    people = {user.username: user.name for user in User.objects.filter(handles_contacts=True)}
    return {
        "result": found,
        "seconds": numbers.number(round((row.result or {}).get("seconds", 0) * 10), language(), 1),
        "tables": tables,
        "people": [
            {"name": people.get(p.agent, p.agent), "recorded": _said("occupancy", p.recorded),
             "now": _cell("occupancy", p.now), "edited": _cell("occupancy", p.edited)}
            for p in found.people
        ],
        "differing": _cell("answered", found.differing),
        "bars": _bars(found),
        "notes": [_note(note) for note in found.notes],
    }  # fmt: skip


def _line(name: str, found: SideBySide, queue: str) -> Line:
    difference = found.difference[queue][name]
    verdict = ""
    if difference.low is not None and difference.high is not None:
        if difference.low <= 0 <= difference.high:
            verdict = "same"
        elif name in _BETTER_HIGH | _BETTER_LOW:
            verdict = "better" if (difference.low > 0) == (name in _BETTER_HIGH) else "worse"
    recorded_ = None if found.recorded is None else found.recorded.get(queue, {}).get(name)
    return Line(
        name,
        _said(name, recorded_),
        _cell(name, found.now[queue][name]),
        _cell(name, found.edited[queue][name]),
        _cell(name, difference, signed=True),
        verdict,
    )


def _cell(name: str, spread: Spread, *, signed: bool = False) -> Cell:
    plus = "+" if signed and spread.mean is not None and spread.mean > 0 else ""
    if spread.low is None or spread.high is None or spread.low == spread.high:
        return Cell(plus + _said(name, spread.mean))
    return Cell(plus + _said(name, spread.mean), f"{_said(name, spread.low)} … {_said(name, spread.high)}")


def _said(name: str, value: float | None) -> str:
    """A figure in the language's digits: shares in per cent with one decimal, lengths in seconds, counts with one."""
    if value is None:
        return "–"
    if name in _SHARES:
        sign = "−" if value < 0 else ""
        return sign + numbers.percent(abs(round(value * 1_000)), language(), 1)
    tenths = round(value * 10)
    text = numbers.number(tenths // 10 if tenths % 10 == 0 else tenths, language(), 0 if tenths % 10 == 0 else 1)
    return message("policy.seconds", language(), value=text) if name in _SECONDS else text


def _bars(found: SideBySide) -> list[dict[str, Any]]:
    """The histogram of waits: a class each, heights of a drawing 100 high."""
    most = max([*found.waits_now, *found.waits_edited, 0.01])
    edges = [message("policy.waits.up_to", language(), n=edge) for edge in WAITS_S]
    labels = [*edges, message("policy.waits.beyond", language(), n=WAITS_S[-1])]
    return [
        {
            "label": label, "x": 46 * k, "x2": 46 * k + 18, "middle": 46 * k + 18,
            "now": round(now / most * 100), "edited": round(edited / most * 100),
            "now_y": 100 - round(now / most * 100), "edited_y": 100 - round(edited / most * 100),
            "now_said": numbers.percent(round(now * 1_000), language(), 1),
            "edited_said": numbers.percent(round(edited * 1_000), language(), 1),
        }
        for k, (label, now, edited) in enumerate(zip(labels, found.waits_now, found.waits_edited, strict=True))
    ]  # fmt: skip


def _note(note: str) -> str:
    code, _, queue = note.partition(":")
    return message(f"policy.note.{code}", language(), queue=queue)


def _error(row: Preview) -> str:
    if row.state == "cancelled":
        return message("policy.preview.cancelled", language())
    if row.error is None:
        return ""
    return message(row.error["code"], language(), **row.error["params"])


def _known(key: str, number: str) -> tuple[Queue, Preview]:
    queue = queue_by_key(key)
    if queue is None:
        raise PasokhError("setup.unknown_queue", field="queue", value=key[:60])
    row = Preview.objects.filter(pk=whole_number(number, "number") or 0, queue=key).first()
    if row is None:
        raise PasokhError("policy.no_such_preview", field="number", value=number[:20])
    return queue, row
