"""The drawn world: customers and agents behave as the scenario says, under all invariants, the same every time."""

from pathlib import Path

import pytest

from pasokh.acd import events as ev
from pasokh.twin.plan import draw_plan
from pasokh.twin.scenario_file import parse_scenario
from pasokh.twin.tally import AT, Counter, Tally
from pasokh.twin.world import World

CALM = """
horizon_h = 2
service = [{ spans = { kind = "constant", mean_s = 60 } }]
wrap_up = [{ spans = { kind = "constant", mean_s = 10 } }]
patience = [{ spans = { kind = "infinite" } }]
[[queues]]
id = "q"
[[queues]]
id = "other"
[[groups]]
id = "g"
count = 4
queues = ["q", "other"]
answer = { kind = "constant", mean_s = 3 }
[[arrivals]]
queue = "q"
per_interval = [40.0]
"""


def run(text, seed=1):
    plan = draw_plan(parse_scenario(text, Path()), seed)
    rows = []
    counter = Counter(Tally.empty([q.id for q in plan.loaded.scenario.queues], plan.start, plan.end, 1_800_000))
    world = World(
        plan,
        [lambda state, command, now, events: rows.extend((now, e) for e in events), counter.seen],
        invariants=True,
    )
    world.run()
    return world, rows, counter.finish(plan.end)


def total(tally, name, queue=0):
    return sum(row[AT[name]] for row in tally.counts[queue])


def of(rows, kind):
    return [(at, e) for at, e in rows if isinstance(e, kind)]


def test_a_calm_centre_answers_after_the_ring_and_talks_as_drawn():
    world, rows, tally = run(CALM)
    assert not world.refused
    accepted = of(rows, ev.OfferAccepted)
    assert len(accepted) >= 60
    assert min(e.rang_ms for _, e in accepted) == max(e.rang_ms for _, e in accepted) == 3_000
    assert {e.talk_ms for _, e in of(rows, ev.TalkEnded)} == {60_000}
    assert {e.wrap_up_ms for _, e in of(rows, ev.OutcomeRecorded)} == {10_000}
    assert total(tally, "entered") == len(world.plan.customers)
    assert total(tally, "abandoned") == 0


def test_the_same_seed_gives_the_same_log():
    assert run(CALM)[1] == run(CALM)[1]


def test_impatient_customers_leave_exactly_when_their_patience_ends():
    text = CALM.replace('patience = [{ spans = { kind = "infinite" } }]', "").replace("count = 4", "count = 1")
    text = text.replace("horizon_h = 2", 'horizon_h = 2\npatience = [{ spans = { kind = "constant", mean_s = 25 } }]')
    _, rows, tally = run(text)
    waits = {e.waited_ms for _, e in of(rows, ev.InteractionClosed) if e.agent is None}
    assert waits == {25_000}
    assert total(tally, "abandoned") > 10
    assert total(tally, "left_wait_ms") == 25_000 * total(tally, "abandoned")


def test_balking_customers_leave_at_once_but_only_when_they_would_wait():
    text = CALM.replace("count = 4", "count = 1").replace(
        '{ kind = "infinite" } }]', '{ kind = "infinite" }, balk = 1 }]'
    )
    _, rows, tally = run(text)
    assert total(tally, "abandoned") > 10
    assert {e.waited_ms for _, e in of(rows, ev.InteractionClosed) if e.agent is None} == {0}
    assert total(tally, "answered") + total(tally, "abandoned") >= total(tally, "entered") - 1


def test_shifts_end_and_breaks_interrupt():
    text = CALM.replace(
        "answer = {",
        '[[groups.shifts]]\nsince = "00:10"\nuntil = "01:00"\nbreaks = [{ at = "00:30", minutes = 10 }]\n[x]\ny = {',
    )
    text = text.replace('\n[x]\ny = { kind = "constant", mean_s = 3 }', "")
    world, rows, _ = run(text)
    start = world.plan.start
    minutes = [(at - start) / 60_000 for at, _ in of(rows, ev.Offered)]
    assert min(minutes) >= 10
    assert max(minutes) < 60
    assert not [m for m in minutes if 30 <= m < 40]
    assert len(of(rows, ev.AgentSignedOut)) == 4
    assert all(at - start <= 65 * 60_000 for at, _ in of(rows, ev.AgentSignedOut))


def test_offers_are_rejected_and_ring_out_as_drawn_and_agents_come_back():
    text = CALM.replace("answer = {", "reject = 0.2\nring_out = 0.2\nrecover_s = 30\nanswer = {")
    _, rows, _ = run(text)
    offers = len(of(rows, ev.Offered))
    assert 0.1 < len(of(rows, ev.OfferRejected)) / offers < 0.32
    assert 0.1 < len(of(rows, ev.OfferTimedOut)) / offers < 0.32
    away = [at for at, e in of(rows, ev.PresenceChanged) if not e.ready and e.by == "core"]
    back = [at for at, e in of(rows, ev.PresenceChanged) if e.ready]
    assert all(at + 30_000 in back for at in away if at + 30_000 < rows[-1][0])


def test_transfers_and_callbacks_happen_as_told():
    text = CALM.replace("count = 4", "count = 1").replace("per_interval = [40.0]", "per_interval = [60.0]") + (
        "[[alternatives]]\ncallback = 0.5\nreached = 0.5\nthink_s = 2\n"
        '[[transfers]]\nqueue = "q"\nto = "other"\nshare = 0.3\n'
    )
    _, rows, tally = run(text)
    assert {e.to_queue for _, e in of(rows, ev.Transferred)} == {"other"}
    told = {e.interaction: at for at, e in of(rows, ev.AlternativesOffered)}
    taken = of(rows, ev.AlternativeAccepted)
    assert len(taken) > 10
    assert all(at == told[e.interaction] + 2_000 for at, e in taken)
    assert total(tally, "callbacks") + total(tally, "callbacks", 1) == len(taken)
    attempts = [e.connected for _, e in of(rows, ev.CallbackAttempted)]
    assert True in attempts
    assert False in attempts


def test_closed_queues_refuse():
    world, rows, tally = run(CALM + '[[hours]]\nqueue = "q"\nsince = "00:30"\nuntil = "01:00"\n')
    assert total(tally, "refused") > 30
    opened = [at - world.plan.start for at, e in of(rows, ev.Queued)]
    assert all(1_800_000 <= at < 3_600_000 for at in opened)


def test_agents_time_adds_up():
    world, _, tally = run(CALM)
    assert sum(tally.busy_ms) + sum(tally.idle_ms) == 4 * (world.plan.end - world.plan.start)
    handled = total(tally, "handled")
    assert sum(tally.busy_ms) == pytest.approx(handled * 73_000, rel=0.05)
