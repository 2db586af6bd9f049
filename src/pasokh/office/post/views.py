"""Outgoing mail for administrators: what left, what waits, what failed and why; the sender; a test mail."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.post.actions import do_discard_mail, do_retry_mail, do_save_sender, do_send_mail
from pasokh.office.post.forms import SenderForm
from pasokh.office.post.rules import MailState
from pasokh.office.post.selectors import latest_mails, own_sender

PAGE = 50


@needs(Right.EDIT_SETUP)
def mails_page(request: HttpRequest) -> HttpResponse:
    """Newest first; `state` and `to` narrow it, `before` pages on."""
    state = request.GET.get("state", "")
    state = state if state in set(MailState) else ""
    to = request.GET.get("to", "").replace("\x00", "").strip()[:100]
    mails = latest_mails(PAGE + 1, whole_number(request.GET.get("before"), "before"), state, to)
    more = mails[PAGE - 1].pk if len(mails) > PAGE else None
    context = {
        "mails": mails[:PAGE],
        "next_before": more,
        "states": [each.value for each in MailState],
        "state": state,
        "to": to,
        "off": not settings.CONFIGURATION.mail_url,
    }
    return render(request, "post/list.html", context)


@needs(Right.EDIT_SETUP)
def sender_page(request: HttpRequest) -> HttpResponse:
    """Where mails come from."""
    if request.method != "POST":
        return render(request, "post/sender.html", {"form": SenderForm(sender=own_sender())})
    form = SenderForm(request.POST, sender=own_sender())
    status = 400
    if form.is_valid():
        given = form.cleaned_data
        try:
            do_save_sender(actor_of(request), given["address"], given["name"], given["reply_to"], given["version"] or 0)
        except PasokhError as error:
            form.refuse(error)
            status = status_of(error.code)
        else:
            messages.success(request, message("page.post.saved", language()))
            return redirect("post_sender")
    return render(request, "post/sender.html", {"form": form}, status=status)


@needs(Right.EDIT_SETUP)
@require_POST
def retry_page(request: HttpRequest, number: int) -> HttpResponse:
    """Send a failed mail again."""
    return _done(request, lambda: do_retry_mail(actor_of(request), number), "page.post.retried")


@needs(Right.EDIT_SETUP)
@require_POST
def discard_page(request: HttpRequest, number: int) -> HttpResponse:
    """Never send it."""
    return _done(request, lambda: do_discard_mail(actor_of(request), number), "page.post.discarded")


@needs(Right.EDIT_SETUP)
@require_POST
def test_page(request: HttpRequest) -> HttpResponse:
    """Send a test mail to whoever asks."""
    me = signed_in(request)
    if not me.email:
        messages.error(request, message("page.post.test.no_address", language()))
        return redirect("post")
    key = f"test:{me.pk}:{clock.now()}"
    return _done(
        request, lambda: do_send_mail(me.email, "test", me.language, {}, key=key), "page.post.test.sent", to=me.email
    )


def _done(request: HttpRequest, act: Callable[[], object], said: str, **fields: object) -> HttpResponse:
    try:
        act()
    except PasokhError as error:
        if error.code == "mail.unknown":
            raise
        messages.error(request, text_of(error))
    else:
        messages.success(request, message(said, language(), **fields))
    return redirect("post")
