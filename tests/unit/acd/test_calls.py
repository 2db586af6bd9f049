"""What only calls have: their way through a flow, whom one talks with in a consult, pauses, telephones let go."""

import pytest
from tests.unit.acd.centre import Centre, first, kinds
from tests.unit.acd.test_supervision import refused

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.model import Channel, Phase, QueueConfig


@pytest.fixture
def centre() -> Centre:
    """Agent `a` talks with customer `i` by telephone; `b` is ready, `boss` at work."""
    centre = Centre(QueueConfig("q"), QueueConfig("other"))
    centre.agent("a", "q")
    centre.agent("b", "other")
    centre.agent("boss", ready=False)
    centre.arrive("i", channel=Channel.VOICE)
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.effects.clear()
    return centre


def consult(centre: Centre) -> None:
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="other"))
    centre.do(cmd.AcceptOffer("k", "b"))


def released(centre: Centre) -> list[tuple[str, str, bool]]:
    return [(e.interaction, e.agent, e.waits) for e in centre.effects if isinstance(e, ef.Release)]


# -- before anybody is waited for ----------------------------------------------------------------------------------
def test_a_call_goes_through_its_flow_and_becomes_a_contact(centre):
    begin = cmd.BeginCall("c-j", "+982112345678", "+989121234567", language="fa")
    assert kinds(centre.do(begin)) == ["CallArrived"]
    assert centre.do(begin) == []
    centre.do(cmd.NoteStep("c-j", "welcome", "menu", "2"))
    assert (centre.state.calls["c-j"].flow, centre.state.calls["c-j"].step) == ("welcome", "menu")
    centre.check()
    centre.arrive("j", channel=Channel.VOICE)
    assert centre.state.calls == {}
    assert kinds(centre.do(cmd.NoteStep("c-j", "survey", "solved", "1"))) == ["CallStepped"]
    assert refused(centre, begin) == "id.in_use"
    centre.check()


def test_a_call_that_ends_in_its_flow_says_how_long_it_took(centre):
    centre.do(cmd.BeginCall("c-j", "+982112345678"))
    centre.wait(7_000)
    assert first(centre.do(cmd.EndCall("c-j", "caller")), ev.CallEnded).lasted_ms == 7_000
    assert centre.do(cmd.EndCall("c-j", "caller")) == []
    assert centre.state.calls == {}


# -- consult and conference ----------------------------------------------------------------------------------------
def test_a_consult_by_voice_is_joined_to_who_asked_and_can_be_switched(centre):
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="other"))
    assert refused(centre, cmd.SwitchConsult("i", "a", "both")) == "consult.unanswered"
    centre.do(cmd.AcceptOffer("k", "b"))
    joined = first(centre.effects, ef.Connect)
    assert (joined.interaction, joined.agent, joined.parent, joined.asker) == ("k", "b", "i", "a")
    assert centre.state.interactions["i"].talks_with == "helper"
    assert centre.do(cmd.SwitchConsult("i", "a", "helper")) == []
    assert kinds(centre.do(cmd.SwitchConsult("i", "a", "both"))) == ["ConsultSwitched"]
    assert (centre.effects[-1].consult, centre.effects[-1].party) == ("k", "both")
    assert refused(centre, cmd.SwitchConsult("i", "b", "customer")) == "interaction.not_yours"
    centre.check()
    centre.do(cmd.EndConsult("i", "a"))
    assert centre.state.interactions["i"].talks_with == ""
    assert released(centre) == [("k", "b", False)]
    assert refused(centre, cmd.SwitchConsult("i", "a", "both")) == "consult.none"
    centre.check()


def test_a_completed_consult_lets_only_the_asker_go(centre):
    consult(centre)
    centre.effects.clear()
    centre.do(cmd.CompleteTransfer("i", "a"))
    assert [type(e) for e in centre.effects[:2]] == [ef.Connect, ef.Release]
    assert released(centre) == [("i", "a", False)]
    assert centre.owner("i") == "b"


# -- letting telephones go -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "agent", "waits"),
    [
        (cmd.Transfer("i", "a", to_queue="other"), "a", True),
        (cmd.ReturnInteraction("i", "boss"), "a", True),
        (cmd.SignOut("a", force=True), "a", True),
        (cmd.TakeOver("i", "boss"), "a", False),
        (cmd.LeaveContact("i"), "a", False),
    ],
)
def test_whoever_gives_a_call_away_is_let_go(centre, command, agent, waits):
    centre.do(cmd.PauseRecording("i", "a", "card"))
    events = centre.do(command)
    assert released(centre) == [("i", agent, waits)]
    assert "RecordingResumed" in kinds(events), "the next talk is recorded"
    assert centre.state.interactions["i"].unrecorded_since == 0
    assert centre.state.interactions["i"].phase in (Phase.QUEUED, Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP)
    centre.check()


def test_chats_have_no_telephone_to_let_go(centre):
    centre.do(cmd.EndInteraction("i", "a"))
    centre.do(cmd.CompleteWrapUp("i", "a", "done"))
    centre.arrive("chat")
    centre.do(cmd.AcceptOffer("chat", "a"))
    centre.effects.clear()
    assert refused(centre, cmd.PauseRecording("chat", "a")) == "interaction.not_voice"
    assert refused(centre, cmd.StartMonitor("chat", "boss", "listen")) == "interaction.not_voice"
    centre.do(cmd.Transfer("chat", "a", to_queue="other"))
    assert released(centre) == []


# -- recording -----------------------------------------------------------------------------------------------------
def test_a_pause_is_on_record_to_the_millisecond(centre):
    centre.do(cmd.PauseRecording("i", "a", "card"))
    assert centre.do(cmd.PauseRecording("i", "a", "card")) == []
    centre.wait(2_500)
    assert first(centre.do(cmd.ResumeRecording("i", "a")), ev.RecordingResumed).paused_ms == 2_500
    assert centre.do(cmd.ResumeRecording("i", "a")) == []
    assert [e.on for e in centre.effects if isinstance(e, ef.Record)] == [False, True]
    assert refused(centre, cmd.PauseRecording("i", "b")) == "interaction.not_yours"
    centre.check()


# -- supervisors ---------------------------------------------------------------------------------------------------
def test_a_supervisor_listens_whispers_and_goes_back_to_reading(centre):
    centre.do(cmd.StartMonitor("i", "boss", "listen"))
    assert centre.do(cmd.StartMonitor("i", "boss", "listen")) == []
    centre.do(cmd.StartMonitor("i", "boss", "whisper"))
    assert centre.state.interactions["i"].monitors == {"boss": "whisper"}
    centre.do(cmd.StartMonitor("i", "boss", "read"))
    centre.do(cmd.StartMonitor("i", "boss", "barge"))
    centre.do(cmd.StopMonitor("i", "boss"))
    assert [e.mode for e in centre.effects if isinstance(e, ef.Follow)] == ["listen", "whisper", "", "barge", ""]
    centre.check()


def test_reading_along_asks_nothing_of_the_switch(centre):
    centre.do(cmd.StartMonitor("i", "boss"))
    centre.do(cmd.StopMonitor("i", "boss"))
    assert centre.effects == []
