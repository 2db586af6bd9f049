"""The same centre over PostgreSQL, the web under row-level security: two organisations, one conversation each."""

import asyncio

from tests.integration.live.stage import DESK, SHOP, running_engine, stage

from pasokh.store.postgres import PostgresStore


async def test_two_organisations_chat_side_by_side(engine_store: PostgresStore, app_store: PostgresStore) -> None:
    async with running_engine(engine_store), stage(app_store, engine=False) as s:
        for org in ("org1", "org2"):
            await engine_store.open_shard(org, org)
            await s.furnish(org, shard_exists=True)
            await s.ready(org, "ann")
        other = {"key": "w2", "start": "t" * 24}
        (_, _, ours), (status, _, theirs) = await asyncio.gather(
            s.start_chat(text="ours", message="m1", name="org1 customer"),
            s.call(
                "POST",
                "/chat/v1/start",
                {**other, "text": "theirs", "message": "m1", "name": "org2 customer"},
                Origin="https://other.example",
            ),
        )
        assert status == 200, theirs
        desks = {
            org: await s.browser(s.staff(org, "ann"), "desk", "team", origin=DESK).connect() for org in ("org1", "org2")
        }
        for org, started in (("org1", ours), ("org2", theirs)):
            i, desk = started["interaction"], desks[org]
            await desk.until(lambda desk=desk, i=i: f"i:{i}" in desk.keys["desk"])
            assert (await desk.do("d1", type="offer.accept", interaction=i))["ok"]
            post = {"type": "message.post", "interaction": i, "message": "a1", "text": f"answer of {org}"}
            assert (await desk.do("d2", **post))["ok"]
        foreign = await desks["org2"].do(
            "d9", type="message.post", interaction=ours["interaction"], message="x", text="intrusion"
        )
        assert foreign["error"]["code"] == "interaction.closed"
        visitor = await s.browser(ours["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: sum(k.startswith("m:") for k in visitor.keys["chat"]) == 2)
        await visitor.drop()
        assert (await desks["org1"].do("d3", type="interaction.end", interaction=ours["interaction"]))["ok"]
        await visitor.connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["closed"])
        assert visitor.snapshots == 1
        for org, stranger in (("org1", "org2"), ("org2", "org1")):
            assert org in str(desks[org].frames)
            assert stranger not in str(desks[org].frames)
        assert "org2" not in str(visitor.frames)
