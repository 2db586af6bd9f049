"""A waiting visitor's place in the queue, said only where it is fair: where all are served in the order they came."""

from collections.abc import Iterable, Mapping

from pasokh.acd.model import Channel, Phase
from pasokh.acd.state import Interaction, State

_TEXT = frozenset({Channel.CHAT, Channel.MESSENGER})


def places(state: State, waiting: Iterable[str]) -> Mapping[str, int]:
    """Interaction → place (1 = next) of those `waiting` in one queue; empty when no order can be stated.

    It can when all who wait are alike to the router: one class, the same skills asked, nobody kept for one agent or
    barred from one, and only conversations by text (a call or a letter is taken by other agents, in another order).
    """
    queued = [
        i
        for name in waiting
        if (i := state.interactions.get(name)) is not None and i.phase in (Phase.QUEUED, Phase.OFFERED)
    ]
    if not queued or not _alike(queued):
        return {}
    ordered = sorted(queued, key=lambda i: (i.phase is not Phase.OFFERED, i.queued_at - i.head_start_ms, i.number))
    return {i.id: n for n, i in enumerate(ordered, 1)}


def _alike(queued: list[Interaction]) -> bool:
    first = queued[0]
    return all(
        i.channel in _TEXT
        and i.priority == first.priority
        and i.requires == first.requires
        and i.hold_agent is None
        and i.barred_agent is None
        for i in queued
    )
