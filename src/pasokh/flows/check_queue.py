"""Checks of waiting: an alternative within the minute (R1), one that is always possible, and no "busy" (R2)."""

import re
from collections.abc import Iterator

from pasokh.flows import nodes as n
from pasokh.flows.findings import Finding
from pasokh.flows.graph import edges, reached, sayings
from pasokh.flows.position import Piece
from pasokh.flows.saying import length_ms, own, pieces
from pasokh.flows.surroundings import Surroundings
from pasokh.flows.walk import PROMISE_MS
from pasokh.i18n.text import search_key
from pasokh.kernel.time import SECOND

_WAY_KINDS: dict[str, tuple[type[n.Node], ...]] = {
    "callback": (n.Callback,),
    "message": (n.Voicemail,),
    "overflow": (n.Queue, n.Transfer),
}
_BUSY = "busy"
_BUSY_WORDS = re.compile(
    r"\b(?:all|every|operators?|agents?|lines?|colleagues|advis[eo]rs?|staff)\b.{0,40}\b(?:busy|occupied|engaged)\b"
    r"|(?:\bвс[іе]\b|\bусі\b|оператор|консультант|спеціаліст|фахів|колег|ліні).{0,40}зайнят"
    r"|зайнят.{0,20}(?:оператор|консультант|спеціаліст|фахів|ліні)"
    r"|(?:همه|تمام|اپراتور|کارشناس|همکار|خطوط|خط ها).{0,40}(?:مشغول|اشغال)"
)
"""Ways of saying "all operators are busy", in folded spelling."""


def queue_findings(program: n.Program, flow: n.Flow, around: Surroundings) -> Iterator[Finding]:
    """What breaks the one-minute promise or rewards waiting with "busy", in one flow."""
    for name, node in flow.nodes.items():
        if isinstance(node, n.Queue):
            yield from _offer(program, flow, name, node)
    for name in sorted(_while_waiting(program, flow)):
        yield from _busy(program, flow, name, around)
    yield from _queue_unsaid(program, flow)


def says_busy(text: str) -> bool:
    """Whether a text tells that nobody has time."""
    return bool(_BUSY_WORDS.search(search_key(text)))


def _offer(program: n.Program, flow: n.Flow, name: str, node: n.Queue) -> Iterator[Finding]:
    if node.offer is None:
        yield Finding("flow.no_alternative", flow.id, name, "offer", {})
        return
    keys = [way.key for way in node.offer.ways]
    if len(set(keys)) < len(keys):
        yield Finding("flow.same_key", flow.id, name, "offer.ways", {})
    if all(way.way == "overflow" for way in node.offer.ways):
        yield Finding("flow.only_overflow", flow.id, name, "offer.ways", {})
    for k, way in enumerate(node.offer.ways):
        kind = _WAY_KINDS[way.way]
        if way.then in flow.nodes and not _does(program, flow, way.then, kind, elsewhere_than=node.queue):
            yield Finding("flow.way_leads_elsewhere", flow.id, name, f"offer.ways[{k}].then", {"value": way.way})
    for language in program.languages:
        spoken = length_ms(_first_way(node.offer, language))
        heard = node.offer.after_s * SECOND + spoken
        if heard > PROMISE_MS:
            params = {"value": language, "after": node.offer.after_s, "spoken": -(-spoken // SECOND)}
            yield Finding("flow.offer_too_late", flow.id, name, "offer.after_s", params)
            break


def _first_way(offer: n.Offer, language: str) -> tuple[Piece, ...]:
    """What is heard until the first alternative is understood; of a saying of the flow, all of it."""
    if offer.say is not None:
        return pieces(offer.say, language, {})
    first = offer.ways[0]
    return own("offer", language) + own(f"offer_{first.way}", language, {"key": first.key})


def _does(program: n.Program, flow: n.Flow, start: str, kind: tuple[type[n.Node], ...], *, elsewhere_than: str) -> bool:
    """Whether what begins at a node can be the alternative named."""
    for name in reached(flow, [start]):
        node = flow.nodes[name]
        if isinstance(node, kind) and not (isinstance(node, n.Queue) and node.queue == elsewhere_than):
            return True
        if isinstance(node, n.Subflow) and any(isinstance(each, kind) for each in _inside(program, node)):
            return True
    return False


def _while_waiting(program: n.Program, flow: n.Flow) -> set[str]:
    """Queue nodes and everything a caller may come to from waiting, but for what follows a talk with an agent."""
    starts: list[str] = []
    for name, node in flow.nodes.items():
        if isinstance(node, n.Queue):
            starts += [name, *(target for field, target in edges(node) if field != "after")]
        elif isinstance(node, n.Subflow) and any(isinstance(each, n.Queue) for each in _inside(program, node)):
            starts.append(node.then)
    return reached(flow, starts, lambda node: [e for e in edges(node) if e[0] != "after"])


def _inside(program: n.Program, node: n.Subflow) -> list[n.AnyNode]:
    """The nodes of a subflow and of all it runs."""
    seen: set[str] = set()
    waiting, found = [node.flow], list[n.AnyNode]()
    while waiting:
        name = waiting.pop()
        flow = program.flows.get(name)
        if flow is None or name in seen:
            continue
        seen.add(name)
        found += flow.nodes.values()
        waiting += [each.flow for each in flow.nodes.values() if isinstance(each, n.Subflow)]
    return found


def _busy(program: n.Program, flow: n.Flow, name: str, around: Surroundings) -> Iterator[Finding]:
    node = flow.nodes[name]
    said = list(sayings(node))
    if isinstance(node, n.Subflow):
        said += [("flow", saying) for each in _inside(program, node) for _, saying in sayings(each)]
    for field, saying in said:
        prompt = around.prompts.get(saying.prompt)
        texts = (*saying.text.values(), *(prompt.text.values() if prompt is not None else ()))
        tags = (*saying.tags, *(prompt.tags if prompt is not None else ()))
        if _BUSY in tags or any(says_busy(text) for text in texts):
            yield Finding("flow.busy_prompt", flow.id, name, field, {})


def _queue_unsaid(program: n.Program, flow: n.Flow) -> Iterator[Finding]:
    """A callback or message whose queue is not named, where a caller may come without having waited."""
    if flow.id != program.main:
        straight = set(flow.nodes)  # where a subflow is run from is not followed: it names its queue
    else:
        straight = reached(flow, [flow.start], lambda node: [] if isinstance(node, n.Queue) else edges(node))
    for name in sorted(straight):
        node = flow.nodes[name]
        if isinstance(node, n.Callback | n.Voicemail) and not node.queue:
            yield Finding("flow.which_queue", flow.id, name, "queue", {})
