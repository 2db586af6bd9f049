"""The web's application with its requests and sockets counted."""

import time
from typing import Final

from pasokh.kernel.figures import Figures, label
from pasokh.live.asgi import App
from pasokh.live.seat import Message, Receive, Send

_KINDS: Final = frozenset({"api", "live", "chat", "static", "phone", "files"})
"""First parts of addresses that are told apart; everything else is a page."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def kind_of(path: str) -> str:
    """What an address is counted as."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in _KINDS else "page"


def counted(app: App, figures: Figures) -> App:
    """The same application."""

    async def counting(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _request(app, figures, scope, receive, send)
        elif scope["type"] == "websocket":
            await _socket(app, figures, scope, receive, send)
        else:
            await app(scope, receive, send)

    return counting


async def _request(app: App, figures: Figures, scope: Message, receive: Receive, send: Send) -> None:
    begun, kind = time.monotonic(), kind_of(scope["path"])
    method = scope["method"] if scope["method"] in _METHODS else "other"
    status = 0

    async def noting(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = int(message["status"])
            figures.observe("request_ms", (time.monotonic() - begun) * 1_000, label(kind=kind))
        await send(message)

    try:
        await app(scope, receive, noting)
    finally:
        answer = f"{status // 100}xx" if status else "none"
        figures.count("requests", label=label(kind=kind, method=method, status=answer))


async def _socket(app: App, figures: Figures, scope: Message, receive: Receive, send: Send) -> None:
    kind, inside = label(kind=kind_of(scope["path"])), False

    async def noting(message: Message) -> None:
        nonlocal inside
        if message["type"] == "websocket.accept" and not inside:
            inside = True
            figures.count("sockets", label=kind)
        await send(message)

    try:
        await app(scope, receive, noting)
    finally:
        if inside:
            figures.count("sockets", -1, kind)
