"""Who is recorded: talks with customers where the rules say so and the customer agreed, and nothing else."""

import pytest
from tests.unit.telephony.house import ORG, House

from pasokh.acd import commands as cmd
from pasokh.telephony.memory.lines import Line
from pasokh.telephony.memory.lines import Recording as Grown
from pasokh.telephony.recording.rules import Consent, Policy, WhyNot, name_of


@pytest.fixture
async def house() -> House:
    made = House("sara", "nima", "b-omid")
    await made.take_over()
    return made


def tracks(house: House, caller: Line) -> list[Grown]:
    name = name_of(ORG, f"i-{caller.id}", caller.id)
    return [each for each in house.pbx.recordings.values() if each.id == name]


async def test_a_talk_is_known_to_the_book_and_recorded_until_the_customer_leaves(house):
    caller = await house.call()
    assert not tracks(house, caller), "who only waits is not recorded"
    await house.take("sara")
    both = tracks(house, caller)
    assert len(both) == 2
    (noted,) = house.book.noted.values()
    assert noted.began.interaction == f"i-{caller.id}"
    assert (noted.began.queue, noted.began.agent, noted.ended_at) == ("q", "sara", 0)
    assert noted.began.at <= both[0].since, "the row comes before the sound"
    await house.act(lambda: house.pbx.hang_up(caller))
    assert all(each.until is not None for each in both)
    assert noted.ended_at == house.pbx.clock.now


async def test_the_agent_who_ends_the_talk_ends_the_recording(house):
    caller = await house.call()
    await house.take("sara")
    await house.act(cmd.EndInteraction(f"i-{caller.id}", "sara"))
    assert all(each.until is not None for each in tracks(house, caller))
    assert next(iter(house.book.noted.values())).ended_at


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Policy(record=False), WhyNot.POLICY),
        (Policy(record=True, consent=Consent.ASK), WhyNot.UNASKED),
        (Policy(record=True, consent=Consent.ANNOUNCE), WhyNot.UNASKED),
    ],
)
async def test_a_call_that_must_not_be_recorded_leaves_no_sound(house, rule, why):
    house.book.rules["q"] = rule
    caller = await house.call()
    await house.take("sara")
    assert tracks(house, caller) == []
    assert [noted.why_not for noted in house.book.noted.values()] == [why]


async def test_a_full_disk_stops_no_call(house):
    house.book.disk_full = True
    caller = await house.call()
    sara = await house.take("sara")
    assert house.pbx.hears(sara) == {caller.id}
    assert tracks(house, caller) == []


async def test_a_pause_outlives_the_engine_and_a_connect_that_is_done_again(house):
    caller = await house.call()
    await house.take("sara")
    await house.act(cmd.PauseRecording(f"i-{caller.id}", "sara", "card"))
    assert all(each.paused for each in tracks(house, caller))
    house.pbx.cut()
    await house.take_over()
    await house.exchange.recorder.begin(house.exchange.talks[f"i-{caller.id}"], "q")
    assert all(each.paused for each in tracks(house, caller))
    await house.act(cmd.ResumeRecording(f"i-{caller.id}", "sara"))
    assert not any(each.paused for each in tracks(house, caller))


async def test_a_queue_that_is_not_recorded_is_silence_in_a_recording_that_began_elsewhere(house):
    house.book.rules["back"] = Policy(record=False)
    caller = await house.call()
    await house.take("sara")
    await house.act(cmd.Transfer(f"i-{caller.id}", "sara", to_queue="back"))
    await house.take("b-omid")
    assert all(each.paused for each in tracks(house, caller))
    await house.act(cmd.Transfer(f"i-{caller.id}", "b-omid", to_queue="q"))
    await house.take("nima")
    assert not any(each.paused for each in tracks(house, caller))
    assert len(tracks(house, caller)) == 2, "one recording for the whole call"


async def test_an_agent_cannot_let_a_recording_go_on_where_the_queue_forbids_it(house):
    house.book.rules["back"] = Policy(record=False)
    caller = await house.call()
    await house.take("sara")
    await house.act(cmd.Transfer(f"i-{caller.id}", "sara", to_queue="back"))
    await house.take("b-omid")
    await house.act(cmd.PauseRecording(f"i-{caller.id}", "b-omid"))
    await house.act(cmd.ResumeRecording(f"i-{caller.id}", "b-omid"))
    assert all(each.paused for each in tracks(house, caller))


async def test_what_agents_say_among_themselves_and_a_whisper_are_not_the_customers_channel(house):
    caller = await house.call()
    sara = await house.take("sara")
    await house.act(cmd.StartMonitor(f"i-{caller.id}", "boss", "whisper"))
    boss = await house.take("boss")
    await house.act(cmd.StartConsult(f"i-{caller.id}", "sara", "k", to_queue="back"))
    await house.take("b-omid")
    assert {each.line for each in tracks(house, caller)} == {caller.id}
    assert house.pbx.hears(caller) == {"music:default"}, "the right side of the recording is what the customer hears"
    assert boss.id not in house.pbx.hears(caller)
    assert sara.id not in house.pbx.hears(caller)
