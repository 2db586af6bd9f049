"""What callers hear, and what is done for them, in the demo shop's flow and in small ones."""

import pytest
from tests.unit.flows.stage import OFFER, Call, of, program, text

from pasokh.flows import position as p
from pasokh.flows.examples import example

END = {"kind": "hang_up"}
QUEUE = {"kind": "queue", "queue": "sales", "offer": OFFER, "otherwise": "mail", "say": text("Welcome")}
REST = {
    "call": {"kind": "callback", "then": "end", "otherwise": "a"},
    "mail": {"kind": "voicemail", "then": "end"},
    "end": END,
}


def waiting(**more):
    call = Call(program({"a": {**QUEUE, **more}, **REST}))
    call.start()
    return call


def test_a_persian_caller_asks_for_an_order_waits_and_is_called_back():
    call = Call(example("shop"), place=3, wait_low_ms=100_000, wait_high_ms=240_000)
    call.start()
    assert "Для української" in call.said()[-1]  # asked in every language
    call.keys("1")
    assert of(call.done, p.SpeakLanguage) == [p.SpeakLanguage("fa", remember=True)]
    assert call.said()[-1].startswith("سلام")
    call.keys("1123456#")  # typed ahead: the menu's answer, then the order
    assert "یک دو سه چهار پنج شش" in call.said()[-1]
    call.keys("1")
    call.heard()
    queued = of(call.done, p.Enqueue)[-1]
    assert (queued.queue, queued.attributes, queued.language) == ("support", {"order": "123456"}, "fa")
    call.wake()
    assert call.said()[-1] == "شما نفر سوم در صف هستید. زمان انتظار بین دو تا چهار دقیقه است."
    call.heard()
    began = call.position.since
    call.wake()
    assert call.now - began == 35_000
    assert call.said()[-1].startswith("نوبت شما محفوظ است")
    call.keys("1")
    assert of(call.done, p.CheckNumber)[-1].number == "+989121234567"
    call.take(p.NumberChecked(good=True, number="+989121234567", said="09121234567"))
    assert "صفر نه یک دو یک دو سه چهار پنج شش هفت" in call.said()[-1]
    call.keys("1")
    assert of(call.done, p.RequestCallback) == [p.RequestCallback("+989121234567", "support", keep_place=True)]
    call.heard()
    call.heard()
    assert call.done[-1] == p.EndCall("done")
    assert call.keys("123") == []  # over is over


def test_a_caller_whose_language_is_remembered_is_not_asked():
    call = Call(example("shop"), language="uk")
    call.start()
    assert call.said() == ["Вітаємо. Це демонстраційна крамниця."]


def test_blocked_callers_and_closed_hours_take_their_own_ways():
    call = Call(example("shop"), blocked=True)
    assert call.start()[-1] == p.EndCall("blocked")
    call = Call(example("shop"), language="en", open=())
    call.start()
    assert "We are closed" in call.said()[-1]
    call = Call(example("shop"), language="en", holidays=("office",))
    call.start()
    assert "We are closed" in call.said()[-1]
    call = Call(example("shop"), language="en", attributes={"customer_class": "vip"})
    call.start()
    assert of(call.done, p.Enqueue)[-1].priority == 2


def test_silence_at_every_question_leads_to_a_person():
    call = Call(example("shop"))
    call.start()
    for _ in range(30):
        if of(call.done, p.Enqueue):
            break
        call.wake()
    assert of(call.done, p.Enqueue)[-1].queue == "support"


def test_wrong_keys_are_told_and_counted():
    nodes = {
        "a": {"kind": "menu", "say": text("Choose"), "choices": {"1": "q"}, "otherwise": "end", "tries": 2},
        "q": {**QUEUE, "otherwise": "end", "offer": OFFER},
        **REST,
    }
    call = Call(program(nodes))
    call.start()
    call.keys("9")
    assert call.said()[-1] == "That was not one of the choices. Choose"
    call.keys("*")
    assert call.done[-1] == p.EndCall("done")


@pytest.mark.parametrize(
    ("keys", "noted"),
    [("1234#", "1234"), ("12345678", "12345678"), ("12*", None), ("1#", None)],
)
def test_digits_end_with_the_terminator_or_the_last_one(keys, noted):
    ask = {
        "kind": "collect", "say": text(), "into": "order", "least": 2, "most": 8, "tries": 1,
        "then": "end", "otherwise": "end",
    }  # fmt: skip
    call = Call(program({"a": ask, "end": END}))
    call.start()
    call.keys(keys)
    assert call.position.attributes.get("order") == noted
    assert call.position.ended


