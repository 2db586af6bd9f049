"""One's own account: profile, password, second factor, passkeys, where one is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account import actions, passkeys
from pasokh.office.account.answers import refused_form, safe_next, sent_object, speaking
from pasokh.office.account.doors import guarded, pass_through
from pasokh.office.account.entering import CHALLENGE, CONFIRMED, MARK, keep, kept
from pasokh.office.account.forms import ChangePasswordForm, CodeForm, ConfirmForm, ProfileForm
from pasokh.office.account.models import Browser
from pasokh.office.account.rules import (
    CEREMONY,
    CONFIRMED_LIFE,
    LETTER,
    SECOND_STEP,
    SECRET_BYTES,
    SIGN_IN,
    provisioning_uri,
    spoken_secret,
)
from pasokh.office.account.sealing import fresh_secret, seal, unseal
from pasokh.office.account.selectors import browsers_of, credentials_of, factors_of, has_identity, passkeys_of
from pasokh.office.errors import language, refusal, text_of, wants_json
from pasokh.office.people.access import signed_in
from pasokh.office.people.actions import PersonDraft, do_change_agent, do_set_language
from pasokh.office.people.models import User
from pasokh.office.people.selectors import agent_config
from pasokh.office.qr import qr_picture
from pasokh.office.settling import Fate, after_answer

DRAFT = "codes_draft"
"""Where the session keeps a sealed secret until the app shows its first code."""
CODES = "codes_once"
"""Where the session keeps sealed recovery codes until the next page has shown them."""

type Page = Callable[..., HttpResponse]


def own(view: Page) -> Page:
    """Let only signed-in people into a page of their own."""

    @wraps(view)
    def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - the view's own
        if isinstance(request.user, User):
            return view(request, *args, **kwargs)
        if wants_json(request):
            return refusal(request, PasokhError("sign_in.required"))
        return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")

    return cast("Page", never_cache(guarded_view))


def confirmed(view: Page) -> Page:
    """Ask who it is again when the person came in longer ago than `CONFIRMED_LIFE`."""

    @wraps(view)
    def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - the view's own
        at = request.session.get(CONFIRMED, 0)
        if 0 <= clock.now() - int(at) < CONFIRMED_LIFE:
            return view(request, *args, **kwargs)
        if wants_json(request):
            return refusal(request, PasokhError("account.confirm_first"))
        return redirect(f"{reverse('own_confirm')}?{urlencode({'next': request.path})}")

    return guarded_view


# -- profile -----------------------------------------------------------------------------------------------------------
@own
@require_http_methods(["GET", "POST"])
def profile_page(request: HttpRequest) -> HttpResponse:
    """Name, address, language."""
    user = signed_in(request)
    form = ProfileForm(request.POST or None, user=user)
    if request.method == "GET" or not form.is_valid():
        return _render(request, "profile", {"form": form}, 400 if form.is_bound else 200)
    given = form.cleaned_data
    asks = given["email"].strip().lower() != user.email.lower()
    if asks and not 0 <= clock.now() - int(request.session.get(CONFIRMED, 0)) < CONFIRMED_LIFE:
        return redirect(f"{reverse('own_confirm')}?{urlencode({'next': request.path})}")
    try:
        if asks and given["email"]:
            pass_through("letter", LETTER, user.username, request)
        with transaction.atomic():
            _save_profile(user, given, asks=asks)
    except PasokhError as error:
        return refused_form(request, "account/profile.html", form, error, **_frame(request, "profile"))

    def finish(fate: Fate) -> HttpResponse:
        if fate.error is not None:
            return refused_form(request, "account/profile.html", form, fate.error, **_frame(request, "profile"))
        spoken = given["language"]
        messages.success(request, message("account.saved", spoken))
        if asks and given["email"]:
            messages.info(request, message("account.email.asked", spoken, address=given["email"]))
        return speaking(redirect("own_profile"), spoken)

    return after_answer(request, f"user:{user.username}", finish)


def _save_profile(user: User, given: dict[str, Any], *, asks: bool) -> None:
    if asks and given["email"]:
        actions.do_ask_for_mail(user, given["email"])
    elif asks:
        actions.do_remove_mail(user)
    if given["name"] != user.name:
        do_change_agent(f"user:{user.username}", user.username, _draft(user, given["name"]))
    do_set_language(user, given["language"])


def _draft(user: User, name: str) -> PersonDraft:
    config = agent_config(user)
    return PersonDraft(
        name=name,
        role=user.role,
        language=user.language,
        is_active=user.is_active,
        handles_contacts=user.handles_contacts,
        skills=dict(config.skills),
        queues=config.queues,
        capacity=config.capacity,
        team=user.team.key if user.team is not None else "",
        email=user.email,
    )


# -- password ----------------------------------------------------------------------------------------------------------
@own
@require_http_methods(["GET", "POST"])
def password_page(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    user = signed_in(request)
    shown = {"has_password": user.has_usable_password(), "kept": credentials_of(user)}
    form = ChangePasswordForm(request.POST or None)
    if not user.has_usable_password():
        del form.fields["old"]
    if request.method == "GET" or not form.is_valid():
        return _render(request, "password", {"form": form, **shown}, 400 if form.is_bound else 200)
    given = form.cleaned_data
    try:
        with guarded("password", SIGN_IN, user.username, request):
            actions.do_change_password(user, given.get("old", ""), given["new"], str(request.session.get(MARK)))
    except PasokhError as error:
        return refused_form(request, "account/password.html", form, error, **_frame(request, "password"), **shown)
    update_session_auth_hash(request, user)
    request.session[CONFIRMED] = clock.now()
    messages.success(request, message("account.password.changed", language()))
    return redirect("own_password")


# -- second factor -----------------------------------------------------------------------------------------------------
@own
@require_http_methods(["GET", "POST"])
@confirmed
def factor_page(request: HttpRequest) -> HttpResponse:
    """Turn codes of an authenticator app on and off; recovery codes."""
    user = signed_in(request)
    if request.method == "GET":
        return _factor(request, user)
    confirms = request.POST.get("do") == "confirm"
    form = CodeForm(request.POST if confirms else {})
    if confirms and not form.is_valid():
        return _factor(request, user, form, 400)
    try:
        _change_factor(request, user, form)
    except PasokhError as error:
        if not confirms:
            form.errors.clear()
        form.refuse(error)
        return _factor(request, user, form, 400)
    return redirect("own_factor")


def _change_factor(request: HttpRequest, user: User, form: CodeForm) -> None:
    match request.POST.get("do"):
        case "begin":
            request.session[DRAFT] = seal(fresh_secret(SECRET_BYTES))
        case "confirm":
            draft = request.session.get(DRAFT)
            if draft is None:
                raise PasokhError("second_step.begin_first")
            with guarded("second", SECOND_STEP, user.username, request):
                codes = actions.do_turn_on_codes(user, unseal(draft), form.cleaned_data["code"])
            del request.session[DRAFT]
            _show_once(request, codes)
        case "cancel":
            request.session.pop(DRAFT, None)
        case "off":
            actions.do_turn_off_codes(user)
            messages.success(request, message("account.codes.off", language()))
        case "renew":
            _show_once(request, actions.do_renew_recovery(user))
        case _:
            raise PasokhError("request.malformed")


def _show_once(request: HttpRequest, codes: list[str]) -> None:
    request.session[CODES] = seal("\n".join(codes).encode())


def _factor(request: HttpRequest, user: User, form: CodeForm | None = None, status: int = 200) -> HttpResponse:
    shown: dict[str, object] = {"form": form or CodeForm(), "factors": factors_of(user), "kept": credentials_of(user)}
    draft = request.session.get(DRAFT)
    if draft is not None:
        secret = unseal(draft)
        shown |= {
            "secret": spoken_secret(secret),
            "picture": qr_picture(provisioning_uri(secret, user.username, "Pasokh")),
        }
    once = request.session.pop(CODES, None)
    if once is not None:
        shown["codes"] = unseal(once).decode().split("\n")
    return _render(request, "factor", shown, status)


# -- passkeys ----------------------------------------------------------------------------------------------------------
@own
@require_http_methods(["GET", "POST"])
@confirmed
def passkeys_page(request: HttpRequest) -> HttpResponse:
    """Passkeys: the list, a new name, away with one; for the page's script: options, and a new one."""
    user = signed_in(request)
    if request.method == "POST" and wants_json(request):
        return _new_passkey(request, user)
    if request.method == "POST":
        try:
            number = int(request.POST.get("passkey", "0")) if request.POST.get("passkey", "0").isdecimal() else 0
            if request.POST.get("do") == "remove":
                actions.do_remove_passkey(user, number)
                messages.success(request, message("account.passkey.removed", language()))
            else:
                actions.do_rename_passkey(user, number, request.POST.get("name", ""))
        except PasokhError as error:
            messages.error(request, text_of(error))
        return redirect("own_passkeys")
    shown = {"passkeys": passkeys_of(user), "usable": passkeys.usable_here(request), "factors": factors_of(user)}
    return _render(request, "passkeys", shown)


