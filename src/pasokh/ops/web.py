"""The web role: Django, the live hub and the web chat as one ASGI application under uvicorn."""

import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn

from pasokh.acd.model import Channel
from pasokh.channels.files.gate import FileGate
from pasokh.channels.reception import Reception
from pasokh.channels.webchat.app import WebChat
from pasokh.channels.webchat.visitors import VisitorPasses
from pasokh.engine.core import ACD
from pasokh.engine.lag import lag_told
from pasokh.i18n.catalogue import has, message
from pasokh.live.asgi import App, create_app
from pasokh.live.hub import Hub
from pasokh.live.phone_socket import PhoneGate
from pasokh.live.tokens import TokenSigner
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.ops.counted import counted
from pasokh.ops.database import acting_as
from pasokh.ops.dialling import OfficeDialling
from pasokh.ops.figures import place, told, web_figures
from pasokh.ops.files import OfficeFiles
from pasokh.ops.hours import OfficeHours
from pasokh.ops.phones import OfficePhones
from pasokh.ops.settings import SOCKET, Settings
from pasokh.ops.transcripts import OfficePost
from pasokh.ops.visits import OfficeVisits, OfficeWaiting
from pasokh.ops.widgets import OfficeStanding, OfficeWidgets
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore

LARGEST_FRAME = 64 * 1024
"""Somewhat above what the hub accepts, so that the hub itself can say that a frame is too large."""
CLOSE_SECONDS = 3
CONNECTIONS = 8


def words(code: str, params: Mapping[str, object], language: str) -> str:
    """A refusal as a sentence; the code where no sentence exists."""
    return message(code, language, **params) if has(code) else code


def build(settings: Settings, url: str, clock: Callable[[], int]) -> App:
    """The application; Django must be set up. Its lifespan opens the store and starts the hub."""
    from pasokh.office.asgi import application as django  # noqa: PLC0415 - needs Django's settings

    store = PostgresStore(acting_as(url, schema.APP), connections=CONNECTIONS)
    signer = TokenSigner([settings.secret_key])
    dialling = OfficeDialling(acting_as(url, schema.ENGINE))
    hub = Hub(
        store,
        signer,
        clock=clock,
        service_level=ANSWERED_OR_ABANDONED,
        tag=os.urandom(6).hex(),
        snapshot_schema=ACD.snapshot_schema,
        words=words,
        files=OfficeFiles(acting_as(url, schema.APP), clock),
        dialling=dialling,
        waiting=OfficeWaiting(acting_as(url, schema.ENGINE)).organisations,
    )
    widgets = OfficeWidgets(acting_as(url, schema.ENGINE))
    secret = settings.secret_key.encode()
    chat = WebChat(
        Reception(store, Channel.CHAT, secret),
        widgets,
        signer,
        hub,
        VisitorPasses(secret, clock),
        clock=clock,
        words=words,
        letters=Reception(store, Channel.EMAIL, secret),
        hours=OfficeStanding(OfficeHours(acting_as(url, schema.ENGINE))),
        visits=OfficeVisits(acting_as(url, schema.APP)),
        post=OfficePost(),
    )

    known = web_figures()
    phone = PhoneGate(
        signer,
        store,
        OfficePhones(acting_as(url, schema.ENGINE), settings.switch.home, settings.switch.phones_url),
        clock=clock,
        words=words,
    )
    office = FileGate(cast("App", django), widgets, signer, clock=clock, words=words)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with (
            told(place(settings, "web"), known),
            lag_told(lambda lag: known.observe("loop_lag_ms", lag)),
            store,
            dialling,
        ):
            yield

    return counted(create_app(hub, chat, office, lifespan, phone), known)


def serve(settings: Settings, url: str, ready: Callable[[], None], clock: Callable[[], int]) -> None:
    """Serve until SIGTERM on the inherited socket, else on the configured address."""
    config = uvicorn.Config(
        cast("Any", build(settings, url, clock)),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSE_SECONDS,
    )
    inherited = os.environ.pop(SOCKET, None)
    sockets = [socket.socket(fileno=int(inherited))] if inherited else None
    _Server(config, ready).run(sockets=sockets)


class _Server(uvicorn.Server):
    """Says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()
