"""Who may ask for what: identity comes from the token, everything not allowed is refused by name."""

import msgspec
import pytest

from pasokh.acd import commands as cmd
from pasokh.acd.commands import AnyCommand
from pasokh.acd.model import Channel
from pasokh.acd.state import Contact, Interaction, OpenFollowUp, State
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.messages import tag_of
from pasokh.live.rights import actor_of, check_scope, idempotency_key, shape
from pasokh.live.tokens import Claims

ANN = Claims(kind="staff", org="o", subject="u1", agent="ann", role="agent", exp=1)
BOSS = Claims(kind="staff", org="o", subject="u2", agent="boss", role="supervisor", exp=1)
CLERK = Claims(kind="staff", org="o", subject="u3", role="supervisor", exp=1)
VISITOR = Claims(kind="visitor", org="o", subject="c1", contact="c1", role="visitor", exp=1)

OWN = {
    "agent.sign_in", "agent.sign_out", "agent.set_presence", "offer.accept", "offer.reject", "hold.start", "hold.end",
    "contact.transfer", "consult.start", "consult.end", "consult.complete", "interaction.end", "wrap_up.complete",
    "message.post", "help.ask", "consult.switch", "recording.pause", "recording.resume", "call.rejoin",
    "contact.transfer_outside", "consult.start_outside",
    "contact.transfer_menu",
}  # fmt: skip
BESIDE = {"help.answer", "follow_up.set", "follow_up.close", "message.read"}
WATCH = {
    "queue.open", "queue.close", "contact.set_priority", "interaction.close", "monitor.start", "monitor.stop",
    "incident.announce", "incident.withdraw", "alarm.acknowledge", "contact.take_over",
    "interaction.return", "contact.move",
}  # fmt: skip
ALLOWED = {
    "agent": OWN | BESIDE,
    "supervisor": OWN | BESIDE | WATCH,
    "visitor": {"message.post", "message.read", "contact.leave", "contact.accept_alternative", "contact.rate"},
}
EVERY = [tag_of(kind) for kind in AnyCommand.__value__.__args__]
FIELDS = {
    "interaction": "i1", "queue": "q", "ready": True, "priority": 1, "message": "m", "text": "hello", "consult": "k",
    "outcome": "done", "choice": "callback", "address": "12345", "up_to": 1, "score": 5, "contact": "c1",
    "party": "both", "incident": "in1", "queues": ["q"], "texts": {"en": "We know."}, "alarm": "level:q:2026-03-21",
    "number": "021 8888 8888", "to_queue": "q",
}  # fmt: skip


def fields_for(tag: str) -> dict[str, object]:
    kind = next(k for k in AnyCommand.__value__.__args__ if tag_of(k) == tag)
    known = {field.name for field in msgspec.structs.fields(kind)}
    promise = {"id": "f1", "owner": "ann", "due_at": 1}
    own = {"follow_up": promise if tag == "follow_up.set" else "f1"} if tag.startswith("follow_up.") else {}
    return {"type": tag, **{name: value for name, value in FIELDS.items() if name in known}, **own}


@pytest.mark.parametrize("claims", [ANN, BOSS, VISITOR], ids=lambda c: c.role)
@pytest.mark.parametrize("tag", EVERY)
def test_the_whole_vocabulary(claims: Claims, tag: str) -> None:
    if tag in ALLOWED[claims.role]:
        assert tag_of(shape(claims, fields_for(tag))) == tag
    else:
        with pytest.raises(PasokhError) as refused:
            shape(claims, fields_for(tag))
        assert refused.value.code == "command.not_allowed"


@pytest.mark.parametrize("tag", sorted(OWN))
def test_an_agent_cannot_speak_for_another(tag: str) -> None:
    field = "author_id" if tag == "message.post" else "agent"
    command = shape(ANN, fields_for(tag))
    assert getattr(command, field) == "ann"
    with pytest.raises(PasokhError) as refused:
        shape(ANN, {**fields_for(tag), field: "bob"})
    assert (refused.value.code, refused.value.params["field"]) == ("command.forged", field)


def test_a_supervisor_may_set_others_presence_but_not_take_their_work() -> None:
    command = shape(BOSS, {"type": "agent.set_presence", "agent": "ann", "ready": False})
    assert isinstance(command, cmd.SetPresence)
    assert command.agent == "ann"
    with pytest.raises(PasokhError):
        shape(BOSS, {**fields_for("offer.accept"), "agent": "ann"})


def test_a_supervisor_who_handles_no_contacts_has_no_own_work() -> None:
    assert shape(CLERK, {"type": "agent.set_presence", "agent": "ann", "ready": True})
    for fields in (
        fields_for("offer.accept"),
        fields_for("message.post"),
        {"type": "agent.set_presence", "ready": True},
    ):
        with pytest.raises(PasokhError) as refused:
            shape(CLERK, fields)
        assert refused.value.code == "command.not_allowed"
    assert actor_of(CLERK) == "user:u3"


