"""A queue's definition as plain data: where its lengths of time lie, and how two people's edits come together. Pure."""

from typing import Any, NamedTuple

import msgspec

from pasokh.acd.model import QueueConfig


class SpanAt(NamedTuple):
    """Where a length of time lies in the definition, and its least whole seconds."""

    path: tuple[str, ...]
    least: int = 0


SPANS: dict[str, SpanAt] = {
    "target_s": SpanAt(("target_ms",)),
    "short_s": SpanAt(("short_ms",)),
    **{f"ladder_{rung}_s": SpanAt(("ladder", f"{rung}_ms")) for rung in ("ideal", "good", "offer", "alarm", "never")},
    "ring_s": SpanAt(("ring_ms",), 1),
    "wrap_up_s": SpanAt(("wrap_up_ms",)),
    "outside_ring_s": SpanAt(("outside_ring_ms",), 5),
    "hold_warn_s": SpanAt(("hold_warn_ms",), 1),
    "away_s": SpanAt(("away_ms",), 1),
    "callback_retry_s": SpanAt(("callback_retry_ms",)),
    "weight_s": SpanAt(("policy", "weight_ms")),
    "target_boost_s": SpanAt(("policy", "target_boost_ms")),
    "last_agent_hold_s": SpanAt(("policy", "last_agent_hold_ms")),
    "last_agent_boost_s": SpanAt(("policy", "last_agent_boost_ms")),
    "transfer_boost_s": SpanAt(("policy", "transfer_boost_ms")),
    "reject_pause_s": SpanAt(("policy", "reject_pause_ms")),
}
"""Form field → length of time that is always there."""


def plain(queue: QueueConfig) -> dict[str, Any]:
    """The definition as it is stored."""
    built: dict[str, Any] = msgspec.to_builtins(queue)
    return built


def known(found: dict[str, Any], path: tuple[str, ...]) -> int:
    """The value at a path."""
    value: Any = found
    for name in path:
        value = value[name]
    return int(value)


def put(found: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Set the value at a path."""
    for name in path[:-1]:
        found = found[name]
    found[path[-1]] = value


class Merged(NamedTuple):
    """Two edits of one version brought together."""

    queue: QueueConfig
    clashes: tuple[str, ...]
    """Parts that both changed, differently: there `mine` stands."""


def merged(base: QueueConfig, theirs: QueueConfig, mine: QueueConfig) -> Merged:
    """Their version with everything I changed of the base; the parts are the fields of queue and policy."""
    old, other, own = _parts(base), _parts(theirs), _parts(mine)
    found = plain(theirs)
    clashes = []
    for path, value in own.items():
        if value == old[path]:
            continue
        if other[path] not in (old[path], value):
            clashes.append(".".join(path))
        put(found, path, value)
    return Merged(msgspec.convert(found, QueueConfig), tuple(clashes))


def _parts(queue: QueueConfig) -> dict[tuple[str, ...], Any]:
    found = plain(queue)
    deep = ("policy", "ladder")
    parts: dict[tuple[str, ...], Any] = {
        (name,): value for name, value in found.items() if name not in {*deep, "version", "id"}
    }
    for name in deep:
        parts |= {(name, inner): value for inner, value in found[name].items()}
    return parts
