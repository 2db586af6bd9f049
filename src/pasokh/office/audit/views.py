"""The record of administrative writes: search, what changed, and a table to take away."""

import csv
import io
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from pasokh.i18n import dates
from pasokh.i18n.catalogue import has, message
from pasokh.i18n.cells import harmless
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.audit.models import AuditEvent
from pasokh.office.audit.rules import Difference, differences
from pasokh.office.audit.selectors import Search, found, kinds, latest
from pasokh.office.errors import language, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import actor_names
from pasokh.office.setup.listing import asked

PAGE = 50
LARGEST_TABLE = 50_000
_NAMES = ("actor", "action", "target", "text", "from", "to")


@needs(Right.AUDIT)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` pages on."""
    query = asked(request, *_NAMES)
    search, errors = _search(query)
    before = whole_number(request.GET.get("before"), "before")
    events = [] if errors else latest(PAGE + 1, before, search)
    who = actor_names(event.actor for event in events)
    more = events[PAGE - 1].id if len(events) > PAGE else None
    kept = {name: value for name, value in query.items() if value}
    return render(
        request,
        "audit/list.html",
        {
            "events": [_told(event, who[event.actor]) for event in events[:PAGE]],
            "next": f"?{urlencode({**kept, 'before': str(more)})}" if more is not None else "",
            "table": f"?{urlencode(kept)}" if kept else "",
            "asked": {name.replace("from", "since").replace("to", "until") if name in {"from", "to"} else name: value
                      for name, value in query.items()},
            "errors": errors,
            "filtered": bool(kept),
            "kinds": [(kind, _named(f"audit.kind.{kind}", kind)) for kind in kinds()],
        },
        status=400 if errors else 200,
    )  # fmt: skip


@needs(Right.AUDIT)
def audit_table(request: HttpRequest) -> HttpResponse:
    """What fits the search as a CSV file, newest first, at most 50,000 events; taking it is recorded too."""
    search, errors = _search(asked(request, *_NAMES))
    if errors:
        raise PasokhError("date.not_a_date", field=next(iter(errors)), value="")
    told = io.StringIO()
    table = csv.writer(told)
    table.writerow(["at", "who", "what", "target", "value", "before", "after"])
    count = 0
    for event in found(search)[:LARGEST_TABLE]:
        count += 1
        at = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=event.at)).isoformat(timespec="seconds")
        for each in differences(event.before, event.after) or [Difference("", None, None)]:
            change = (each.path, each.before or "", each.after or "")
            table.writerow([at, *map(harmless, (event.actor, event.action, event.target, *change))])
    do_record_change(actor_of(request), "audit.export", "audit:events", None, {"events": count})
    response = HttpResponse("\ufeff" + told.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{_day(clock.now())}.csv"'
    return response


def _told(event: AuditEvent, who: str) -> dict[str, object]:
    changes = differences(event.before, event.after)
    return {
        "row": event,
        "what": _named(f"audit.action.{event.action}", event.action),
        "who": who,
        "changes": changes,
    }


def _named(key: str, otherwise: str) -> str:
    """A text of the catalogue; actions of features without one are shown as they are."""
    if has(key):
        return message(key, language())
    if key.endswith(".refused"):
        return message("audit.refused", language(), action=_named(key.removesuffix(".refused"), otherwise))
    return otherwise


def _search(query: dict[str, str]) -> tuple[Search, dict[str, str]]:
    """What was asked for, and the sentence for each date that is none."""
    errors: dict[str, str] = {}

    def day(name: str, after_days: int) -> Instant | None:
        if not query[name]:
            return None
        try:
            found_day = dates.parse_date(query[name], language())
            zone = timezone.get_current_timezone()
            start = datetime(found_day.year, found_day.month, found_day.day, tzinfo=zone) + timedelta(days=after_days)
            return dates.instant(start)
        except (PasokhError, OverflowError) as error:
            refused = error if isinstance(error, PasokhError) else PasokhError("date.not_a_date", value=query[name])
            errors[{"from": "since", "to": "until"}[name]] = text_of(refused)
            return None

    since, until = day("from", 0), day("to", 1)
    return Search(query["actor"], query["action"], query["target"], query["text"], since, until), errors


def _day(now: Instant) -> str:
    return dates.local(now, timezone.get_current_timezone_name()).strftime("%Y-%m-%d")
