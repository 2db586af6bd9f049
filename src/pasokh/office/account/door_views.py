"""The doors: name and password, second step, passkey, single sign-on, out; forgotten passwords and links from mails."""

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.account import entering, single_sign_on
from pasokh.office.account.actions import do_confirm_mail, do_end_browsers, do_reset_password, do_send_reset
from pasokh.office.account.answers import (
    ORGANISATION_COOKIE,
    refused_form,
    remembering,
    safe_next,
    sent_object,
    speaking,
    stopped,
)
from pasokh.office.account.doors import pass_through
from pasokh.office.account.forms import AcceptForm, CodeForm, NewPasswordForm, OrganisationForm, SignInForm, WhoForm
from pasokh.office.account.invitation_actions import do_accept
from pasokh.office.account.links import invitation_of, ticket_of
from pasokh.office.account.models import Browser
from pasokh.office.account.passkeys import usable_here
from pasokh.office.account.rules import CEREMONY, LETTER, TicketKind, domain_of
from pasokh.office.errors import language
from pasokh.office.people.models import User
from pasokh.office.people.sign_in import organisation_of
from pasokh.office.tenancy import scope


@never_cache
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """The door."""
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    known = request.COOKIES.get(ORGANISATION_COOKIE, "")
    sso = single_sign_on.is_offered()
    shown: dict[str, object] = {
        "next": target,
        "organisation": known if sso and single_sign_on.has_provider(known) else "",
        "sso": sso,
        "passkeys": usable_here(request),
    }
    if request.method == "GET":
        if isinstance(request.user, User):
            return redirect(target)
        return render(request, "account/login.html", {"form": SignInForm(), **shown})
    form = SignInForm(request.POST)
    if not form.is_valid():
        return render(request, "account/login.html", {"form": form, **shown}, status=400)
    try:
        user = entering.first_step(request, form.cleaned_data["username"], form.cleaned_data["password"], target)
    except PasokhError as error:
        return refused_form(request, "account/login.html", form, error, **shown)
    return redirect("second_step") if user is None else speaking(redirect(target), user.language)


@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    """Out; the session is gone from the database too."""
    if isinstance(request.user, User):
        own = Browser.objects.filter(user=request.user, mark=str(request.session.get(entering.MARK, ""))).first()
        if own is not None:
            do_end_browsers(request.user, only=own.pk)  # its sockets and its telephone go with it
    logout(request)
    return redirect("login")


@never_cache
@require_http_methods(["GET", "POST"])
def second_step_page(request: HttpRequest) -> HttpResponse:
    """A code or a passkey after the password."""
    if isinstance(request.user, User):
        return redirect("home")
    try:
        codes, has_passkey = entering.second_step_methods(request)
    except PasokhError:
        messages.warning(request, message("sign_in.start_again", language()))
        return redirect("login")
    shown: dict[str, object] = {"codes": codes, "passkeys": has_passkey and usable_here(request)}
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return render(request, "account/second_step.html", {"form": form, **shown}, status=status)
    try:
        user, target = entering.second_step_by_code(request, form.cleaned_data["code"])
    except PasokhError as error:
        return refused_form(request, "account/second_step.html", form, error, **shown)
    return speaking(redirect(target), user.language)


@never_cache
@require_POST
def passkey_answer(request: HttpRequest) -> HttpResponse:
    """For the page's script: an empty object gets options, `answer` signs in (`next` says where to)."""
    if isinstance(request.user, User):
        return JsonResponse({"next": reverse("home")})
    sent = sent_object(request)
    if "answer" not in sent:
        pass_through("ceremony", CEREMONY, "", request)
        return JsonResponse({"options": entering.passkey_options(request)})
    user, target = entering.enter_by_passkey(request, sent["answer"])
    response = JsonResponse({"next": safe_next(request, target or str(sent.get("next", "")))})
    return speaking(response, user.language)


# -- single sign-on ----------------------------------------------------------------------------------------------------
@never_cache
@require_safe
def sso_page(request: HttpRequest) -> HttpResponse:
    """Whose provider? By mail address or organisation. A page in between leads there: forms may not leave this site."""
    form = OrganisationForm(request.GET if "who" in request.GET else None)
    target = safe_next(request, request.GET.get("next"))
    if isinstance(request.user, User):
        return redirect(target)
    if not form.is_bound or not form.is_valid():
        return render(request, "account/sso.html", {"form": form, "next": target})
    who = form.cleaned_data["who"]
    try:
        org = single_sign_on.organisation_for(who)
        pass_through("ceremony", CEREMONY, "", request)
        url = single_sign_on.begin(request, org, target, who if domain_of(who) else "")
    except PasokhError as error:
        return refused_form(request, "account/sso.html", form, error, next=target)
    return render(request, "account/sso_leave.html", {"url": url})


