"""What supervisors do: help, reading along, taking over, incidents, alarms."""

import pytest
from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.explain import explain
from pasokh.acd.model import Channel, Phase, Policy, QueueConfig, Relaxation
from pasokh.acd.segments import SegmentKind, segments
from pasokh.kernel.errors import PasokhError
from pasokh.twin.rebuild import command_of


@pytest.fixture
def centre() -> Centre:
    centre = Centre(QueueConfig("q"), QueueConfig("other"))
    centre.agent("a", "q")
    centre.agent("boss", ready=False)
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    return centre


def refused(centre: Centre, command: cmd.AnyCommand) -> str:
    with pytest.raises(PasokhError) as error:
        centre.do(command)
    assert "field" in error.value.params
    return error.value.code


def test_help_is_asked_once_and_answered_once(centre):
    i = centre.state.interactions["i"]
    assert len(centre.do(cmd.AskHelp("i", "a", "may I refund?"))) == 1
    asked = i.help_since
    assert centre.do(cmd.AskHelp("i", "a", "may I refund?")) == []
    centre.wait(1_000)
    centre.do(cmd.AskHelp("i", "a", "all of it?"))
    assert (i.help_since, i.help_question) == (asked, "all of it?")
    assert len(centre.do(cmd.AnswerHelp("i", "boss"))) == 1
    assert i.help_since == 0
    assert centre.do(cmd.AnswerHelp("i", "boss")) == []
    assert refused(centre, cmd.AskHelp("i", "boss")) == "interaction.not_yours"


@pytest.mark.parametrize("way", ["end", "transfer", "force"])
def test_nobody_asks_for_help_about_what_is_no_longer_in_hand(centre, way):
    centre.do(cmd.AskHelp("i", "a"))
    match way:
        case "end":
            centre.do(cmd.EndInteraction("i", "a"))
        case "transfer":
            centre.do(cmd.Transfer("i", "a", to_queue="other"))
        case _:
            centre.do(cmd.SignOut("a", force=True))
    assert centre.state.interactions["i"].help_since == 0
    centre.check()


def test_reading_along_is_on_record_from_beginning_to_end(centre):
    assert [type(e) for e in centre.do(cmd.StartMonitor("i", "eve"))] == [ev.MonitoringStarted]
    assert centre.do(cmd.StartMonitor("i", "eve")) == []
    assert centre.state.interactions["i"].monitors == {"eve": "read"}
    assert [type(e) for e in centre.do(cmd.StopMonitor("i", "eve"))] == [ev.MonitoringEnded]
    assert centre.do(cmd.StopMonitor("i", "eve")) == centre.do(cmd.StopMonitor("gone", "eve")) == []
    assert refused(centre, cmd.StartMonitor("i", "a")) == "monitor.own"
    centre.arrive("waits", queue="other")
    assert refused(centre, cmd.StartMonitor("waits", "eve")) == "interaction.wrong_phase"


def test_taking_over_gives_the_talk_to_the_supervisor_at_once(centre):
    centre.do(cmd.StartHold("i", "a"))
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="other"))
    centre.do(cmd.StartMonitor("i", "boss"))
    centre.wait(5_000)
    events = centre.do(cmd.TakeOver("i", "boss"))
    moved = next(e for e in events if isinstance(e, ev.Transferred))
    assert moved.taken_over
    assert moved.consulted
    assert (moved.from_agent, moved.to_agent) == ("a", "boss")
    i = centre.state.interactions["i"]
    assert (i.agent, i.phase, i.on_hold_since, i.consult, i.monitors) == ("boss", Phase.ACTIVE, 0, None, {})
    assert centre.state.agents["a"].work == []
    assert centre.state.agents["boss"].work == ["i"]
    assert isinstance(centre.effects[-1], ef.Connect)
    assert centre.effects[-1].agent == "boss"
    centre.do(cmd.EndInteraction("i", "boss"))
    talks = [s for s in segments(centre.log) if s.kind is SegmentKind.TALK and s.interaction == "i"]
    assert {s.agent for s in talks} == {"a", "boss"}, "each has their own part of the talk"
    assert any("boss" in line.text and "a" in line.text for line in explain(centre.log, "en"))
    centre.check()


def test_nobody_takes_over_what_they_cannot_hold(centre):
    assert refused(centre, cmd.TakeOver("i", "a")) == "transfer.self"
    centre.agent("full", "other", text=1)
    centre.arrive("busy", queue="other")
    assert centre.owner("busy") == "full"
    assert refused(centre, cmd.TakeOver("i", "full")) == "agent.no_room"
    centre.do(cmd.SignOut("boss"))
    assert refused(centre, cmd.TakeOver("i", "boss")) == "agent.not_signed_in"
    assert refused(centre, cmd.TakeOver("busy", "a")) == "interaction.wrong_phase"
    assert refused(centre, cmd.TakeOver("none", "a")) == "interaction.closed"


