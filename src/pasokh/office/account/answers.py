"""How the doors answer: where to, in which language, and what stands on a page that goes no further."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate

from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import refusal, status_of, text_of, wants_json
from pasokh.office.fields import RefusableForm

ORGANISATION_COOKIE = "pasokh_organisation"
"""Whose single sign-on this browser used last."""


def safe_next(request: HttpRequest, target: str | None, otherwise: str = "home") -> str:
    """Only addresses of this site, from its root; anything else leads to the page of that name."""
    hosts = {request.get_host()}
    full = target is not None and target.startswith(("/", "http")) and target.isprintable()
    if target and full and url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure()):
        return target
    return reverse(otherwise)


def speaking(response: HttpResponse, language: str) -> HttpResponse:
    """Let the browser speak the person's language from now on."""
    activate(language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
    )
    return response


def remembering(response: HttpResponse, org: str) -> HttpResponse:
    """Let the browser remember whose single sign-on it used."""
    response.set_cookie(
        ORGANISATION_COOKIE, org, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def refused_form(
    request: HttpRequest, template: str, form: RefusableForm, error: PasokhError, **context: object
) -> HttpResponse:
    """The page with the error at its field and everything typed still there."""
    form.refuse(error)
    return waiting(render(request, template, {"form": form, **context}, status=status_of(error.code)), error)


def stopped(request: HttpRequest, error: PasokhError) -> HttpResponse:
    """A page of its own for a way that ends here: an old link, a provider that says no."""
    if wants_json(request):
        return refusal(request, error)
    shown = {"code": error.code, "message": text_of(error), "again": error.code.startswith("link.")}
    return waiting(render(request, "account/stopped.html", shown, status=status_of(error.code)), error)


def waiting(response: HttpResponse, error: PasokhError) -> HttpResponse:
    """Say when a shut door opens."""
    if error.code == "sign_in.too_many":
        response["Retry-After"] = str(error.params.get("seconds", 1))
    return response


def sent_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object a script sent; raises `request.malformed`."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise PasokhError("request.malformed") from error
    if not isinstance(body, dict):
        raise PasokhError("request.malformed")
    return body
