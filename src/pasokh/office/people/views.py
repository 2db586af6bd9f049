"""Language, the live token."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.live.tokens import TokenSigner
from pasokh.office import clock
from pasokh.office.account.answers import safe_next, speaking
from pasokh.office.people.access import signed_in
from pasokh.office.people.actions import do_set_language
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right


@require_POST
def language_page(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; remembered for whoever is signed in."""
    wanted = as_language(request.POST.get("language", ""))
    if wanted is None:
        raise PasokhError("setup.unknown_language", field="language", value=request.POST.get("language", "")[:16])
    if isinstance(request.user, User):
        do_set_language(request.user, wanted)
    return speaking(redirect(safe_next(request, request.POST.get("next"))), wanted)


@never_cache
@require_POST
def live_token(request: HttpRequest) -> HttpResponse:
    """A five-minute token for the live hub, bound to the person and this page's origin."""
    user = signed_in(request)
    token, expires_at = TokenSigner([settings.SECRET_KEY]).staff(
        org=user.organisation_id,
        user=user.username,
        agent=user.username if user.handles_contacts else None,
        role="supervisor" if user.may(Right.WALL) else "agent",
        origin=_origin(request),
        now=clock.now(),
    )
    return JsonResponse({"token": token, "expires_at": expires_at})


def _origin(request: HttpRequest) -> str:
    """The page's origin: what the browser says when it is ours, else the request's own."""
    said = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return said if said and urlsplit(said).netloc == request.get_host() else own
