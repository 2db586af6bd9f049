"""The checker: what is wrong with a flow before any caller meets it, each with a stable code, its node, its field.

What it lets through keeps its promises, and property tests hold it to them: a silent caller never circles, every way
ends, nobody waits a minute without having been offered an alternative (R1), and nobody who waits hears that everybody
is busy (R2).
"""

from collections.abc import Iterator
from typing import NamedTuple

from pasokh.flows import nodes as n
from pasokh.flows.check_queue import queue_findings
from pasokh.flows.check_texts import text_findings
from pasokh.flows.findings import Finding
from pasokh.flows.graph import edges, leading_to, reached, silent_loops
from pasokh.flows.surroundings import Surroundings
from pasokh.flows.walk import MOST_STACK
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError

__all__ = ["Finding", "Told", "check", "checked", "told"]

_ENDS = (n.HangUp, n.Queue, n.Transfer, n.Return)
_PERSON = (n.Queue, n.Callback, n.Voicemail, n.Transfer)
"""Nodes by which a caller reaches a person, now or later (R15)."""


class Told(NamedTuple):
    """A finding for people: what is wrong, and what to do."""

    problem: str
    remedy: str


def check(program: n.Program, around: Surroundings) -> list[Finding]:
    """Everything wrong with the program, flow by flow, node by node; empty = it may be published."""
    if program.main not in program.flows:
        return [Finding("flow.unknown_flow", program.main, "", "main", {"value": program.main})]
    found: list[Finding] = []
    for flow in _flows_in_order(program):
        found += _start(flow)
        for name, node in flow.nodes.items():
            found += (Finding(f.code, flow.id, name, f.field, f.params) for f in _node(program, flow, node, around))
        found += _graph(program, flow)
        found += queue_findings(program, flow, around)
    return [*found, *_subflows(program), *text_findings(program, around, noted(program))]


def checked(program: n.Program, around: Surroundings) -> n.Program:
    """The program; raises `PasokhError` with the first finding's code, its flow, node and field."""
    for finding in check(program, around):
        raise PasokhError(finding.code, field=finding.where, flow=finding.flow, node=finding.node, **finding.params)
    return program


def told(finding: Finding, language: str) -> Told:
    """The finding in words."""
    fields = {"flow": finding.flow, "node": finding.node, "field": finding.field, **finding.params}
    return Told(message(finding.code, language, **fields), message(f"{finding.code}.do", language, **fields))


def _flows_in_order(program: n.Program) -> list[n.Flow]:
    return [program.flows[program.main], *(flow for name, flow in program.flows.items() if name != program.main)]


def _start(flow: n.Flow) -> Iterator[Finding]:
    if flow.start not in flow.nodes:
        yield Finding("flow.unknown_node", flow.id, "", "start", {"value": flow.start})


# -- one node ----------------------------------------------------------------------------------------------------------
def _node(program: n.Program, flow: n.Flow, node: n.AnyNode, around: Surroundings) -> Iterator[Finding]:
    for field, target in edges(node):
        if not target:
            yield _wrong("flow.dead_end", field)
        elif target not in flow.nodes:
            yield _wrong("flow.unknown_node", field, value=target)
    yield from _names(program, node, around)
    match node:
        case n.Menu() | n.AskLanguage() if not node.choices:
            yield _wrong("flow.no_choices", "choices")
        case n.Collect() if node.least > node.most:
            yield _wrong("flow.bad_length", "least", value=node.least, most=node.most)
        case n.Return() if flow.id == program.main:
            yield _wrong("flow.return_outside", "kind")
        case n.Survey() if len({question.id for question in node.questions}) < len(node.questions):
            yield _wrong("flow.same_question", "questions")
        case _:
            pass


def _names(program: n.Program, node: n.AnyNode, around: Surroundings) -> Iterator[Finding]:
    """References to what the organisation, the program or the number must have."""
    languages = frozenset(program.languages)
    match node:
        case n.Queue():
            yield from _unknown("flow.unknown_queue", "queue", [node.queue], around.queues)
            yield from _unknown("flow.unknown_music", "music", [node.music], around.music)
            for k, asked in enumerate(node.skills):
                yield from _unknown("flow.unknown_skill", f"skills[{k}].skill", [asked.skill], around.skills)
            known = around.attributes | noted(program)
            for k, name in enumerate(node.attributes):
                yield from _unknown("flow.unknown_attribute", f"attributes[{k}]", [name], known)
        case n.Callback() | n.Voicemail() if node.queue:
            yield from _unknown("flow.unknown_queue", "queue", [node.queue], around.queues)
        case n.Branch():
            for k, case in enumerate(node.cases):
                yield from _condition(program, case.when, f"cases[{k}].when", around)
        case n.Transfer():
            yield from _unknown("flow.number_not_allowed", "to", [node.to], around.numbers)
        case n.Subflow():
            yield from _unknown("flow.unknown_flow", "flow", [node.flow], frozenset(program.flows))
        case n.SetLanguage():
            yield from _unknown("flow.unknown_language", "to", [node.to], languages)
        case n.AskLanguage():
            for key, language in node.choices.items():
                yield from _unknown("flow.unknown_language", f"choices.{key}", [language], languages)
        case _:
            pass


