"""What differs between the two sides of an audit event. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changed; `before` or `after` None = it was or is not there."""

    path: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> list[Difference]:
    """Every value that differs, by its path (`policy.agent_order`), in the order the new side has them."""
    old, new = _flat(before or {}), _flat(after or {})
    paths = dict.fromkeys([*new, *old])
    return [Difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _flat(value: object, path: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        found: dict[str, str] = {}
        for name, part in value.items():
            found |= _flat(part, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
        found = {}
        for number, part in enumerate(value, 1):
            found |= _flat(part, f"{path}.{number}")
        return found
    return {path: _shown(value)}


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value)[:LONGEST_VALUE]
