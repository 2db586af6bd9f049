"""Deterministic simulation: random runs of the core under every invariant. A failing seed is printed, shrunk and kept.

Protects: one owner at most, capacity, order, nothing lost, no idling beside waiting, alternatives in time, replay by
folding, tables and timers in step with the state, refusals without trace.
"""

from pathlib import Path

import pytest

from pasokh.acd import commands as co
from pasokh.acd.routing import kernel
from pasokh.twin.invariants import BrokenError
from pasokh.twin.plan import draw_plan
from pasokh.twin.random_commands import random_script
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.script import Action, Script, failure, play, read_script, shrink, write_script
from pasokh.twin.world import World

KEPT = Path(__file__).parent / "kept"
COMMAND_SEEDS = 300
WORLD_SEEDS = 80
CHUNK = 10
WORLD_CHUNK = 4


def keep(origin: str, actions: list[Action], broke: str) -> str:
    """Shrink a failing run, write it down, say what to do."""
    shrunk = shrink(actions, broke)
    path = KEPT / f"{origin.replace(' ', '-')}-{broke}.json"
    path.write_bytes(write_script(Script(origin, shrunk, broke)))
    try:
        play(shrunk)
        detail = ""
    except Exception as e:
        detail = str(e)
    return f"{origin} breaks {broke}: {len(actions)} actions shrunk to {len(shrunk)} in {path}\n{detail}"


@pytest.mark.parametrize("first", range(0, COMMAND_SEEDS, CHUNK))
def test_random_commands_break_nothing(first):
    for seed in range(first, first + CHUNK):
        actions = random_script(seed)
        broke = failure(actions)
        if broke:
            pytest.fail(keep(f"commands {seed}", actions, broke))


@pytest.mark.parametrize("first", range(0, WORLD_SEEDS, WORLD_CHUNK))
def test_drawn_centres_break_nothing(first):
    for seed in range(first, first + WORLD_CHUNK):
        asked: list[Action] = []
        plan = draw_plan(random_scenario(seed, hours=0.1), seed)
        world = None
        try:
            world = World(plan, invariants=True, asked=asked)
            world.run()
        except Exception as e:
            broke = e.name if isinstance(e, BrokenError) else type(e).__name__
            now = world.now if world is not None else plan.start
            actions = [*asked, Action(now, co.StartDay("2000-01-01"))]
            if failure(actions) == broke:
                pytest.fail(keep(f"centre {seed}", actions, broke))
            raise


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.json")), ids=lambda p: p.stem)
def test_kept_runs_stay_whole(path):
    script = read_script(path.read_bytes())
    assert play(script.actions).steps > 0


def test_every_event_and_feature_is_reached():
    """The random runs are worth their time only while they reach everything the core can say."""
    seen: set[str] = set()
    refusals: set[str] = set()
    for seed in range(0, COMMAND_SEEDS, 10):
        played = play(random_script(seed))
        seen |= played.events.keys()
        refusals |= played.refusals.keys()
    wanted = {
        "queue.defined", "queue.opened", "queue.closed", "agent.defined", "agent.retired", "day.started",
        "agent.signed_in", "agent.signed_out", "agent.presence_changed", "contact.opened", "interaction.started",
        "interaction.queued", "interaction.wait_began", "interaction.relaxed", "interaction.restriction_lapsed",
        "ladder.passed", "ladder.alternatives_offered", "ladder.alternative_accepted",
        "interaction.priority_changed", "interaction.scheduled", "message.posted", "offer.made", "offer.accepted",
        "offer.rejected", "offer.timed_out", "offer.withdrawn", "hold.started", "hold.ended",
        "interaction.transferred", "consult.started", "consult.ended", "interaction.work_returned",
        "interaction.talk_ended", "wrap_up.expired", "wrap_up.outcome_recorded", "callback.attempted",
        "interaction.closed", "contact.closed",
    }  # fmt: skip
    assert wanted <= seen, wanted - seen
    assert len(refusals) >= 15


def test_a_planted_fault_is_found_and_shrunk(monkeypatch):
    """The machinery itself: a capacity rule broken on purpose is found, and shrinks to a handful of actions."""
    monkeypatch.setattr(kernel, "room", lambda capacity, ready, voice, text, mail, limit: limit + 1 if ready else 0)
    actions = next(a for a in map(random_script, range(50)) if failure(a))
    broke = failure(actions)
    shrunk = shrink(actions, broke)
    assert broke in {"capacity", "only_eligible"}
    assert failure(shrunk) == broke
    assert len(shrunk) <= 12
    again = read_script(write_script(Script("planted", shrunk, broke)))
    assert again.actions == shrunk
