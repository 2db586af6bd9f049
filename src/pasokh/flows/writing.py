"""A flow as TOML that people read: nodes in the order in which a caller comes to them, what is usual left out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from pasokh.flows.graph import edges
from pasokh.flows.nodes import Announce, AnyNode, Flow, Name

_SILENT = Announce(place=False, wait=False)
"""TOML knows no "nothing": no announcements are announcements of nothing."""


def to_toml(flow: Flow) -> str:
    """The flow as TOML text that `parse_flow` reads back as a flow that does the same."""
    return "\n".join(_lines(flow)) + "\n"


def in_order(flow: Flow) -> list[Name]:
    """Every node: first those reached from the start, near ones first, then the rest as they stand."""
    found = [flow.start] if flow.start in flow.nodes else []
    seen = set(found)
    for name in found:  # grows while it is read
        for _, target in edges(flow.nodes[name]):
            if target in flow.nodes and target not in seen:
                seen.add(target)
                found.append(target)
    return [*found, *(name for name in flow.nodes if name not in seen)]


def plain(node: AnyNode) -> dict[str, Any]:
    """The fields of a node, without those that say what is usual anyway."""
    return {"kind": node.__struct_config__.tag, **_changed(node)}


def _changed(value: msgspec.Struct) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(value):
        given = getattr(value, field.name)
        usual = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        if given != usual:
            found[field.encode_name] = _plain(_SILENT if given is None else given)
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field
    match value:
        case msgspec.Struct():
            return _changed(value)
        case Mapping():
            return {key: _plain(each) for key, each in value.items()}
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def _lines(flow: Flow) -> Iterator[str]:
    yield f"id = {_value(flow.id)}"
    yield f"start = {_value(flow.start)}"
    yield f"languages = {_value(list(flow.languages))}"
    if flow.version != 1:
        yield f"version = {flow.version}"
    if flow.name:
        yield from _table("name", flow.name)
    for name in in_order(flow):
        yield from _table(f"nodes.{name}", plain(flow.nodes[name]))


def _table(heading: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """A table; texts by language become tables of their own, a language a line."""
    yield f"\n[{heading}]"
    below: list[tuple[str, Mapping[str, Any]]] = []
    for name, value in fields.items():
        if (
            isinstance(value, Mapping)
            and set(value) <= {"text", "prompt", "tags"}
            and isinstance(value.get("text"), Mapping)
        ):
            below.append((name, value))
        else:
            yield f"{name} = {_value(value)}"
    for name, value in below:
        rest = {key: each for key, each in value.items() if key != "text"}
        if rest:
            yield from _table(f"{heading}.{name}", rest)
        yield from _table(f"{heading}.{name}.text", value["text"])


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            given = cast("Mapping[str, Any]", value)
            inner = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in given.items() if each is not None)
            return f"{{ {inner} }}" if inner else "{}"
        case Sequence():
            return f"[{', '.join(_value(each) for each in value)}]"
        case _:
            raise TypeError(type(value).__name__)


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else json.dumps(key)
