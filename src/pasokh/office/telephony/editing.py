"""What the flow editor works with: the draft as plain data, what a flow may name, findings and differences in words."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import phonenumbers

from pasokh.flows import nodes as n
from pasokh.flows.check import Finding, told
from pasokh.flows.differences import merged
from pasokh.flows.drafts import Read, findings_of, read_draft
from pasokh.flows.reading import LARGEST, refused
from pasokh.flows.writing import plain
from pasokh.i18n.languages import NAMES
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.errors import language
from pasokh.office.filters import words as worded
from pasokh.office.hours.selectors import all_calendars
from pasokh.office.people.selectors import actor_names
from pasokh.office.policy.sentences import Change
from pasokh.office.supervise.selectors import queue_names, skill_names
from pasokh.office.telephony import rules
from pasokh.office.telephony.compiling import dial_config, published_flows
from pasokh.office.telephony.flow_words import Words, changes, field_name, node_name
from pasokh.office.telephony.models import Flow, FlowVersion
from pasokh.office.telephony.selectors import all_flows, all_prompts, surroundings


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the editor has it."""

    flow: dict[str, Any]
    unreadable: PasokhError | None = None
    """Why the text that is kept could not be read; `flow` is empty then."""


def draft_of(row: Flow) -> Draft:
    """The draft as plain data, right or wrong."""
    try:
        flow = plain_flow(row.draft)
    except PasokhError as error:
        return Draft({"id": row.key, "start": "", "languages": ["en"], "nodes": {}, "name": row.name}, error)
    return Draft({**flow, "id": row.key})


def plain_flow(text: str) -> dict[str, Any]:
    """A flow's text as plain data; raises ``flow.*`` where it is no TOML, no JSON, or no flow at all."""
    if len(text) > LARGEST:
        raise PasokhError("flow.too_large", field="flow", most=LARGEST)
    try:
        data = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise PasokhError("flow.syntax", field="flow", line=_line(error), problem=str(error)[:200]) from error
    read_draft(data)  # so that what is no flow at all is told here
    return {**data, "nodes": {str(name): node for name, node in data["nodes"].items()}}


def flow_text(flow: object) -> str:
    """A draft as it is kept."""
    return msgspec.json.encode(flow, order="deterministic").decode()


def published_flow(row: Flow) -> dict[str, Any] | None:
    """What callers hear now, with what is usual left out; None when it was never published."""
    found = FlowVersion.objects.filter(flow=row, version=row.published).first()
    return sparse(found.definition) if found is not None else None


def sparse(definition: object) -> dict[str, Any]:
    """A whole definition with what is usual left out, as the editor writes it."""
    try:
        flow = msgspec.convert(definition, n.Flow)
    except msgspec.ValidationError as error:
        raise refused(str(error)) from error
    nodes = {name: plain(node) for name, node in flow.nodes.items()}
    return {"id": flow.id, "start": flow.start, "languages": list(flow.languages), "name": flow.name, "nodes": nodes}


def findings(key: str, data: object) -> tuple[Read, list[dict[str, str]]]:
    """Everything wrong with a draft; raises ``flow.field`` for what is no flow at all."""
    read = read_draft({**data, "id": key} if isinstance(data, Mapping) else data)
    flows = {**published_flows(), key: read.stand_in}
    found = findings_of(read, rules.findings(flows, key, surroundings(), dial_config().policy))
    return read, [finding_words(each) for each in found]


def finding_words(each: Finding) -> dict[str, str]:
    """A finding for the editor."""
    said = told(each, language())
    return {"code": each.code, "node": each.node, "field": each.field, "problem": said.problem, "remedy": said.remedy}


def vocabulary() -> Words:
    """What everything is called, in the language of the running request."""
    return Words(language(), {name: dict(found) for name, found in _named().items()})


def around(row: Flow) -> dict[str, object]:
    """What the organisation has that a flow may name, each with what people call it."""
    policy = dial_config().policy
    flows = published_flows()
    runnable = {key for key, flow in flows.items() if rules.is_subflow(flow)}
    named = _named()
    allowed = {number: _shown(number) for number in policy.exactly}
    for target in rules.transfer_targets(n.Program(row.key, flows)):
        allowed.setdefault(target, _shown(target))
    return {
        **named,
        "flows": {key: name for key, name in named["flows"].items() if key in runnable and key != row.key},
        "music": {key: key for key in sorted(surroundings().music)},
        "numbers": allowed,
        "attributes": sorted(rules.ATTRIBUTES),
        "languages": dict(NAMES),
    }


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any], told: Words) -> list[dict[str, str]]:
    """What an edit changes, as the editor shows it."""
    return [shown(each) for each in changes(before, after, told)]


def shown(change: Change) -> dict[str, str]:
    """A change as the editor shows it."""
    return {"what": change.what, "before": change.before, "after": change.after}


def conflict(row: Flow, base: Mapping[str, Any], mine: Mapping[str, Any], told: Words) -> dict[str, object]:
    """Both edits in words, and brought together."""
    theirs = draft_of(row).flow
    both = merged(base, theirs, mine)
    nodes = {**both.flow.get("nodes", {})}
    return {
        "version": row.draft_version,
        "by": saved_by(row),
        "theirs": difference(base, theirs, told),
        "mine": difference(base, mine, told),
        "clashes": [
            " · ".join(
                filter(None, [node_name(node, nodes.get(node, {}), told) if node else "", field_name(field, told)])
            )
            for node, field in both.clashes
        ],
        "flow": theirs,
        "merged": {**both.flow, "id": row.key},
    }


def base_of(row: Flow, version: int) -> dict[str, Any]:
    """The draft as it was at a version; what stands now where that is not known any more."""
    events = AuditEvent.objects.filter(target=f"flow:{row.key}", action="flow.draft").order_by("id")
    event = events[version - 1 : version].first() if 0 < version <= row.draft_version else None
    text = (event.after or {}).get("draft") if event is not None else None
    try:
        return {**plain_flow(str(text)), "id": row.key} if text else draft_of(row).flow
    except PasokhError:
        return draft_of(row).flow


def saved_by(row: Flow) -> str:
    """Who saved the draft last."""
    event = AuditEvent.objects.filter(target=f"flow:{row.key}", action="flow.draft").order_by("-id").first()
    return actor_names([event.actor])[event.actor] if event is not None else ""


def _named() -> dict[str, dict[str, str]]:
    return {
        "queues": {key: worded(names) for key, names in sorted(queue_names().items())},
        "skills": {key: worded(names) for key, names in skill_names(archived=False).items()},
        "hours": {row.key: worded(row.name) for row in all_calendars()},
        "flows": {row.key: worded(row.name) or row.key for row in all_flows() if not row.archived_at},
        "prompts": {row.key: row.key for row in all_prompts() if not row.key.startswith(("ivr.", "speech."))},
    }


def _shown(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _line(error: Exception) -> int:
    found = getattr(error, "lineno", None)
    return int(found) if isinstance(found, int) else 1


def calendars_asked(flows: Iterable[n.Flow]) -> set[str]:
    """The business hours that flows ask about."""
    nodes = [node for flow in flows for node in flow.nodes.values() if isinstance(node, n.Branch)]
    asked = [case.when for node in nodes for case in node.cases]
    return {name for when in asked for name in (when.open, when.holiday) if name}
