"""Pages of prompts: what is said and by which flows, how it sounds, better recordings and the way back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.flows.graph import sayings
from pasokh.i18n.catalogue import message
from pasokh.i18n.languages import LANGUAGES, NAMES, as_language
from pasokh.i18n.text import matches
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.filters import words
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.setup.listing import asked, page_of_list
from pasokh.office.telephony import sounds
from pasokh.office.telephony.compiling import published_flows
from pasokh.office.telephony.models import Prompt, PromptSound
from pasokh.office.telephony.prompt_actions import do_remove_prompt, do_remove_sound, do_save_prompt, do_upload_sound
from pasokh.office.telephony.prompt_forms import PromptForm, SoundForm
from pasokh.office.telephony.selectors import all_flows, all_prompts, prompt_by_key, sounds_of
from pasokh.telephony.prompts import LARGEST_RECORDING, standard_prompts

_TYPES = {"wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg"}
_QUIET, _CLIPPED = -300, -3
"""Tenths of dB: softer than that on average, or louder than that at its peak, and callers notice."""
_YEAR = 365 * 86_400


@needs(Right.READ_SETUP)
@require_GET
def prompts_page(request: HttpRequest) -> HttpResponse:
    """The organisation's prompts with the flows that say them; `own=1` shows the words Pasokh brings itself."""
    query = asked(request, "q", "own")
    recorded: dict[str, list[str]] = {}
    for key, code in PromptSound.objects.values_list("prompt__key", "language").order_by("language"):
        recorded.setdefault(key, []).append(NAMES.get(code, code))  # type: ignore[call-overload]
    using = _flows_by_prompt()
    if query["own"] == "1":
        spoken = as_language(language()) or "en"
        found = [(each.key, {spoken: each.text}) for each in standard_prompts([spoken])]
    else:
        found = [(row.key, row.texts) for row in all_prompts() if not row.key.startswith(("ivr.", "speech."))]
    rows = [
        {"key": key, "text": words(texts), "recorded": recorded.get(key, []), "flows": using.get(key, [])}
        for key, texts in found
        if not query["q"] or matches(query["q"], " ".join((key, *texts.values())))
    ]
    context = {"page": page_of_list(request, rows), "asked": query, "nothing_yet": not rows and not query["q"]}
    return render(request, "telephony/prompts.html", context)


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def prompt_page(request: HttpRequest, prompt: str | None = None) -> HttpResponse:
    """One prompt, or a new one (`prompt` None); Pasokh's own words have fixed texts."""
    row = prompt_by_key(prompt) if prompt is not None else None
    own = _own_texts(prompt) if prompt is not None else {}
    if prompt is not None and row is None and not own:
        raise PasokhError("telephony.unknown_prompt", field="prompt", value=prompt[:80])
    form = None if own else PromptForm(request.POST or None, row=row)
    status = 200
    if request.method == "POST" and form is not None:
        status = 400
        if form.is_valid():
            try:
                key = row.key if row is not None else form.cleaned_data["key"].strip()
                saved = do_save_prompt(actor_of(request), key, form.draft(), form.cleaned_data["version"] or 0)
            except PasokhError as error:
                taken = row is None and error.code == "setup.changed_meanwhile"
                form.refuse(PasokhError("setup.key_taken", field="key", value=key[:60]) if taken else error)
                status = status_of(error.code)
            else:
                messages.success(request, message("setup.saved", language()))
                return redirect("prompt", saved.key)
    return _shown(request, prompt, row, own, form, status)


@needs(Right.EDIT_SETUP)
@require_POST
def upload_page(request: HttpRequest, prompt: str, spoken: str) -> HttpResponse:
    """Put a recording in the place of the made voice."""
    own = _own_texts(prompt)
    row = prompt_by_key(prompt)
    if row is None and not own:
        raise PasokhError("telephony.unknown_prompt", field="prompt", value=prompt[:80])
    form = SoundForm(request.POST, request.FILES)
    given = request.FILES.get("recording")
    if given is not None and form.is_valid():
        try:
            do_upload_sound(actor_of(request), prompt, spoken, given.read(LARGEST_RECORDING + 1))
        except PasokhError as error:
            form.add_error("recording", text_of(error))
        else:
            messages.success(request, message("prompts.uploaded", language()))
            return redirect("prompt", prompt)
    edit = None if own else PromptForm(row=row)
    return _shown(request, prompt, prompt_by_key(prompt), own, edit, 400, wrong={spoken: form})


