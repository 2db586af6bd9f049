"""An agent's browser at the real switch by way of the office: `/phone/socket` before a private Asterisk."""

import asyncio
import hashlib
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec
import pytest
import uvicorn
from tests.polling import until_so
from tests.switch_stage import Switch, needs_asterisk, site, switch
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from pasokh.live.asgi import create_app
from pasokh.live.hub import Hub
from pasokh.live.phone_socket import LARGEST, PATH, PhoneGate, Place
from pasokh.live.refusals import plain_words
from pasokh.live.tokens import STAFF_LIFE, TokenSigner
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.store.hints import Ended
from pasokh.store.memory import MemoryStore

pytestmark = needs_asterisk
SIGNER = TokenSigner(["a secret for the tests of telephones"])
DESK = "https://desk.example"
NOW = 1_700_000_000_000


@dataclass
class Desks:
    """An office with one browser station, `neda`'s."""

    switch: Switch
    store: MemoryStore
    gate: PhoneGate
    port: int
    now: list[int]

    def token(self, user: str = "neda", **changes: object) -> str:
        fields = {"org": "acme", "agent": user, "role": "agent", "origin": DESK, "now": self.now[0], **changes}
        return SIGNER.staff(user=user, **fields)[0]  # type: ignore[arg-type]

    @asynccontextmanager
    async def browser(self, token: str | None = None, origin: str = DESK) -> AsyncIterator["Browser"]:
        protocols = [Subprotocol("sip"), Subprotocol(f"pasokh.{self.token() if token is None else token}")]
        async with connect(
            f"ws://127.0.0.1:{self.port}{PATH}", subprotocols=protocols, origin=Origin(origin), proxy=None,
            max_size=1 << 20,
        ) as line:  # fmt: skip
            yield Browser(line)


@dataclass
class Browser:
    """A page that speaks SIP."""

    line: ClientConnection
    heard: list[str] = field(default_factory=list)

    async def hear(self) -> str:
        async with asyncio.timeout(10):
            text = str(await self.line.recv())
        self.heard.append(text)
        return text

    async def refused(self) -> tuple[int, str]:
        """Close code and error code with which it ended."""
        with pytest.raises(ConnectionClosed) as closed:
            await self._to_the_end()
        said = [json.loads(text).get("code") for text in self.heard if text.startswith("{")]
        return closed.value.rcvd.code if closed.value.rcvd is not None else 0, said[-1]

    async def _to_the_end(self) -> None:
        while await self.hear():
            """There is more."""

    async def register(self, user: str = "neda", password: str = "browser-secret") -> str:
        """Register and give the last answer's first line."""
        proof = ""
        for number in (1, 2):
            await self.line.send(
                f"REGISTER sip:pasokh SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK{number}{id(self)}\r\n"
                f"Max-Forwards: 70\r\nTo: <sip:{user}@pasokh>\r\nFrom: <sip:{user}@pasokh>;tag=a{id(self)}\r\n"
                f"Call-ID: c{id(self)}\r\nCSeq: {number} REGISTER\r\n"
                f"Contact: <sip:{user}@x.invalid;transport=ws>;expires=120\r\n{proof}Content-Length: 0\r\n\r\n"
            )
            while not (answer := await self.hear()).startswith("SIP/2.0"):
                """The switch asks how it is."""
            asked = dict(re.findall(r'(\w+)="([^"]*)"', answer))
            if "401" in answer.split("\r\n")[0]:
                ha1 = hashlib.md5(f"{user}:{asked['realm']}:{password}".encode()).hexdigest()
                ha2 = hashlib.md5(b"REGISTER:sip:pasokh").hexdigest()
                response = hashlib.md5(f"{ha1}:{asked['nonce']}:00000001:c:auth:{ha2}".encode()).hexdigest()
                proof = (
                    f'Authorization: Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
                    f'uri="sip:pasokh", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", '
                    f'opaque="{asked["opaque"]}", response="{response}"\r\n'
                )
        return answer.split("\r\n")[0]


