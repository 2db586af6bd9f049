"""The panel of recordings: the list, one recording with its player, notes, hold, download; the rules."""

import base64
import io
from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_instant
from pasokh.kernel.errors import PasokhError
from pasokh.office.desk.selectors import story_of
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names
from pasokh.office.recordings import actions, selectors
from pasokh.office.recordings.forms import RuleForm, targets
from pasokh.office.recordings.marks import marks_of
from pasokh.office.recordings.models import Recording, Rule, State
from pasokh.office.recordings.playing import open_sealed, sound_response
from pasokh.office.supervise.selectors import outcome_names, queue_names
from pasokh.office.tenancy.models import Client
from pasokh.telephony.recording.watermark import mark


@needs(Right.CONTACTS)
@require_GET
def recordings_page(request: HttpRequest) -> HttpResponse:
    """Recordings, newest first, narrowed by the address."""
    person = signed_in(request)
    reading = selectors.read_address(request.GET.dict(), timezone.get_current_timezone_name(), language())
    rows, older, count = ([], "", 0) if reading.errors else selectors.page_of(
        person, reading, request.GET.get("before", "")
    )  # fmt: skip
    return render(
        request,
        "recordings/list.html",
        {
            "rows": rows,
            "older": older,
            "count": min(count, selectors.MOST_COUNTED),
            "count_is_least": count > selectors.MOST_COUNTED,
            "typed": reading.typed,
            "errors": {name: text_of(error) for name, error in reading.errors.items()},
            "query": urlencode(reading.typed),
            "states": selectors.STATES,
            "people_names": people_names(),
            "queue_names": queue_names(),
            "outcome_names": outcome_names(),
            "clients": {row.key: row.name for row in Client.objects.order_by("key")},
            "more_open": bool(set(reading.typed) - {"q", "agent", "queue", "from", "to"}),
        },
        status=400 if reading.errors else 200,
    )


@needs(Right.CONTACTS)
@require_GET
def recording_page(request: HttpRequest, recording: str) -> HttpResponse:
    """One recording: the player, what happened meanwhile, notes, and who heard it."""
    return _show(request, selectors.recording_by_id(signed_in(request), recording))


def _show(request: HttpRequest, row: Recording, status: int = 200, refused: PasokhError | None = None) -> HttpResponse:
    person, people = signed_in(request), people_names()
    notes = selectors.notes_of(row)
    marks = marks_of(story_of(row.contact), row.interaction, row.started_at, row.length_ms)
    data = {
        "length_ms": row.length_ms,
        "peaks": base64.b64encode(bytes(row.peaks)).decode(),
        "marks": [
            {"kind": each.kind, "at": each.at_ms, "until": each.until_ms, "who": people.get(each.who, each.who)}
            for each in marks
        ],
        "notes": [{"id": each.pk, "at": each.at_ms, "text": each.text} for each in notes],
    }
    return render(
        request,
        "recordings/recording.html",
        {
            "row": row,
            "playable": row.state == State.KEPT,
            "data": data,
            "marks": marks,
            "notes": notes,
            "me_name": person.username,
            "accesses": selectors.accesses_of(row) if person.may(Right.HOLD_RECORDINGS) else None,
            "people_names": people,
            "queue_names": queue_names(),
            "clients": {each.key: each.name for each in Client.objects.filter(key=row.client)},
            "typed": request.POST if refused is not None else {},
            "refused": text_of(refused) if refused is not None else "",
            "refused_field": str(refused.params.get("field", "")) if refused is not None else "",
        },
        status=status,
    )


@needs(Right.CONTACTS)
@require_GET
def sound_page(request: HttpRequest, recording: str) -> HttpResponse:
    """The sound, from any second on; who hears it is noted."""
    row = _kept(request, recording)
    response = sound_response(request, row)
    actions.do_note_listening(signed_in(request), row)
    return cast("HttpResponse", response)  # Django's types know no common name for both kinds


@needs(Right.CONTACTS)
@require_POST
def note_page(request: HttpRequest, recording: str) -> HttpResponse:
    """Say something about a moment."""
    row = selectors.recording_by_id(signed_in(request), recording)
    try:
        at_ms = whole_number(request.POST.get("at_ms"), "at_ms") or 0
        actions.do_note(signed_in(request), row, at_ms, request.POST.get("text", "").replace("\x00", ""))
    except PasokhError as error:
        return _show(request, row, status_of(error.code), error)
    return redirect(f"{row_url(row)}?t={at_ms}#notes")


