"""What tells two versions of a flow apart, and two people's edits of one brought together. Pure, over plain data.

A flow here is what its JSON holds: a mapping with `nodes`, each a mapping with `kind` and fields, as whoever edits it
has it, right or wrong.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

type Plain = Mapping[str, Any]
"""A flow or node as plain data."""

_TARGETS = frozenset({"then", "otherwise", "when_closed", "when_full", "after", "to"})
_MISSING = object()


class Difference(NamedTuple):
    """One thing that differs: `added`, `removed`, `renamed` (a node), or `changed` (a field, by its path)."""

    kind: str
    node: str
    """Its name after the change; before it where it was removed; empty = the flow itself."""
    field: str = ""
    before: Any = None
    after: Any = None


class Merged(NamedTuple):
    """Both edits in one, and where they contradicted each other, so that mine was taken: node and field."""

    flow: dict[str, Any]
    clashes: list[tuple[str, str]]


def differences(before: Plain, after: Plain) -> list[Difference]:
    """Everything that differs, the flow's own fields first, then node by node."""
    found = list(_fields("", _own(before), _own(after)))
    names = _renamed(before, after)
    for old, new in names.items():
        found.append(Difference("renamed", new, before=old, after=new))
        before = with_renamed(before, old, new)
    old_nodes, new_nodes = _nodes(before), _nodes(after)
    for name, node in new_nodes.items():
        if name not in old_nodes:
            found.append(Difference("added", name, after=node))
        elif old_nodes[name].get("kind") != node.get("kind"):
            found.append(Difference("changed", name, "kind", old_nodes[name].get("kind"), node.get("kind")))
        else:
            found += _fields(name, old_nodes[name], node)
    found += (Difference("removed", name, before=node) for name, node in old_nodes.items() if name not in new_nodes)
    return found


def with_renamed(flow: Plain, old: str, new: str) -> dict[str, Any]:
    """The flow with a node called otherwise, wherever it is named."""
    nodes = {(new if name == old else name): _pointing(node, old, new) for name, node in _nodes(flow).items()}
    return {**flow, "start": new if flow.get("start") == old else flow.get("start"), "nodes": nodes}


def merged(base: Plain, theirs: Plain, mine: Plain) -> Merged:
    """My edit on top of theirs, both made from `base`: each field as who changed it left it, mine where both did."""
    clashes: list[tuple[str, str]] = []
    nodes: dict[str, Any] = {}
    b, t, m = _nodes(base), _nodes(theirs), _nodes(mine)
    for name in dict.fromkeys([*t, *m]):
        node = _one(b.get(name, _MISSING), t.get(name, _MISSING), m.get(name, _MISSING), name, clashes)
        if node is not _MISSING:
            nodes[name] = node
    own = _brought(_own(base), _own(theirs), _own(mine), "", clashes)
    return Merged({**own, "nodes": nodes}, clashes)


# -- fields ------------------------------------------------------------------------------------------------------------
def leaves(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that holds no others, by its path as findings write it: `offer.ways[1].then`."""
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from leaves(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and value:
        for place, each in enumerate(value):
            yield from leaves(each, f"{path}[{place}]")
    else:
        yield path, value


def _fields(node: str, before: Plain, after: Plain) -> Iterator[Difference]:
    old, new = dict(leaves(before)), dict(leaves(after))
    for path in dict.fromkeys([*old, *new]):
        was, now = old.get(path), new.get(path)
        if was != now and not (_is_nothing(was) and _is_nothing(now)):
            yield Difference("changed", node, path, was, now)


def _is_nothing(value: object) -> bool:
    return value is None or value in ("", [], {}, ())


def _own(flow: Plain) -> dict[str, Any]:
    return {key: value for key, value in flow.items() if key not in {"nodes", "version", "id"}}


def _nodes(flow: Plain) -> dict[str, dict[str, Any]]:
    found = flow.get("nodes")
    given = found.items() if isinstance(found, Mapping) else ()
    return {str(name): dict(node) for name, node in given if isinstance(node, Mapping)}


# -- names -------------------------------------------------------------------------------------------------------------
def _renamed(before: Plain, after: Plain) -> dict[str, str]:
    """Old name → new name, of nodes that are the same but for names."""
    old, new = _nodes(before), _nodes(after)
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    if not gone or not come:
        return {}
    known = frozenset(old) | frozenset(new)
    shapes: dict[str, list[str]] = {}
    for name in come:
        shapes.setdefault(_shape(new[name], known), []).append(name)
    found: dict[str, str] = {}
    for name in gone:
        fitting = shapes.get(_shape(old[name], known), [])
        if fitting:
            found[name] = fitting.pop(0)
    return found


def _shape(node: Plain, names: frozenset[str]) -> str:
    """A node without the names of nodes it leads to."""
    found = {path: "→" if isinstance(value, str) and value in names and _leads(path) else value
             for path, value in leaves(node)}  # fmt: skip
    return repr(sorted(found.items(), key=lambda pair: pair[0]))


def _leads(path: str) -> bool:
    return re.split(r"[.\[]", path)[-1].rstrip("]0123456789") in _TARGETS or path.startswith("choices.")


def _pointing(node: Plain, old: str, new: str) -> dict[str, Any]:
    kind = node.get("kind")

    def replaced(value: Any, path: str) -> Any:  # noqa: ANN401 - plain data
        if isinstance(value, Mapping):
            return {key: replaced(each, f"{path}.{key}" if path else str(key)) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [replaced(each, f"{path}[{place}]") for place, each in enumerate(value)]
        elsewhere = (path == "to" and kind != "goto") or (path.startswith("choices.") and kind == "ask_language")
        return new if value == old and _leads(path) and not elsewhere else value  # those are numbers and languages

    return {key: replaced(value, str(key)) for key, value in node.items()}


# -- bringing together -------------------------------------------------------------------------------------------------
def _one(base: Any, theirs: Any, mine: Any, name: str, clashes: list[tuple[str, str]]) -> Any:  # noqa: ANN401
    """A node of both edits; `_MISSING` = it is not there."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if _MISSING in (theirs, mine) or theirs.get("kind") != mine.get("kind"):
        clashes.append((name, ""))
        return theirs if mine is _MISSING else mine
    return _brought({} if base is _MISSING else base, theirs, mine, name, clashes)


def _brought(base: Plain, theirs: Plain, mine: Plain, node: str, clashes: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in dict.fromkeys([*theirs, *mine]):
        b, t, m = (each.get(key, _MISSING) for each in (base, theirs, mine))
        value = t if m == b else m
        if m not in (b, t) and t != b:
            if all(isinstance(each, Mapping) for each in (t, m)):
                value = _brought(b if isinstance(b, Mapping) else {}, t, m, node, clashes)
            else:
                clashes.append((node, key))
        if value is not _MISSING:
            found[key] = value
    return found
