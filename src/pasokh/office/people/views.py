"""Signing in and out, language, the live token."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.live.tokens import TokenSigner
from pasokh.office import clock
from pasokh.office.errors import status_of, text_of
from pasokh.office.people.access import signed_in
from pasokh.office.people.actions import do_set_language
from pasokh.office.people.forms import SignInForm
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.people.sign_in import sign_in


@never_cache
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """The door."""
    target = _safe(request, request.POST.get("next") or request.GET.get("next"))
    if request.method == "GET":
        return redirect(target) if isinstance(request.user, User) else _door(request, SignInForm(), target)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _door(request, form, target, 400)
    try:
        user = sign_in(request, form.cleaned_data["username"], form.cleaned_data["password"])
    except PasokhError as error:
        form.add_error(None, text_of(error))
        response = _door(request, form, target, status_of(error.code))
        if error.code == "sign_in.too_many":
            response["Retry-After"] = str(error.params["seconds"])
        return response
    return _speaking(redirect(target), user.language)


@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    """Out; the session is gone from the database too."""
    logout(request)
    return redirect("login")


@require_POST
def language_page(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; remembered for whoever is signed in."""
    wanted = as_language(request.POST.get("language", ""))
    if wanted is None:
        raise PasokhError("setup.unknown_language", field="language", value=request.POST.get("language", "")[:16])
    if isinstance(request.user, User):
        do_set_language(request.user, wanted)
    return _speaking(redirect(_safe(request, request.POST.get("next"))), wanted)


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


def _door(request: HttpRequest, form: SignInForm, target: str, status: int = 200) -> HttpResponse:
    return render(request, "people/login.html", {"form": form, "next": target}, status=status)


def _safe(request: HttpRequest, target: str | None) -> str:
    """Only addresses of this site; anything else leads home."""
    hosts = {request.get_host()}
    if target and url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure()):
        return target
    return reverse("home")


def _speaking(response: HttpResponse, wanted: str) -> HttpResponse:
    activate(wanted)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
    )
    return response


def _origin(request: HttpRequest) -> str:
    """The page's origin: what the browser says when it is ours, else the request's own."""
    said = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return said if said and urlsplit(said).netloc == request.get_host() else own
