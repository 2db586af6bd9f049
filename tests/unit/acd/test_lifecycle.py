"""What becomes of a contact: waiting, offers, talk, transfer, consult, callback, wrap-up, closing."""

import pytest
from tests.unit.acd.centre import Centre, first, kinds

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.explain import explain
from pasokh.acd.model import Channel, Closing, Phase, Policy, QueueConfig, Rung
from pasokh.acd.segments import SegmentKind, segments
from pasokh.kernel.errors import PasokhError


@pytest.fixture
def centre() -> Centre:
    centre = Centre(QueueConfig("q"), QueueConfig("other"))
    centre.agent("a", "q")
    return centre


def refused(centre: Centre, command: cmd.AnyCommand) -> str:
    with pytest.raises(PasokhError) as error:
        centre.do(command)
    assert "field" in error.value.params
    return error.value.code


def test_ladder_marks_come_in_order_and_the_alternative_before_the_last(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("i")
    events = centre.wait(60_000)
    marks = [e.rung if isinstance(e, ev.LadderPassed) else "offer" for e in events]
    assert marks == [Rung.IDEAL, Rung.GOOD, "offer", Rung.ALARM, Rung.NEVER]
    assert any(isinstance(e, ef.OfferAlternatives) for e in centre.effects)


def test_callback_keeps_the_place_and_tries_once_at_a_time(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("i", channel=Channel.VOICE)
    started = centre.now
    centre.wait(41_000)
    centre.arrive("later", channel=Channel.VOICE)
    centre.do(cmd.AcceptAlternative("i", "callback", "cb", "+982112345"))
    assert "i" not in centre.state.interactions
    assert centre.state.interactions["cb"].queued_at == started
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("cb") == "a", "the callback stands where its customer stood"
    centre.do(cmd.AcceptOffer("cb", "a"))
    dialled = [e for e in centre.effects if isinstance(e, ef.Connect)]
    assert dialled[-1].address == "+982112345"
    centre.do(cmd.EndInteraction("cb", "a"))
    centre.do(cmd.CompleteWrapUp("cb", "a", "no_answer", connected=False))
    assert centre.state.interactions["cb"].phase is Phase.SCHEDULED
    assert centre.owner("later") == "a"
    centre.do(cmd.AcceptOffer("later", "a"))
    centre.do(cmd.LeaveContact("later"))
    centre.do(cmd.CompleteWrapUp("later", "a", "done"))
    centre.wait(15 * 60_000)
    assert centre.owner("cb") == "a"
    centre.check()


def test_ring_out_returns_to_the_old_place_and_sets_the_agent_not_ready(centre):
    centre.arrive("i")
    queued_at = centre.state.interactions["i"].queued_at
    events = centre.wait(20_000)
    assert {"OfferTimedOut", "PresenceChanged", "Queued"} <= set(kinds(events))
    i = centre.state.interactions["i"]
    assert (i.phase, i.queued_at) == (Phase.QUEUED, queued_at)
    assert centre.state.agents["a"].reason == "ring_out"


def test_rejected_contact_is_not_offered_again_until_the_pause_is_over(centre):
    centre.arrive("i")
    centre.do(cmd.RejectOffer("i", "a", "not mine"))
    assert centre.owner("i") is None
    assert first(centre.wait(30_000), ev.Offered).agent == "a"
    centre.check()


def test_customer_who_leaves_while_it_rings_is_abandoned_and_frees_the_agent(centre):
    centre.arrive("i")
    events = centre.do(cmd.LeaveContact("i"))
    assert kinds(events) == ["OfferWithdrawn", "InteractionClosed", "ContactClosed"]
    assert first(events, ev.InteractionClosed).reason is Closing.ABANDONED
    assert centre.state.agents["a"].work == []
    assert centre.state.queues["q"].day.abandoned == 1


def test_wrap_up_limit_frees_the_agent_but_the_outcome_is_still_owed(centre):
    centre.arrive("i", channel=Channel.VOICE)
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.do(cmd.EndInteraction("i", "a"))
    centre.wait(60_000)
    assert centre.state.interactions["i"].phase is Phase.OUTCOME_DUE
    centre.arrive("j", channel=Channel.VOICE)
    assert centre.owner("j") == "a"
    assert first(centre.do(cmd.CompleteWrapUp("i", "a", "done")), ev.InteractionClosed).reason is Closing.ANSWERED
    centre.check()


def test_transfer_to_a_queue_waits_anew_with_a_head_start(centre):
    centre.agent("b", "other", ready=False)
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.wait(5_000)
    centre.do(cmd.Transfer("i", "a", to_queue="other", note="refund"))
    assert centre.state.agents["a"].talk_ms == 5_000
    offer = first(centre.do(cmd.SetPresence("b", ready=True)), ev.Offered)
    assert ("head_start", 120_000) in {(p.name, p.value) for p in offer.rank}


def test_direct_transfer_waits_for_that_agent_then_the_queue_helps(centre):
    centre.agent("b", "other", ready=False)
    centre.agent("c", "q")
    centre.arrive("i")
    owner = centre.owner("i")
    centre.do(cmd.AcceptOffer("i", owner))
    centre.do(cmd.Transfer("i", owner, to_agent="b"))
    assert centre.owner("i") is None
    centre.wait(30_000)
    assert centre.owner("i") in {"a", "c"}


def test_consult_then_complete_hands_the_customer_over(centre):
    centre.agent("b", "other")
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.do(cmd.StartConsult("i", "a", "k", to_agent="b"))
    centre.do(cmd.AcceptOffer("k", "b"))
    centre.do(cmd.PostMessage("i", "m1", "note", "b", "offer the voucher"))
    centre.do(cmd.CompleteTransfer("i", "a"))
    assert centre.owner("i") == "b"
    assert centre.state.agents["a"].work == []
    centre.do(cmd.EndInteraction("i", "b"))
    centre.do(cmd.CompleteWrapUp("i", "b", "done"))
    assert not centre.state.contacts
    centre.check()


def test_unanswered_consult_ends_and_the_customer_stays(centre):
    centre.agent("b", "other")
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="other"))
    assert centre.owner("k") == "b"
    events = centre.do(cmd.RejectOffer("k", "b"))
    assert first(events, ev.ConsultEnded).cause == "unanswered"
    assert centre.owner("i") == "a"
    assert centre.state.interactions["i"].consult is None


