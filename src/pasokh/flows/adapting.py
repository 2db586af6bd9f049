"""An example flow made to fit an organisation: its own queues and hours in place of those it does not have. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from pasokh.flows import nodes as n
from pasokh.flows.graph import reached, sayings
from pasokh.flows.surroundings import Surroundings
from pasokh.flows.writing import in_order


def adapted(flow: n.Flow, around: Surroundings, known_flows: frozenset[str], languages: Sequence[str] = ()) -> n.Flow:
    """The flow with what the organisation lacks replaced by its first of the kind, or left out.

    `languages` it shall speak (those of the flow unless given); steps that run unknown flows are passed over.
    """
    spoken = tuple(code for code in languages or flow.languages if code in flow.languages) or flow.languages
    passed = {
        name: node.then
        for name, node in flow.nodes.items()
        if isinstance(node, n.Subflow) and node.flow not in known_flows
    }
    nodes: dict[str, n.AnyNode] = {}
    for name in in_order(flow):
        if name not in passed:
            nodes[name] = _led(_fitting(_speaking(flow.nodes[name], spoken), around, spoken), passed)
    nodes = {name: _without_own_overflow(node, nodes) for name, node in nodes.items()}
    fitted = replace(flow, languages=spoken, start=passed.get(flow.start, flow.start), nodes=nodes)
    kept = reached(fitted, [fitted.start])
    return replace(fitted, nodes={name: node for name, node in nodes.items() if name in kept})


def _speaking(node: n.AnyNode, languages: tuple[str, ...]) -> n.AnyNode:
    """The node without texts in other languages."""
    for field, saying in sayings(node):
        if "." not in field and "[" not in field:
            kept = replace(saying, text={code: text for code, text in saying.text.items() if code in languages})
            node = replace(node, **{field: kept})
    if isinstance(node, n.Survey):
        questions = tuple(
            replace(each, say=replace(each.say, text={c: t for c, t in each.say.text.items() if c in languages}))
            for each in node.questions
        )
        node = replace(node, questions=questions)
    return node


def _fitting(node: n.AnyNode, around: Surroundings, languages: tuple[str, ...]) -> n.AnyNode:
    first_queue = min(around.queues, default="")
    match node:
        case n.Queue():
            return replace(
                node,
                queue=node.queue if node.queue in around.queues or not first_queue else first_queue,
                skills=tuple(asked for asked in node.skills if asked.skill in around.skills),
                music=node.music if node.music in around.music else "default",
            )
        case n.Callback() | n.Voicemail() if node.queue and node.queue not in around.queues:
            return replace(node, queue=first_queue)
        case n.AskLanguage():
            return replace(node, choices={key: code for key, code in node.choices.items() if code in languages})
        case n.Branch():
            return _branch(node, around)
        case _:
            return node


def _when(when: n.Condition, around: Surroundings) -> n.Condition:
    """The condition by hours there are; by none where there are none."""
    first = min(around.hours, default="")
    named = {name: getattr(when, name) for name in ("open", "holiday")}
    return replace(when, **{name: asked if asked in around.hours else first for name, asked in named.items() if asked})


def _branch(node: n.Branch, around: Surroundings) -> n.Branch:
    """The cases that can still be asked; who has no hours is always open and never on holiday."""
    cases: list[n.Case] = []
    for case in node.cases:
        when = _when(case.when, around)
        if replace(when, reverse=False) != n.Condition():
            cases.append(replace(case, when=when))
        elif (bool(case.when.open) and not case.when.holiday) != case.when.reverse:
            return replace(node, cases=tuple(cases), otherwise=case.then)
    return replace(node, cases=tuple(cases))


def _without_own_overflow(node: n.AnyNode, nodes: dict[str, n.AnyNode]) -> n.AnyNode:
    """The node without an alternative that leads to the very queue waited in."""
    if not isinstance(node, n.Queue) or node.offer is None:
        return node

    def same(way: n.Way) -> bool:
        there = nodes.get(way.then)
        return way.way == "overflow" and isinstance(there, n.Queue) and there.queue == node.queue

    ways = tuple(way for way in node.offer.ways if not same(way))
    return replace(node, offer=replace(node.offer, ways=ways)) if ways else node


def _led(node: n.AnyNode, passed: dict[str, str]) -> n.AnyNode:
    """The node leading past those that are left out."""
    changed = {
        field: passed[target]
        for field in ("then", "otherwise", "when_closed", "when_full", "after", "to")
        if (target := getattr(node, field, "")) in passed and not isinstance(node, n.SetLanguage | n.Transfer)
    }
    if isinstance(node, n.Menu):
        return replace(node, choices={key: passed.get(to, to) for key, to in node.choices.items()}, **changed)
    return replace(node, **changed) if changed else node