def test_digits_end_when_no_more_come():
    ask = {"kind": "collect", "say": text(), "into": "order", "least": 2, "then": "end", "otherwise": "end"}
    call = Call(program({"a": ask, "end": END}))
    call.start()
    call.keys("12")
    call.wake()
    assert call.position.attributes == {"order": "12"}


def test_the_greeting_gives_way_to_the_offer_and_the_music_comes_back():
    call = waiting(say=text("Welcome " * 100))
    assert [type(a) for a in call.done[-2:]] == [p.Enqueue, p.Play]
    call.now = call.position.offer_at
    done = call.take(p.Woken())
    assert isinstance(done[0], p.StopPlay)
    assert call.said(done) == [
        "You keep your place. To be called back in your turn, press one . To leave a message, press two ."
        .replace(" .", "")
    ]  # fmt: skip
    assert call.heard() == [p.StartMusic("default")]


def test_figures_that_are_not_known_or_not_trusted_are_not_told():
    call = waiting()
    call.heard()
    assert call.wake() == []
    call.facts |= {"place": 4}
    assert call.said(call.wake()) == [
        "You keep your place. To be called back in your turn, press one To leave a message, press two"
    ]
    call.heard()
    assert call.said(call.wake()) == ["You are fourth in line."]
    call.heard()
    call.facts |= {"place": 6}
    assert call.said(call.wake()) != ["You are sixth in line."]  # never taken back


def test_the_core_may_ask_for_the_offer_earlier():
    call = waiting()
    assert len(call.said(call.take(p.AlternativesDue()))) == 1
    assert call.take(p.AlternativesDue()) == []  # it is being said


def test_an_agent_interrupts_everything_and_a_survey_follows():
    nodes = {
        "a": {**QUEUE, "after": "ask"},
        "ask": {
            "kind": "survey",
            "id": "s",
            "questions": [{"id": "good", "say": text("Good?"), "keys": "12"}],
            "then": "end",
        },
        **REST,
    }
    call = Call(program(nodes))
    call.start()
    call.keys("1")  # talks about a callback when the agent comes
    assert call.take(p.Connected()) == []
    assert call.position.queue == ""
    assert call.keys("12345") == []
    call.take(p.TalkEnded())
    assert call.said()[-1] == "Good?"
    call.keys("7")
    assert call.said()[-1] == "That was not one of the choices. Good?"
    call.keys("2")
    assert of(call.done, p.Score) == [p.Score("s", "good", "2")]
    call.heard()
    assert call.done[-1] == p.EndCall("done")


def test_a_lost_agent_brings_the_caller_back_with_the_wait_counted_on():
    call = waiting()
    call.now += 20_000
    call.take(p.Connected())
    call.now += 500_000
    call.take(p.Requeued())
    assert p.wake_at(call.position) <= call.now + 10_000
    call.facts |= {}
    call.wake()
    assert call.said()[-1].startswith("You keep your place")


def test_moving_to_another_queue_keeps_the_clock():
    nodes = {
        "a": {**QUEUE, "offer": {**OFFER, "ways": [*OFFER["ways"], {"key": "3", "way": "overflow", "then": "b"}]}},
        "b": {**QUEUE, "queue": "support", "offer": {**OFFER, "after_s": 45}},
        **REST,
    }
    call = Call(program(nodes))
    call.start()
    began = call.now
    call.now += 25_000
    call.keys("3")
    assert of(call.done, p.Enqueue)[-1].moved
    while not call.position.offered:
        call.wake()
    assert call.now - began == 45_000


def test_a_queue_that_closes_leaves_the_talk_about_a_callback_alone():
    call = waiting()
    call.keys("1")
    assert call.take(p.QueueLeft("timeout")) == []
    call.take(p.NumberChecked(good=True))
    call.keys("1")
    assert of(call.done, p.RequestCallback) == [p.RequestCallback("+989121234567", "sales", keep_place=False)]


