"""Effects stay until they have an outcome; snapshots are short cuts that may be thrown away."""

import msgspec
from tests.contract.store.conftest import ORG, Stage, draft, refused

from pasokh.store.ports import EffectDraft, Outcome, Snapshot


async def test_effects_keep_their_order_and_wait_for_an_outcome(stage: Stage) -> None:
    lease = await stage.lead()
    effects = [EffectDraft(f"e{number}", b'{"n":%d}' % number) for number in (3, 1, 2)]
    head = await stage.engine.append(lease, lease.head, [draft(), draft()], (), effects)
    await stage.engine.append(lease, head, [draft()], (), [EffectDraft("e0", b"{}")])
    rows = await stage.engine.effects(ORG)
    assert [(row.id, row.seq, row.attempts) for row in rows] == [("e3", 2, 0), ("e1", 2, 0), ("e2", 2, 0), ("e0", 3, 0)]
    assert msgspec.json.decode(rows[0].effect) == {"n": 3}
    assert [row.id for row in await stage.engine.effects(ORG, limit=2)] == ["e3", "e1"]

    await stage.engine.settle(lease, [Outcome("e3"), Outcome("e1", "no route", done=False), Outcome("unknown")])
    assert [(row.id, row.attempts) for row in await stage.engine.effects(ORG)] == [("e1", 1), ("e2", 0), ("e0", 0)]
    await stage.engine.settle(lease, [Outcome("e1"), Outcome("e3", "again", done=False)])
    assert [row.id for row in await stage.engine.effects(ORG)] == ["e2", "e0"]
    assert await stage.engine.prune(ORG, 0) == 2


async def test_the_latest_snapshot_of_the_wanted_schema_is_loaded(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.record(lease, lease.head, *["a"] * 9)
    assert await stage.web.load_snapshot(ORG, ORG, 1) is None
    for seq, schema in ((2, 1), (5, 1), (9, 2)):
        await stage.engine.save_snapshot(lease, Snapshot(seq, schema, b"\x00state %d" % seq))
    assert await stage.web.load_snapshot(ORG, ORG, 1) == Snapshot(5, 1, b"\x00state 5")
    assert await stage.web.load_snapshot(ORG, ORG, 2) == Snapshot(9, 2, b"\x00state 9")
    assert await stage.web.load_snapshot(ORG, ORG, 3) is None
    await stage.engine.save_snapshot(lease, Snapshot(9, 2, b"anew"))
    assert await stage.web.load_snapshot(ORG, ORG, 2) == Snapshot(9, 2, b"anew")


async def test_a_snapshot_of_what_was_never_recorded_is_refused(stage: Stage) -> None:
    lease = await stage.lead()
    with refused("store.fenced"):
        await stage.engine.save_snapshot(lease, Snapshot(1, 1, b""))
