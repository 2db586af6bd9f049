"""The composition root: hands every role its clock, its store, its secrets and its neighbours.

Each role loads only what it needs: nothing of Django in the engine, nothing of the engine in the web.
"""

import asyncio
import atexit
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pasokh.acd.model import Channel
from pasokh.kernel.figures import Figures, label
from pasokh.kernel.time import Instant
from pasokh.office import demo_people as people
from pasokh.ops.database import acting_as
from pasokh.ops.figures import place, switch_figures, told
from pasokh.ops.settings import Settings
from pasokh.ops.switch.settings import SwitchSettings
from pasokh.store import schema

if TYPE_CHECKING:
    import psycopg

    from pasokh.engine.metrics import Metrics
    from pasokh.engine.near import NearInbox
    from pasokh.engine.ports import Carrier, Follower

type Ready = Callable[[], None]
type Work = Callable[[asyncio.Event, Ready], Awaitable[None]]


def wall_clock() -> Instant:
    """UTC milliseconds: where the machine's clock is read for everybody else."""
    return time.time_ns() // 1_000_000


# -- engine ------------------------------------------------------------------------------------------------------------
def engine(url: str, owner: str, switch: SwitchSettings | None = None, figures: Path | None = None) -> Work:
    """Lead shards until told to stop; `owner` names this process, unlike any other that runs.

    With a `switch`, calls are arranged on it; without one voice is nobody's, and callbacks are dialled by hand.
    `figures` = where it tells its figures.
    """
    from pasokh.engine.metrics import Metrics  # noqa: PLC0415
    from pasokh.engine.near import NearInbox  # noqa: PLC0415
    from pasokh.engine.run import EngineSettings, run  # noqa: PLC0415
    from pasokh.ops.zones import OfficeZones  # noqa: PLC0415

    zones, dsn = OfficeZones(acting_as(url, schema.APP)), acting_as(url, schema.ENGINE)

    async def work(stop: asyncio.Event, ready: Ready) -> None:
        metrics = Metrics()
        async with AsyncExitStack() as stack:
            if figures is not None:
                await stack.enter_async_context(told(figures, metrics))
            if switch is None:
                ready()
                await run(EngineSettings(dsn=dsn, owner=owner, zones=zones, metrics=metrics), stop)
                return
            near = NearInbox()
            carriers, followers = await stack.enter_async_context(voice(url, switch, near, metrics))
            ready()
            await run(
                EngineSettings(
                    dsn=dsn, owner=owner, zones=zones, carriers=carriers, followers=followers, near=near,
                    metrics=metrics,
                ),
                stop,
            )  # fmt: skip

    return work


@asynccontextmanager
async def voice(
    url: str, switch: SwitchSettings, near: "NearInbox", metrics: "Metrics"
) -> AsyncIterator["tuple[Mapping[Channel, Carrier], tuple[Follower, ...]]"]:
    """The carriers of an engine that leads telephone calls too, and who looks on for them."""
    from pasokh.engine.clock import MonotoneClock  # noqa: PLC0415
    from pasokh.engine.run import desk_carriers  # noqa: PLC0415
    from pasokh.ops.plant.plant import OfficePlant, PlantCarrier  # noqa: PLC0415
    from pasokh.ops.recordings import OfficeBooks  # noqa: PLC0415
    from pasokh.ops.switch.nodes import nodes_of  # noqa: PLC0415
    from pasokh.ops.voice_records import VoiceRecords  # noqa: PLC0415
    from pasokh.telephony.exchange.journal import Journal  # noqa: PLC0415
    from pasokh.telephony.service import VoiceCarrier  # noqa: PLC0415

    engine, app = acting_as(url, schema.ENGINE), acting_as(url, schema.APP)
    now = MonotoneClock(wall_clock).now  # a menu must not stand still for an hour because the clock was set back

    def asked(operation: str, seconds: float, error: str) -> None:
        metrics.count("switch_requests", label=label(operation=operation, outcome=error or "ok"))
        metrics.observe("switch_request_ms", seconds * 1_000, label(operation=operation))

    def look() -> None:
        for fate, number in (("kept", journal.counts.kept), ("lost", journal.counts.lost)):
            metrics.set("journal_rows", number, label(fate=fate))

    async with (
        OfficePlant(engine, app, switch.home, switch.prompts, now, nodes_of(switch)) as plant,
        VoiceRecords(engine) as records,
        OfficeBooks(app) as books,
    ):
        journal = Journal(records)
        metrics.before_reading.append(look)
        calls = VoiceCarrier(near, plant, now, journal, asked, books)
        near.repeats = calls.repeats
        carrier = PlantCarrier(calls, plant)
        try:
            yield {**desk_carriers(), Channel.VOICE: carrier, Channel.CALLBACK: carrier}, (plant.places,)
        finally:
            await journal.close()


def keep_switch(settings: Settings, url: str) -> Work:
    """Keep this machine's Asterisk running with what the organisations' documents say."""
    from pasokh.ops.switch.keeper import Keeper  # noqa: PLC0415
    from pasokh.store.postgres.database import Database  # noqa: PLC0415

    async def work(stop: asyncio.Event, ready: Ready) -> None:
        database = Database(acting_as(url, schema.ENGINE), connections=2, patience=5.0)
        await database.open()
        try:
            figures = switch_figures()
            async with told(place(settings, "switch"), figures):
                await Keeper(settings.switch, database, settings.secret_key, wall_clock, figures).run(stop, ready)
        finally:
            await database.close()

    return work


