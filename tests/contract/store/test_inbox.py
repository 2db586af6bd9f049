"""A command is recognised when repeated, answered once, and its answer finds whoever waits."""

import asyncio

import msgspec
import pytest
from tests.contract.store.conftest import ORG, Stage, draft, refused

from pasokh.store.input import COMMAND_LIMIT
from pasokh.store.ports import Answer, Asked, Reply


async def test_commands_wait_in_order_until_answered(stage: Stage) -> None:
    lease = await stage.lead()
    for number in range(3):
        assert await stage.web.submit(ORG, ORG, f"k{number}", "user:u", b'{"n":%d}' % number) is None
    pending = await stage.engine.pending(ORG)
    assert [command.key for command in pending] == ["k0", "k1", "k2"]
    assert [msgspec.json.decode(command.command) for command in pending] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [command.key for command in await stage.engine.pending(ORG, limit=2)] == ["k0", "k1"]
    assert pending[0].actor == "user:u"
    await stage.engine.append(lease, lease.head, [draft()], [Reply("k1", Answer(True, 1))])
    assert [command.key for command in await stage.engine.pending(ORG)] == ["k0", "k2"]


async def test_a_repeat_has_no_second_effect_and_gets_the_first_answer(stage: Stage) -> None:
    lease = await stage.lead()
    command = b'{"type":"tick","text":"\xd9\xbe","n":[1,2.0]}'
    same = b'{ "n":[1, 2], "text":"\\u067e", "type":"tick" }'
    assert await stage.web.submit(ORG, ORG, "k", "user:u", command) is None
    assert await stage.web.submit(ORG, ORG, "k", "user:u", same) is None
    assert len(await stage.engine.pending(ORG)) == 1
    refusal = Answer(False, 0, "offer.gone", {"interaction": "i1", "n": 3})
    head = await stage.engine.append(lease, lease.head, [], [Reply("k", refusal), Reply("k", Answer(True))])
    await stage.engine.append(lease, head, [], [Reply("k", Answer(True)), Reply("unknown", Answer(True))])
    assert await stage.web.submit(ORG, ORG, "k", "user:u", same) == refusal
    assert await stage.engine.pending(ORG) == []


async def test_one_key_for_two_commands_is_refused(stage: Stage) -> None:
    await stage.lead()
    await stage.web.submit(ORG, ORG, "k", "user:u", b'{"n":1}')
    for actor, command in (("user:u", b'{"n":2}'), ("user:v", b'{"n":1}')):
        with refused("inbox.key_reused"):
            await stage.web.submit(ORG, ORG, "k", actor, command)
    assert len(await stage.engine.pending(ORG)) == 1


async def test_the_same_key_at_once_enters_once(stage: Stage) -> None:
    await stage.lead()
    await asyncio.gather(*(stage.web.submit(ORG, ORG, "k", "user:u", b"{}") for _ in range(12)))
    assert len(await stage.engine.pending(ORG)) == 1


@pytest.mark.parametrize(
    ("key", "command", "code"),
    [
        ("", b"{}", "inbox.bad_key"),
        ("a b", b"{}", "inbox.bad_key"),
        ("k" * 81, b"{}", "inbox.bad_key"),
        ("k", b"{", "inbox.bad_command"),
        ("k", b"", "inbox.bad_command"),
        ("k", b'{"a":"\\u0000"}', "inbox.bad_command"),
        ("k", b'{"a\\u0000":1}', "inbox.bad_command"),
        ("k", b'{"a":"\\ud800"}', "inbox.bad_command"),
        ("k", b'{"a":"\xff"}', "inbox.bad_command"),
        ("k", b'{"a":1e999}', "inbox.bad_command"),
        ("k", b"[" * 60_000, "inbox.bad_command"),
        ("k", b'"' + b"x" * COMMAND_LIMIT + b'"', "inbox.too_large"),
    ],
)
async def test_bad_commands_are_refused_and_nothing_is_kept(stage: Stage, key: str, command: bytes, code: str) -> None:
    await stage.lead()
    with refused(code):
        await stage.web.submit(ORG, ORG, key, "user:u", command)
    assert await stage.engine.pending(ORG) == []


async def test_a_command_for_no_shard_is_refused(stage: Stage) -> None:
    with refused("store.no_shard"):
        await stage.web.submit(ORG, "nowhere", "k", "user:u", b"{}")


