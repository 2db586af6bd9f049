"""A browser that goes in the middle of a request: what was begun is finished, and the log has nothing to tell."""

import asyncio
import logging

import pytest
from django.conf import settings
from django.db import connections
from tests.polling import give_way
from tests.security.browser import HOST, Browser, signed_in

from pasokh.office.asgi import application

TIMES = 40
TURNS = 100
"""Of the loop between one leaving and the next: from at once to after the answer has begun."""


async def ask_and_go(path: str, session: str, turns: int | None) -> list[str]:
    """A request whose browser leaves after so many turns of the loop, or stays (None); what was sent until then."""
    sent: list[str] = []
    asked = False

    async def receive() -> dict[str, object]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if turns is None:
            await asyncio.Event().wait()
        else:
            await give_way(turns)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message["type"]))

    name = settings.SESSION_COOKIE_NAME
    headers = [(b"host", HOST.encode()), (b"cookie", f"{name}={session}".encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
        "server": (HOST, 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await application(scope, receive, send)
    return sent


@pytest.mark.usefixtures("office")
def test_a_browser_that_goes_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    browser = signed_in("alpha-agent")
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value

    async def many() -> list[list[str]]:
        found = [await ask_and_go("/contacts/", session, number * TURNS) for number in range(TIMES)]
        return [*found, await ask_and_go("/contacts/", session, None)]

    with caplog.at_level(logging.WARNING):
        answers = asyncio.run(many())
    connections.close_all()
    assert answers[-1][0] == "http.response.start", "who stays is answered"
    assert any(not each for each in answers), "somebody did go in time"
    assert [record.getMessage() for record in caplog.records] == []
    assert Browser().get("/login/").status_code == 200