@pytest.mark.parametrize("author", ["agent", "note", "system"])
def test_a_visitor_writes_only_as_customer(author: str) -> None:
    with pytest.raises(PasokhError) as refused:
        shape(VISITOR, {**fields_for("message.post"), "author": author})
    assert refused.value.code == "command.forged"
    command = shape(VISITOR, fields_for("message.post"))
    assert isinstance(command, cmd.PostMessage)
    assert (command.author, command.author_id) == ("customer", "c1")


def test_staff_never_write_as_the_customer_or_the_centre() -> None:
    for author in ("customer", "system", "", None, 5):
        with pytest.raises(PasokhError) as refused:
            shape(ANN, {**fields_for("message.post"), "author": author})
        assert refused.value.code == "command.forged"
    note = shape(ANN, {**fields_for("message.post"), "author": "note"})
    assert isinstance(note, cmd.PostMessage)
    assert note.author == "note"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": None},
        {"type": ["message.post"]},
        {"type": "message.post\u0000"},
    ],
)
def test_no_or_strange_types(fields: dict[str, object]) -> None:
    with pytest.raises(PasokhError) as refused:
        shape(ANN, fields)
    assert refused.value.code == "command.not_allowed"


@pytest.mark.parametrize(
    "changes",
    [
        {"interaction": None},
        {"interaction": "no spaces"},
        {"interaction": "x" * 81},
        {"message": ""},
        {"text": 5},
        {"text": None},
        {"surprise": 1},
    ],
)
def test_malformed_fields_are_named(changes: dict[str, object]) -> None:
    with pytest.raises(PasokhError) as refused:
        shape(VISITOR, {**fields_for("message.post"), **changes})
    assert refused.value.code == "command.malformed"
    assert refused.value.params["why"]


def test_keys_are_apart_for_people_frames_and_kinds() -> None:
    post = shape(VISITOR, fields_for("message.post"))
    leave = shape(VISITOR, fields_for("contact.leave"))
    other = msgspec.structs.replace(VISITOR, subject="c2")
    staff = msgspec.structs.replace(ANN, subject="c1")
    keys = [
        idempotency_key(VISITOR, "m", leave),
        idempotency_key(VISITOR, "n", leave),
        idempotency_key(other, "m", leave),
        idempotency_key(staff, "m", leave),
        idempotency_key(VISITOR, "m", post),
    ]
    assert len(set(keys)) == len(keys)
    assert idempotency_key(VISITOR, "a", post) == idempotency_key(VISITOR, "b", post)


def test_only_a_supervisor_whispers() -> None:
    whisper = {**fields_for("message.post"), "author": "whisper"}
    assert shape(CLERK, dict(whisper)).author_id == "u3"
    for claims in (ANN, VISITOR):
        with pytest.raises(PasokhError) as refused:
            shape(claims, dict(whisper))
        assert refused.value.code == "command.forged"


@pytest.mark.parametrize("tag", ["help.answer", "monitor.start", "incident.announce", "alarm.acknowledge"])
def test_who_asks_is_the_servers_word(tag: str) -> None:
    assert shape(CLERK, fields_for(tag)).by == "u3"
    with pytest.raises(PasokhError) as refused:
        shape(CLERK, {**fields_for(tag), "by": "boss"})
    assert refused.value.code == "command.forged"


def test_taking_over_needs_an_agent() -> None:
    assert shape(BOSS, fields_for("contact.take_over")).by == "boss"
    with pytest.raises(PasokhError) as refused:
        shape(CLERK, fields_for("contact.take_over"))
    assert refused.value.code == "agent.not_signed_in"


def test_a_file_needs_no_words_and_words_need_no_file() -> None:
    file = {"id": "f1", "name": "a.png", "media_type": "image/png", "size": 3}
    silent = {**fields_for("message.post"), "text": " ", "attachments": [file]}
    assert shape(VISITOR, silent).text == ""
    with pytest.raises(PasokhError) as refused:
        shape(VISITOR, {**silent, "attachments": []})
    assert refused.value.code == "message.empty"


def check(claims: Claims, tag: str, state: State) -> str:
    try:
        check_scope(claims, shape(claims, fields_for(tag)), state)
    except PasokhError as refused:
        return refused.code
    return ""


def test_agents_keep_to_their_own_beside_the_work_too() -> None:
    state = State()
    state.contacts["c1"] = Contact("c1", 1, "own", 0)
    state.interactions["i1"] = Interaction("i1", "c1", Channel.CHAT, "q", 1, agent="bob")
    state.follow_ups["f1"] = OpenFollowUp("f1", "c1", "bob", 1)
    assert check(ANN, "message.read", state) == check(ANN, "help.answer", state) == "interaction.not_yours"
    assert check(ANN, "follow_up.close", state) == "follow_up.not_yours"
    assert check(BOSS, "follow_up.close", state) == check(BOSS, "help.answer", state) == ""
    assert check(BOSS, "message.read", state) == "interaction.not_yours"
    state.interactions["i1"].agent = state.follow_ups["f1"].owner = "ann"
    assert [check(ANN, tag, state) for tag in ("message.read", "help.answer", "follow_up.close")] == ["", "", ""]
