"""Bad input at the socket: a stable code, a close that says what it means, and nobody else disturbed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.live.floor import Floor
from tests.unit.live.wire import DESK, SIGNER, Wire, wire

from pasokh.live import seat as seat_module
from pasokh.live.frames import LARGEST_FRAME

CODES = {
    "frame.malformed", "frame.too_large", "frame.too_fast", "frame.hello_first", "frame.hello_twice",
    "token.malformed", "token.forged", "token.expired", "token.other_person", "topic.refused", "origin.wrong",
}  # fmt: skip


async def refused(w: Wire, *frames: object, origin: str | None = DESK) -> tuple[int, str]:
    socket = w.socket(origin)
    for frame in frames:
        socket.say(frame)
    return await socket.refused()


def hello(token: str, **topics: str | None) -> dict[str, object]:
    return {"type": "hello", "token": token, "topics": topics}


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("", (4400, "frame.malformed")),
        ("[]", (4400, "frame.malformed")),
        ("nul", (4400, "frame.malformed")),
        ('{"type":"hello"}', (4400, "frame.malformed")),
        ('{"type":"hello","token":"x","topics":{},"agent":"bob"}', (4400, "frame.malformed")),
        ('{"type":"hello","token":"x","topics":{"desk":5}}', (4400, "frame.malformed")),
        ('{"type":"hello","token":"x","topics":{}}', (4401, "token.malformed")),
        ('{"type":"ping"}', (4400, "frame.hello_first")),
        ('{"type":"do","id":"1","command":{}}', (4400, "frame.hello_first")),
        ("[" * 15_000, (4400, "frame.malformed")),
        ("\ud800", (4400, "frame.malformed")),
        (" " * (LARGEST_FRAME + 1), (4413, "frame.too_large")),
        ("س" * (LARGEST_FRAME // 2 + 1), (4413, "frame.too_large")),
    ],
)
async def test_first_frames(frame: str, expected: tuple[int, str]) -> None:
    async with wire() as w:
        assert await refused(w, frame) == expected


async def test_binary_frames_and_late_hellos(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wire() as w:
        socket = w.socket()
        socket.say_bytes(b"\x00\xff")
        assert await socket.refused() == (4400, "frame.malformed")
        monkeypatch.setattr(seat_module, "HELLO_SECONDS", 0.02)
        assert await w.socket().refused() == (4408, "hello.late")


async def test_tokens_origins_and_topics() -> None:
    async with wire(Floor(3)) as w:
        now = w.clock()
        agent, boss = w.staff(), w.staff(user="boss", role="supervisor")
        visitor, _ = SIGNER.visitor(org="org1", contact="c1", origin=DESK, now=now)
        old = w.staff(now=now - 400_000)
        cases = [
            (hello(agent[:-4] + "AAAA", desk=None), DESK, (4401, "token.forged")),
            (hello(old, desk=None), DESK, (4401, "token.expired")),
            (hello(agent, desk=None), "https://evil.example", (4403, "origin.wrong")),
            (hello(agent, desk=None), None, (4403, "origin.wrong")),
            (hello(agent, desk=None), DESK + ".evil.example", (4403, "origin.wrong")),
            (hello(agent, desk=None), "null", (4403, "origin.wrong")),
            (hello(agent, wall=None), DESK, (4403, "topic.refused")),
            (hello(agent, chat=None), DESK, (4403, "topic.refused")),
            (hello(boss, desk=None), DESK, (4403, "topic.refused")),
            (hello(visitor, desk=None), DESK, (4403, "topic.refused")),
            (hello(visitor, team=None), DESK, (4403, "topic.refused")),
            (hello(visitor, wall=None), DESK, (4403, "topic.refused")),
            (hello(agent, **{"desk:bob": None}), DESK, (4403, "topic.refused")),
        ]
        for frame, origin, expected in cases:
            assert await refused(w, frame, origin=origin) == expected, (frame["topics"], origin)


async def test_after_the_hello() -> None:
    async with wire(Floor(3)) as w:
        ann, bob = w.staff(), w.staff(user="bob")
        assert await refused(w, hello(ann, desk=None), hello(ann, desk=None)) == (4400, "frame.hello_twice")
        renew = {"type": "renew", "token": bob}
        assert await refused(w, hello(ann, desk=None), renew) == (4401, "token.other_person")
        assert await refused(w, hello(ann, desk=None), "{") == (4400, "frame.malformed")
        too_many = [{"type": "ping"}] * 100
        assert await refused(w, hello(ann, desk=None), *too_many) == (4429, "frame.too_fast")


async def test_expired_sockets_end_and_renewed_ones_live_on() -> None:
    async with wire(Floor(3)) as w:
        left, right = w.socket().hello(w.staff(), desk=None), w.socket().hello(w.staff(), desk=None)
        await left.until_type("snapshot")
        await right.until_type("snapshot")
        w.clock.now += 200_000
        right.say({"type": "renew", "token": w.staff()})
        assert (await right.until_type("renewed"))["expires_at"] == w.clock() + 300_000
        left.say({"type": "ping"})
        await left.until_type("pong")
        w.clock.now += 120_000
        await w.hub.sweep()
        assert await left.refused() == (4401, "token.expired")
        assert right.close_code is None
        w.clock.now += 160_000
        await w.hub.sweep()
        assert await right.refused() == (4408, "socket.silent")


async def test_one_person_cannot_open_sockets_without_end() -> None:
    async with wire(Floor(3)) as w:
        sockets = [w.socket().hello(w.staff(), desk=None) for _ in range(12)]
        for socket in sockets:
            await socket.until_type("snapshot")
        assert await refused(w, hello(w.staff(), desk=None)) == (4429, "socket.too_many")
        await sockets[0].leave()
        again = w.socket().hello(w.staff(), desk=None)
        await again.until_type("snapshot")
        other = w.socket().hello(w.staff(user="bob"), desk=None)
        await other.until_type("snapshot")
        for socket in (*sockets[1:], again, other):
            await socket.leave()
        assert w.hub.sockets == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
tags = st.sampled_from(
    ["message.post", "offer.accept", "contact.open", "queue.define", "tick", "agent.sign_in", "agent.set_presence", ""]
)
commands = st.dictionaries(
    st.sampled_from(["type", "interaction", "agent", "message", "text", "author", "author_id", "ready"]),
    tags | json_values,
    max_size=7,
)
dos = st.fixed_dictionaries({"type": st.just("do"), "id": st.text(max_size=70), "command": commands})
anything = st.text(max_size=60) | json_values.map(json.dumps) | dos.map(json.dumps)
mutated = st.tuples(dos.map(json.dumps), st.integers(0, 200), st.text(max_size=3)).map(
    lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
)


@settings(max_examples=120, deadline=None)
@given(frames=st.lists(anything | mutated, max_size=6), greeted=st.booleans())
async def test_whatever_comes_there_is_a_known_answer(frames: list[str], greeted: bool) -> None:
    async with wire(Floor(3), commands=10) as w:
        quiet = w.socket().hello(w.staff(user="bob"), desk=None)
        await quiet.until_type("snapshot")
        socket = w.socket()
        if greeted:
            socket.hello(w.staff(), desk=None, team=None)
        for frame in frames:
            socket.say(frame)
        quiet.say({"type": "ping"})
        await quiet.until_type("pong")
        await socket.leave()
        for sent in socket.sent:
            if sent["type"] == "error":
                assert sent["code"] in CODES
                assert 4400 <= socket.close_code < 4600
            else:
                assert sent["type"] in {"welcome", "snapshot", "patch", "answer", "pong"}
        assert quiet.close_code is None
        await quiet.leave()


async def test_snapshots_over_http() -> None:
    async with wire(Floor(3)) as w:
        ann = f"Bearer {w.staff()}"
        status, body = await w.get("/live/snapshot", "topic=desk", authorization=ann)
        assert status == 200
        assert body["topic"] == "desk"
        assert body["keys"]["me"]["id"] == "ann"
        assert body["cursor"]
        refusals = [
            (("topic=wall", {"authorization": ann}), 403, "topic.refused"),
            (("", {"authorization": ann}), 403, "topic.refused"),
            (("topic=desk&topic=wall", {"authorization": ann}), 403, "topic.refused"),
            (("topic=desk", {}), 401, "token.missing"),
            (("topic=desk", {"authorization": "Bearer x"}), 401, "token.malformed"),
            (("topic=desk", {"authorization": ann, "origin": "https://evil.example"}), 403, "origin.wrong"),
        ]
        for (query, headers), expected, code in refusals:
            status, body = await w.get("/live/snapshot", query, **headers)
            assert (status, body["error"]["code"]) == (expected, code)
        assert (await w.get("/live/elsewhere"))[0] == 404
        for _ in range(30):
            status, body = await w.get("/live/snapshot", "topic=desk", authorization=ann)
        assert (status, body["error"]["code"]) == (429, "frame.too_fast")
