"""Two organisations with the same ids everywhere: nothing of one is ever seen or touched by the other."""

import json

from tests.unit.live.floor import Floor
from tests.unit.live.wire import DESK, SIGNER, wire

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.live.rights import TOPICS


def marked(org: str) -> Floor:
    """A floor whose every visible text carries the organisation's mark; all ids are the same in both."""
    floor = Floor(1)
    mark = f"MARK-{org}"
    logged = []
    for command in (
        cmd.DefineQueue(QueueConfig("sales", {"en": mark}, client=mark)),
        cmd.DefineAgent(AgentConfig("ann", mark, queues=("sales",))),
        cmd.DefineAgent(AgentConfig("bob", mark, queues=("sales",))),
        cmd.SignIn("ann"),
        cmd.SetPresence("ann", ready=True, reason=mark),
        cmd.SignIn("bob"),
        cmd.OpenContact("c1", "c1.i1", Channel.CHAT, "sales", customer_name=mark, subject=mark),
        cmd.PostMessage("c1.i1", "m1", "customer", "c1", mark),
        cmd.AcceptOffer("c1.i1", "ann"),
        cmd.PostMessage("c1.i1", "m2", "agent", "ann", mark),
    ):
        logged += floor.do(command)
    floor.logged = logged
    return floor


async def test_no_topic_shows_anything_of_the_other_organisation() -> None:
    async with wire() as w:
        for org in ("org1", "org2"):
            await w.write(org, marked(org).logged)
        for org, other in (("org1", "org2"), ("org2", "org1")):
            tokens = {
                "agent": w.staff(org, "ann"),
                "supervisor": w.staff(org, "boss", "supervisor", agent="ann"),
                "visitor": SIGNER.visitor(org=org, contact="c1", origin=DESK, now=w.clock())[0],
            }
            for role, token in tokens.items():
                topics = dict.fromkeys(TOPICS[role])
                socket = w.socket().hello(token, **topics)
                await socket.until_type("snapshot", len(topics))
                seen = json.dumps(socket.sent)
                assert f"MARK-{org}" in seen
                assert other not in seen
                await socket.leave()
                for topic in topics:
                    status, body = await w.get("/live/snapshot", f"topic={topic}", authorization=f"Bearer {token}")
                    assert status == 200
                    assert other not in json.dumps(body)


async def test_an_organisation_or_contact_that_is_not_there_is_empty() -> None:
    async with wire() as w:
        await w.write("org1", marked("org1").logged)
        nobody = w.socket().hello(w.staff("org9", "ann"), desk=None, team=None)
        await nobody.until_type("snapshot", 2)
        assert all(frame["keys"] == {} for frame in nobody.sent if frame["type"] == "snapshot")
        await nobody.leave()
        token, _ = SIGNER.visitor(org="org1", contact="c2", origin=DESK, now=w.clock())
        ghost = w.socket().hello(token, chat=None)
        assert (await ghost.until_type("snapshot"))["keys"] == {}
        for name in ("c1.i1", "c9.i1"):
            ghost.say(
                {
                    "type": "do",
                    "id": name,
                    "command": {"type": "message.post", "interaction": name, "message": "x", "text": "hi"},
                }
            )
        answers = [await ghost.until_type("answer", n) for n in (1, 2)]
        # Another's contact and one that does not exist look the same.
        assert [a["error"]["code"] for a in answers] == ["interaction.closed"] * 2
        await ghost.leave()
