"""A chat from the door to the end, over real sockets: nothing lost, nothing doubled, notes stay inside."""

import asyncio

from tests.integration.live.stage import SHOP, running_engine, stage

from pasokh.live import orders


async def test_a_chat_from_start_to_wrap_up() -> None:
    async with stage() as s:
        await s.furnish("org1")
        await s.ready("org1", "ann")
        ann = await s.browser(s.staff("org1", "ann"), "desk", "team").connect()
        boss = await s.browser(s.staff("org1", "boss", "supervisor"), "wall").connect()
        await ann.until(lambda: ann.keys["desk"].get("me", {}).get("presence") == "ready")

        status, headers, started = await s.start_chat(name="سارا", text="سلام", message="first-1")
        assert status == 200, started
        assert headers["access-control-allow-origin"] == SHOP
        assert started["posted"] is True
        i = started["interaction"]
        visitor = await s.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["phase"] == "offered")
        await ann.until(lambda: f"i:{i}" in ann.keys["desk"])
        offered = ann.keys["desk"][f"i:{i}"]
        assert offered["customer_name"] == "سارا"
        assert offered["why"]["question"] in {"who_takes", "what_take"}
        assert ann.keys["desk"][f"m:{i}:000001"]["text"] == "سلام"
        await boss.until(lambda: boss.keys["wall"]["q:sales"]["waiting"] == 1)

        assert (await ann.do("d1", type="offer.accept", interaction=i))["ok"]
        # The answer comes after the patch that shows its effect.
        assert ann.keys["desk"][f"i:{i}"]["phase"] == "active"
        assert (await ann.do("d2", type="message.post", interaction=i, message="a1", text="درود"))["ok"]
        note = await ann.do("d3", type="message.post", interaction=i, message="n1", text="secret", author="note")
        assert note["ok"]
        assert (await visitor.do("v1", type="message.post", interaction=i, message="v1", text="How?"))["ok"]
        await visitor.until(lambda: f"m:{i}:000004" in visitor.keys["chat"])
        texts = [v["text"] for k, v in sorted(visitor.keys["chat"].items()) if k.startswith("m:")]
        assert texts == ["سلام", "درود", "How?"]
        assert visitor.keys["chat"]["contact"]["agent_name"] == "Ann"
        await ann.until(lambda: f"m:{i}:000004" in ann.keys["desk"])
        assert ann.keys["desk"][f"m:{i}:000003"]["author"] == "note"

        assert (await ann.do("d4", type="interaction.end", interaction=i))["ok"]
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["closed"])
        assert visitor.keys["chat"]["contact"]["reason"] == "answered"
        late = await visitor.do("v2", type="message.post", interaction=i, message="v2", text="still there?")
        assert late["error"]["code"] == "interaction.closed"
        assert (await ann.do("d5", type="wrap_up.complete", interaction=i, outcome="done"))["ok"]
        await ann.until(lambda: not any(k[:2] in ("i:", "m:") for k in ann.keys["desk"]))
        await boss.until(lambda: boss.keys["wall"]["q:sales"]["sl"]["n"] == 1)
        level = boss.keys["wall"]["q:sales"]["sl"]
        assert (level["formula"], level["version"], level["value"]) == ("sl.answered_or_abandoned", 1, 1.0)
        # What was said stays readable for the visitor after everything is closed.
        status, _, resumed = await s.call("POST", "/chat/v1/resume", {"token": started["token"]}, Origin=SHOP)
        assert (status, resumed["closed"], resumed["reason"]) == (200, True, "answered")
        again = await s.browser(resumed["token"], "chat", origin=SHOP).connect()
        await again.until(lambda: len(again.keys["chat"]) == 5)  # the contact, three messages, who joined
        assert "secret" not in str(again.keys)


async def test_repeats_have_one_effect_and_the_first_answer() -> None:
    async with stage() as s:
        await s.furnish("org1")
        body = {"start": "s" * 24, "text": "hello", "message": "m1"}
        answers = await asyncio.gather(*(s.start_chat(**body) for _ in range(5)))
        assert {a[2]["contact"] for a in answers} == {answers[0][2]["contact"]}
        assert [a[0] for a in answers] == [200] * 5
        started = answers[0][2]
        i = started["interaction"]
        visitor = await s.browser(started["token"], "chat", origin=SHOP).connect()
        for frame in ("f1", "f1", "f2"):  # same message again under the same and under another frame id
            assert (await visitor.do(frame, type="message.post", interaction=i, message="m2", text="two"))["ok"]
        changed = await visitor.do("f3", type="message.post", interaction=i, message="m2", text="other words")
        assert changed["error"]["code"] == "inbox.key_reused"
        await visitor.until(lambda: f"m:{i}:000002" in visitor.keys["chat"])
        assert (await visitor.do("bye", type="contact.leave", interaction=i))["ok"]
        # Sent again after the end, what was once accepted stays accepted; new things are refused.
        assert (await visitor.do("f1", type="message.post", interaction=i, message="m2", text="two"))["ok"]
        assert (await visitor.do("bye", type="contact.leave", interaction=i))["ok"]
        gone = await visitor.do("f9", type="message.post", interaction=i, message="m9", text="nine")
        assert gone["error"]["code"] == "interaction.closed"
        assert [v["text"] for k, v in sorted(visitor.keys["chat"].items()) if k[:2] == "m:"] == ["hello", "two"]


