"""Reads a whole log back and says what is wrong with it, by rules of its own that lean on no code of the core."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

import msgspec

from pasokh.store.ports import Answer, Row, Store

CAPACITY = 3
"""Chats an agent of the benchmark floor takes at once."""
FREES = {"offer.rejected", "offer.timed_out", "offer.withdrawn"}


async def read_all(store: Store, shard: str) -> list[Row]:
    """Every row of a log."""
    rows: list[Row] = []
    while page := await store.read(shard, shard, rows[-1].seq if rows else 0, 5_000):
        rows += page
    return rows


def faults(
    rows: Sequence[Row], answers: Mapping[str, Answer], needs_events: AbstractSet[str] = frozenset()
) -> list[str]:
    """What contradicts the promises: order without gaps, fencing, one owner each, nothing acknowledged lost or doubled.

    `needs_events`: keys whose command cannot have succeeded without an event.
    """
    return [*_order(rows), *_owners(rows), *_acknowledged(rows, answers, needs_events)]


def _order(rows: Sequence[Row]) -> list[str]:
    wrong: list[str] = []
    for before, row in pairwise(rows):
        if row.seq != before.seq + 1:
            wrong.append(f"gap after {before.seq}")
        if row.epoch < before.epoch:
            wrong.append(f"stale write at {row.seq}: epoch {row.epoch} after {before.epoch}")
        if row.occurred_at < before.occurred_at:
            wrong.append(f"time runs backwards at {row.seq}")
    return wrong


def _owners(rows: Sequence[Row]) -> list[str]:
    wrong: list[str] = []
    owner: dict[str, str] = {}
    hands: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        data = msgspec.json.decode(row.data)
        interaction, agent = data.get("interaction"), data.get("agent")
        if row.type == "offer.made":
            if interaction in owner:
                wrong.append(f"{row.seq}: {interaction} offered to {agent}, {owner[interaction]} has it")
            owner[interaction] = agent
            hands[agent].add(interaction)
            if len(hands[agent]) > CAPACITY:
                wrong.append(f"{row.seq}: {agent} has {len(hands[agent])} interactions")
        elif row.type == "offer.accepted" and owner.get(interaction) != agent:
            wrong.append(f"{row.seq}: {interaction} accepted by {agent}, offered to {owner.get(interaction)}")
        elif (row.type in FREES or row.type == "interaction.closed") and interaction in owner:
            hands[owner.pop(interaction)].discard(interaction)
        elif row.type == "wrap_up.expired" and interaction in owner:
            hands[owner[interaction]].discard(interaction)
    return wrong


def _acknowledged(rows: Sequence[Row], answers: Mapping[str, Answer], needs_events: AbstractSet[str]) -> list[str]:
    wrong: list[str] = []
    by_key: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.cause:
            by_key[row.cause].append(row)
    for key, caused in by_key.items():
        if caused[-1].seq - caused[0].seq != len(caused) - 1 or caused[0].epoch != caused[-1].epoch:
            wrong.append(f"command {key} has events at {[row.seq for row in caused]}")
    last = rows[-1].seq if rows else 0
    for key, answer in answers.items():
        if answer.seq > last:
            wrong.append(f"{key} was answered at {answer.seq}, the log ends at {last}")
        if not answer.ok and key in by_key:
            wrong.append(f"{key} was refused, yet has events")
        if answer.ok and key in needs_events and key not in by_key:
            wrong.append(f"{key} was acknowledged, its events are lost")
        if answer.ok and key in by_key and by_key[key][-1].seq > answer.seq:
            wrong.append(f"{key} was answered at {answer.seq} before its event {by_key[key][-1].seq}")
    return wrong


def gaps_ms(rows: Sequence[Row], marks: Sequence[float]) -> list[float]:
    """For each mark (ms UTC), the longest time without a commit that spans it or begins within a second after."""
    commits = sorted({row.recorded_at for row in rows})
    pairs = list(pairwise(commits))
    return [
        float(max((after - before for before, after in pairs if before <= mark + 1_000 and after >= mark), default=0))
        for mark in marks
    ]
