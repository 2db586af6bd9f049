"""Refusals as people and programs see them: a status, a stable code, the field, and a sentence in their language."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.tenancy import scope

_BY_CODE = {
    "sign_in.required": 401,
    "right.missing": 403,
    "policy.no_such_version": 404,
    "policy.no_such_preview": 404,
    "hours.unknown_calendar": 404,
    "welcome.bad_link": 404,
    "welcome.not_empty": 409,
    "follow_up.not_yours": 403,
    "follow_up.unknown": 404,
    "customer.unknown": 404,
    "customer.named_already": 409,
    "break.unknown": 404,
    "csrf.failed": 403,
    "page.unknown": 404,
    "setup.changed_meanwhile": 409,
    "mail.unknown": 404,
    "account.confirm_first": 403,
    "account.password_due": 403,
    "account.second_factor_due": 403,
    "link.unknown": 404,
    "link.used": 410,
    "link.expired": 410,
    "invitation.used": 410,
    "invitation.withdrawn": 410,
    "invitation.expired": 410,
    "sign_in.too_many": 429,
    "voice_quality.too_many": 429,
    "request.too_large": 413,
    "recording.not_your_note": 403,
    "recording.gone": 410,
    "recording.tampered": 409,
    "recording.wrong_key": 409,
    "recording.is_deleted": 409,
    "page.failed": 500,
    "store.unavailable": 503,
    "store.no_shard": 503,
}

_UNKNOWN = frozenset({
    "recording.unknown", "recording.unknown_rule",
    "contact.unknown", "queue.unknown", "person.unknown", "setup.unknown_queue",
    "phone.no_station", "canned.unknown", "import.unknown", "widget.unknown", "setup.unknown_pause",
    "telephony.unknown_number", "telephony.unknown_trunk", "telephony.unknown_station", "telephony.unknown_prompt",
    "telephony.unknown_sound", "telephony.unknown_pattern", "telephony.unknown_flow", "telephony.unknown_version",
    "prompts.unknown_sound", "figures.unknown_contact", "figures.unknown_view", "figures.unknown_report",
    "figures.unknown_reason", "goal.unknown", "alert.unknown", "import.not_known", "import.upload_unknown",
})  # fmt: skip


def status_of(code: str) -> int:
    """The HTTP status of an error code."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    return 404 if code in _UNKNOWN else 400


def language() -> str:
    """The language of the running request."""
    return get_language() or "en"


def text_of(error: PasokhError) -> str:
    """The error's sentence in the running request's language."""
    return message(error.code, language(), **error.params)


def body_of(error: PasokhError) -> dict[str, object]:
    """The error as JSON: ``{"error": {"code", "field"?, "params", "message"}}``."""
    params = {name: _plain(value) for name, value in error.params.items() if name != "field"}
    said: dict[str, object] = {"code": error.code, "params": params, "message": text_of(error)}
    if "field" in error.params:
        said["field"] = str(error.params["field"])
    return {"error": said}


def refusal(request: HttpRequest, error: PasokhError) -> HttpResponse:
    """The answer to a refused request: JSON for programs, a page for people."""
    status = status_of(error.code)
    if wants_json(request):
        response: HttpResponse = JsonResponse(body_of(error), status=status)
    else:
        response = render(
            request, "refused.html", {"code": error.code, "status": status, "message": text_of(error)}, status=status
        )
    if error.code == "sign_in.too_many":
        response["Retry-After"] = str(error.params.get("seconds", 1))
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: the API, the live token, or whoever accepts JSON and no HTML."""
    if request.path.startswith(("/api/", "/live/", "/files/")):
        return True
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


class ErrorMiddleware:
    """Turns a `PasokhError` that a view raised into its answer; whatever the view wrote is rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a domain error; leave any other to Django."""
        if not isinstance(exception, PasokhError):
            return None
        response = refusal(request, exception)  # the page itself may still read
        if scope.current() is not None:
            transaction.set_rollback(True)
        return response


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float | str | type(None)) else str(value)