def test_a_conversation_sent_back_waits_at_its_old_place_for_somebody_else(centre):
    centre.agent("b", "q", ready=False)
    queued_at = centre.state.interactions["i"].queued_at
    centre.do(cmd.StartHold("i", "a"))
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="other"))
    centre.wait(5_000)
    events = centre.do(cmd.ReturnInteraction("i", "boss"))
    back = next(e for e in events if isinstance(e, ev.WorkReturned))
    queued = next(e for e in events if isinstance(e, ev.Queued))
    assert (back.agent, back.by) == ("a", "boss")
    assert (queued.cause, queued.queued_at) == ("returned", queued_at)
    i = centre.state.interactions["i"]
    assert i.phase is Phase.QUEUED, "not offered to the one it was taken from"
    assert (i.agent, i.on_hold_since, i.consult) == (None, 0, None)
    assert centre.state.agents["a"].work == []
    assert command_of(events, "x") == cmd.ReturnInteraction("i", "boss")
    assert any("boss" in line.text and "a" in line.text for line in explain(centre.log, "en"))
    centre.do(cmd.SetPresence("b", ready=True))
    assert centre.owner("i") == "b"
    centre.check()


def test_only_a_conversation_in_hand_is_sent_back(centre):
    centre.agent("helper", "other")
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="other"))
    centre.do(cmd.AcceptOffer("k", "helper"))
    assert refused(centre, cmd.ReturnInteraction("k", "boss")) == "interaction.is_consult"
    centre.do(cmd.EndInteraction("i", "a"))
    assert refused(centre, cmd.ReturnInteraction("i", "boss")) == "interaction.wrong_phase"
    assert refused(centre, cmd.ReturnInteraction("none", "boss")) == "interaction.closed"


def test_a_voice_call_is_not_taken_over_by_somebody_who_writes(centre):
    centre.agent("b", "q")
    centre.arrive("call", channel=Channel.VOICE)
    assert centre.owner("call") == "b"
    centre.do(cmd.AcceptOffer("call", "b"))
    assert refused(centre, cmd.TakeOver("call", "a")) == "agent.no_room"


def test_an_incident_is_told_changed_and_withdrawn(centre):
    announce = cmd.AnnounceIncident("in1", ("q",), {"en": "We know.", "fa": "می‌دانیم."}, "boss")
    assert len(centre.do(announce)) == 1
    assert centre.do(announce) == []
    began = centre.state.incidents["in1"].since
    centre.wait(1_000)
    centre.do(cmd.AnnounceIncident("in1", ("q", "other"), {"en": "Still."}, "boss"))
    assert (centre.state.incidents["in1"].since, centre.state.incidents["in1"].queues) == (began, ("q", "other"))
    assert refused(centre, cmd.AnnounceIncident("in2", ("nowhere",), {"en": "?"}, "boss")) == "queue.unknown"
    assert len(centre.do(cmd.WithdrawIncident("in1", "boss"))) == 1
    assert centre.do(cmd.WithdrawIncident("in1", "boss")) == []
    assert centre.state.incidents == {}


def test_the_first_to_attend_to_an_alarm_is_kept_until_the_day_ends(centre):
    centre.do(cmd.AcknowledgeAlarm("level:q:2026-03-21", "boss"))
    assert centre.do(cmd.AcknowledgeAlarm("level:q:2026-03-21", "eve")) == []
    assert centre.state.acknowledged["level:q:2026-03-21"].by == "boss"
    centre.do(cmd.StartDay("2026-03-22"))
    assert centre.state.acknowledged == {}


def test_a_whisper_goes_to_whoever_has_the_talk(centre):
    centre.do(cmd.PostMessage("i", "m1", "whisper", "boss", "offer a refund"))
    assert not any(isinstance(e, ef.Deliver) and e.message == "m1" for e in centre.effects), "never to the customer"
    centre.do(cmd.Transfer("i", "a", to_queue="other"))
    assert refused(centre, cmd.PostMessage("i", "m2", "whisper", "boss", "?")) == "interaction.wrong_phase"


def test_the_overflow_switch_helps_at_once_and_says_so_in_the_policy_version():
    centre = Centre(
        QueueConfig("q", policy=Policy(relaxations=(Relaxation(30_000, overflow_to=("other",)),))), QueueConfig("other")
    )
    centre.agent("helper", "other")
    centre.arrive("i")
    assert centre.owner("i") is None
    events = centre.do(cmd.DefineQueue(QueueConfig("q", version=2, overflow_now=("other",))))
    offer = next(e for e in events if isinstance(e, ev.Offered))
    assert (offer.agent, offer.policy_version, offer.step) == ("helper", 2, 0)
    centre.check()
