"""What a tree of outcomes or reasons may look like. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pasokh.kernel.errors import PasokhError

DEEPEST = 4
"""Levels of a tree: more cannot be chosen quickly while a customer waits."""
LONGEST_BAND_S = 86_400


class Node(NamedTuple):
    """A term in its tree."""

    key: str
    parent: str
    position: int


def check_parent(key: str, parent: str, parents: Mapping[str, str], subtree: int = 1) -> None:
    """Refuse a parent that is unknown, below the term itself, or too deep; `subtree` = levels of the term and below.

    Raises `tree.unknown_parent`, `tree.under_itself`, `tree.too_deep`.
    """
    if not parent:
        return
    if parent not in parents:
        raise PasokhError("tree.unknown_parent", field="parent", value=parent[:60])
    above, step = 0, parent
    while step:
        above += 1
        if step == key:
            raise PasokhError("tree.under_itself", field="parent")
        step = parents.get(step, "")
    if above + subtree > DEEPEST:
        raise PasokhError("tree.too_deep", field="parent", most=DEEPEST)


def height(key: str, parents: Mapping[str, str]) -> int:
    """Levels of a term and all below it."""
    return 1 + max((height(child, parents) for child, parent in parents.items() if parent == key), default=0)


def below(key: str, parents: Mapping[str, str]) -> set[str]:
    """Every term under `key`."""
    found: set[str] = set()
    level = {key}
    while level:
        level = {child for child, parent in parents.items() if parent in level} - found
        found |= level
    return found


def in_order(nodes: Iterable[Node]) -> list[tuple[str, int]]:
    """Keys as a tree is read, each with its depth; siblings by position, then key."""
    children: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda n: (n.position, n.key)):
        children.setdefault(node.parent, []).append(node)
    found: list[tuple[str, int]] = []

    def walk(parent: str, depth: int) -> None:
        for node in children.get(parent, ()):
            found.append((node.key, depth))
            walk(node.key, depth + 1)

    walk("", 0)
    return found


def check_band(low: int | None, high: int | None) -> None:
    """Refuse a handling-time band outside 0 s to a day, or upside down; raises `reason.bad_band`."""
    for field, value in (("band_low_s", low), ("band_high_s", high)):
        if value is not None and not 0 <= value <= LONGEST_BAND_S:
            raise PasokhError("number.out_of_range", field=field, least=0, most=LONGEST_BAND_S)
    if low is not None and high is not None and low > high:
        raise PasokhError("reason.bad_band", field="band_high_s", low=low)