@needs(Right.CONTACTS)
@require_POST
def remove_note_page(request: HttpRequest, recording: str, note: int) -> HttpResponse:
    """Take a note back."""
    row = selectors.recording_by_id(signed_in(request), recording)
    actions.do_remove_note(signed_in(request), row, note)
    return redirect(f"{row_url(row)}#notes")


@needs(Right.HOLD_RECORDINGS)
@require_POST
def hold_page(request: HttpRequest, recording: str) -> HttpResponse:
    """Hold a recording with a reason, or with `release` let it go."""
    row = selectors.recording_by_id(signed_in(request), recording)
    if request.POST.get("release"):
        actions.do_release_hold(actor_of(request), row)
        messages.success(request, message("recordings.released", language()))
        return redirect(row_url(row))
    try:
        actions.do_hold(actor_of(request), row, request.POST.get("because", "").replace("\x00", ""))
    except PasokhError as error:
        return _show(request, row, status_of(error.code), error)
    messages.success(request, message("recordings.held", language()))
    return redirect(row_url(row))


@needs(Right.DOWNLOAD_RECORDINGS)
@require_POST
def download_page(request: HttpRequest, recording: str) -> HttpResponse:
    """Take a recording out, marked with who did; the reason is kept before anything is sent."""
    person, row = signed_in(request), _kept(request, recording)
    try:
        plain, marked = io.BytesIO(_whole(row)), io.BytesIO()
        access = actions.do_note_download(person, row, request.POST.get("why", "").replace("\x00", ""))
    except PasokhError as error:
        return _show(request, row, status_of(error.code), error)
    mark(plain, marked, access.mark, f"{person.username} {access.at} {row.id}")
    response = HttpResponse(marked.getvalue(), content_type="audio/flac")
    stamp = format_instant(row.started_at, timezone.get_current_timezone_name(), "en", "short")
    plain_stamp = "".join(c if c.isascii() and c.isalnum() else "-" for c in stamp)
    response["Content-Disposition"] = f'attachment; filename="call-{plain_stamp}-{row.id[2:10]}.flac"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _whole(row: Recording) -> bytes:
    opened = open_sealed(row)
    try:
        return b"".join(opened.read(0, opened.size))
    finally:
        opened.close()


def row_url(row: Recording) -> str:
    """Where a recording is shown."""
    return f"/recordings/{row.id}/"


def _kept(request: HttpRequest, recording: str) -> Recording:
    row = selectors.recording_by_id(signed_in(request), recording)
    if row.state != State.KEPT:
        raise PasokhError("recording.gone", recording=row.id)
    return row


# -- rules -------------------------------------------------------------------------------------------------------------
def _saved(request: HttpRequest, form: RuleForm) -> int:
    """200 where the rule is kept now; else the form says what is wrong."""
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    try:
        actions.do_save_rule(actor_of(request), *form.asked())
    except PasokhError as error:
        form.refuse(error)
        return status_of(error.code)
    messages.success(request, message("recordings.rule.saved", language()))
    return HTTPStatus.OK


@needs(Right.READ_SETUP)
@require_http_methods(["GET", "POST"])
def rules_page(request: HttpRequest) -> HttpResponse:
    """What is recorded, for whom, how long; a new rule."""
    form, status = RuleForm(request.POST or None), 200
    if request.method == "POST":
        if not signed_in(request).may(Right.EDIT_SETUP):
            raise PasokhError("right.missing", right=Right.EDIT_SETUP.value)
        status = _saved(request, form)
        if status == HTTPStatus.OK:
            return redirect("recording_rules")
    known = dict(targets())
    rules = [{"row": row, "target": known.get(f"{row.client}/{row.queue}", f"{row.client}/{row.queue}")}
             for row in selectors.all_rules()]  # fmt: skip
    return render(
        request,
        "recordings/rules.html",
        {"form": form, "rules": rules, "add": status != 200 or not rules},
        status=status,
    )


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def rule_page(request: HttpRequest, number: int) -> HttpResponse:
    """Change a rule, or with `remove` take it away."""
    row = Rule.objects.filter(pk=number).first()
    if row is None:
        raise PasokhError("recording.unknown_rule")
    if request.POST.get("remove"):
        actions.do_remove_rule(actor_of(request), row.client, row.queue)
        messages.success(request, message("recordings.rule.removed", language()))
        return redirect("recording_rules")
    form, status = RuleForm(request.POST or None, row), 200
    if request.method == "POST":
        status = _saved(request, form)
        if status == HTTPStatus.OK:
            return redirect("recording_rules")
    target = dict(targets()).get(f"{row.client}/{row.queue}", row.client)
    return render(request, "recordings/rule.html", {"form": form, "row": row, "target": target}, status=status)