async def test_a_flapping_network_loses_and_doubles_nothing() -> None:
    """The widget sends again whatever has no answer yet; connections break at every point of the way."""
    async with stage() as s:
        await s.furnish("org1")
        _, _, started = await s.start_chat()
        i = started["interaction"]
        visitor = s.browser(started["token"], "chat", origin=SHOP)
        unanswered = [f"m{n}" for n in range(30)]
        drops = 0
        while unanswered:
            await visitor.connect()
            for name in unanswered[:5]:
                await visitor.send(
                    {
                        "type": "do",
                        "id": f"f-{name}",
                        "command": {"type": "message.post", "interaction": i, "message": name, "text": f"text {name}"},
                    }
                )
            if drops % 3:
                least = min(drops % 4 + 1, len(unanswered[:5]))
                await visitor.until(lambda least=least: len(visitor.answers) >= least)
            await visitor.drop()
            drops += 1
            for frame in list(visitor.answers):
                assert visitor.answers.pop(frame)["ok"]
                unanswered.remove(frame.removeprefix("f-"))
        await visitor.connect()
        await visitor.until(lambda: sum(k[:2] == "m:" for k in visitor.keys["chat"]) == 30)
        shown = [v["message"] for k, v in sorted(visitor.keys["chat"].items()) if k[:2] == "m:"]
        assert shown == [f"m{n}" for n in range(30)]
        rows = await s.store.read_stream("org1", "org1", started["contact"])
        assert sum(row.type == "message.posted" for row in rows) == 30


async def test_reconnecting_with_a_cursor_gets_only_what_changed() -> None:
    async with stage() as s:
        await s.furnish("org1")
        boss = await s.browser(s.staff("org1", "boss", "supervisor"), "wall", "team").connect()
        await boss.until(lambda: boss.keys["wall"] and boss.keys["team"])
        await (await s.hub.shard("org1")).day_known()
        await s.ready("org1", "bob")  # until something happens after that, a reconnect brings a whole snapshot
        await boss.until(lambda: boss.keys["wall"].get("a:bob", {}).get("presence") == "ready")
        await boss.until(lambda: boss.keys["team"].get("t:bob", {}).get("presence") == "ready")
        before = boss.snapshots
        await boss.drop()
        await s.ready("org1", "ann")
        await boss.connect()
        await boss.until(lambda: boss.keys["wall"].get("a:ann", {}).get("presence") == "ready")
        await boss.until(lambda: boss.keys["team"].get("t:ann", {}).get("presence") == "ready")
        assert boss.snapshots == before
        patch = next(f for f in boss.frames if f["type"] == "patch" and f["topic"] == "wall")
        assert "day" not in patch["set"]


async def test_what_the_core_refuses_is_answered_with_its_code() -> None:
    async with stage() as s:
        await s.furnish("org1")
        ann = await s.browser(s.staff("org1", "ann"), "desk").connect()
        answer = await ann.do("x", type="agent.set_presence", ready=True)
        assert (answer["ok"], answer["error"]["code"]) == (False, "agent.not_signed_in")
        assert (await ann.do("y", type="agent.sign_in"))["ok"]
        answer = await ann.do("z", type="message.post", interaction="nobody's", message="m", text="hi")
        assert answer["error"]["code"] == "command.malformed"
        answer = await ann.do("z", type="message.post", interaction="nobodys", message="m", text="hi")
        assert answer["error"]["code"] == "interaction.closed"


async def test_without_an_engine_nothing_is_confirmed_and_nothing_lost(monkeypatch) -> None:
    async with stage(engine=False) as s:
        async with running_engine(s.store):
            await s.furnish("org1")
            _, _, started = await s.start_chat()
        i = started["interaction"]
        monkeypatch.setattr(orders, "ANSWER_SECONDS", 0.1)
        visitor = await s.browser(started["token"], "chat", origin=SHOP).connect()
        answer = await visitor.do("f1", type="message.post", interaction=i, message="m1", text="anyone?")
        assert answer["error"]["code"] == "command.unanswered"
        monkeypatch.undo()
        async with running_engine(s.store):
            assert (await visitor.do("f1", type="message.post", interaction=i, message="m1", text="anyone?"))["ok"]
            assert [v["text"] for k, v in visitor.keys["chat"].items() if k[:2] == "m:"] == ["anyone?"]