def test_own_consult_is_never_offered_to_the_one_who_asks(centre):
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.do(cmd.StartConsult("i", "a", "k", to_queue="q"))
    assert centre.owner("k") is None
    centre.do(cmd.LeaveContact("i"))
    assert "k" not in centre.state.interactions


def test_forced_sign_out_returns_work_to_its_old_place(centre):
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    assert refused(centre, cmd.SignOut("a")) == "agent.has_work"
    centre.agent("b", "q")
    centre.do(cmd.SignOut("a", force=True))
    assert centre.owner("i") == "b"
    centre.check()


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (QueueConfig("q", version=2, max_waiting=0), Closing.FULL),
        (QueueConfig("q", version=2, when_no_agents="close"), Closing.NO_AGENTS),
    ],
)
def test_contacts_that_cannot_be_let_in_are_closed_saying_why(centre, config, reason):
    centre.do(cmd.SignOut("a"))
    centre.do(cmd.DefineQueue(config))
    assert first(centre.arrive("i"), ev.InteractionClosed).reason is reason
    assert centre.state.queues["q"].day.refused == 1
    assert not centre.state.contacts


def test_closed_queue_lets_nobody_in_but_serves_those_who_wait(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("waiting")
    centre.do(cmd.CloseQueue("q"))
    assert first(centre.arrive("late"), ev.InteractionClosed).reason is Closing.CLOSED
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("waiting") == "a"


def test_a_letter_is_let_in_whatever_the_hours(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.do(cmd.CloseQueue("q"))
    centre.do(cmd.OpenContact("c-letter", "letter", Channel.EMAIL, "q"))
    assert centre.state.interactions["letter"].phase is Phase.QUEUED
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("letter") == "a"


def test_longest_wait_allowed_closes_with_timeout():
    centre = Centre(QueueConfig("q", max_wait_ms=90_000))
    centre.arrive("i")
    assert first(centre.wait(90_000), ev.InteractionClosed).reason is Closing.TIMEOUT


def test_commands_against_the_wrong_thing_are_refused_with_a_code(centre):
    centre.agent("b", "q", ready=False)
    centre.arrive("i")
    assert refused(centre, cmd.AcceptOffer("i", "b")) == "offer.not_open"
    assert refused(centre, cmd.EndInteraction("i", "a")) == "interaction.wrong_phase"
    assert refused(centre, cmd.OpenContact("c-x", "i", Channel.CHAT, "q")) == "id.in_use"
    assert refused(centre, cmd.OpenContact("c-x", "x", Channel.CHAT, "nowhere")) == "queue.unknown"
    assert refused(centre, cmd.PostMessage("gone", "m", "customer", "x", "hello")) == "interaction.closed"
    centre.do(cmd.AcceptOffer("i", "a"))
    assert refused(centre, cmd.PostMessage("i", "m", "agent", "b", "hello")) == "interaction.not_yours"
    assert refused(centre, cmd.Transfer("i", "a")) == "transfer.target"
    assert refused(centre, cmd.Transfer("i", "a", to_agent="a")) == "transfer.self"
    assert refused(centre, cmd.CompleteTransfer("i", "a")) == "consult.none"


def test_segments_credit_each_agent_with_their_own_time(centre):
    centre.agent("b", "other", ready=False)
    centre.arrive("i")
    centre.wait(2_000)
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.wait(10_000)
    centre.do(cmd.StartHold("i", "a"))
    centre.wait(3_000)
    centre.do(cmd.Transfer("i", "a", to_queue="other"))
    centre.wait(4_000)
    centre.do(cmd.SetPresence("b", ready=True))
    centre.do(cmd.AcceptOffer("i", "b"))
    centre.wait(7_000)
    centre.do(cmd.LeaveContact("i"))
    centre.wait(1_000)
    centre.do(cmd.CompleteWrapUp("i", "b", "done"))
    found = [(s.kind, s.agent, s.length_ms) for s in segments(centre.log) if s.length_ms]
    assert found == [
        (SegmentKind.RING, "a", 2_000),
        (SegmentKind.TALK, "a", 10_000),
        (SegmentKind.HOLD, "a", 3_000),
        (SegmentKind.QUEUE, None, 4_000),
        (SegmentKind.TALK, "b", 7_000),
        (SegmentKind.WRAP_UP, "b", 1_000),
    ]


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_explanation_tells_the_wait_and_the_choice_in_words(centre, language):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("i")
    centre.wait(41_000)
    centre.do(cmd.SetPresence("a", ready=True))
    centre.do(cmd.AcceptOffer("i", "a"))
    history = [(at, e) for at, e in centre.log if getattr(e, "contact", None) == "c-i"]
    lines = [line.text for line in explain(history, language)]
    assert len(lines) == 6
    assert not any("{" in text or "explain." in text for text in lines)


def test_day_counters_start_again_with_the_day(centre):
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    assert centre.state.queues["q"].day.answered == 1
    centre.do(cmd.StartDay("2025-06-16"))
    assert centre.state.queues["q"].day.answered == 0
    assert centre.do(cmd.StartDay("2025-06-16")) == []


def test_a_queue_that_would_ring_without_end_is_not_published():
    centre = Centre()
    endless = QueueConfig("q", ring_out_not_ready=False, policy=Policy(reject_pause_ms=0))
    with pytest.raises(PasokhError, match=r"queue\.endless_ringing") as caught:
        centre.do(cmd.DefineQueue(endless))
    assert caught.value.params["field"] == "policy.reject_pause_ms"
    for allowed in (
        QueueConfig("a", ring_out_not_ready=False, policy=Policy(reject_pause_ms=1)),
        QueueConfig("b", ring_out_not_ready=True, policy=Policy(reject_pause_ms=0)),
    ):
        centre.do(cmd.DefineQueue(allowed))


def test_a_message_left_waits_without_ladder_alarm_or_share_in_the_service_level(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("letter", channel=Channel.EMAIL, kind="message")
    events = centre.wait(600_000)
    assert not [e for e in events if isinstance(e, ev.LadderPassed | ev.AlternativesOffered)]
    centre.do(cmd.SetPresence("a", ready=True))
    centre.do(cmd.AcceptOffer("letter", "a"))
    day = centre.state.queues["q"].day
    assert (day.entered, day.answered, day.answered_wait_ms) == (0, 0, 0)
    centre.do(cmd.PostMessage("letter", "m1", "agent", "a", "Here is your answer."))
    assert isinstance(centre.effects[-1], ef.Deliver)
    centre.do(cmd.EndInteraction("letter", "a"))
    centre.do(cmd.CompleteWrapUp("letter", "a", "done"))
    assert centre.state.contacts == {}
    centre.check()
