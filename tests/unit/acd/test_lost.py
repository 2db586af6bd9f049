"""Calls that are gone though nobody ended them: told, counted apart, agents freed, customers called back."""

import pytest
from tests.unit.acd.centre import Centre, first, kinds
from tests.unit.acd.test_supervision import refused

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Channel, Closing, Phase, QueueConfig

ADDRESS = "+989121234567"


@pytest.fixture
def centre() -> Centre:
    """Agent `a` talks with customer `i` by telephone, `j` waits."""
    centre = Centre(QueueConfig("q"), QueueConfig("quick", wrap_up_ms=0))
    centre.agent("a", "q", "quick")
    centre.arrive("i", channel=Channel.VOICE, address=ADDRESS)
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.wait(5_000)
    centre.arrive("j", channel=Channel.VOICE, address="+989120000000")
    centre.wait(10_000)
    return centre


def test_who_waited_is_called_back_at_the_place_it_had_and_abandoned_nothing(centre):
    since = centre.state.interactions["j"].queued_at
    lost = centre.do(cmd.LoseCall("j", "back"))
    assert first(lost, ev.CallLost).phase == "waiting"
    assert first(lost, ev.InteractionClosed).reason is Closing.LOST
    back = centre.state.interactions["back"]
    assert (back.kind, back.channel, back.address, back.queued_at) == (
        "callback", Channel.CALLBACK, "+989120000000", since,
    )  # fmt: skip
    day = centre.state.queues["q"].day
    assert (day.entered, day.answered, day.abandoned, day.left_otherwise, day.lost) == (2, 1, 0, 0, 1)
    assert refused(centre, cmd.LoseCall("j", "again")) == "interaction.closed"
    centre.check()


def test_who_was_talking_is_called_back_first_and_the_agent_wraps_up(centre):
    lost = centre.do(cmd.LoseCall("i", "back"))
    assert first(lost, ev.CallLost).agent == "a"
    ended = first(lost, ev.TalkEnded)
    assert (ended.by, ended.talk_ms) == ("lost", 15_000)
    assert centre.state.interactions["i"].phase is Phase.WRAP_UP
    assert (centre.state.queues["q"].day.lost, centre.state.queues["q"].day.lost_talks) == (0, 1)
    freed = centre.do(cmd.CompleteWrapUp("i", "a", "lost", connected=False))
    assert first(freed, ev.Offered).interaction == "back", "before `j`, who has waited longer"
    assert "i" not in centre.state.interactions
    centre.check()


def test_where_a_queue_has_no_wrap_up_the_agent_is_free_at_once(centre):
    centre.do(cmd.EndInteraction("i", "a"))
    centre.do(cmd.CompleteWrapUp("i", "a", "done"))
    centre.do(cmd.RejectOffer("j", "a"))
    centre.arrive("k", "quick", Channel.VOICE, address=ADDRESS)
    centre.do(cmd.AcceptOffer("k", "a"))
    lost = centre.do(cmd.LoseCall("k", "back"))
    assert "k" not in centre.state.interactions
    assert first(lost, ev.Offered).interaction == "back"
    centre.check()


def test_a_caller_without_a_number_is_lost_for_good_and_that_is_told(centre):
    centre.arrive("x", channel=Channel.VOICE)
    assert first(centre.do(cmd.LoseCall("x", "back")), ev.CallLost).callback == ""
    assert "back" not in centre.state.interactions
    centre.check()


def test_a_lost_callback_is_dialled_again_once_not_twice(centre):
    centre.do(cmd.LoseCall("i", "back"))
    centre.do(cmd.CompleteWrapUp("i", "a", "lost"))
    centre.do(cmd.AcceptOffer("back", "a"))
    centre.do(cmd.LoseCall("back", "back2"))
    closed = centre.do(cmd.CompleteWrapUp("back", "a", "lost", connected=False))
    assert "Scheduled" not in kinds(closed)
    assert [i.id for i in centre.state.interactions.values() if i.kind == "callback"] == ["back2"]
    assert refused(centre, cmd.WithdrawOffer("j", "a")) == "offer.not_open"
    centre.check()


def test_nobody_is_lost_who_is_not_there(centre):
    centre.do(cmd.LoseCall("j", "back"))
    assert refused(centre, cmd.LoseCall("back", "other")) == "call.nobody_there"
    centre.do(cmd.EndInteraction("i", "a"))
    assert refused(centre, cmd.LoseCall("i", "other")) == "call.nobody_there"
    centre.arrive("chat")
    assert refused(centre, cmd.LoseCall("chat", "other")) == "interaction.not_voice"


