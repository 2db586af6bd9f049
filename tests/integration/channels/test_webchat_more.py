"""The web chat around a conversation: options, forms, messages left, earlier talks, transcripts, what is seen."""

from collections.abc import Sequence

import msgspec
import pytest
from tests.integration.live.stage import SHOP, Stage, stage

from pasokh.acd import commands as cmd
from pasokh.channels.webchat.options import Asked, PrechatField, WidgetOptions
from pasokh.channels.webchat.ports import Said, Standing, Visit, Widget

ABOUT = {"key": "w1", "language": "en"}


class Hours:
    """Closed until an instant."""

    def __init__(self, opens_at: int) -> None:
        self.opens_at = opens_at

    async def standing(self, org: str, queue: str) -> Standing:
        return Standing(False, self.opens_at)


class Post:
    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, str, Sequence[Said]]] = {}

    async def transcript(self, org: str, address: str, language: str, said: Sequence[Said], key: str) -> None:
        self.sent.setdefault(key, (address, language, said))


class Visits:
    """Reads the log as the office's history does."""

    def __init__(self, s: Stage) -> None:
        self.stage = s

    async def earlier(self, org: str, visitor: str, before: int | None, most: int) -> Sequence[Visit]:
        rows = await self.stage.store.read(org, org, 0, 10_000)
        opened = [
            msgspec.json.decode(row.data) | {"at": row.occurred_at} for row in rows if row.type == "contact.opened"
        ]
        own = [e for e in opened if e.get("customer") == visitor and (before is None or e["number"] < before)]
        return [Visit(e["contact"], e["number"], e["at"]) for e in reversed(own)][:most]

    async def own(self, org: str, visitor: str, contact: str) -> bool:
        return any(visit.contact == contact for visit in await self.earlier(org, visitor, None, 1_000))


def publish(s: Stage, **options: object) -> None:
    s.chat._widgets.by_key["w1"] = Widget(
        "w1", "org1", "sales", (SHOP,), WidgetOptions(**options), {"en": "Shop", "fa": "فروشگاه"}
    )


async def left(s: Stage, **fields: object):
    body = {**ABOUT, "start": "m" * 24, "email": "ann@example.com", "text": "Where is my vase?", **fields}
    return await s.call("POST", "/chat/v1/message", body, Origin=SHOP)


async def test_options_by_key() -> None:
    async with stage(engine=False) as s:
        publish(s, greeting={"en": "Hi!"}, colour="#aabbcc", prechat=(PrechatField(Asked.EMAIL, required=True),))
        status, headers, got = await s.call("GET", "/chat/v1/config?key=w1&language=en-GB", Origin=SHOP)
        assert (status, headers["access-control-allow-origin"]) == (200, SHOP)
        assert (got["title"], got["greeting"], got["colour"], got["language"]) == ("Shop", "Hi!", "#aabbcc", "en")
        assert got["prechat"] == [{"key": "email", "required": True}]
        assert (got["open"], got["opens_at"]) == (True, None)
        assert got["transcript"] is False  # nobody sends mail here
        _, _, other = await s.call("GET", "/chat/v1/config?key=w1&language=de", Origin=SHOP)
        assert (other["language"], other["greeting"]) == ("fa", "")
        status, headers, got = await s.call("GET", "/chat/v1/config?key=w1", Origin="https://evil.example")
        assert (status, got["error"]["code"]) == (403, "chat.origin")
        assert "access-control-allow-origin" not in headers
        assert (await s.call("GET", "/chat/v1/config?key=nobody", Origin=SHOP))[0] == 404
        assert (await s.call("GET", "/chat/v1/config", Origin=SHOP))[0] == 404
        assert (await s.call("POST", "/chat/v1/config", {}, Origin=SHOP))[0] == 405
        s.chat._hours = Hours(1_800_000_000_000)
        _, _, closed = await s.call("GET", "/chat/v1/config?key=w1", Origin=SHOP)
        assert (closed["open"], closed["opens_at"]) == (False, 1_800_000_000_000)


