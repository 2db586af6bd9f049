"""Reading along: nobody reads a conversation without the log saying so, and no longer than it says so."""

from tests.unit.live.floor import Floor
from tests.unit.live.wire import wire

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, Channel, QueueConfig


def conversation() -> tuple[Floor, list]:
    floor = Floor(1)
    logged = []
    for command in (
        cmd.DefineQueue(QueueConfig("sales", {"en": "Sales"})),
        cmd.DefineAgent(AgentConfig("ann", "Ann", queues=("sales",))),
        cmd.SignIn("ann"),
        cmd.SetPresence("ann", ready=True),
        cmd.OpenContact("c1", "c1.i1", Channel.CHAT, "sales", customer_name="Rosa"),
        cmd.PostMessage("c1.i1", "m1", "customer", "c1", "secret matter"),
        cmd.AcceptOffer("c1.i1", "ann"),
        cmd.PostMessage("c1.i1", "m2", "note", "ann", "a note"),
    ):
        logged += floor.do(command)
    return floor, logged


async def test_only_what_is_followed_and_only_while_it_is() -> None:
    floor, logged = conversation()
    async with wire() as w:
        await w.write("org1", logged)
        boss = w.socket().hello(w.staff(user="boss", role="supervisor"), along=None)
        other = w.socket().hello(w.staff(user="chief", role="supervisor"), along=None)
        assert (await boss.until_type("snapshot"))["keys"] == {}
        assert (await other.until_type("snapshot"))["keys"] == {}
        await w.write("org1", floor.do(cmd.StartMonitor("c1.i1", "u-boss")))
        seen = (await boss.until_type("patch"))["set"]
        assert seen["i:c1.i1"]["monitors"] == ["u-boss"]
        assert [seen[f"m:c1.i1:{n:06}"]["text"] for n in (1, 2)] == ["secret matter", "a note"]
        await w.write("org1", floor.do(cmd.PostMessage("c1.i1", "m3", "whisper", "u-boss", "psst")))
        whisper = (await boss.until_type("patch", 2))["set"]["m:c1.i1:000003"]
        assert (whisper["author"], whisper["text"]) == ("whisper", "psst")
        await w.write("org1", floor.do(cmd.StopMonitor("c1.i1", "u-boss")))
        assert set((await boss.until_type("patch", 3))["del"]) == {"i:c1.i1", *(f"m:c1.i1:{n:06}" for n in (1, 2, 3))}
        await w.write("org1", floor.do(cmd.PostMessage("c1.i1", "m4", "customer", "c1", "more of it")))
        other.say({"type": "ping"})
        await other.until_type("pong")
        assert not [frame for frame in (*boss.sent, *other.sent) if "more of it" in str(frame)]
        assert not [frame for frame in other.sent if "secret" in str(frame)]
        await boss.leave()
        await other.leave()


async def test_agents_cannot_ask_for_it() -> None:
    _, logged = conversation()
    async with wire() as w:
        await w.write("org1", logged)
        socket = w.socket().hello(w.staff(user="ann"), along=None)
        assert await socket.refused() == (4403, "topic.refused")
