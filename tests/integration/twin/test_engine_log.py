"""The live engine's own rows, written as `pasokh log export` writes them, replay with 0 differences."""

import json
from collections import deque

import msgspec
import pytest

from pasokh.acd import commands as co
from pasokh.acd.state import State
from pasokh.engine.core import ACD
from pasokh.engine.options import EngineOptions
from pasokh.engine.turn import Decider
from pasokh.store.ports import Pending
from pasokh.twin.random_commands import random_script
from pasokh.twin.replay import replay
from pasokh.twin.replay_log import decode_rows


def engine_log(seed: int) -> list[str]:
    """What the engine records of a random script: turns of several commands, late ticks, refusals, a day of its own."""
    actions = [a for a in random_script(seed) if a.command is not None and not isinstance(a.command, co.Tick)]
    state, now, drafts = State(), 0, []
    decider = Decider(ACD, EngineOptions(), lambda: 0.0)
    own = deque([co.StartDay("2026-03-21")])
    for first in range(0, len(actions), 3):
        batch = actions[first : first + 3]
        now = max(now, *(a.at for a in batch)) + 7
        backlog = deque(
            Pending(first + k, f"key-{first + k}", "user:x", msgspec.json.encode(a.command), now)
            for k, a in enumerate(batch)
        )
        while own or backlog:
            drafts += decider.decide(state, lambda at=now: at, own, backlog, ()).drafts
    return [
        json.dumps(
            {
                "shard": "s", "seq": k, "org": "s", "client": d.client, "stream": d.stream, "version": 1, "epoch": 1,
                "type": d.type, "schema": d.schema, "occurred_at": d.occurred_at, "recorded_at": 0,
                "actor": d.actor, "cause": d.cause, "data": json.loads(d.data), "hash": "",
            }
        )
        for k, d in enumerate(drafts, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_the_engines_log_replays_without_a_difference(first):
    assignments = 0
    for seed in range(first, first + 10):
        lines = engine_log(seed)
        result = replay(decode_rows(lines))
        assert result.events == len(lines)
        assert result.differences == 0, result.told
        assignments += result.assignments
    assert assignments > 20