def test_a_withheld_number_is_asked_for_and_a_bad_one_refused_at_most_thrice():
    call = Call(program({"a": QUEUE, **REST}), caller="")
    call.start()
    call.keys("1")
    assert "enter the number" in call.said()[-1]
    call.keys("900#")
    assert of(call.done, p.CheckNumber)[-1].number == "900"
    call.take(p.NumberChecked(good=False))
    assert call.said()[-1].startswith("This number cannot be called.")
    call.keys("11#")
    assert call.said()[-1].startswith("This number cannot be called.")
    call.keys("5551234")
    call.wake()
    assert of(call.done, p.CheckNumber)[-1].number == "5551234"
    call.wake()  # no answer from the dial policy
    assert call.position.node == "a"  # back in the queue, which was never left
    assert len(of(call.done, p.Enqueue)) == 1


def test_a_message_is_recorded_out_of_the_queue():
    call = waiting()
    call.keys("2")
    assert call.position.queue == "sales"
    done = call.heard()
    assert done == [p.LeaveQueue("sales", "message"), p.Record(call.position.played, "sales", 120, 5, "#")]
    call.take(p.Recorded(12))
    assert call.done[-1] == p.EndCall("done")


def test_a_transfer_that_fails_goes_its_way_and_one_that_is_answered_ends_with_the_talk():
    nodes = {
        "a": {"kind": "transfer", "to": "+442071838750", "say": text("One moment"), "otherwise": "end"},
        "end": END,
    }
    call = Call(program(nodes))
    call.start()
    assert call.heard() == [p.TransferTo("+442071838750", 30)]
    assert call.take(p.TransferEnded(answered=False))[-1] == p.EndCall("done")
    call = Call(program(nodes))
    call.start()
    call.keys("5")
    call.take(p.TransferEnded(answered=True))
    assert not call.position.ended
    assert call.take(p.TalkEnded()) == [p.EndCall("done")]


def test_a_goto_counts_and_a_subflow_comes_back():
    nodes = {
        "a": {"kind": "subflow", "flow": "hello", "then": "b"},
        "b": {"kind": "goto", "to": "a", "otherwise": "end", "most": 2},
        "end": END,
    }
    hello = {
        "a": {"kind": "say", "say": text("Hello {caller:digits}", "{caller:digits} سلام"), "then": "b"},
        "b": {"kind": "return"},
    }
    call = Call(program(nodes, hello=hello))
    call.start()
    for _ in range(3):
        call.heard()
    assert len(call.said()) == 3
    assert call.done[-1] == p.EndCall("done")


def test_whoever_takes_over_starts_what_is_to_be_heard_anew():
    call = waiting()
    call.heard()
    assert call.take(p.Resumed()) == [p.StartMusic("default")]
    call.now += 50_000  # the offer fell into the outage
    assert call.said(call.take(p.Resumed()))[0].startswith("You keep your place")
    call.keys("1")
    call.take(p.NumberChecked(good=True))
    call.keys("1")
    call.take(p.Resumed())
    assert len(of(call.done, p.RequestCallback)) == 1  # not asked for twice


def test_a_playback_whose_end_is_never_told_is_taken_as_over():
    call = Call(program({"a": {"kind": "say", "say": text(), "then": "end"}, "end": END}))
    call.start()
    assert call.wake()[-1] == p.EndCall("done")


def test_a_flow_changed_under_a_call_brings_the_caller_to_a_person():
    call = waiting()
    call.program = program({"other": END}, start="other")
    assert call.take(p.Woken())[-1] == p.Escape("flow.unknown_node")
    assert call.position.ended == "escaped"


def test_hanging_up_ends_it_without_a_deed():
    call = waiting()
    assert call.take(p.HungUp()) == []
    assert call.position.ended == "hung_up"
    assert p.wake_at(call.position) == 0
    assert call.take(p.Connected()) == []


@pytest.mark.parametrize(
    ("manner", "value", "said"),
    [
        ("number", "21", "twenty-one"), ("place", "2", "second"), ("money.USD", "250", "two dollars and fifty cents"),
        ("day", "2024-03-20", "Wednesday, the twentieth of March twenty twenty-four"),
        ("time", "14:30", "at two thirty p.m."),
        ("digits", "40", "four zero"), ("plain", "Ada", "Ada"), ("number", "Ada", "Ada"), ("day", "20", "two zero"),
        ("place", "99999", "nine nine nine, nine nine"), ("wait", "x", "x"),
    ],
)  # fmt: skip
def test_slots_are_said_in_their_manner_or_as_they_stand(manner, value, said):
    from pasokh.flows.saying import rendered

    assert rendered(value, manner, "en").text == said
