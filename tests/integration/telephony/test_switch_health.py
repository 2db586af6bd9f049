"""The keeper's eyes on a real Asterisk: a carrier that stops answering and comes back, passwords guessed."""

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from tests.polling import until_async
from tests.sip_peer import SipPeer
from tests.switch_stage import Switch, needs_asterisk, site, switch

from pasokh.acd.commands import AnyCommand, EndFault, NoteFault, decode_command
from pasokh.engine.clock import wall_ms
from pasokh.ops.figures import switch_figures
from pasokh.ops.switch.health import MOST_REFUSED, Health
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore
from pasokh.store.postgres.database import Database

pytestmark = needs_asterisk
CARRIER = "main"


class Watched:
    """A switch, its health, and what the core was told."""

    def __init__(self, made: Switch, database: Database, store: PostgresStore) -> None:
        self.figures = switch_figures()
        self.health = Health("node1", made.asterisk, database, wall_ms, self.figures)
        self.store = store

    async def told(self) -> list[AnyCommand]:
        """Everything since the beginning, after another look."""
        self.health._due = 0.0
        await self.health.look({"acme": [CARRIER]})
        return [decode_command(each.command) for each in await self.store.pending("acme")]

    async def until(self, command: type[AnyCommand], kind: str) -> AnyCommand:
        async def there() -> AnyCommand | None:
            return next((c for c in await self.told() if isinstance(c, command) and c.kind == kind), None)  # type: ignore[union-attr]

        found = await until_async(there, seconds=40)
        assert found is not None
        return found


TABLE = f"""
CREATE TABLE telephony_trunkstate (
    organisation_id text, trunk text, node text, state text, since bigint, round_trip_us bigint, registration text,
    looked_at bigint, PRIMARY KEY (organisation_id, trunk, node));
GRANT INSERT, SELECT, UPDATE ON telephony_trunkstate TO {schema.ENGINE}
"""
"""As the office has it (`telephony.models.TrunkState`)."""


async def standing(database: Database) -> tuple[str, int, int]:
    """The carrier's state, since when, and how long an answer takes."""
    ((state, since, trip),) = await database.run(
        "SELECT state, since, round_trip_us FROM telephony_trunkstate WHERE organisation_id = 'acme'"
    )
    return state, since, trip


@pytest.fixture
async def database(pg_dsn: Callable[[str], str]) -> AsyncIterator[tuple[Database, PostgresStore]]:
    async with await psycopg.AsyncConnection.connect(pg_dsn(schema.OWNER)) as connection:
        await connection.execute(TABLE)
    async with PostgresStore(pg_dsn(schema.ENGINE)) as store:
        await store.open_shard("acme", "acme")
        made = Database(pg_dsn(schema.ENGINE), connections=1, patience=5.0)
        await made.open()
        try:
            yield made, store
        finally:
            await made.close()


async def test_a_carrier_that_stops_answering_is_a_fault_until_it_answers(
    database: tuple[Database, PostgresStore],
) -> None:
    with SipPeer("127.0.0.2") as carrier:
        wanted = site(carrier_port=carrier.port)
        wanted = replace(wanted, trunks=(replace(wanted.trunks[0], qualify_seconds=1),))
        async with switch() as made:
            await made.start(wanted)
            watched = Watched(made, *database)
            noted = await watched.until(NoteFault, "carrier")
            assert isinstance(noted, NoteFault)
            assert noted.object == CARRIER
            assert 'pasokh_switch_trunks{state="down"} 1' in watched.figures.prometheus()
            state, down_since, _ = await standing(database[0])
            assert state == "down"
            answering = asyncio.Event()

            def answer() -> None:
                while not answering.is_set():
                    try:
                        message = carrier.receive(0.2)
                    except AssertionError:
                        continue
                    if message.first.startswith("OPTIONS"):
                        carrier.answer(message, 200, "OK")

            task = asyncio.create_task(asyncio.to_thread(answer))

            async def up() -> int:
                await watched.told()  # one more look
                state, since, _ = await standing(database[0])
                return since if state == "up" else 0

            try:
                ended = await watched.until(EndFault, "carrier")
                up_since = await until_async(up, seconds=20)
            finally:
                answering.set()
                await task
            assert isinstance(ended, EndFault)
            assert up_since > down_since
            kinds = [type(each) for each in await watched.told() if getattr(each, "kind", "") == "carrier"]
            assert kinds.count(NoteFault) == 1, "said once"


async def test_guessed_passwords_are_counted_and_told(database: tuple[Database, PostgresStore]) -> None:
    async with switch() as made:
        wanted = site()
        await made.start(wanted)
        watched = Watched(made, *database)
        await watched.told()
        port = wanted.nodes[0].udp_port
        with SipPeer("127.0.0.9") as guesser:
            for number in range(MOST_REFUSED + 2):
                answer = await asyncio.to_thread(guesser.invite_as, port, "112", "desk7", f"guess-number-{number}")
                assert answer.status in (401, 403)
        noted = await watched.until(NoteFault, "sign_ons")
        assert isinstance(noted, NoteFault)
        assert noted.object == "node1"
        assert watched.figures.value("refused_sign_ons") >= MOST_REFUSED
        assert "guess" not in str(msgspec.json.encode(noted))
