"""Putting the web process together: hub, web chat and the gate of agents' telephones beside the given application."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from pasokh.live.hub import Hub
from pasokh.live.phone_socket import PATH, PhoneGate
from pasokh.live.seat import Message, Receive, Send

log = logging.getLogger(__name__)

type App = Callable[[Message, Receive, Send], Awaitable[None]]
type Lifespan = Callable[[], AbstractAsyncContextManager[object]]


def create_app(
    hub: Hub, chat: App, fallback: App, lifespan: Lifespan | None = None, phone: PhoneGate | None = None
) -> App:
    """One ASGI application of these. `fallback` (Django) sees neither `/live/…`, `/chat/…` nor the lifespan.

    `lifespan` opens what the process needs besides (a database pool); it is entered before the hub starts. Sockets for
    any other path than the hub's and the gate's are refused.
    """

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live_through(hub, lifespan, phone, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == PATH and phone is not None:
            await phone(scope, receive, send)
        elif scope["type"] == "websocket" or scope["path"].startswith("/live/"):
            if scope["path"] in _FALLBACK_PAGES and scope["type"] == "http":
                await fallback(scope, receive, send)
            else:
                await hub(scope, receive, send)
        elif scope["path"].startswith("/chat/"):
            await chat(scope, receive, send)
        else:
            await fallback(scope, receive, send)

    return app


_FALLBACK_PAGES = frozenset({"/live/token"})
"""Under `/live`, yet the office's: it knows who is logged in."""


async def _live_through(
    hub: Hub, lifespan: Lifespan | None, phone: PhoneGate | None, receive: Receive, send: Send
) -> None:
    async with AsyncExitStack() as stack:
        try:
            await receive()
            if lifespan is not None:
                await stack.enter_async_context(lifespan())
            await hub.start()
            stack.push_async_callback(hub.stop)
            if phone is not None:
                await phone.start()
                stack.push_async_callback(phone.stop)
        except Exception as error:
            log.exception("the web process could not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})
