"""The web chat's HTTP calls: exact CORS, clear refusals, limits per address, one contact per start id."""

import asyncio

import pytest
from tests.integration.live.stage import SHOP, stage

from pasokh.acd import commands as cmd
from pasokh.channels.pace import Paces

GOOD = {"key": "w1", "start": "s" * 24, "language": "fa"}


async def test_cors_is_exactly_the_allowed_origins() -> None:
    async with stage() as s:
        await s.furnish("org1")
        preflight = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
        status, headers, _ = await s.call("OPTIONS", "/chat/v1/start", Origin=SHOP, **preflight)
        assert status == 204
        assert headers["access-control-allow-origin"] == SHOP
        assert headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in headers
        for origin in (
            "https://evil.example",
            SHOP + ".evil.example",
            SHOP.replace("https", "http"),
            "null",
            SHOP + "/",
        ):
            status, headers, body = await s.call("OPTIONS", "/chat/v1/start", Origin=origin, **preflight)
            assert (status, "access-control-allow-origin" in headers) == (403, False)
            status, headers, body = await s.call("POST", "/chat/v1/start", GOOD, Origin=origin)
            assert (status, body["error"]["code"]) == (403, "chat.origin")
            assert "access-control-allow-origin" not in headers
        status, _, body = await s.call("POST", "/chat/v1/start", GOOD)
        assert (status, body["error"]["code"]) == (403, "chat.origin")
        # Another organisation's widget does not open its door to this page.
        status, headers, body = await s.call("POST", "/chat/v1/start", {**GOOD, "key": "w2"}, Origin=SHOP)
        assert (status, body["error"]["code"]) == (403, "chat.origin")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "chat.malformed"),
        (b"{", 400, "chat.malformed"),
        (b"[" * 10_000, 400, "chat.malformed"),
        (b"\xff\xfe", 400, "chat.malformed"),
        ({}, 400, "chat.malformed"),
        ({**GOOD, "start": "short"}, 400, "chat.malformed"),
        ({**GOOD, "start": "x" * 23 + "/"}, 400, "chat.malformed"),
        ({**GOOD, "org": "org2"}, 400, "chat.malformed"),
        ({**GOOD, "contact": "c1"}, 400, "chat.malformed"),
        ({**GOOD, "key": "nobody"}, 404, "chat.widget_unknown"),
        ({**GOOD, "text": "hello"}, 400, "chat.malformed"),
        ({**GOOD, "text": "\x00 ", "message": "m"}, 400, "message.empty"),
        ({**GOOD, "text": "x" * 4_001, "message": "m"}, 400, "message.too_long"),
        ({**GOOD, "name": "x" * 40_000}, 413, "chat.too_large"),
    ],
)
async def test_bad_starts(body: object, status: int, code: str) -> None:
    async with stage(engine=False) as s:
        got, _, answer = await s.call("POST", "/chat/v1/start", body, Origin=SHOP)
        assert (got, answer["error"]["code"]) == (status, code)


async def test_methods_and_paths() -> None:
    async with stage(engine=False) as s:
        assert (await s.call("GET", "/chat/v1/start", Origin=SHOP))[0] == 405
        assert (await s.call("POST", "/chat/v2/start", {}, Origin=SHOP))[0] == 404


async def test_resume_needs_the_visitors_own_token_and_page() -> None:
    async with stage() as s:
        await s.furnish("org1")
        _, _, started = await s.start_chat()
        token = started["token"]
        status, headers, body = await s.call("POST", "/chat/v1/resume", {"token": token}, Origin=SHOP)
        assert (status, body["closed"], body["contact"]) == (200, False, started["contact"])
        assert headers["access-control-allow-origin"] == SHOP
        cases = [
            ({"token": token}, "https://evil.example", 403, "chat.origin"),
            ({"token": token[:-4] + "AAAA"}, SHOP, 401, "token.forged"),
            ({"token": s.staff("org1", "ann")}, SHOP, 401, "token.wrong_kind"),
            ({"token": s.visitor("org1", "nobody")}, SHOP, 404, "chat.contact_unknown"),
            ({}, SHOP, 400, "chat.malformed"),
        ]
        for sent, origin, expected, code in cases:
            status, headers, body = await s.call("POST", "/chat/v1/resume", sent, Origin=origin)
            assert (status, body["error"]["code"]) == (expected, code)


async def test_each_address_has_its_limit() -> None:
    async with stage() as s:
        await s.furnish("org1")
        s.chat._starts = Paces(rate=0.5, burst=3)
        answers = await asyncio.gather(*(s.start_chat() for _ in range(6)))
        assert sorted(status for status, _, _ in answers) == [200] * 3 + [429] * 3
        late = next(answer for answer in answers if answer[0] == 429)
        assert late[2]["error"]["code"] == "chat.too_many"
        assert int(late[1]["retry-after"]) >= 1
        assert late[1]["access-control-allow-origin"] == SHOP


async def test_a_closed_queue_tells_the_visitor_and_keeps_no_message_silently() -> None:
    async with stage() as s:
        await s.furnish("org1")
        await s.do("org1", cmd.CloseQueue("sales"))
        status, _, started = await s.start_chat(text="anyone?", message="m1")
        assert (status, started["posted"]) == (200, False)
        visitor = await s.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["closed"])
        assert visitor.keys["chat"]["contact"]["reason"] == "closed"
        await s.do("org1", cmd.OpenQueue("sales"))
        status, _, again = await s.start_chat(text="anyone?", message="m1")
        assert (status, again["posted"]) == (200, True)
        assert again["contact"] != started["contact"]


async def test_the_language_is_one_the_widget_offers() -> None:
    async with stage() as s:
        await s.furnish("org1")
        for asked, given in (("uk-UA", "uk"), ("EN", "en"), ("de", "fa"), ("", "fa")):
            _, _, started = await s.start_chat(language=asked)
            visitor = await s.browser(started["token"], "chat", origin=SHOP).connect()
            await visitor.until(lambda v=visitor, g=given: v.keys["chat"]["contact"]["language"] == g)
