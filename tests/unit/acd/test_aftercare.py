"""Promises to customers, ratings, what was read, and customers out of reach."""

import msgspec
import pytest
from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.model import Attachment, Channel, Closing, FollowUp, Phase, QueueConfig
from pasokh.kernel.errors import PasokhError

CALL_BACK = FollowUp("f1", "a", 1_760_000_000_000, "send the invoice")


@pytest.fixture
def centre() -> Centre:
    centre = Centre(QueueConfig("q", reasons=("late", "broken"), follow_up_outcomes=("promised",)))
    centre.agent("a", "q")
    centre.agent("b")
    return centre


def in_wrap_up(centre: Centre, name: str = "i") -> None:
    centre.arrive(name)
    centre.do(cmd.AcceptOffer(name, "a"))
    centre.do(cmd.EndInteraction(name, "a"))


def refused(centre: Centre, command: cmd.AnyCommand) -> str:
    with pytest.raises(PasokhError) as error:
        centre.do(command)
    assert "field" in error.value.params
    return error.value.code


def test_a_contact_ends_with_a_reason_and_the_promise_its_outcome_needs(centre):
    in_wrap_up(centre)
    assert refused(centre, cmd.CompleteWrapUp("i", "a", "promised")) == "wrap_up.reason_needed"
    assert refused(centre, cmd.CompleteWrapUp("i", "a", "promised", reason="weather")) == "reason.unknown"
    assert refused(centre, cmd.CompleteWrapUp("i", "a", "promised", reason="late")) == "wrap_up.follow_up_needed"
    nobody = msgspec.structs.replace(CALL_BACK, owner="nobody")
    assert refused(centre, cmd.CompleteWrapUp("i", "a", "promised", reason="late", follow_up=nobody)) == "agent.unknown"
    events = centre.do(cmd.CompleteWrapUp("i", "a", "promised", reason="late", follow_up=CALL_BACK))
    assert next(e for e in events if isinstance(e, ev.OutcomeRecorded)).reason == "late"
    owed = next(e for e in events if isinstance(e, ev.FollowUpSet))
    assert (owed.contact, owed.interaction, owed.owner, owed.by) == ("c-i", "i", "a", "a")
    assert "c-i" not in centre.state.contacts
    assert list(centre.state.follow_ups) == ["f1"], "the promise outlives the contact"
    centre.check()


def test_a_promise_is_changed_kept_and_opened_again(centre):
    centre.do(cmd.SetFollowUp(CALL_BACK, "c9", "b"))
    assert centre.do(cmd.SetFollowUp(CALL_BACK, "c9", "b")) == []
    assert refused(centre, cmd.SetFollowUp(CALL_BACK, "c8", "b")) == "id.in_use"
    centre.do(cmd.SetFollowUp(msgspec.structs.replace(CALL_BACK, owner="b"), "c9", "a"))
    assert centre.state.follow_ups["f1"].owner == "b"
    (closed,) = centre.do(cmd.CloseFollowUp("f1", "b", "sent"))
    assert (closed.contact, closed.owner, closed.due_at) == ("c9", "b", CALL_BACK.due_at)
    assert refused(centre, cmd.CloseFollowUp("f1", "b")) == "follow_up.unknown"
    centre.do(cmd.SetFollowUp(CALL_BACK, "c9", "b"))
    assert "f1" in centre.state.follow_ups


def test_a_rating_comes_when_all_is_over(centre):
    (rated,) = centre.do(cmd.RateContact("c-gone", "gone", "q", "a", 5, "quick"))
    assert (rated.score, rated.agent, rated.comment) == (5, "a", "quick")


def test_reading_only_goes_forward_and_no_further_than_written(centre):
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    for n in range(3):
        centre.do(cmd.PostMessage("i", f"m{n}", "customer", "c", "hello"))
    (read,) = centre.do(cmd.MarkRead("i", "agent", 9))
    assert read.up_to == 3
    assert centre.do(cmd.MarkRead("i", "agent", 2)) == []
    centre.do(cmd.MarkRead("i", "customer", 1))
    i = centre.state.interactions["i"]
    assert (i.read_by_agent, i.read_by_customer) == (3, 1)


def test_a_message_has_words_or_files_and_only_notes_name_colleagues(centre):
    centre.arrive("i", channel=Channel.EMAIL)
    centre.do(cmd.AcceptOffer("i", "a"))
    file = Attachment("f", "a.png", "image/png", 7)
    assert refused(centre, cmd.PostMessage("i", "m", "agent", "a", "  ")) == "message.empty"
    (posted,) = centre.do(cmd.PostMessage("i", "m", "agent", "a", "", (file,)))
    assert posted.attachments == (file,)
    sent = centre.effects[-1]
    assert isinstance(sent, ef.Deliver)
    assert sent.attachments == (file,)
    assert refused(centre, cmd.PostMessage("i", "n", "agent", "a", "@b", mentions=("b",))) == "message.mention"
    assert refused(centre, cmd.PostMessage("i", "n", "note", "a", "@z", mentions=("z",))) == "agent.unknown"
    (note,) = centre.do(cmd.PostMessage("i", "n", "note", "a", "@b look", mentions=("b",)))
    assert note.mentions == ("b",)


def test_a_waiting_customer_out_of_reach_too_long_has_gone(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("i")
    (away,) = centre.do(cmd.CustomerAway("i"))
    assert away.until == centre.now + 60_000
    assert centre.do(cmd.CustomerAway("i")) == []
    centre.wait(59_000)
    assert "i" in centre.state.interactions
    closed = next(e for e in centre.wait(2_000) if isinstance(e, ev.InteractionClosed))
    assert (closed.reason, closed.waited_ms) == (Closing.ABANDONED, 60_000)
    assert centre.state.queues["q"].day.abandoned == 1
    assert centre.do(cmd.CustomerAway("i")) == centre.do(cmd.CustomerBack("i")) == []
    centre.check()


def test_a_customer_who_comes_back_in_time_keeps_the_place(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("i")
    centre.do(cmd.CustomerAway("i"))
    centre.wait(50_000)
    (back,) = centre.do(cmd.CustomerBack("i"))
    assert back.away_ms == 50_000
    centre.wait(120_000)
    assert centre.state.interactions["i"].phase is Phase.QUEUED
    centre.check()


def test_an_offer_to_a_customer_out_of_reach_is_withdrawn_when_time_is_over(centre):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("i")
    centre.do(cmd.CustomerAway("i"))
    centre.wait(55_000)
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.state.interactions["i"].phase is Phase.OFFERED
    events = centre.wait(6_000)
    assert any(isinstance(e, ev.OfferWithdrawn) and e.cause == "customer_left" for e in events)
    assert centre.state.agents["a"].work == []


def test_out_of_reach_while_served_is_known_and_ends_nothing(centre):
    centre.arrive("i")
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.do(cmd.CustomerAway("i"))
    centre.wait(600_000)
    i = centre.state.interactions["i"]
    assert i.phase is Phase.ACTIVE
    assert i.away_since
