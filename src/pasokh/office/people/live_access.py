"""The token that lets a signed-in browser follow the centre."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from pasokh.live.tokens import TokenSigner
from pasokh.office import clock
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right


def live_pass(request: HttpRequest) -> dict[str, object]:
    """A five-minute token bound to the person and to the page's origin: `token`, `expires_at`, `origin`."""
    user, origin = signed_in(request), _origin(request)
    token, expires_at = TokenSigner([settings.SECRET_KEY]).staff(
        org=user.organisation_id,
        user=user.username,
        agent=user.username if user.handles_contacts else None,
        role="supervisor" if user.may(Right.WALL) else "agent",
        origin=origin,
        now=clock.now(),
    )
    return {"token": token, "expires_at": expires_at, "origin": origin}


def _origin(request: HttpRequest) -> str:
    """The page's origin: what the browser says when it is ours, else the request's own."""
    said = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return said if said and urlsplit(said).netloc == request.get_host() else own