@pytest.mark.parametrize("where", ["outside", "menu"])
def test_a_customer_outside_or_in_the_menu_is_called_back_first(centre, where):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.do(cmd.TransferOutside("i", "a", "0218888") if where == "outside" else cmd.TransferMenu("i", "a"))
    lost = centre.do(cmd.LoseCall("i", "back"))
    assert first(lost, ev.CallLost).phase == where
    assert first(lost, ev.InteractionClosed).agent == "a"
    day = centre.state.queues["q"].day
    assert (day.abandoned, day.left_otherwise, day.lost) == (0, 0, 0), "it was answered"
    ready = centre.do(cmd.SetPresence("a", ready=True))
    assert first(ready, ev.Offered).interaction == "back"
    centre.check()


def test_a_call_lost_in_its_flow_is_called_back_by_whoever_takes_the_rest(centre):
    centre.do(cmd.BeginCall("c-n", "+982112345678", ADDRESS))
    lost = centre.do(cmd.EndCall("c-n", "lost", "q", "n.back"))
    assert kinds(lost)[:4] == ["CallLost", "CallEnded", "ContactOpened", "Queued"]
    assert centre.state.interactions["n.back"].address == ADDRESS
    assert centre.state.queues["q"].day.entered == 2
    assert centre.do(cmd.EndCall("c-n", "lost", "q", "n.back")) == []
    centre.do(cmd.BeginCall("c-m", "+982112345678"))
    assert kinds(centre.do(cmd.EndCall("c-m", "lost", "q", "m.back"))) == ["CallLost", "CallEnded"]
    centre.check()


def test_a_loss_alarms_until_somebody_attends_to_it(centre):
    centre.do(cmd.LoseCall("j", "back"))
    queue = centre.state.queues["q"]
    since = queue.lost_since
    assert (since, queue.lost_calls) == (centre.now, 1)
    centre.do(cmd.AcknowledgeAlarm(f"lost:q:{since}", "boss"))
    assert (queue.lost_since, queue.lost_calls) == (0, 0)
    centre.check()


def test_an_offer_whose_telephone_is_gone_is_made_anew_at_once(centre):
    centre.agent("b", "q")
    assert centre.owner("j") == "b"
    again = centre.do(cmd.WithdrawOffer("j", "b"))
    assert kinds(again) == ["OfferWithdrawn", "Queued", "Offered"]
    centre.check()


# -- callbacks and surges ----------------------------------------------------------------------------------------------
def test_a_customer_who_cannot_be_reached_costs_the_agent_nothing_and_is_tried_again(centre):
    centre.do(cmd.AcceptAlternative("j", "callback", "back", "+989120000000"))
    centre.do(cmd.EndInteraction("i", "a"))
    centre.do(cmd.CompleteWrapUp("i", "a", "done"))
    for attempt in (1, 2):
        centre.do(cmd.AcceptOffer("back", "a"))
        missed = centre.do(cmd.MissCallback("back", "a", "busy"))
        assert kinds(missed)[:3] == ["CallbackMissed", "CallbackAttempted", "Scheduled"]
        assert (centre.state.agents["a"].work, centre.state.interactions["back"].attempt) == ([], attempt)
        centre.check()
        centre.wait(15 * 60_000)
    centre.do(cmd.AcceptOffer("back", "a"))
    assert first(centre.do(cmd.MissCallback("back", "a", "no_answer")), ev.InteractionClosed).reason is Closing.TIMEOUT
    centre.arrive("n", channel=Channel.VOICE)
    centre.do(cmd.AcceptOffer("n", "a"))
    assert refused(centre, cmd.MissCallback("n", "a", "busy")) == "callback.none"
    centre.check()


def test_in_a_surge_another_way_is_offered_at_once(centre):
    told = centre.do(cmd.NoteSurge("q", centre.now, 40))
    assert first(told, ev.AlternativesOffered).interaction == "j"
    arrived = centre.arrive("k", channel=Channel.VOICE)
    assert first(arrived, ev.AlternativesOffered).interaction == "k"
    assert not [e for e in centre.wait(60_000) if isinstance(e, ev.AlternativesOffered)], "once"
    centre.do(cmd.EndSurge("q", centre.state.queues["q"].surge_since))
    assert "AlternativesOffered" not in kinds(centre.arrive("m", channel=Channel.VOICE))
    centre.check()
