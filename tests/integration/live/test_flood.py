"""Ten thousand frames a second from one socket, and other rude guests: they are shown out, others notice nothing."""

import asyncio
import json
import time

import pytest
from tests.integration.live.stage import DESK, SHOP, stage
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus


async def test_ten_thousand_messages_a_second_disturb_nobody() -> None:
    async with stage() as s:
        await s.furnish("org1")
        await s.ready("org1", "bob")
        _, _, started = await s.start_chat()
        i = started["interaction"]
        quiet = await s.browser(started["token"], "chat", origin=SHOP).connect()
        bob = await s.browser(s.staff("org1", "bob"), "desk").connect()
        assert (await bob.do("a", type="offer.accept", interaction=i))["ok"]

        async def flood(kind: str) -> tuple[int, str]:
            token = s.visitor("org1", f"loud-{kind}") if kind != "staff" else s.staff("org1", "ann")
            origin, topic = (DESK, "desk") if kind == "staff" else (SHOP, "chat")
            url = f"ws://127.0.0.1:{s.port}/live/socket"
            async with connect(url, origin=origin, compression=None, proxy=None) as socket:
                await socket.send(json.dumps({"type": "hello", "token": token, "topics": {topic: None}}))
                command = {"type": "message.post", "interaction": i, "text": "flood"}
                said = ""
                try:
                    for n in range(10_000):
                        frame = {"type": "do", "id": f"f{n}", "command": {**command, "message": f"f{n}"}}
                        await socket.send(json.dumps(frame))
                    while True:
                        said = await socket.recv()
                except ConnectionClosed as closed:
                    return (closed.rcvd.code if closed.rcvd else 1006), str(said)

        floods = [asyncio.create_task(flood(kind)) for kind in ("staff", "one", "two")]
        slowest = 0.0
        for n in range(30):
            began = time.monotonic()
            answer = await quiet.do(f"q{n}", type="message.post", interaction=i, message=f"q{n}", text=f"quiet {n}")
            slowest = max(slowest, time.monotonic() - began)
            assert answer["ok"], answer
            await bob.until(lambda n=n: f"m:{i}:{n + 1:06d}" in bob.keys["desk"])
            await asyncio.sleep(0.02 if n > 20 else 0)  # below the limit of frames a second
        assert slowest < 5.0  # seconds; the flood and its victims share this process and its two cores
        results = await asyncio.gather(*floods)
        assert {code for code, _ in results} <= {4429, 1006}
        texts = [v["text"] for v in bob.keys["desk"].values() if isinstance(v, dict) and "text" in v]
        assert texts
        assert all(text.startswith("quiet") for text in texts)
        assert (await quiet.do("end", type="message.post", interaction=i, message="end", text="quiet end"))["ok"]


async def test_a_huge_frame_ends_only_its_own_socket() -> None:
    async with stage() as s:
        await s.furnish("org1")
        ann = await s.browser(s.staff("org1", "ann"), "desk").connect()
        for size, codes in ((20_000, {4413}), (200_000, {1009, 1006})):
            rude = await s.browser(s.staff("org1", "bob"), "desk").connect()
            await rude.send("x" * size)
            assert await rude.until_closed() in codes
        assert (await ann.do("a", type="agent.sign_in"))["ok"]


async def test_other_paths_and_pages() -> None:
    async with stage() as s:
        await s.furnish("org1")
        assert (await s.call("GET", "/somewhere"))[2] == b"office /somewhere"
        assert (await s.call("POST", "/live/token"))[2] == b"office /live/token"
        assert (await s.call("GET", "/live/nothing"))[2]["error"]["code"] == "live.no_such_page"
        assert (await s.call("POST", "/live/snapshot"))[0] == 400
        token = s.staff("org1", "ann")
        status, headers, body = await s.call("GET", "/live/snapshot?topic=desk", Authorization=f"Bearer {token}")
        assert (status, headers["cache-control"], body["topic"]) == (200, "no-store", "desk")
        url = f"ws://127.0.0.1:{s.port}/elsewhere"
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, proxy=None)
        assert refused.value.response.status_code == 403
