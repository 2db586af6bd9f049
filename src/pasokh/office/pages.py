"""The pages that belong to no feature: the way home, and what is shown when something is wrong."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import body_of, refusal, wants_json
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right


def home(request: HttpRequest) -> HttpResponse:
    """To where the person works: desk, wallboard, or the door."""
    user = request.user
    if not isinstance(user, User):
        return redirect("login")
    if user.handles_contacts and not user.may(Right.WALL):
        return redirect("desk")
    return redirect("wall" if user.may(Right.WALL) else "contacts")


def unknown(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return refusal(request, PasokhError("page.unknown"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return refusal(request, PasokhError("right.missing"))


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 for more than a form may send: Django found the request itself suspicious."""
    if isinstance(exception, RequestDataTooBig):
        return refusal(request, PasokhError("request.too_large", most_kb=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024))
    return refusal(request, PasokhError("request.malformed"))


def failed(request: HttpRequest) -> HttpResponse:
    """500: reads nothing, so that it works when the database does not."""
    if wants_json(request):
        return HttpResponse(_FAILED, content_type="application/json", status=500)
    return render(None, "500.html", body_of(PasokhError("page.failed")), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form's or script's token is missing or old."""
    return refusal(request, PasokhError("csrf.failed"))


_FAILED = b'{"error":{"code":"page.failed","params":{},"message":"Something went wrong."}}'
