"""The wallboard's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.live_access import live_pass
from pasokh.office.people.rules import Right


@never_cache
@needs(Right.WALL)
@ensure_csrf_cookie
def wall_page(request: HttpRequest) -> HttpResponse:
    """The live wallboard; its script follows the topics `wall` and `along`."""
    user = signed_in(request)
    rights = [right.value for right in (Right.OPERATE_QUEUES, Right.STAFF_QUEUES, Right.CONTACTS) if user.may(right)]
    me = user.username
    agent = user.username if user.handles_contacts else ""
    known = {"wall_rights": " ".join(rights), "wall_me": me, "wall_agent": agent, "live_pass": live_pass(request)}
    return render(request, "watch/wall.html", known)
