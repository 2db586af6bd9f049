"""Exactly one leader per shard, and a stale one writes nothing."""

import asyncio
import contextlib

from tests.contract.store.conftest import ORG, OTHER, Stage, draft, refused

from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Answer, EffectDraft, Head, Outcome, Reply, Snapshot


async def test_a_shard_opens_once_and_for_one_organisation(stage: Stage) -> None:
    await stage.web.open_shard("s1", ORG)
    await stage.web.open_shard("s1", ORG)
    with refused("store.shard_taken"):
        await stage.web.open_shard("s1", OTHER)
    await stage.web.open_shard("s0", OTHER)
    assert await stage.engine.shards() == ["s0", "s1"]


async def test_a_shard_that_is_not_there_cannot_be_led(stage: Stage) -> None:
    with refused("store.no_shard"):
        await stage.engine.acquire("nowhere", "engine-1")


async def test_only_one_of_many_gets_the_lease(stage: Stage) -> None:
    await stage.engine.open_shard(ORG, ORG)
    leases = await asyncio.gather(*(stage.engine.acquire(ORG, f"engine-{n}", 60_000) for n in range(8)))
    assert sum(lease is not None for lease in leases) == 1


async def test_every_takeover_has_an_epoch_of_one_more_and_tells_where_the_log_ends(stage: Stage) -> None:
    first = await stage.lead()
    assert (first.epoch, first.org, first.head) == (1, ORG, Head())
    head = await stage.record(first, first.head, "c1", "c2")
    assert await stage.other_engine.acquire(ORG, "engine-2") is None
    await stage.expire()
    second = await stage.other_engine.acquire(ORG, "engine-2")
    assert second is not None
    assert (second.epoch, second.head) == (2, head)


async def test_an_owner_takes_over_its_own_lease_after_a_restart(stage: Stage) -> None:
    await stage.lead(owner="engine-1")
    again = await stage.lead(owner="engine-1")
    assert again.epoch == 2


async def test_a_released_lease_is_free_at_once(stage: Stage) -> None:
    first = await stage.lead()
    await stage.engine.release(first)
    second = await stage.other_engine.acquire(ORG, "engine-2", 60_000)
    assert second is not None
    await stage.engine.release(first)  # too late to matter
    await stage.other_engine.renew(second)


async def test_renewing_prolongs_and_is_refused_once_run_out(stage: Stage) -> None:
    lease = await stage.lead()
    renewed = await stage.engine.renew(lease, ttl=90_000)
    assert renewed.until > lease.until
    assert renewed.epoch == lease.epoch
    await stage.expire()
    with refused("store.fenced"):
        await stage.engine.renew(renewed)


async def test_a_lease_that_ran_out_writes_nothing_even_if_nobody_took_over(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.expire()
    with refused("store.fenced"):
        await stage.record(lease, lease.head, "c1")
    assert await stage.engine.head(ORG, ORG) == Head()


async def test_a_paused_leader_that_wakes_writes_nothing_of_any_kind(stage: Stage) -> None:
    old = await stage.lead()
    head = await stage.record(old, old.head, "c1")
    await stage.web.submit(ORG, ORG, "k1", "user:u", b'{"a":1}')
    await stage.expire()
    new = await stage.other_engine.acquire(ORG, "engine-2", 60_000)
    assert new is not None
    head = await stage.other_engine.append(new, new.head, [draft("c2")], (), [EffectDraft("e1", b"{}")])

    for writing in (
        stage.engine.append(old, old.head, [draft("stale")]),
        stage.engine.append(old, head, [draft("stale")]),
        stage.engine.append(old, head, [], [Reply("k1", Answer(True))], [EffectDraft("stale", b"{}")]),
        stage.engine.settle(old, [Outcome("e1")]),
        stage.engine.save_snapshot(old, Snapshot(1, 1, b"stale")),
        stage.engine.renew(old),
    ):
        with refused("store.fenced"):
            await writing

    assert [row.stream for row in await stage.web.read(ORG, ORG, 0)] == ["c1", "c2"]
    assert [row.epoch for row in await stage.web.read(ORG, ORG, 0)] == [1, 2]
    assert [effect.id for effect in await stage.engine.effects(ORG)] == ["e1"]
    assert [command.key for command in await stage.engine.pending(ORG)] == ["k1"]
    assert await stage.web.load_snapshot(ORG, ORG, 1) is None
    assert await stage.engine.verify(ORG, ORG) == head


async def test_two_leaders_interleaved_leave_one_gapless_verified_log(stage: Stage) -> None:
    """Each believes to lead until told otherwise, and the lease changes hands again and again under load."""
    await stage.engine.open_shard(ORG, ORG)
    written: dict[str, int] = {}

    async def work(store: str) -> None:
        engine = getattr(stage, store)
        done = 0
        while done < 60:
            lease = await engine.acquire(ORG, store, 60_000)
            if lease is None:
                await stage.expire()
                continue
            head = lease.head
            with contextlib.suppress(PasokhError):
                for _ in range(7):
                    head = await engine.append(lease, head, [draft(store, done)])
                    done += 1
                    await asyncio.sleep(0)
        written[store] = done

    await asyncio.gather(work("engine"), work("other_engine"))
    rows = await stage.engine.read(ORG, ORG, 0)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.epoch for row in rows] == sorted(row.epoch for row in rows)
    for store, count in written.items():
        assert sum(row.stream == store for row in rows) == count
    assert (await stage.engine.verify(ORG, ORG)).seq == len(rows)
