"""Opens the organisation's scope around a request: one transaction, rolled back when the request fails."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from pasokh.i18n.dates import zone
from pasokh.office import settling
from pasokh.office.tenancy.scope import organisation_scope

SESSION_KEY = "organisation"
"""Where the session keeps whose it is; set by signing in, read before anything else."""
ZONE_KEY = "zone"
"""The organisation's time zone, in which its pages tell the time."""


class OrganisationMiddleware:
    """A request of a session runs in the scope of that session's organisation; any other runs in none.

    Without a scope, tenant managers raise and the database shows no tenant row. A view that waits for the engine
    (`settling.after_answer`) is finished in a second transaction, when the first is committed and answered for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in its scope."""
        org = request.session.get(SESSION_KEY)
        if not isinstance(org, str):
            return self.get_response(request)
        here = zone(str(request.session.get(ZONE_KEY, "UTC")))
        with organisation_scope(org), timezone.override(here):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        pending = settling.awaited(request)
        if pending is None or response.status_code >= 400:
            return response
        settling.wait(org, pending.key)
        with organisation_scope(org), timezone.override(here):
            response = pending.finish(settling.settle(pending.key))
            said = get_messages(request)
            if isinstance(said, BaseStorage):  # Django's own turn to keep messages is over
                said.update(response)
        return response
