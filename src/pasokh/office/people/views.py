"""Language, the live token."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.office.account.answers import safe_next, speaking
from pasokh.office.people.actions import do_set_language
from pasokh.office.people.live_access import live_pass
from pasokh.office.people.models import User


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
    given = live_pass(request)
    return JsonResponse({"token": given["token"], "expires_at": given["expires_at"]})