async def test_the_form_before_the_chat_is_judged_at_its_fields() -> None:
    async with stage() as s:
        await s.furnish("org1")
        publish(
            s, prechat=(PrechatField(Asked.NAME, required=True), PrechatField(Asked.PHONE), PrechatField(Asked.ORDER))
        )
        status, _, refused = await s.start_chat(language="en", text="hi", message="m1")
        assert (status, refused["error"]["code"], refused["error"]["params"]["field"]) == (
            400,
            "chat.field_required",
            "name",
        )
        status, _, refused = await s.start_chat(language="en", name="Ann", phone="none")
        assert (status, refused["error"]["params"]["field"]) == (400, "phone")
        status, _, started = await s.start_chat(
            language="en", name="Ann", phone="۰۹۱۲ ۱۲۳۴۵۶۷", order="۱۰۲۴۵", subject="Late", text="hi", message="m1"
        )
        assert (status, started["posted"]) == (200, True)
        rows = await s.store.read_stream("org1", "org1", started["contact"])
        opened = msgspec.json.decode(next(row.data for row in rows if row.type == "contact.opened"))
        assert (opened["customer_name"], opened["address"], opened["subject"]) == ("Ann", "09121234567", "Late")
        assert opened["customer"].startswith("visitor-")
        said = [msgspec.json.decode(row.data) for row in rows if row.type == "message.posted"]
        assert [(m["author"], m["text"]) for m in said] == [
            ("system", "chat.label.phone: 09121234567\nchat.label.order: 10245"),
            ("customer", "hi"),
        ]


async def test_a_message_outside_hours_waits_in_the_same_queue() -> None:
    async with stage() as s:
        await s.furnish("org1")
        await s.do("org1", cmd.CloseQueue("sales"))
        s.chat._hours = Hours(1_800_000_000_000)
        status, _, kept = await left(s, name="Ann")
        assert (status, kept["kept"], kept["opens_at"]) == (200, True, 1_800_000_000_000)
        assert (await left(s, name="Ann"))[0] == 200  # the answer was lost: asked again, still one
        state = (await s.hub.shard("org1")).state
        await (await s.hub.shard("org1")).catch_up(5)
        assert [(i.channel, i.phase, i.messages) for i in state.interactions.values()] == [("email", "queued", 1)]
        await s.ready("org1", "ann")
        ann = await s.browser(s.staff("org1", "ann"), "desk").connect()
        await ann.until(lambda: any(key.startswith("i:") for key in ann.keys["desk"]))
        (work,) = (value for key, value in ann.keys["desk"].items() if key.startswith("i:"))
        assert (work["channel"], work["address"], work["phase"]) == ("email", "ann@example.com", "offered")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"email": ""}, "chat.field_required", "email"),
        ({"email": "ann"}, "chat.bad_email", "email"),
        ({"text": " "}, "chat.field_required", "text"),
        ({"text": "x" * 4_001}, "message.too_long", None),
        ({"start": "short"}, "chat.malformed", None),
        ({"visitor": "v" * 301}, "chat.malformed", None),
    ],
)
async def test_bad_messages(fields: dict[str, object], code: str, field: str | None) -> None:
    async with stage(engine=False) as s:
        status, _, answer = await left(s, **fields)
        assert (status, answer["error"]["code"], answer["error"]["params"].get("field")) == (400, code, field)


async def test_the_form_can_be_off_and_has_its_limit() -> None:
    async with stage() as s:
        await s.furnish("org1")
        statuses = [(await left(s, start=f"{n:024}"))[0] for n in range(14)]
        assert statuses.count(200) == 12
        assert statuses[-1] == 429
        publish(s, offline_form=False)
        assert (await left(s, start="z" * 24))[2]["error"]["code"] == "chat.no_messages"


async def test_earlier_conversations_are_read_by_their_visitor_alone() -> None:
    async with stage() as s:
        await s.furnish("org1")
        s.chat._visits = Visits(s)
        _, _, first = await s.start_chat(text="first", message="m1")
        _, _, second = await s.start_chat(text="second", message="m1", visitor=first["visitor"])
        _, _, stranger = await s.start_chat(text="stranger", message="m1", visitor="v1.visitor-x.99999999999999.forged")

        async def history(visitor: str, origin: str = SHOP, **fields: object):
            return await s.call("POST", "/chat/v1/history", {"key": "w1", "visitor": visitor, **fields}, Origin=origin)

        status, _, told = await history(second["visitor"], without=second["contact"])
        assert status == 200
        assert [[m["text"] for m in c["messages"]] for c in told["contacts"]] == [["first"]]
        assert told["next"] is None
        _, _, own = await history(stranger["visitor"])
        assert [[m["text"] for m in c["messages"]] for c in own["contacts"]] == [["stranger"]]
        status, _, refused = await history(first["visitor"][:-2] + "AA")
        assert (status, refused["error"]["code"]) == (401, "visitor.forged")
        assert (await history(first["visitor"], "https://evil.example"))[0] == 403
        for n in range(7):
            await s.start_chat(text=f"n{n}", message="m1", visitor=first["visitor"])
        _, _, page = await history(first["visitor"])
        assert len(page["contacts"]) == 5
        _, _, rest = await history(first["visitor"], before=page["next"])
        assert [c["messages"][0]["text"] for c in rest["contacts"]] == ["n1", "n0", "second", "first"]


