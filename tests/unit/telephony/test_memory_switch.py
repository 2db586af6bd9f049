"""The switch in memory beyond the port: what people hear, what breaks, what time does."""

import pytest

from pasokh.telephony import events as ev
from pasokh.telephony.memory.lines import Line, Manner, Phone
from pasokh.telephony.memory.pbx import MemoryPbx
from pasokh.telephony.memory.switch import MemorySwitch
from pasokh.telephony.port import MessageLimits, Originate, Sides, SwitchUnavailableError

LIMITS = MessageLimits(longest_s=60, silence_s=3)


@pytest.fixture
def pbx() -> MemoryPbx:
    made = MemoryPbx("acme")
    made.phones = {"PJSIP/neda": Phone(Manner.ANSWERS, 2_000), "PJSIP/ostap": Phone(Manner.RINGS)}
    made.sounds = {"sound:hello": 1_500}
    return made


@pytest.fixture
async def switch(pbx: MemoryPbx) -> MemorySwitch:
    made = MemorySwitch(pbx)
    await made.connect()
    return made


def leg(channel: str = "a-1", endpoint: str = "PJSIP/neda", timeout_s: int = 10) -> Originate:
    return Originate(channel=channel, endpoint=endpoint, variables={"PASOKH_ROLE": "agent"}, timeout_s=timeout_s)


async def told(switch: MemorySwitch) -> list[ev.AnySwitchEvent]:
    """What was told so far; ends the connection."""
    await switch.close()
    return [event async for event in switch.events()]


async def talk(pbx: MemoryPbx, switch: MemorySwitch) -> tuple[Line, Line]:
    caller = pbx.call("5001", "+98")
    await switch.answer(caller.id)
    await switch.originate(leg())
    pbx.forward(2_000)
    await switch.create_bridge("b-1")
    await switch.add("b-1", [caller.id, "a-1"])
    return caller, pbx.lines["a-1"]


async def test_who_hears_whom(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    caller, agent = await talk(pbx, switch)
    assert (pbx.hears(caller), pbx.hears(agent)) == ({"a-1"}, {caller.id})
    await switch.mute(agent.id, Sides.IN)
    assert (pbx.hears(caller), pbx.hears(agent)) == (set(), {caller.id})
    await switch.unmute(agent.id, Sides.BOTH)
    await switch.hold("b-1", caller.id, "calm")
    assert (pbx.hears(caller), pbx.hears(agent)) == ({"music:calm"}, set())
    await switch.play_to_bridge("b-1", "p-1", ["sound:hello"])
    assert pbx.hears(agent) == {"playback:p-1"}
    pbx.forward(1_500)
    await switch.unhold("b-1", caller.id)
    assert (pbx.hears(caller), pbx.hears(agent)) == ({"a-1"}, {caller.id})
    await switch.mute(caller.id, Sides.OUT)
    assert pbx.hears(caller) == set()


async def test_phones_take_their_time(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    await switch.originate(leg())
    await switch.originate(leg("a-2", "PJSIP/ostap", timeout_s=5))
    pbx.forward(1_999)
    assert {line.state for line in pbx.lines.values()} == {ev.ChannelState.RINGING}
    pbx.forward(1)
    assert pbx.lines["a-1"].in_application
    pbx.forward(3_000)
    assert pbx.ended["a-2"].gone_cause == ev.Cause.NO_ANSWER
    assert [event.at - 1_700_000_000_000 for event in await told(switch) if isinstance(event, ev.ChannelGone)] == [
        5_000
    ]


async def test_an_answer_that_gets_lost_was_done(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    pbx.unanswered = 1
    with pytest.raises(SwitchUnavailableError):
        await switch.originate(leg())
    await switch.originate(leg())
    assert list(pbx.lines) == ["a-1"]


async def test_a_crash_takes_all_calls_and_tells_of_none(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    caller, _ = await talk(pbx, switch)
    pbx.crash()
    assert isinstance((await told(switch))[-1], ev.Lost)
    assert not caller.alive
    pbx.reachable = False
    with pytest.raises(SwitchUnavailableError):
        await switch.connect()
    pbx.reachable = True
    await switch.connect()
    assert await switch.channels() == []
    assert await switch.bridges() == []
    pbx.forward(60_000)
    assert await told(switch) == []


async def test_a_message_goes_on_while_somebody_speaks(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    caller = pbx.call("5001")
    await switch.answer(caller.id)
    await switch.record_message(caller.id, "r-1", LIMITS)
    pbx.forward(2_000)
    pbx.speak(caller, 10_000)
    pbx.forward(12_900)
    [recording] = pbx.recordings.values()
    assert recording.until is None
    pbx.forward(100)
    assert recording.until is not None
    assert recording.until - recording.since == 15_000


async def test_paused_time_is_counted(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    caller, _ = await talk(pbx, switch)
    await switch.record_call(caller.id, "r-1")
    pbx.forward(1_000)
    await switch.pause_recording("r-1")
    pbx.cut()
    pbx.forward(2_000)
    await switch.connect()
    pbx.forward(2_000)
    await switch.resume_recording("r-1")
    pbx.forward(1_000)
    pbx.hang_up(caller)
    assert {recording.silent_ms for recording in pbx.recordings.values()} == {4_000}


async def test_phones_hold_keys_and_talk(pbx: MemoryPbx, switch: MemorySwitch) -> None:
    caller, agent = await talk(pbx, switch)
    pbx.press_hold(agent, on=True)
    pbx.press_hold(agent, on=False)
    await switch.detect_talking(caller.id, on=True)
    pbx.speak(caller, 700)
    pbx.press(caller, "4")
    pbx.forward(700)
    await switch.send_dtmf(agent.id, "12", "k")
    await switch.send_dtmf(agent.id, "12", "k")
    assert agent.pressed == "12"
    await switch.redirect(agent.id, "PJSIP/ostap")
    kinds = [type(event) for event in await told(switch)]
    assert kinds[-7:] == [
        ev.HoldPressed,
        ev.HoldReleased,
        ev.TalkingStarted,
        ev.DigitReceived,
        ev.TalkingFinished,
        ev.ChannelLeftBridge,
        ev.ChannelGone,
    ]