@never_cache
@require_safe
def sso_begin(request: HttpRequest, organisation: str) -> HttpResponse:
    """Straight to an organisation's provider: for its own links, and for browsers that were there before."""
    target = safe_next(request, request.GET.get("next"))
    if isinstance(request.user, User):
        return redirect(target)
    try:
        pass_through("ceremony", CEREMONY, "", request)
        url = single_sign_on.begin(request, organisation, target)
    except PasokhError as error:
        return stopped(request, error)
    return redirect(url)


@never_cache
@require_safe
def sso_answer(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    if isinstance(request.user, User):
        return redirect("home")
    try:
        user, target = single_sign_on.finish(request)
    except PasokhError as error:
        return stopped(request, error)
    return remembering(speaking(redirect(target), user.language), user.organisation_id)


# -- links from mails --------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten_page(request: HttpRequest) -> HttpResponse:
    """Ask for a link; says the same whether or not somebody is known."""
    if isinstance(request.user, User):
        return redirect("own_password")
    form = WhoForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "account/forgotten.html", {"form": form}, status=400 if form.is_bound else 200)
    who = form.cleaned_data["who"].strip().lower().replace("\x00", "")
    try:
        pass_through("letter", LETTER, who, request)
    except PasokhError as error:
        return refused_form(request, "account/forgotten.html", form, error)
    for org, number in _people_called(who):
        with scope.organisation_scope(org):
            user = User.objects.filter(pk=number, is_active=True).first()
            if user is not None and user.email and user.has_usable_password():
                do_send_reset(user)
    return render(request, "account/forgotten.html", {"form": form, "sent": True})


def _people_called(who: str) -> list[tuple[str, int]]:
    """Organisation and id of people with this username or address, through narrow doors."""
    if "@" in who:
        with transaction.atomic():
            scope.set_local("app.mail", who)
            rows = User.unfenced.filter(email__iexact=who).order_by("id")
            return list(rows.values_list("organisation_id", "pk")[:5])
    org = organisation_of(who)
    if org is None:
        return []
    with scope.organisation_scope(org):
        return list(User.objects.filter(username=who).values_list("organisation_id", "pk"))


@never_cache
@require_http_methods(["GET", "POST"])
def new_password_page(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password by a mail's link."""
    form = NewPasswordForm(request.POST or None)
    try:
        with ticket_of(request, TicketKind.RESET, token) as ticket:
            shown = {"username": ticket.user.username}
            if request.method == "GET" or not form.is_valid():
                status = 400 if form.is_bound else 200
                return render(request, "account/new_password.html", {"form": form, **shown}, status=status)
            try:
                with transaction.atomic():
                    do_reset_password(ticket, form.cleaned_data["new"])
            except PasokhError as error:
                return refused_form(request, "account/new_password.html", form, error, **shown)
    except PasokhError as error:
        return stopped(request, error)
    messages.success(request, message("account.password.changed", language()))
    return redirect("login")


@never_cache
@require_http_methods(["GET", "POST"])
def new_mail_page(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address. Opening changes nothing: programs that look into mails open links too."""
    try:
        with ticket_of(request, TicketKind.MAIL, token) as ticket:
            if request.method == "GET":
                shown = {"address": ticket.address, "username": ticket.user.username}
                return render(request, "account/new_mail.html", shown)
            do_confirm_mail(ticket)
    except PasokhError as error:
        return stopped(request, error)
    messages.success(request, message("account.email.changed", language()))
    return redirect("own_profile" if isinstance(request.user, User) else "login")


@never_cache
@require_http_methods(["GET", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Join: username, password, language."""
    try:
        with invitation_of(request, token) as invitation:
            first = {"name": invitation.name, "language": invitation.language,
                     "username": _suggested(invitation.email)}  # fmt: skip
            form = AcceptForm(request.POST or None, initial=first)
            shown = {"invitation": invitation, "organisation": invitation.organisation}
            if request.method == "GET" or not form.is_valid():
                status = 400 if form.is_bound else 200
                return render(request, "account/invitation.html", {"form": form, **shown}, status=status)
            given = form.cleaned_data
            try:
                with transaction.atomic():
                    user = do_accept(invitation, given["username"], given["name"], given["new"], given["language"])
            except PasokhError as error:
                return refused_form(request, "account/invitation.html", form, error, **shown)
            user.organisation = invitation.organisation
            entering.enter(request, user, "password")
    except PasokhError as error:
        return stopped(request, error)
    return speaking(redirect("home"), user.language)


def _suggested(email: str) -> str:
    local = email.partition("@")[0].lower()
    return "".join(c for c in local if c.isascii() and (c.isalnum() or c in "._-"))[:60]
