"""Callers are told or asked before they are recorded, before the wait begins, and once."""

import pytest
from tests.unit.flows.stage import OFFER, Call, of, program, text

from pasokh.flows import position as p

ASK, TELL = {"sales": "ask"}, {"sales": "announce"}
NODES = {
    "a": {"kind": "queue", "queue": "sales", "say": text("Please wait"), "offer": OFFER, "after": "b"},
    "b": {"kind": "queue", "queue": "support", "offer": OFFER},
    "call": {"kind": "callback", "then": "bye", "otherwise": "a"},
    "mail": {"kind": "voicemail", "then": "bye"},
    "bye": {"kind": "hang_up"},
}


def called(**facts):
    call = Call(program(NODES, languages=("en",)), **facts)
    return call, call.start()


def test_nobody_hears_of_it_where_nothing_is_recorded():
    call, actions = called()
    assert of(actions, p.Enqueue)
    assert call.position.consent == ""


def test_who_is_told_waits_then():
    call, actions = called(consents=TELL)
    assert not of(actions, p.Enqueue), "the wait begins afterwards"
    assert "recorded" in call.said()[0]
    assert call.keys("12") == [], "there is nothing to choose"
    assert of(call.heard(), p.Enqueue)
    assert (call.position.consent, call.position.since) == ("told", call.now)


@pytest.mark.parametrize(("key", "consent"), [("1", "given"), ("2", "refused")])
@pytest.mark.parametrize("early", [True, False])
def test_who_is_asked_says_yes_or_no_at_any_moment(key, consent, early):
    call, _ = called(consents=ASK)
    if not early:
        call.heard()
    assert of(call.keys(key), p.Enqueue)
    assert call.position.consent == consent


def test_another_key_is_no_answer():
    call, _ = called(consents=ASK)
    call.heard()
    assert call.keys("7*#") == []
    assert call.position.consent == ""


def test_silence_is_asked_once_more_and_then_is_a_no():
    call, _ = called(consents=ASK)
    call.heard()
    call.wake()
    assert len(call.said()) == 2
    call.heard()
    assert of(call.wake(), p.Enqueue)
    assert call.position.consent == "refused"


def test_a_playback_whose_end_is_lost_holds_nobody_up():
    call, _ = called(consents=ASK)
    for _ in range(6):
        if not call.position.queue:
            call.wake()
    assert call.position.queue == "sales"


def test_the_question_is_asked_anew_after_a_crash():
    call, _ = called(consents=ASK)
    call.take(p.Resumed())
    assert len(call.said()) == 2
    call.keys("1")
    assert call.position.consent == "given"
    call.take(p.Resumed())
    assert len(call.said()) == 3, "only what was said while waiting"
    assert call.position.consent == "given"


def test_the_answer_holds_for_the_whole_call():
    call, _ = called(consents=ASK | {"support": "ask"})
    call.keys("1")
    call.take(p.Connected())
    said = len(call.said())
    call.take(p.TalkEnded())
    assert (call.position.queue, call.position.consent) == ("support", "given")
    assert not any("agree" in each for each in call.said()[said:])


def test_who_was_only_told_is_asked_where_asking_is_the_rule():
    call, _ = called(consents=TELL | {"support": "ask"})
    call.heard()
    call.take(p.Connected())
    call.take(p.TalkEnded())
    assert call.position.queue == ""
    call.keys("2")
    assert (call.position.queue, call.position.consent) == ("support", "refused")
