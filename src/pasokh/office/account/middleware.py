"""What every request of a signed-in browser asks: is it still signed in, and is something due first."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account.entering import MARK
from pasokh.office.account.models import Browser
from pasokh.office.account.rules import SEEN_EVERY, SESSION_LIFE, Duty
from pasokh.office.errors import refusal, wants_json
from pasokh.office.people.models import User
from pasokh.office.tenancy.middleware import SESSION_KEY

_ALWAYS = ("logout", "language")
_DUTIES = {
    Duty.PASSWORD: ("own_password", "account.password_due"),
    Duty.SECOND_FACTOR: ("own_factor", "account.second_factor_due"),
}
_TOWARDS = {Duty.PASSWORD: ("own_password",), Duty.SECOND_FACTOR: ("own_factor", "own_passkeys", "own_confirm")}
"""Pages that serve to do what is due."""


class BrowserMiddleware:
    """Ends sessions whose `Browser` row is gone, notes when one was seen, and leads to what is due first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or send to the door or to what is due."""
        if SESSION_KEY not in request.session:
            return self.get_response(request)
        browser = _browser(request)
        if browser is None:
            request.session.flush()
            return _to_the_door(request)
        if browser.duty and request.path not in _allowed(Duty(browser.duty)):
            page, code = _DUTIES[Duty(browser.duty)]
            return refusal(request, PasokhError(code)) if wants_json(request) else redirect(page)
        return self.get_response(request)


def _browser(request: HttpRequest) -> Browser | None:
    user, now = request.user, clock.now()
    if not isinstance(user, User):
        return None
    mark = str(request.session.get(MARK, ""))
    browser = Browser.objects.filter(mark=mark, user=user, since__gt=now - SESSION_LIFE).first()
    if browser is not None and now - browser.seen_at >= SEEN_EVERY:
        # A request that already writes it, perhaps a long one, is not waited for.
        rows = Browser.objects.select_for_update(skip_locked=True).filter(pk=browser.pk)
        Browser.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(seen_at=now)
    return browser


def _to_the_door(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return refusal(request, PasokhError("sign_in.required"))
    if request.path == reverse("login") or request.method != "GET":
        return redirect("login")
    return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")


def _allowed(duty: Duty) -> set[str]:
    return {reverse(name) for name in (*_ALWAYS, *_TOWARDS[duty])}
