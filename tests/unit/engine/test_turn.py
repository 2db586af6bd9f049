"""Protects: a turn answers every command; bad ones are refused without touching the others; a crash ends it."""

from collections import deque

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.acd.apply import apply
from pasokh.acd.commands import DefineAgent, DefineQueue, OpenContact, SetPresence, SignIn, StartDay
from pasokh.acd.events import decode_event
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.acd.state import State, dump_state
from pasokh.engine.core import ACD, Core
from pasokh.engine.options import EngineOptions
from pasokh.engine.turn import CommandCrashedError, Decider, Turn
from pasokh.store.ports import Pending

NOW = 1_800_000_000_000
SETUP = [
    DefineQueue(QueueConfig(id="sales", client="acme")),
    DefineAgent(AgentConfig(id="ann", queues=("sales",))),
    SignIn("ann"),
    SetPresence("ann", ready=True),
]


def pending(*commands: object) -> deque[Pending]:
    return deque(
        Pending(n, f"k{n}", "agent:ann", c if isinstance(c, bytes) else msgspec.json.encode(c), NOW)
        for n, c in enumerate(commands)
    )


def decide(state: State, backlog: deque[Pending], **over: object) -> Turn:
    options = EngineOptions(turn_ms=over.pop("turn_ms", 10_000.0))
    core = over.pop("core", ACD)
    decider = Decider(core, options, over.pop("steady_ms", lambda: 0.0))
    return decider.decide(
        state, over.pop("clock", lambda: NOW), over.pop("own", deque()), backlog, over.pop("crashed", ())
    )


def opening(name: str) -> OpenContact:
    return OpenContact(contact=f"c-{name}", interaction=f"i-{name}", channel=Channel.CHAT, queue="sales")


def test_events_answers_and_effects_of_one_turn() -> None:
    state = State()
    turn = decide(state, pending(*SETUP, opening("1")))
    assert [draft.type for draft in turn.drafts][:3] == ["queue.defined", "agent.defined", "agent.signed_in"]
    assert [draft.type for draft in turn.drafts][-1] == "offer.made"
    assert all(reply.answer.ok for reply in turn.replies)
    assert [reply.answer.seq for reply in turn.replies][-1] == len(turn.drafts) == state.seq
    assert turn.effects
    assert {(draft.actor, draft.cause) for draft in turn.drafts if draft.stream == "c-1"} == {("agent:ann", "k4")}
    assert {draft.client for draft in turn.drafts if draft.stream in {"c-1", "queue:sales"}} == {"acme"}


def test_folding_the_drafts_gives_the_state() -> None:
    state, folded = State(), State()
    for draft in decide(state, pending(*SETUP, *(opening(str(n)) for n in range(9)))).drafts:
        apply(folded, decode_event(draft.data), draft.occurred_at)
    assert dump_state(folded) == dump_state(state)


def test_refusals_and_rubbish_are_answered_with_their_code() -> None:
    state = State()
    before = [reply.answer for reply in decide(state, pending(*SETUP)).replies]
    seq = state.seq
    rubbish = [b"{}", b"[]", b'{"type":"no.such"}', b'{"type":"agent.sign_in","agent":"\'; drop"}', b'{"type":"tick"}']
    turn = decide(state, pending(*rubbish, SignIn("nobody"), opening("1")))
    codes = [reply.answer.code for reply in turn.replies]
    assert all(answer.ok for answer in before)
    assert codes[:5] == ["command.malformed"] * 4 + ["command.not_from_outside"]
    assert codes[5] not in {"", "command.malformed"}
    assert turn.replies[-1].answer.ok
    assert "agent" in str(turn.replies[3].answer.params["why"])
    assert state.seq == seq + len(turn.drafts)


@given(
    st.lists(
        st.binary(max_size=200) | st.text(max_size=50).map(lambda t: msgspec.json.encode({"type": t})), max_size=20
    )
)
def test_no_rubbish_stops_a_turn(rubbish: list[bytes]) -> None:
    state = State()
    decide(state, pending(*SETUP))
    seq = state.seq
    turn = decide(state, pending(*rubbish, opening("1")))
    assert len(turn.replies) == len(rubbish) + 1
    assert turn.replies[-1].answer.ok
    assert not any(reply.answer.ok for reply in turn.replies[:-1])
    assert state.seq > seq


def test_a_turn_ends_when_it_is_full_and_the_rest_waits() -> None:
    state = State()
    decide(state, pending(*SETUP))
    backlog = pending(*(opening(str(n)) for n in range(100)))
    turn = decide(state, backlog)
    assert 50 <= len(turn.drafts) < 60
    assert len(backlog) == 100 - len(turn.replies)


def test_a_turn_ends_when_its_time_is_over() -> None:
    ticks = iter(range(1_000))
    backlog = pending(*SETUP, opening("1"))
    turn = decide(State(), backlog, turn_ms=2.0, steady_ms=lambda: float(next(ticks)))
    assert 0 < len(turn.replies) < 5
    assert backlog


def test_due_timers_go_before_commands() -> None:
    state = State()
    decide(state, pending(*SETUP, opening("1")))
    due = ACD.next_due(state)
    assert due is not None
    turn = decide(state, pending(SetPresence("ann", ready=True)), clock=lambda: due)
    assert turn.drafts[0].type == "offer.timed_out"
    assert turn.drafts[0].cause == ""
    assert turn.drafts[0].actor == "engine"


def test_a_crash_names_the_command_and_the_next_lead_refuses_it() -> None:
    class BrokenError(Exception):
        pass

    def step(state: State, command: object, now: int) -> object:
        if isinstance(command, SignIn):
            raise BrokenError
        return ACD.step(state, command, now)

    core = Core(step=step)
    with pytest.raises(CommandCrashedError) as caught:
        decide(State(), pending(*SETUP), core=core)
    assert caught.value.key == "k2"
    turn = decide(State(), pending(*SETUP), core=core, crashed={"k2"})
    assert [reply.answer.code for reply in turn.replies][2] == "engine.command_failed"
    assert [reply.answer.ok for reply in turn.replies][:2] == [True, True]


def test_the_engines_own_refused_command_is_no_answer() -> None:
    state = State()
    own = deque([StartDay("2026-01-01"), SignIn("nobody")])
    turn = decide(state, pending(), own=own)
    assert [draft.type for draft in turn.drafts] == ["day.started"]
    assert turn.replies == []
