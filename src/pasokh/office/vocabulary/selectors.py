"""Reads of skills, outcomes and reasons."""

from collections import Counter
from collections.abc import Mapping

from pasokh.kernel.time import SECOND, Millis
from pasokh.office.people.models import SkillLevel
from pasokh.office.supervise.models import Outcome, Queue, Reason
from pasokh.office.vocabulary.rules import Node, in_order

type Band = tuple[Millis | None, Millis | None]
"""What is normal, from and to; None = no bound."""


def in_tree_order[M: (Outcome, Reason)](model: type[M]) -> list[tuple[M, int]]:
    """Every term as its tree is read, with its depth."""
    rows = {row.key: row for row in model.objects.select_related("parent")}
    nodes = [Node(key, row.parent.key if row.parent is not None else "", row.position) for key, row in rows.items()]
    return [(rows[key], depth) for key, depth in in_order(nodes)]


def people_by_skill() -> Counter[str]:
    """Skill key → how many active people have it."""
    return Counter(SkillLevel.objects.filter(user__is_active=True).values_list("skill__key", flat=True))


def queues_by_skill() -> Counter[str]:
    """Skill key → how many queues ask for it."""
    found: Counter[str] = Counter()
    for queue in Queue.objects.all():
        config = queue.config
        found.update({*(need.skill for need in config.requires), *config.languages.values()})
    return found


def queues_by_outcome() -> Counter[str]:
    """Outcome key → how many queues offer it by name."""
    return Counter(key for queue in Queue.objects.all() for key in queue.config.outcomes)


def queues_by_reason() -> Counter[str]:
    """Reason key → how many queues offer it."""
    return Counter(key for queue in Queue.objects.all() for key in queue.config.reasons)


def bands() -> dict[str, Band]:
    """The handling-time band that holds for each reason, in ms: each bound its own, else that of the nearest above."""
    rows = {row.pk: row for row in Reason.objects.all()}
    return {row.key: _band(row, rows) for row in rows.values()}


def _band(row: Reason, rows: Mapping[int, Reason]) -> Band:
    low: int | None = None
    high: int | None = None
    step: Reason | None = row
    while step is not None and (low is None or high is None):
        low = step.band_low_s if low is None else low
        high = step.band_high_s if high is None else high
        step = rows.get(step.parent_id) if step.parent_id is not None else None
    return low if low is None else low * SECOND, high if high is None else high * SECOND