async def test_answers_reach_all_who_wait_before_or_after(stage: Stage) -> None:
    lease = await stage.lead()
    keys = [f"k{number}" for number in range(30)]
    for key in keys:
        await stage.web.submit(ORG, ORG, key, "user:u", b"{}")
    waiting = [asyncio.create_task(stage.web.wait_answer(ORG, ORG, key, 10)) for key in [*keys, *keys]]
    await asyncio.sleep(0)
    head = lease.head
    for number, key in enumerate(keys):
        head = await stage.engine.append(lease, head, [draft()], [Reply(key, Answer(True, number + 1))])
    answers = await asyncio.gather(*waiting)
    assert [answer.seq for answer in answers] == [*range(1, 31), *range(1, 31)]
    assert (await stage.web.wait_answer(ORG, ORG, "k3", 5)).seq == 4


async def test_waiting_in_vain_ends_in_time(stage: Stage) -> None:
    await stage.lead()
    await stage.web.submit(ORG, ORG, "k", "user:u", b"{}")
    with refused("inbox.no_answer"):
        await stage.web.wait_answer(ORG, ORG, "k", 0.05)


async def test_a_closing_store_lets_nobody_wait(stage: Stage) -> None:
    await stage.lead()
    await stage.web.submit(ORG, ORG, "k", "user:u", b"{}")
    waiting = asyncio.create_task(stage.web.wait_answer(ORG, ORG, "k", 30))
    await asyncio.sleep(0)
    await stage.web.close()
    with refused("store.unavailable"):
        await waiting
    with refused("store.unavailable"):
        await stage.web.read(ORG, ORG, 0)


async def test_the_leader_is_woken_by_every_command(stage: Stage) -> None:
    await stage.lead()
    async with stage.engine.watch_inbox(ORG) as wake:
        for number in range(5):
            await stage.web.submit(ORG, ORG, f"k{number}", "user:u", b"{}")
            async with asyncio.timeout(5):
                while len(await stage.engine.pending(ORG)) <= number:
                    await wake.wait(5)
        async with asyncio.timeout(5):
            while await wake.wait(0.1):
                """Late rings of the commands above; then it is silent, or this times out."""


async def test_old_answers_are_forgotten_and_open_commands_kept(stage: Stage) -> None:
    lease = await stage.lead()
    for key in ("done", "open"):
        await stage.web.submit(ORG, ORG, key, "user:u", b"{}")
    await stage.engine.append(lease, lease.head, [], [Reply("done", Answer(True))])
    assert await stage.engine.prune(ORG, 60_000) == 0
    assert await stage.engine.prune(ORG, 0) == 1
    assert [command.key for command in await stage.engine.pending(ORG)] == ["open"]
    assert await stage.web.submit(ORG, ORG, "done", "user:u", b"{}") is None


async def test_what_was_asked_beside_the_inbox_comes_to_it_with_its_answer(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.web.submit(ORG, ORG, "waits", "user:u", b"{}")
    asked = [
        Asked("k1", "switch", b'{"n":1}', Answer(True, 1)),
        Asked("waits", "switch", b'{"n":2}', Answer(False, 0, "offer.gone", {"n": 3})),
    ]
    head = await stage.engine.append(lease, lease.head, [draft()], (), (), asked)
    assert await stage.engine.known(ORG, ["k1", "waits", "never"]) == {one.key: one.answer for one in asked}
    assert await stage.web.submit(ORG, ORG, "k1", "switch", b'{"n":1}') == Answer(True, 1)
    assert await stage.engine.pending(ORG) == []
    again = Asked("k1", "switch", b'{"n":1}', Answer(False, 0, "second"))
    await stage.engine.append(lease, head, [], (), (), [again])
    assert await stage.engine.known(ORG, ["k1"]) == {"k1": Answer(True, 1)}, "the first answer stays"


async def test_a_key_that_waits_is_known_without_an_answer(stage: Stage) -> None:
    await stage.lead()
    await stage.web.submit(ORG, ORG, "waits", "user:u", b"{}")
    assert await stage.engine.known(ORG, ["waits", "never"]) == {"waits": None}


async def test_a_stale_leader_leaves_nothing_of_what_it_was_asked(stage: Stage) -> None:
    lease = await stage.lead()
    await stage.engine.append(lease, lease.head, [draft()])
    with refused("store.fenced"):
        await stage.engine.append(lease, lease.head, [draft()], (), (), [Asked("k", "switch", b"{}", Answer(True))])
    assert await stage.engine.known(ORG, ["k"]) == {}
