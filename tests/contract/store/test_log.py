"""The log is one gapless, ordered, verifiable truth, and all of an append happens or nothing."""

import asyncio
import contextlib

import msgspec
from tests.contract.store.conftest import ORG, OTHER, Stage, draft, refused

from pasokh.store import chain
from pasokh.store.ports import Answer, Draft, EffectDraft, Head, Reply, Row


async def test_what_was_appended_is_read_back_exactly(stage: Stage) -> None:
    lease = await stage.lead()
    event = draft("c1", 7)
    head = await stage.engine.append(lease, lease.head, [event])
    (row,) = await stage.web.read(ORG, ORG, 0)
    assert (row.shard, row.seq, row.org, row.version, row.epoch) == (ORG, 1, ORG, 1, 1)
    for name in ("client", "stream", "type", "schema", "occurred_at", "actor", "cause"):
        assert getattr(row, name) == getattr(event, name)
    assert msgspec.json.decode(row.data) == msgspec.json.decode(event.data)
    assert row.hash == head.hash
    assert row.recorded_at > 0


async def test_numbers_have_no_gaps_and_versions_count_per_stream(stage: Stage) -> None:
    lease = await stage.lead()
    head = await stage.record(lease, lease.head, "a", "b", "a")
    head = await stage.record(lease, head, "a", "c")
    rows = await stage.web.read(ORG, ORG, 0)
    assert [(row.seq, row.stream, row.version) for row in rows] == [
        (1, "a", 1),
        (2, "b", 1),
        (3, "a", 2),
        (4, "a", 3),
        (5, "c", 1),
    ]
    assert head == await stage.web.head(ORG, ORG) == Head(5, rows[-1].hash)


async def test_reading_pages_by_number_and_by_stream(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.record(lease, lease.head, "a", "b", "a", "b", "a")
    assert [row.seq for row in await stage.web.read(ORG, ORG, 1, 3)] == [2, 3, 4]
    assert [row.seq for row in await stage.web.read(ORG, ORG, 5)] == []
    assert [row.seq for row in await stage.web.read_stream(ORG, ORG, "a")] == [1, 3, 5]
    assert [row.seq for row in await stage.web.read_stream(ORG, ORG, "a", after=1, limit=1)] == [3]
    assert await stage.web.read_stream(ORG, ORG, "nothing") == []


async def test_an_append_elsewhere_than_at_the_end_is_refused(stage: Stage) -> None:
    lease = await stage.lead()
    head = await stage.record(lease, lease.head, "a")
    for wrong in (Head(), Head(2, head.hash), Head(1, bytes(32))):
        with refused("store.fenced"):
            await stage.record(lease, wrong, "b")
    assert (await stage.engine.head(ORG, ORG)) == head


async def test_of_appends_at_once_to_one_end_only_one_succeeds(stage: Stage) -> None:
    lease = await stage.lead()
    results = await asyncio.gather(
        *(stage.engine.append(lease, lease.head, [draft(f"c{n}")]) for n in range(10)), return_exceptions=True
    )
    assert sum(isinstance(result, Head) for result in results) == 1
    assert len(await stage.engine.read(ORG, ORG, 0)) == 1


async def test_a_failing_append_leaves_nothing_behind(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.web.submit(ORG, ORG, "k1", "user:u", b"{}")
    head = await stage.engine.append(lease, lease.head, [], (), [EffectDraft("e1", b"{}")])
    with refused("store.effect_repeated"):
        await stage.engine.append(
            lease, head, [draft("a")], [Reply("k1", Answer(True))], [EffectDraft("e2", b"{}"), EffectDraft("e1", b"{}")]
        )
    assert await stage.engine.head(ORG, ORG) == head
    assert await stage.engine.read(ORG, ORG, 0) == []
    assert [effect.id for effect in await stage.engine.effects(ORG)] == ["e1"]
    assert [command.key for command in await stage.engine.pending(ORG)] == ["k1"]
    await stage.record(lease, head, "a")


async def test_an_unknown_shard_looks_empty(stage: Stage) -> None:
    assert await stage.web.head(ORG, "nowhere") == Head()
    assert await stage.web.read(ORG, "nowhere", 0) == []
    assert await stage.web.verify(ORG, "nowhere") == Head()


async def test_one_organisation_sees_nothing_of_another(stage: Stage) -> None:
    lease = await stage.lead(OTHER)
    await stage.record(lease, lease.head, "a")
    assert await stage.web.head(ORG, OTHER) == Head()
    assert await stage.web.read(ORG, OTHER, 0) == []
    assert await stage.web.read_stream(ORG, OTHER, "a") == []
    assert await stage.web.load_snapshot(ORG, OTHER, 1) is None
    with refused("store.no_shard"):
        await stage.web.submit(ORG, OTHER, "k1", "user:u", b"{}")


async def test_tail_follows_from_anywhere_without_gap_or_repeat(stage: Stage) -> None:
    lease = await stage.lead()
    head = await stage.record(lease, lease.head, "a", "a", "a")
    seen: dict[int, list[int]] = {0: [], 2: []}

    async def follow(after: int) -> None:
        async with contextlib.aclosing(stage.web.tail(ORG, ORG, after, 4)) as batches:
            async for rows in batches:
                seen[after] += [row.seq for row in rows]
                if seen[after][-1] == 43:
                    return

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        for after in seen:
            tasks.create_task(follow(after))
        for _ in range(20):
            head = await stage.record(lease, head, "b", "b")
    assert seen == {0: list(range(1, 44)), 2: list(range(3, 44))}


async def test_the_chain_can_be_recomputed_by_anyone_who_has_the_rows(stage: Stage) -> None:
    lease = await stage.lead()
    numbers = b'{"whole":1.0,"big":1e16,"small":1e-7,"long":9007199254740993,"neg":-0.0,"deep":[{"z":2.50,"a":null}]}'
    head = await stage.engine.append(lease, lease.head, [Draft("a", "odd", numbers, 1), draft("b"), draft("a")])
    rows = await stage.web.read(ORG, ORG, 0)
    assert chain.check(rows, Head()) == head == await stage.web.verify(ORG, ORG)


def _altered(row: Row) -> list[Row]:
    changed: dict[str, object] = {
        "client": "x",
        "stream": "x",
        "epoch": 9,
        "type": "x",
        "schema": 9,
        "occurred_at": 9,
        "actor": "x",
        "cause": "x",
        "data": b"{}",
        "org": "x",
        "hash": bytes(32),
    }
    return [msgspec.structs.replace(row, **{name: value}) for name, value in changed.items()]


async def test_any_altered_dropped_or_swapped_row_breaks_the_chain(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.record(lease, lease.head, "a", "b", "c")
    first, second, third = await stage.web.read(ORG, ORG, 0)
    swapped = [msgspec.structs.replace(third, seq=2), msgspec.structs.replace(second, seq=3)]
    forged = [[first, row, third] for row in _altered(second)]
    for rows in [*forged, [first, third], [second, third], [first, *swapped], [first, first, second, third]]:
        with refused("store.chain_broken"):
            chain.check(rows, Head())