def keep_proxy(settings: Settings, url: str) -> Work:
    """Keep this machine's Kamailio running with what the organisations' documents say."""
    from pasokh.ops.switch.proxy_keeper import ProxyKeeper  # noqa: PLC0415
    from pasokh.store.postgres.database import Database  # noqa: PLC0415

    async def work(stop: asyncio.Event, ready: Ready) -> None:
        database = Database(acting_as(url, schema.ENGINE), connections=2, patience=5.0)
        await database.open()
        try:
            await ProxyKeeper(settings.switch, database, settings.secret_key).run(stop, ready)
        finally:
            await database.close()

    return work


def watch_switch(settings: Settings) -> Work:
    """Look after callers on this machine's Asterisk while no engine does."""
    from pasokh.telephony.asterisk import AriServer  # noqa: PLC0415
    from pasokh.telephony.config.web import WATCHDOG_USER  # noqa: PLC0415
    from pasokh.telephony.watchdog import Watchdog  # noqa: PLC0415

    etc = settings.switch.home / "etc"

    async def work(stop: asyncio.Event, ready: Ready) -> None:
        watching = asyncio.create_task(Watchdog(lambda: AriServer.of(etc, WATCHDOG_USER)).run(), name="watchdog")
        ready()
        await asyncio.wait({watching, asyncio.create_task(stop.wait(), name="stop")}, return_when="FIRST_COMPLETED")
        watching.cancel()
        await asyncio.wait({watching})

    return work


# -- office ------------------------------------------------------------------------------------------------------------
def set_up_django(url: str) -> None:
    """Django with the given database; once a process."""
    import django  # noqa: PLC0415

    os.environ["PASOKH_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "pasokh.office.settings"
    django.setup()
    atexit.register(_let_connections_go)


def _let_connections_go() -> None:
    """While the pool's threads can still end: once the interpreter is going, each would be waited for five seconds."""
    from django.db import connections  # noqa: PLC0415

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def prepare(url: str, *, demo: bool = False) -> None:
    """Bring roles and schema up to date; with `demo`, make the demo organisation.

    The demo organisation is only made where there is no other. Several nodes may do this at once: they take turns.
    """
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('pasokh.prepare'))")
        schema.provision(connection)
        set_up_django(url)
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", database="owner", interactive=False, verbosity=0)
        others = connection.execute(
            "SELECT count(*) FROM shard_head WHERE shard <> %s", (people.ORGANISATION,)
        ).fetchone()
        if demo and others == (0,):
            from pasokh.office.demo import do_create_demo  # noqa: PLC0415

            do_create_demo()
        _adopt_facts(connection)


def _adopt_facts(connection: "psycopg.Connection") -> None:
    """What was imported before anybody was there belongs to the only organisation; among several, nobody guesses."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now

    from pasokh.metrics.adoption import adopt  # noqa: PLC0415

    found = connection.execute("SELECT DISTINCT org FROM shard_head LIMIT 2").fetchall()
    if len(found) == 1:
        adopt(settings.FACTS_HOME, str(found[0][0]))


def worker(url: str, stopping: Callable[[], bool], ready: Ready, figures: Figures | None = None) -> None:
    """Keep the office's projections up with the log until told to stop; `figures` = where its rounds are counted."""
    set_up_django(url)
    from pasokh.office.worker import run  # noqa: PLC0415

    run(stopping, ready, figures=figures)


def facts(
    settings: Settings, url: str, stopping: Callable[[], bool], ready: Ready, figures: Figures | None = None
) -> None:
    """Keep the facts that figures are counted over up with the log until told to stop."""
    set_up_django(url)
    from pasokh.ops.facts import run  # noqa: PLC0415

    run(settings.home / "facts", wall_clock, stopping, ready, figures)


def connect(url: str, stopping: Callable[[], bool], ready: Ready) -> None:
    """Talk to slow networks until told to stop: mail that goes out, files that a scanner looks at."""
    set_up_django(url)
    from pasokh.office.connect import run  # noqa: PLC0415

    run(stopping, ready)


def recorder(url: str, stopping: Callable[[], bool], ready: Ready) -> None:
    """Bring what this node's switch recorded into the vault until told to stop."""
    set_up_django(url)
    from pasokh.office.recordings.role import run  # noqa: PLC0415

    run(stopping, ready)


# -- web ---------------------------------------------------------------------------------------------------------------
def serve(settings: Settings, url: str, ready: Ready) -> None:
    """Serve browsers until SIGTERM: Django, the live hub and the web chat in one ASGI application."""
    from pasokh.ops.web import serve as serve_web  # noqa: PLC0415

    set_up_django(url)
    serve_web(settings, url, ready, wall_clock)


# -- traffic -----------------------------------------------------------------------------------------------------------
def traffic(url: str) -> Work:
    """Let drawn customers, agents and a supervisor work the demo organisation."""
    set_up_django(url)
    from pasokh.ops.traffic.people import People  # noqa: PLC0415
    from pasokh.ops.traffic.pictures import keep_picture  # noqa: PLC0415
    from pasokh.ops.traffic.role import Traffic  # noqa: PLC0415
    from pasokh.store.postgres import PostgresStore  # noqa: PLC0415

    async def work(stop: asyncio.Event, ready: Ready) -> None:
        async with PostgresStore(acting_as(url, schema.APP), connections=2) as store:
            agents = frozenset(person.username for person in people.TRAFFIC)
            drawn = People(wall_clock() // 1000, agents, people.LEAD.username, people.CUSTOMERS)
            await Traffic(store, people.ORGANISATION, drawn, keep_picture, wall_clock).run(stop, ready)

    return work
