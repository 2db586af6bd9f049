"""Administrators' pages: invitations, what is demanded of whom, single sign-on, and a person's ways in."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account import actions
from pasokh.office.account.answers import refused_form
from pasokh.office.account.forms import DemandForm, InviteForm, SignOnForm
from pasokh.office.account.invitation_actions import InvitationDraft, do_invite, do_send_again, do_withdraw, state_of
from pasokh.office.account.policy_actions import SignOnDraft, do_demand_second_factor, do_save_sign_on
from pasokh.office.account.rules import may_end_sessions
from pasokh.office.account.selectors import browsers_of, credentials_of, factors_of, invitations, sign_on
from pasokh.office.errors import language, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names, person_by_username, role_names

PAGE = 50


@needs(Right.EDIT_PEOPLE)
@never_cache
@require_http_methods(["GET", "POST"])
def invitations_page(request: HttpRequest) -> HttpResponse:
    """Who was asked to join, and what became of it; send again, withdraw."""
    if request.method == "POST":
        number = whole_number(request.POST.get("invitation"), "invitation") or 0
        again = request.POST.get("do") == "again"
        try:
            with transaction.atomic():
                asked = (do_send_again if again else do_withdraw)(signed_in(request), number)
        except PasokhError as error:
            messages.error(request, text_of(error))
        else:
            key = "account.invite.sent" if again else "account.invite.withdrawn"
            messages.success(request, message(key, language(), name=asked.name, email=asked.email))
        return redirect("invitations")
    rows = invitations(whole_number(request.GET.get("before"), "before"), PAGE + 1)
    names, now, roles = people_names(), clock.now(), role_names("")
    shown = [
        {
            "row": row,
            "state": state_of(row, now),
            "by": names.get(row.invited_by, row.invited_by),
            "role": roles.get(row.role, row.role),
        }
        for row in rows[:PAGE]
    ]
    older = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return render(request, "account/invitations.html", {"invitations": shown, "older": older})


@needs(Right.EDIT_PEOPLE)
@never_cache
@require_http_methods(["GET", "POST"])
def invite_page(request: HttpRequest) -> HttpResponse:
    """Ask somebody to join."""
    form = InviteForm(request.POST or None, language=language())
    if request.method == "GET" or not form.is_valid():
        return render(request, "account/invite.html", {"form": form}, status=400 if form.is_bound else 200)
    given = form.cleaned_data
    draft = InvitationDraft(given["name"], given["email"], given["role"], given["language"], given["queues"])
    try:
        with transaction.atomic():
            do_invite(signed_in(request), draft)
    except PasokhError as error:
        return refused_form(request, "account/invite.html", form, error)
    messages.success(request, message("account.invite.sent", language(), name=draft.name, email=draft.email))
    return redirect("invitations")


@needs(Right.EDIT_ROLES)
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_settings_page(request: HttpRequest) -> HttpResponse:
    """What is demanded of whom, and the provider of single sign-on."""
    which = request.POST.get("do", "")
    demand = DemandForm(request.POST if which == "demand" else None)
    provider = SignOnForm(request.POST if which == "provider" else None, row=sign_on())
    form = {"demand": demand, "provider": provider}.get(which)
    status = 200
    if request.method == "POST":
        status = 400
        if form is not None and form.is_valid():
            try:
                with transaction.atomic():
                    _save(request, demand, provider)
            except PasokhError as error:
                form.refuse(error)
            else:
                messages.success(request, message("account.saved", language()))
                return redirect("sign_in_settings")
    address = request.build_absolute_uri(reverse("sso_answer"))
    link = request.build_absolute_uri(reverse("sso_begin", args=[signed_in(request).organisation_id]))
    shown = {"demand": demand, "provider": provider, "address": address, "link": link}
    return render(request, "account/sign_in_settings.html", shown, status=status)


def _save(request: HttpRequest, demand: DemandForm, provider: SignOnForm) -> None:
    if demand.is_bound:
        do_demand_second_factor(signed_in(request), demand.cleaned_data["roles"])
        return
    given = provider.cleaned_data
    do_save_sign_on(
        signed_in(request),
        SignOnDraft(
            is_on=given["is_on"],
            issuer=given["issuer"],
            client=given["client"],
            secret=provider.secret_given(),
            domains=given["domains"].replace(",", "\n").split(),
            makes_people=given["makes_people"],
            role=given["role"],
        ),
    )


@needs(Right.WALL)
@never_cache
@require_http_methods(["GET", "POST"])
def access_page(request: HttpRequest, username: str) -> HttpResponse:
    """How a person comes in; sign them out, and for administrators: new password, lost second factor."""
    person = person_by_username(username)
    if person is None:
        raise PasokhError("person.unknown", field="username", value=username[:60])
    me = signed_in(request)
    if not may_end_sessions(me.rights, person.rights):
        raise PasokhError("right.missing", right=Right.EDIT_PEOPLE.value)
    edits = me.may(Right.EDIT_PEOPLE) and person.rights <= me.rights
    if request.method == "POST":
        try:
            with transaction.atomic():
                _act(request, person, edits=edits)
        except PasokhError as error:
            if error.code == "right.missing":
                raise
            messages.error(request, text_of(error))
        else:
            messages.success(request, message("account.saved", language()))
        return redirect("person_access", username)
    shown = {
        "person": person,
        "browsers": browsers_of(person),
        "factors": factors_of(person),
        "kept": credentials_of(person),
        "edits": edits,
        "has_password": person.has_usable_password(),
    }
    return render(request, "account/access.html", shown)


def _act(request: HttpRequest, person: User, *, edits: bool) -> None:
    chosen = request.POST.get("browser", "")
    what = request.POST.get("do", "")
    if what == "end":
        only = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
        actions.do_end_browsers(person, only=only, actor=actor_of(request))
        return
    if not edits:
        raise PasokhError("right.missing", right=Right.EDIT_PEOPLE.value)
    match what:
        case "demand_password":
            actions.do_demand_new_password(actor_of(request), person)
        case "send_reset":
            actions.do_send_reset(person, actor_of(request))
        case "codes_off":
            actions.do_turn_off_codes(person, actor_of(request))
            actions.do_end_browsers(person, actor=actor_of(request))
        case _:
            raise PasokhError("request.malformed")
