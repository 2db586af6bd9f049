"""The sections of the configuration file. A feature may add its own with `add_section`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pasokh.kernel.errors import PasokhError

type Items = dict[str, dict[str, Any]]
"""Key → plain value, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the file: how it is read from the database, checked, written, and what becomes of what it lacks."""

    name: str
    order: int
    """Sections are written in this order: what is named comes before who names it."""
    about: str
    """The comment above it in the file, in English like all comments there."""
    read: Callable[[], Items]
    """Everything there is, in the shape of the file."""
    shape: Callable[[str, Any], dict[str, Any]]
    """`shape(key, plain)`: the item with its defaults; raises `PasokhError` with a `field`, or a msgspec error."""
    write: Callable[[str, str, dict[str, Any]], object]
    """`write(actor, key, item)`: through the feature's actions."""
    retire: Callable[[str, str], object] | None = None
    """`retire(actor, key)`: put away what the file does not name; None = it stays."""
    single: bool = False
    """The section is one item, not a table of items."""
    prepare: Callable[[str, Mapping[str, dict[str, Any]]], object] | None = None
    """`prepare(actor, items)` before any is written: for items that name each other."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The action's field → the file's, where they differ."""
    in_order: Callable[[Items], Items] = lambda items: items
    """Items in an order in which they can be written."""


_SECTIONS: dict[str, Section] = {}


def add_section(section: Section) -> None:
    """Add a section, once at start-up, from a feature's `AppConfig.ready`."""
    _SECTIONS[section.name] = section


def sections() -> list[Section]:
    """Every section, in writing order."""
    return sorted(_SECTIONS.values(), key=lambda section: (section.order, section.name))


def shaped[S: msgspec.Struct](kind: type[S]) -> Callable[[str, Any], dict[str, Any]]:
    """The `shape` of a section whose items are a struct."""

    def convert(key: str, plain: Any) -> dict[str, Any]:  # noqa: ARG001, ANN401 - a section's signature
        built: dict[str, Any] = msgspec.to_builtins(msgspec.convert(plain, kind, strict=True))
        return built

    return convert


def parents_first(items: Items) -> Items:
    """Items of a tree with each parent before its children; what hangs in a circle comes last."""
    done: Items = {}
    waiting = dict(items)
    while waiting:
        ready = [key for key, item in waiting.items() if item.get("under", "") not in waiting]
        if not ready:
            return done | waiting
        done |= {key: waiting.pop(key) for key in ready}
    return done


def once(values: Iterable[str], name: str) -> list[str]:
    """The list unless something stands in it twice; raises `import.twice`."""
    found = list(values)
    twice = next((value for number, value in enumerate(found) if value in found[:number]), None)
    if twice is not None:
        raise PasokhError("import.twice_in_list", field=name, value=twice[:60])
    return found