@needs(Right.EDIT_SETUP)
@require_POST
def forget_page(request: HttpRequest, prompt: str, spoken: str) -> HttpResponse:
    """Go back to the made voice."""
    try:
        do_remove_sound(actor_of(request), prompt, spoken)
    except PasokhError as error:
        if status_of(error.code) == 404:
            raise
        messages.error(request, text_of(error))
    else:
        messages.success(request, message("prompts.forgotten", language()))
    return redirect("prompt", prompt)


@needs(Right.EDIT_SETUP)
@require_POST
def remove_page(request: HttpRequest, prompt: str) -> HttpResponse:
    """Remove a prompt no published flow says."""
    try:
        do_remove_prompt(actor_of(request), prompt)
    except PasokhError as error:
        if status_of(error.code) == 404:
            raise
        messages.error(request, text_of(error))
        return redirect("prompt", prompt)
    messages.success(request, message("prompts.removed", language()))
    return redirect("prompts")


# -- how it sounds -----------------------------------------------------------------------------------------------------
@needs(Right.READ_SETUP)
@require_GET
def sound_page(request: HttpRequest, prompt: str, spoken: str) -> HttpResponse:
    """An uploaded recording, as it was given."""
    row = PromptSound.objects.filter(prompt__key=prompt[:80], language=spoken[:8]).first()
    if row is None:
        raise PasokhError("telephony.unknown_sound", field="language", value=spoken[:16])
    tag = f'"{row.digest}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304)
    response = HttpResponse(bytes(row.sound), content_type=_TYPES.get(row.kind, "application/octet-stream"))
    return _private(response, tag, "no-cache")


@needs(Right.READ_SETUP)
@require_GET
def voice_page(request: HttpRequest, spoken: str, name: str) -> HttpResponse:  # noqa: ARG001 - a view
    """A made voice; its name follows from its text, so it never changes."""
    path = sounds.voice_file(spoken, name)
    return _private(HttpResponse(path.read_bytes(), content_type="audio/wav"), f'"{name}"', f"max-age={_YEAR}")


def _private(response: HttpResponse, tag: str, keeping: str) -> HttpResponse:
    response["ETag"] = tag
    response["Cache-Control"] = f"private, {keeping}"
    response["Content-Disposition"] = "inline"
    return response


# -- what is shown -----------------------------------------------------------------------------------------------------
def _shown(
    request: HttpRequest,
    key: str | None,
    row: Prompt | None,
    own: dict[str, str],
    form: PromptForm | None,
    status: int,
    wrong: dict[str, SoundForm] | None = None,
) -> HttpResponse:
    texts = own or (row.texts if row is not None else {})
    kept = {each.language: each for each in sounds_of(row)} if row is not None else {}
    voices = [
        {
            "code": code, "name": NAMES[code], "text": texts.get(code, ""), "sound": kept.get(code),
            "level": _level(kept[code]) if code in kept else "", "form": (wrong or {}).get(code) or SoundForm(),
            "said": _address(key or "", code, texts.get(code, ""), recorded=code in kept),
        }
        for code in LANGUAGES
    ] if key is not None else []  # fmt: skip
    context = {
        "form": form, "key": key, "row": row, "own": bool(own), "voices": voices,
        "flows": _flows_by_prompt().get(key or "", []), "can_speak": sounds.can_speak(),
    }  # fmt: skip
    return render(request, "telephony/prompt.html", context, status=status)


def _level(sound: PromptSound) -> str:
    """`quiet`, `clipped`, `good`; "" where it was not measured."""
    if not sound.loudness:
        return ""
    if sound.loudness < _QUIET:
        return "quiet"
    return "clipped" if sound.peak > _CLIPPED else "good"


def _address(key: str, code: str, text: str, *, recorded: bool) -> str:
    """Where the browser hears it, made now where that is possible; "" = not at all."""
    if recorded:
        return reverse("prompt_sound", args=[key, code])
    try:
        return next(iter(sounds.addresses([sounds.Wanted(code, text)])), "") if text else ""
    except PasokhError:
        return ""


def _own_texts(key: str) -> dict[str, str]:
    """The texts of a prompt that Pasokh brings itself, by language; empty = it is the organisation's."""
    if not key.startswith(("ivr.", "speech.")):
        return {}
    return {each.language: each.text for each in standard_prompts() if each.key == key}


def _flows_by_prompt() -> dict[str, list[tuple[str, str]]]:
    """Prompt key → key and name of the published flows that say it."""
    names = {row.key: words(row.name) or row.key for row in all_flows()}
    found: dict[str, list[tuple[str, str]]] = {}
    for key, flow in published_flows().items():
        for prompt in {saying.prompt for node in flow.nodes.values() for _, saying in sayings(node) if saying.prompt}:
            found.setdefault(prompt, []).append((key, names.get(key, key)))
    return found
