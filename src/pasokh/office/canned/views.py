"""The list and form of canned answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.canned.actions import do_archive_answer, do_save_answer, known_answer
from pasokh.office.canned.forms import AnswerForm
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope, Variable
from pasokh.office.canned.selectors import own_answers, shared_answers
from pasokh.office.errors import language, status_of
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.setup.listing import asked, page_of_rows


@needs(Right.DESK)
def answers_page(request: HttpRequest) -> HttpResponse:
    """Shared answers, or the reader's own with `scope=mine`."""
    user = signed_in(request)
    query = asked(request, "q", "scope", "tag", "archived", "undo")
    archived = query["archived"] == "1"
    if query["scope"] == Scope.MINE.value:
        rows = own_answers(user, query=query["q"], tag=query["tag"], archived=archived)
    else:
        rows = shared_answers(query=query["q"], scope=query["scope"], tag=query["tag"], archived=archived)
    undo = CannedAnswer.objects.filter(pk=_number(query["undo"]), owner__in=[user.pk]).first() or (
        CannedAnswer.objects.filter(pk=_number(query["undo"]), owner__isnull=True).first()
    )
    return render(
        request,
        "canned/answers.html",
        {
            "page": page_of_rows(request, rows),
            "asked": query,
            "filtered": any(query[name] for name in ("q", "scope", "tag", "archived")),
            "scopes": [scope.value for scope in Scope],
            "undo": undo if undo is not None and undo.archived_at else None,
            "may_share": user.may(Right.EDIT_ANSWERS),
        },
    )


@needs(Right.DESK)
@require_http_methods(["GET", "POST"])
def answer_page(request: HttpRequest, answer: str | None = None) -> HttpResponse:
    """Change an answer, or write a new one (`answer` None)."""
    user = signed_in(request)
    row = known_answer(_number(answer), user) if answer is not None else None
    shared = user.may(Right.EDIT_ANSWERS)
    if row is not None and row.owner_id is None and not shared:
        raise PasokhError("right.missing", right=Right.EDIT_ANSWERS.value)
    form = AnswerForm(request.POST or None, row=row, shared=shared)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = do_save_answer(
                    actor_of(request), form.draft(), number=row.pk if row is not None else None, owner=user
                )
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("setup.saved", language()))
                scope = f"?{urlencode({'scope': 'mine'})}" if saved.owner_id is not None else ""
                return redirect(reverse("canned") + scope)
    context = {"form": form, "row": row, "variables": [variable.value for variable in Variable]}
    return render(request, "canned/answer.html", context, status=status)


@needs(Right.DESK)
@require_POST
def archive_page(request: HttpRequest, answer: str) -> HttpResponse:
    """Put an answer away, or take it back."""
    archived = request.POST.get("archived", "1") == "1"
    row = do_archive_answer(actor_of(request), _number(answer), signed_in(request), archived=archived)
    query = {"scope": row.scope} if row.owner_id is not None else {}
    if archived:
        query["undo"] = str(row.pk)
    else:
        messages.success(request, message("setup.restored", language()))
    return redirect(f"{reverse('canned')}?{urlencode(query)}")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
