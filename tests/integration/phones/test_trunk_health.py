"""The carriers' page says how each stands now, and says so when nobody knows."""

import asyncio

from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.office import clock
from pasokh.office.telephony.models import Trunk
from pasokh.office.telephony.trunk_health import STALE_MS, trunk_health
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.ops.switch.trunks import TrunkSeen, keep_trunks
from pasokh.ops.voice_records import VoiceRecords
from pasokh.store import schema
from pasokh.store.postgres.database import Database
from pasokh.telephony.exchange.journal import LegRow


async def _looked(office: Office, node: str, seen: dict[str, TrunkSeen] | None, key: str, at: int) -> None:
    database = Database(office.dsn(schema.ENGINE), connections=1, patience=5.0)
    await database.open()
    try:
        await keep_trunks(database, node, {"alpha": [key]}, seen, at)
    finally:
        await database.close()


def test_the_worst_node_counts_and_what_is_old_is_not_known(office: Office) -> None:
    boss, now = signed_in("alpha-administrator"), clock.now()
    with organisation_scope("alpha"):
        trunk = Trunk.objects.filter(is_active=True).order_by("key").first()
        assert trunk is not None
        assert trunk_health([trunk], now)[trunk.key].state == "unknown"
    assert "data-live" in boss.get("/setup/trunks/").content.decode()
    key = trunk.site_key

    def health(at: int):
        with organisation_scope("alpha"):
            return trunk_health([trunk], at)[trunk.key]

    asyncio.run(_looked(office, "node1", {key: TrunkSeen("up", 900, "registered")}, key, now - 9_000))
    asyncio.run(_looked(office, "node1", {key: TrunkSeen("up", 1_200, "registered")}, key, now - 1_000))
    assert (health(now).state, health(now).since, health(now).round_trip_us) == ("up", now - 9_000, 1_200)
    asyncio.run(_looked(office, "node2", {}, key, now - 1_000))
    assert health(now).state == "trying", "the worst node counts"
    asyncio.run(_looked(office, "node2", None, key, now))
    assert health(now).state == "stopped"
    assert health(now + STALE_MS + 1).state == "unknown", "honest when nobody looks"
    with organisation_scope("beta"):
        assert trunk_health([trunk], now)[trunk.key].state == "unknown", "another organisation's carriers are its own"


def test_a_carrier_in_whose_place_another_was_tried_says_when(office: Office) -> None:
    now = clock.now()
    with organisation_scope("alpha"):
        trunk = Trunk.objects.filter(is_active=True).order_by("key").first()
        assert trunk is not None

    def leg(channel: str, carrier: str, at: int, **more: object) -> LegRow:
        return LegRow(
            org="alpha", channel=channel, interaction=channel[0], trunk=carrier, began_at=at, ended_at=at, **more
        )

    legs = [
        leg("a1", trunk.site_key, now - 9_000, cause=38), leg("a2", "other", now - 8_000, answered=True, cause=16),
        leg("b1", trunk.site_key, now - 5_000, cause=17), leg("b2", "other", now - 4_000, answered=True, cause=16),
        leg("c1", trunk.site_key, now - 3_000, cause=38),
    ]  # fmt: skip

    async def write() -> None:
        async with VoiceRecords(office.dsn(schema.ENGINE)) as records:
            await records.write((), legs)

    asyncio.run(write())
    with organisation_scope("alpha"):
        found = trunk_health([trunk], now)[trunk.key]
    assert found.failed_over_at == now - 9_000, "busy is the callee's, and a call nobody else took is no failover"
