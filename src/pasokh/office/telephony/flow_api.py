"""What the flow editor asks for while one works: checks, differences, saving, publishing, the try-out, sound."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from pasokh.flows import position as p
from pasokh.flows.drafts import read_draft
from pasokh.flows.nodes import Flow as FlowConfig
from pasokh.flows.reading import as_flow
from pasokh.flows.rehearsal import Scene, Step, expects, rehearse
from pasokh.flows.writing import to_toml
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import body_of, status_of
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.telephony import editing, sounds
from pasokh.office.telephony.compiled import program_of
from pasokh.office.telephony.compiling import dial_config, published_flows
from pasokh.office.telephony.flow_actions import do_publish_flow, do_save_draft
from pasokh.office.telephony.models import Flow
from pasokh.office.telephony.selectors import flow_by_key
from pasokh.telephony.dial import Request, Usage, permit

MOST_PIECES = 60


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an editor sends; `flow` is a draft, right or wrong."""

    flow: dict[str, Any] = {}
    version: int = 0
    text: str = ""


class _Rehearsed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the try-out: the draft, where the call stands, who calls, and the clock in milliseconds."""

    flow: dict[str, Any]
    position: p.Position
    scene: dict[str, Any]
    step: Step
    key: str = ""
    now: int = 0


class _Spoken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pieces: list[sounds.Wanted]


@needs(Right.READ_SETUP)
@require_POST
def check_page(request: HttpRequest, flow: str) -> HttpResponse:
    """Everything wrong with the draft that is sent, and who has saved the flow meanwhile."""
    row = known(flow)
    _, found = editing.findings(row.key, _read(request, _Asked).flow)
    return JsonResponse({"findings": found, "version": row.draft_version, "saved_by": editing.saved_by(row)})


@needs(Right.READ_SETUP)
@require_POST
def changes_page(request: HttpRequest, flow: str) -> HttpResponse:
    """What the draft that is sent changes for callers."""
    row = known(flow)
    draft = _checked_draft(row, _read(request, _Asked).flow)
    before = editing.published_flow(row)
    return JsonResponse({"changes": editing.difference(before, draft, editing.vocabulary())})


@needs(Right.EDIT_SETUP)
@require_POST
def save_page(request: HttpRequest, flow: str) -> HttpResponse:
    """Keep the draft; 409 with both edits in words when somebody else has saved since."""
    row, asked = known(flow), _read(request, _Asked)
    draft = _checked_draft(row, asked.flow)
    given = draft.get("name")
    names = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    try:
        saved = do_save_draft(
            actor_of(request), row.key, names if any(names.values()) else row.name, editing.flow_text(draft),
            asked.version,
        )  # fmt: skip
    except PasokhError as error:
        if error.code != "setup.changed_meanwhile":
            raise
        told = editing.vocabulary()
        both = editing.conflict(row, editing.base_of(row, asked.version), draft, told)
        return JsonResponse({**body_of(error), "conflict": both}, status=status_of(error.code))
    return JsonResponse({"version": saved.draft_version})


@needs(Right.EDIT_SETUP)
@require_POST
def publish_page(request: HttpRequest, flow: str) -> HttpResponse:
    """Publish the draft that is kept."""
    row, asked = known(flow), _read(request, _Asked)
    version = do_publish_flow(actor_of(request), row.key, asked.version)
    return JsonResponse({"published": version.version, "version": known(flow).draft_version})


@needs(Right.READ_SETUP)
@require_POST
def try_page(request: HttpRequest, flow: str) -> HttpResponse:
    """One step of a caller through the draft that is sent; nothing of it is kept, nobody is called."""
    row, asked = known(flow), _read(request, _Rehearsed)
    read, _ = editing.findings(row.key, asked.flow)
    flows: dict[str, FlowConfig] = {**published_flows(), row.key: read.stand_in}
    scene = _scene(asked.scene, flows)
    now = asked.now if 0 < asked.now < 2**53 else clock.now()
    turn = rehearse(program_of(flows, row.key), asked.position, scene, asked.step, now, _may_call, asked.key)
    at = turn.position
    return JsonResponse({
        "position": msgspec.to_builtins(at), "now": turn.now, "expects": expects(at),
        "node": at.node if at.flow == row.key and not at.ended else "", "heard": msgspec.to_builtins(turn.heard),
    })  # fmt: skip


@needs(Right.READ_SETUP)
@require_POST
def write_page(request: HttpRequest, flow: str) -> HttpResponse:
    """The draft that is sent as TOML."""
    draft = _checked_draft(known(flow), _read(request, _Asked).flow)
    return JsonResponse({"text": to_toml(as_flow(draft))})


@needs(Right.READ_SETUP)
@require_POST
def read_page(request: HttpRequest, flow: str) -> HttpResponse:
    """The flow that a TOML or JSON text says."""
    row = known(flow)
    return JsonResponse({"flow": {**editing.plain_flow(_read(request, _Asked).text), "id": row.key}})


@needs(Right.READ_SETUP)
@require_GET
def export_page(request: HttpRequest, flow: str) -> HttpResponse:  # noqa: ARG001 - a view
    """The draft that is kept as a file: TOML, or as it stands where it cannot be read."""
    row = known(flow)
    try:
        text = to_toml(as_flow(editing.draft_of(row).flow))
    except PasokhError:
        text = row.draft
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.key}.toml"'
    return response


@needs(Right.READ_SETUP)
@require_POST
def listen_page(request: HttpRequest) -> HttpResponse:
    """Addresses of how pieces sound, made now where they were not made yet; raises ``prompts.*``."""
    asked = _read(request, _Spoken)
    return JsonResponse({"urls": sounds.addresses(asked.pieces[:MOST_PIECES])})


def known(key: str) -> Flow:
    """The flow; raises `telephony.unknown_flow`."""
    row = flow_by_key(key)
    if row is None:
        raise PasokhError("telephony.unknown_flow", field="flow", value=key[:40])
    return row


def _read[T](request: HttpRequest, kind: type[T]) -> T:
    """What was sent; raises `request.malformed`, and `flow.field` where it is no such thing."""
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise PasokhError("request.invalid", field="body", reason=str(error)[:200]) from error
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise PasokhError("request.malformed") from error


def _checked_draft(row: Flow, draft: dict[str, Any]) -> dict[str, Any]:
    """The draft under the flow's own key; raises ``flow.*`` for what is no flow at all."""
    found = {**draft, "id": row.key}
    read_draft(found)
    return found


def _scene(given: dict[str, Any], flows: dict[str, FlowConfig]) -> Scene:
    """Who calls: the editor says "open" and "a holiday", a flow asks its calendars."""
    around = {str(name): value for name, value in given.items() if name not in {"open", "holiday"}}
    calendars = sorted(editing.calendars_asked(flows.values()))
    try:
        return msgspec.convert({
            **around,
            "open": calendars if given.get("open") is True else [],
            "holidays": calendars if given.get("holiday") is True else [],
        }, Scene)  # fmt: skip
    except msgspec.ValidationError as error:
        raise PasokhError("request.invalid", field="scene", reason=str(error)[:200]) from error


def _may_call(number: str) -> p.NumberChecked:
    try:
        found = permit(Request(number, "callback"), dial_config().policy, Usage()).destination
    except PasokhError:
        return p.NumberChecked(good=False, number="", said=number)
    return p.NumberChecked(good=True, number=found.number, said=found.said)