class Places:
    """Only `neda` has a telephone in the browser."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def of(self, org: str, user: str) -> Place | None:
        return Place("neda", self.url) if (org, user) == ("acme", "neda") else None


@pytest.fixture
async def desks() -> AsyncIterator[Desks]:
    async with switch() as made:
        wanted = site()
        await made.start(wanted)
        now = [NOW]
        store = MemoryStore(lambda: now[0])
        places = Places(f"ws://127.0.0.1:{wanted.nodes[0].http.port}/ws")
        gate = PhoneGate(SIGNER, store, places, clock=lambda: now[0], words=plain_words)
        hub = Hub(store, SIGNER, clock=lambda: now[0], service_level=ANSWERED_OR_ABANDONED, tag="t", snapshot_schema=1)
        config = uvicorn.Config(
            create_app(hub, _nobody, _nobody, phone=gate), port=0, ws="websockets-sansio", log_config=None,
            timeout_graceful_shutdown=2, ws_max_size=64 * 1024,
        )  # fmt: skip
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await until_so(lambda: server.started)
        try:
            yield Desks(made, store, gate, listening.getsockname()[1], now)
        finally:
            server.should_exit = True
            await task
            await store.close()


async def _nobody(scope: object, receive: object, send: object) -> None:
    """No page is asked for."""


async def test_a_browser_registers_through_the_office(desks: Desks) -> None:
    async with desks.browser() as page:
        assert page.line.subprotocol == "sip"
        assert await page.register() == "SIP/2.0 200 OK"
        assert "neda/sip:neda@" in await desks.switch.asterisk.command("pjsip show contacts")
        assert desks.gate.sockets == 1
    await until_so(lambda: desks.gate.sockets == 0)


async def test_a_wrong_password_is_the_switchs_to_refuse(desks: Desks) -> None:
    async with desks.browser() as page:
        assert "401" in await page.register(password="guessed")


@pytest.mark.parametrize(
    ("token", "origin", "close", "code"),
    [
        ("", DESK, 4401, "token.missing"),
        ("v1.e30.e30", DESK, 4401, "token.forged"),
        (None, "https://evil.example", 4403, "origin.wrong"),
        ("sara", DESK, 4403, "phone.no_station"),
    ],
)
async def test_who_has_no_right_to_it_is_refused(
    desks: Desks, token: str | None, origin: str, close: int, code: str
) -> None:
    given = desks.token("sara") if token == "sara" else token
    async with desks.browser(given, origin) as page:
        assert await page.refused() == (close, code)


async def test_another_station_cannot_be_spoken_for(desks: Desks) -> None:
    async with desks.browser() as page:
        await page.line.send(
            "REGISTER sip:pasokh SIP/2.0\r\nTo: <sip:desk7@pasokh>\r\nFrom: <sip:desk7@pasokh>;tag=1\r\n\r\n"
        )
        assert await page.refused() == (4403, "phone.not_yours")


async def test_floods_and_giants_end_the_socket(desks: Desks) -> None:
    async with desks.browser() as page:
        await page.line.send("OPTIONS sip:a SIP/2.0\r\nFrom: <sip:neda@p>\r\nX: " + "x" * LARGEST + "\r\n\r\n")
        assert await page.refused() == (4413, "frame.too_large")
    async with desks.browser() as page:
        for _ in range(200):
            await page.line.send("\r\n\r\n")
        assert await page.refused() == (4429, "frame.too_fast")


async def test_it_lives_as_long_as_the_sign_in(desks: Desks) -> None:
    async with desks.browser() as page:
        assert await page.register() == "SIP/2.0 200 OK"
        desks.now[0] += STAFF_LIFE // 2
        await page.line.send(json.dumps({"type": "renew", "token": desks.token()}))
        while not (renewed := await page.hear()).startswith("{"):
            """The switch asks how it is."""
        assert json.loads(renewed)["expires_at"] == desks.now[0] + STAFF_LIFE
        desks.now[0] += STAFF_LIFE - 1
        await page.line.send(json.dumps({"type": "renew", "token": desks.token("sara")}))
        assert await page.refused() == (4401, "token.other_person")
    async with desks.browser() as page:
        assert await page.register() == "SIP/2.0 200 OK"
        desks.now[0] += STAFF_LIFE
        assert (await page.refused())[0] == 4401


async def test_the_end_of_a_sign_in_closes_it_at_once(desks: Desks) -> None:
    async with desks.browser() as page:
        assert await page.register() == "SIP/2.0 200 OK"
        desks.store.hint("acme", "x", msgspec.json.encode(Ended("neda", desks.now[0])))
        assert await page.refused() == (4401, "token.ended")
    async with desks.browser() as page:  # the old token opens nothing any more
        assert await page.refused() == (4401, "token.ended")


async def test_the_newer_window_has_the_phone(desks: Desks) -> None:
    async with desks.browser() as first:
        assert await first.register() == "SIP/2.0 200 OK"
        async with desks.browser() as second:
            assert await second.register() == "SIP/2.0 200 OK"
            assert await first.refused() == (4409, "phone.elsewhere")
            assert await second.register() == "SIP/2.0 200 OK"


async def test_a_switch_that_went_is_said(desks: Desks) -> None:
    async with desks.browser() as page:
        assert await page.register() == "SIP/2.0 200 OK"
        await desks.switch.asterisk.stop()
        assert await page.refused() == (4503, "phone.switch_away")
    async with desks.browser() as page:
        assert await page.refused() == (4503, "phone.switch_away")
