"""Flows that are being written: every fault at once, beside what the checker finds in the rest.

`as_flow` stops at the first field that cannot be read. Here each node is read by itself; one that cannot be read is
told so and stands in as something that leads where it leads, so that nothing is said of the others that is not so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from pasokh.flows import nodes as n
from pasokh.flows.differences import Plain, leaves
from pasokh.flows.findings import Finding
from pasokh.flows.reading import refused
from pasokh.kernel.errors import PasokhError

MOST_NODES = 500
MOST_DEPTH = 30
"""A flow has nothing so deep; what is deeper would only break whoever walks it."""
_BOUNDS = (
    (re.compile(r"length <= (\d+)"), "flow.text_too_long", "most"),
    (re.compile(r"length >= (\d+)"), "flow.too_few", "least"),
    (re.compile(r"<= (\d+)"), "flow.number_too_large", "most"),
    (re.compile(r">= (\d+)"), "flow.number_too_small", "least"),
)
"""What msgspec says of values out of their bounds."""


class Read(NamedTuple):
    """A draft as far as it can be read."""

    flow: n.Flow | None
    """Whole, or None where something cannot be read."""
    faults: list[Finding]
    """What cannot be read."""
    stand_in: n.Flow
    """The flow with something in place of what cannot be read."""
    replaced: frozenset[str]
    """Nodes that cannot be read."""


def read_draft(data: object) -> Read:
    """A draft of a flow from plain data; raises `PasokhError` ``flow.field`` for what is no flow at all."""
    if not isinstance(data, Mapping) or not isinstance(data.get("nodes"), Mapping):
        raise PasokhError("flow.field", field="nodes", problem=type(data).__name__)
    if len(data["nodes"]) > MOST_NODES:
        raise PasokhError("flow.too_many_nodes", field="nodes", most=MOST_NODES)
    if _deeper_than(data, MOST_DEPTH):
        raise PasokhError("flow.field", field="nodes", problem="nested too deep")
    faults: list[Finding] = []
    nodes: dict[str, n.AnyNode] = {}
    replaced: set[str] = set()
    for name, raw in data["nodes"].items():
        try:
            msgspec.convert(name, n.Name)
            nodes[name] = msgspec.convert(raw, n.AnyNode)
        except (msgspec.ValidationError, RecursionError) as error:
            replaced.add(str(name))
            nodes[str(name)] = _standing_in(raw)
            faults.append(_fault(str(name), error, raw))
    own = {key: value for key, value in data.items() if key != "nodes"}
    kept = {"id": "flow", "start": "start", "languages": ("en",)}
    while True:  # each pass takes one field out that cannot be read
        try:
            frame = msgspec.convert({**own, "nodes": {"end": {"kind": "hang_up"}}}, n.Flow)
            break
        except msgspec.ValidationError as error:
            said = refused(str(error))
            field = str(said.params["field"])
            faults.append(Finding(said.code, "", "", field, {**said.params, "field": field}))
            top = field.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
            if top in kept and own.get(top) != kept[top]:
                own[top] = kept[top]
            elif top in own:
                del own[top]
            else:
                raise said from error
    flow = msgspec.structs.replace(frame, nodes=nodes)
    faults = [fault._replace(flow=flow.id) for fault in faults]
    return Read(None if faults else flow, faults, flow, frozenset(replaced))


def _deeper_than(data: object, most: int) -> bool:
    level = [data]
    for _ in range(most):
        inner: list[object] = []
        for each in level:
            if isinstance(each, Mapping):
                inner += each.values()
            elif isinstance(each, list | tuple):
                inner += each
        if not inner:
            return False
        level = inner
    return True


def findings_of(read: Read, found: Iterable[Finding]) -> list[Finding]:
    """What cannot be read, then what the checker `found` in the stand-in, without what it says of those."""
    flow = read.stand_in
    return [*read.faults, *(each for each in found if each.flow == flow.id and each.node not in read.replaced)]


def _standing_in(raw: object) -> n.AnyNode:
    """A branch that leads wherever the unreadable node names something."""
    targets = list(dict.fromkeys(_targets(raw if isinstance(raw, Mapping) else {})))
    cases = tuple(n.Case(n.Condition(known=True), target) for target in targets[:40])
    return n.Branch(cases=cases, otherwise=targets[0] if targets else "")


def _targets(raw: Plain) -> Iterator[str]:
    for path, value in leaves(raw):
        name = path.rpartition(".")[2]
        leads = name in {"then", "otherwise", "when_closed", "when_full", "after", "to"} or path.startswith("choices.")
        if leads and isinstance(value, str) and value:
            yield value


def _fault(node: str, error: Exception, raw: object) -> Finding:
    if isinstance(error, RecursionError):
        return Finding("flow.field", "", node, "", {"problem": "nested too deep"})
    said = refused(str(error))
    field = "" if said.params["field"] == "flow" else str(said.params["field"])
    params: dict[str, Any] = {key: value for key, value in said.params.items() if key != "field"}
    if said.code != "flow.field":
        return Finding(said.code, "", node, field, params)
    problem = str(params["problem"])
    for pattern, code, name in _BOUNDS:
        if bound := pattern.search(problem):
            return Finding(code, "", node, field, {name: int(bound[1])})
    given = dict(leaves(raw)).get(field)
    if given is None or given == "":
        return Finding("flow.left_empty", "", node, field, {})
    if "matching regex" in problem:
        return Finding("flow.bad_value", "", node, field, {"value": str(given)[:60]})
    return Finding(said.code, "", node, field, params)
