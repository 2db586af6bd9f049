"""The web role as it is put together for production, over the office's database, with an engine beside it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from tests.integration.live.stage import SECRET, SHOP, Stage, running_engine, serving
from tests.office_stage import Office
from tests.polling import until_async

from pasokh.engine.clock import wall_ms
from pasokh.live.tokens import TokenSigner
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.worker import catch_up
from pasokh.ops import settings as ops_settings
from pasokh.ops import web
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore

__all__ = ["SECRET", "SHOP", "Web", "whole_web"]
PATIENCE = 15.0


class Web(Stage):
    """What a customer's browser can ask of it, and what the office does meanwhile."""

    async def ask(self, path: str, body: dict[str, object], origin: str = SHOP, **headers: str):
        """A call of the widget's."""
        return await self.call("POST", f"/chat/v1/{path}", body, Origin=origin, **headers)

    async def begin(self, key: str = "alpha-widget", **fields: object) -> dict[str, Any]:
        """A conversation begun."""
        status, _, started = await self.start_chat(key=key, **fields)
        assert status == 200, started
        return started

    async def config(self, key: str = "alpha-widget", origin: str = SHOP, language: str = "en"):
        """How the widget looks."""
        return await self.call("GET", f"/chat/v1/config?key={key}&language={language}", Origin=origin)

    async def upload(self, token: str, content: bytes, name: str) -> dict[str, Any]:
        """A file of the visitor's."""
        edge = secrets.token_hex(12)
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode() + content + f"\r\n--{edge}--\r\n".encode()  # fmt: skip
        kind = f"multipart/form-data; boundary={edge}"
        status, _, file = await self.call(
            "POST", "/files/v1/upload", body, Origin=SHOP, Authorization=f"Bearer {token}", Content_Type=kind
        )
        assert status == 201, file
        return {name: file[name] for name in ("id", "name", "media_type", "size")}

    async def file(self, token: str, number: str) -> tuple[int, Any]:
        """What the centre hands out."""
        headers = {"Origin": SHOP, "Authorization": f"Bearer {token}"}
        status, _, content = await self.call("GET", f"/files/v1/{number}", **headers)
        return status, content

    async def office(self, org: str, work: Callable[[], object]) -> Any:
        """Something the office does, in a thread, as a page would."""

        def run() -> object:
            try:
                with organisation_scope(org):
                    return work()
            finally:
                connections.close_all()

        return await asyncio.to_thread(run)

    async def project(self, org: str = "alpha") -> None:
        """Bring the office's history up to now."""
        await self.office(org, lambda: catch_up(org))

    async def until[T](self, look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
        """Look until it is as wanted."""
        return await until_async(look, good, PATIENCE)


@asynccontextmanager
async def whole_web(office: Office, home: Path) -> AsyncIterator[Web]:
    """`ops.web.build` under uvicorn; the engine leads both organisations."""
    url = office.dsn("postgres")
    env = {"PASOKH_HOME": str(home), "PASOKH_DATABASE_URL": url, "PASOKH_SECRET_KEY": settings.SECRET_KEY}
    app = web.build(ops_settings.load(env), url, wall_ms)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(PostgresStore(office.dsn(schema.ENGINE)))
        await stack.enter_async_context(running_engine(store))
        port = await stack.enter_async_context(serving(app))
        made = Web(store, None, TokenSigner([settings.SECRET_KEY]), port=port)
        try:
            yield made
        finally:
            for browser in made.browsers:
                await browser.disconnect()