def _condition(program: n.Program, when: n.Condition, field: str, around: Surroundings) -> Iterator[Finding]:
    if when == n.Condition() or when == n.Condition(reverse=True):
        yield _wrong("flow.no_condition", field)
    for name in ("open", "holiday"):
        calendar = getattr(when, name)
        if calendar:
            yield from _unknown("flow.unknown_hours", f"{field}.{name}", [calendar], around.hours)
    yield from _unknown("flow.unknown_language", f"{field}.languages", when.languages, frozenset(program.languages))
    if when.attribute:
        known = around.attributes | noted(program)
        yield from _unknown("flow.unknown_attribute", f"{field}.attribute", [when.attribute], known)


def noted(program: n.Program) -> frozenset[str]:
    """The attributes the program itself may set."""
    found = set()
    for flow in program.flows.values():
        for node in flow.nodes.values():
            if isinstance(node, n.Collect):
                found.add(node.into)
            elif isinstance(node, n.SetAttribute):
                found.add(node.name)
    return frozenset(found)


def _unknown(code: str, field: str, names: list[str] | tuple[str, ...], known: frozenset[str]) -> Iterator[Finding]:
    for name in names:
        if name not in known:
            yield _wrong(code, field, value=name)


# -- the whole graph ---------------------------------------------------------------------------------------------------
def _graph(program: n.Program, flow: n.Flow) -> Iterator[Finding]:
    reachable = reached(flow, [flow.start])
    ending = leading_to(flow, lambda node: isinstance(node, _ENDS))
    person = leading_to(flow, lambda node: _leads_to_person(program, flow, node))
    circling = set(silent_loops(flow))
    for name, node in flow.nodes.items():
        if name not in reachable:
            yield Finding("flow.unreachable", flow.id, name, "", {})
            continue
        if name not in ending and all(target in flow.nodes for _, target in edges(node)):
            yield Finding("flow.no_end", flow.id, name, "", {})
        if name in circling:
            yield Finding("flow.loop_without_input", flow.id, name, "", {})
        if isinstance(node, n.Menu) and name not in person:
            yield Finding("flow.no_person", flow.id, name, "choices", {})


def _leads_to_person(program: n.Program, flow: n.Flow, node: n.AnyNode) -> bool:
    if isinstance(node, n.Return):
        return flow.id != program.main  # what runs the subflow goes on
    if isinstance(node, n.Subflow):
        inner = program.flows.get(node.flow)
        return inner is not None and any(isinstance(each, _PERSON) for each in inner.nodes.values())
    return isinstance(node, _PERSON)


def _subflows(program: n.Program) -> Iterator[Finding]:
    """Flows that run each other in a circle, or too deep; flows nothing runs; subflows that never return."""
    runs = {
        name: {node.flow for node in flow.nodes.values() if isinstance(node, n.Subflow)}
        for name, flow in program.flows.items()
    }
    depth = {program.main: 0}
    waiting = [program.main]
    while waiting:
        name = waiting.pop()
        for inner in runs.get(name, ()):
            if depth[name] + 1 > MOST_STACK or inner == program.main or _runs_itself(runs, inner):
                yield Finding("flow.recursive", name, "", "flow", {"value": inner})
                return
            if depth.get(inner, -1) < depth[name] + 1 and inner in program.flows:
                depth[inner] = depth[name] + 1
                waiting.append(inner)
    for name, flow in program.flows.items():
        if name not in depth:
            yield Finding("flow.unused_flow", name, "", "", {})
        elif name != program.main and not any(isinstance(node, n.Return) for node in flow.nodes.values()):
            yield Finding("flow.no_return", name, "", "nodes", {})


def _runs_itself(runs: dict[str, set[str]], name: str) -> bool:
    seen: set[str] = set()
    waiting = list(runs.get(name, ()))
    while waiting:
        here = waiting.pop()
        if here == name:
            return True
        if here not in seen:
            seen.add(here)
            waiting += runs.get(here, ())
    return False


def _wrong(code: str, field: str, **params: object) -> Finding:
    return Finding(code, "", "", field, params)