def _new_passkey(request: HttpRequest, user: User) -> HttpResponse:
    sent = sent_object(request)
    if "answer" not in sent:
        pass_through("ceremony", CEREMONY, "", request)
        options, state = passkeys.begin_registration(request, user, passkeys_of(user))
        keep(request, CHALLENGE, {"state": state})
        return JsonResponse({"options": options})
    state = kept(request, CHALLENGE)["state"]
    request.session.pop(CHALLENGE)
    actions.do_add_passkey(request, user, state, sent["answer"], str(sent.get("name", "")))
    messages.success(request, message("account.passkey.added", language()))
    return JsonResponse({"next": reverse("own_passkeys")})


# -- sessions ----------------------------------------------------------------------------------------------------------
@own
@require_http_methods(["GET", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; end one or all others."""
    user, mark = signed_in(request), str(request.session.get(MARK))
    if request.method == "POST":
        chosen = request.POST.get("browser", "")
        if chosen.isdecimal() and len(chosen) < 19:
            if not Browser.objects.filter(user=user, pk=int(chosen), mark=mark).exists():
                actions.do_end_browsers(user, only=int(chosen))
        else:
            actions.do_end_browsers(user, but=mark)
        messages.success(request, message("account.sessions.ended", language()))
        return redirect("own_sessions")
    return _render(request, "sessions", {"browsers": browsers_of(user), "mark": mark})


@own
@require_http_methods(["GET", "POST"])
def confirm_page(request: HttpRequest) -> HttpResponse:
    """Show once more who one is, by password or passkey."""
    user = signed_in(request)
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method == "POST" and wants_json(request):
        return _confirm_by_passkey(request, user)
    form = ConfirmForm(request.POST or None)
    shown: dict[str, object] = {
        "next": target,
        "has_password": user.has_usable_password(),
        "passkeys": bool(passkeys_of(user)) and passkeys.usable_here(request),
        "single_sign_on": has_identity(user),
    }
    if request.method == "GET" or not form.is_valid():
        return render(request, "account/confirm.html", {"form": form, **shown}, status=400 if form.is_bound else 200)
    try:
        with guarded("password", SIGN_IN, user.username, request):
            actions.check_own_password(user, form.cleaned_data["password"], "password")
    except PasokhError as error:
        return refused_form(request, "account/confirm.html", form, error, **shown)
    request.session[CONFIRMED] = clock.now()
    return redirect(target)


def _confirm_by_passkey(request: HttpRequest, user: User) -> HttpResponse:
    sent = sent_object(request)
    if "answer" not in sent:
        pass_through("ceremony", CEREMONY, "", request)
        options, state = passkeys.begin_assertion(request, passkeys_of(user))
        keep(request, CHALLENGE, {"state": state})
        return JsonResponse({"options": options})
    state = kept(request, CHALLENGE)["state"]
    request.session.pop(CHALLENGE)
    if actions.do_use_passkey(request, passkeys.credential_of(sent["answer"]), state, sent["answer"]).pk != user.pk:
        raise PasokhError("passkey.unknown")
    request.session[CONFIRMED] = clock.now()
    return JsonResponse({"next": safe_next(request, str(sent.get("next", "")))})


# -- the frame ---------------------------------------------------------------------------------------------------------
def _frame(request: HttpRequest, place: str) -> dict[str, object]:
    browser = Browser.objects.filter(mark=str(request.session.get(MARK))).first()
    return {"place": place, "duty": browser.duty if browser else ""}


def _render(request: HttpRequest, place: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"account/{place}.html", {**_frame(request, place), **shown}, status=status)
