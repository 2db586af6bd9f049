"""The record of administrative writes as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pasokh.office.audit.selectors import latest
from pasokh.office.fields import whole_number
from pasokh.office.people.access import needs
from pasokh.office.people.rules import Right

PAGE = 50


@needs(Right.AUDIT)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` pages on."""
    events = latest(PAGE + 1, whole_number(request.GET.get("before"), "before"))
    more = events[PAGE - 1].id if len(events) > PAGE else None
    return render(request, "audit/list.html", {"events": events[:PAGE], "next_before": more})