async def test_a_transcript_goes_once_and_without_notes() -> None:
    async with stage() as s:
        await s.furnish("org1")
        await s.ready("org1", "ann")
        s.chat._post = post = Post()
        _, _, started = await s.start_chat(name="Eve", text="hello", message="m1")
        i = started["interaction"]
        await s.do("org1", cmd.AcceptOffer(i, "ann"))
        await s.do("org1", cmd.PostMessage(i, "a1", "agent", "ann", "hi"))
        await s.do("org1", cmd.PostMessage(i, "n1", "note", "ann", "secret"))

        async def ask(address: str, token: str = started["token"], origin: str = SHOP):
            body = {"token": token, "address": address, "language": "uk"}
            return await s.call("POST", "/chat/v1/transcript", body, Origin=origin)

        assert (await ask("eve@example.com"))[0] == 200
        assert (await ask("Eve@example.com"))[0] == 200
        ((address, language, said),) = post.sent.values()
        assert (address, language) == ("eve@example.com", "uk")
        assert [(m.by, m.text) for m in said] == [("Eve", "hello"), ("Ann", "hi")]
        assert (await ask("nonsense"))[2]["error"]["params"]["field"] == "address"
        assert (await ask("eve@example.com", started["token"][:-4] + "AAAA"))[0] == 401
        assert (await ask("eve@example.com", origin="https://evil.example"))[0] == 403
        _, _, silent = await s.start_chat()
        assert (await ask("eve@example.com", silent["token"]))[2]["error"]["code"] == "chat.nothing_said"


async def test_what_a_visitor_sees_of_queue_incident_and_agent() -> None:
    async with stage() as s:
        await s.furnish("org1")
        one, two = [(await s.start_chat(text="hi", message="m1"))[2] for _ in range(2)]
        first = await s.browser(one["token"], "chat", origin=SHOP).connect()
        second = await s.browser(two["token"], "chat", origin=SHOP).connect()
        await second.until(lambda: second.keys["chat"]["contact"]["position"] == 2)
        texts = {"en": "Payments are slow", "fa": "پرداخت کند است"}
        await s.do("org1", cmd.AnnounceIncident("inc1", ("sales",), texts, "boss"))
        await second.until(lambda: second.keys["chat"]["contact"]["incidents"] == [{"id": "inc1", "texts": texts}])
        assert (await first.do("l1", type="contact.leave", interaction=one["interaction"]))["ok"]
        await second.until(lambda: second.keys["chat"]["contact"]["position"] == 1)
        await s.do("org1", cmd.WithdrawIncident("inc1", "boss"))
        await second.until(lambda: second.keys["chat"]["contact"]["incidents"] == [])
        i = two["interaction"]
        await s.ready("org1", "ann")
        await s.do("org1", cmd.AcceptOffer(i, "ann"), cmd.MarkRead(i, "agent", 1))
        await second.until(lambda: second.keys["chat"]["contact"]["read"] == 1)
        assert second.keys["chat"]["contact"]["position"] is None
        joined = second.keys["chat"][f"e:{i}:000001"]
        assert (joined["kind"], joined["name"]) == ("joined", "Ann")
        await s.do("org1", cmd.Transfer(i, "ann", to_queue="sales"))
        await second.until(lambda: second.keys["chat"][f"e:{i}:000002"]["kind"] == "transferred")
        await s.do("org1", cmd.SetPresence("ann", ready=False))
        assert (await second.do("l2", type="contact.leave", interaction=i))["ok"]
        await second.until(lambda: second.keys["chat"]["contact"]["closed"])
        rated = await second.do("r1", type="contact.rate", contact=two["contact"], interaction=i, score=5, comment="ok")
        assert rated["ok"], rated
        await second.until(lambda: second.keys["chat"]["contact"]["rated"] == 5)
