"""JSON API v1. Every refusal has one shape: ``{"error": {"code", "field"?, "params", "message"}}``."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import SessionAuth

from pasokh.kernel.errors import PasokhError
from pasokh.office.canned.api import router as canned_router
from pasokh.office.crm.api import router as crm_router
from pasokh.office.day.api import router as day_router
from pasokh.office.desk.api import router as desk_router
from pasokh.office.errors import body_of, status_of
from pasokh.office.follow_ups.api import router as follow_ups_router
from pasokh.office.notices.api import router as notices_router
from pasokh.office.people.api import router as people_router
from pasokh.office.people.models import User
from pasokh.office.supervise.api import router as supervise_router
from pasokh.office.telephony.api import router as telephony_router
from pasokh.office.tenancy import scope
from pasokh.office.voice_quality.api import router as voice_quality_router
from pasokh.office.watch.api import router as watch_router


class StaffSession(SessionAuth):
    """The session cookie of a signed-in person; writing calls need the CSRF header too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:  # noqa: ARG002 - ninja's signature
        """The person, or None."""
        return request.user if isinstance(request.user, User) else None


api = NinjaAPI(
    title="Pasokh",
    version="1.0.0",
    description="What the office knows, for programs. Instants are integer milliseconds UTC.",
    docs_url=None,
    auth=StaffSession(csrf=True),
    urls_namespace="api",
)
api.add_router("", canned_router)
api.add_router("", people_router)
api.add_router("", notices_router)
api.add_router("", supervise_router)
api.add_router("", watch_router)
api.add_router("", desk_router)
api.add_router("", crm_router)
api.add_router("", follow_ups_router)
api.add_router("", day_router)
api.add_router("", telephony_router)
api.add_router("", voice_quality_router)


def _refuse(request: HttpRequest, error: PasokhError) -> HttpResponse:
    if scope.current() is not None:
        transaction.set_rollback(True)
    return api.create_response(request, body_of(error), status=status_of(error.code))


def _on[E: Exception](kind: type[E], translate: Callable[[E], PasokhError]) -> None:
    def handle(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401 - ninja passes what it caught
        return _refuse(request, translate(error))

    api.add_exception_handler(kind, handle)


def _invalid(error: ValidationError) -> PasokhError:
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    place = [str(part) for part in first.get("loc", ()) if str(part) not in {"query", "path", "body", "payload"}]
    return PasokhError("request.invalid", field=".".join(place)[:100], reason=str(first.get("msg", ""))[:200])


_on(PasokhError, lambda error: error)
_on(ValidationError, _invalid)
_on(AuthenticationError, lambda _: PasokhError("sign_in.required"))
_on(HttpError, lambda error: PasokhError("csrf.failed" if error.status_code == 403 else "request.malformed"))
