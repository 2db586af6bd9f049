"""Calls in and out: who comes is told with what is known, everything may be repeated, every end is told once."""

from collections.abc import Callable, Coroutine

import pytest
from tests.telephony.rigs import CALLER, NUMBER, ORG, Rig

from pasokh.telephony import events as ev
from pasokh.telephony import variables
from pasokh.telephony.port import MessageLimits, Sides, SwitchRefusedError

NOWHERE = "a-never"
GONE: dict[str, Callable[[Rig, str], Coroutine[object, object, None]]] = {
    "answer": lambda rig, channel: rig.switch.answer(channel),
    "ring": lambda rig, channel: rig.switch.ring(channel),
    "play": lambda rig, channel: rig.switch.play(channel, rig.id("p"), [rig.sound("short")]),
    "music": lambda rig, channel: rig.switch.start_music(channel, rig.music),
    "variable": lambda rig, channel: rig.switch.set_variable(channel, "PASOKH_NOTE", "x"),
    "dtmf": lambda rig, channel: rig.switch.send_dtmf(channel, "1", "k"),
    "mute": lambda rig, channel: rig.switch.mute(channel, Sides.IN),
    "unmute": lambda rig, channel: rig.switch.unmute(channel, Sides.IN),
    "talking": lambda rig, channel: rig.switch.detect_talking(channel, on=True),
    "snoop": lambda rig, channel: rig.switch.snoop(channel, rig.id("s"), Sides.BOTH, Sides.NONE),
    "record": lambda rig, channel: rig.switch.record_call(channel, rig.id("r")),
    "message": lambda rig, channel: rig.switch.record_message(
        channel, rig.id("r"), MessageLimits(longest_s=1, silence_s=1)
    ),
    "continue": lambda rig, channel: rig.switch.continue_in_dialplan(channel, "elsewhere", "s"),
    "redirect": lambda rig, channel: rig.switch.redirect(channel, rig.endpoint("rings")),
}


async def test_a_caller_comes_with_what_is_known(rig: Rig) -> None:
    person = await rig.call()
    entered = (await rig.event(ev.CallerEntered, channel=person.channel)).channel
    assert entered.caller_number == CALLER
    assert entered.state is ev.ChannelState.CALLING
    assert entered.in_application
    assert entered.args[0] == NUMBER
    assert entered.variables["PASOKH_ORG"] == ORG
    assert entered.variables["PASOKH_ROLE"] == "caller"
    assert entered.args[1] == entered.variables["PASOKH_CALL"]
    assert [channel.id for channel in await rig.switch.channels()] == [person.channel]


async def test_ringing_and_answering_again_change_nothing(rig: Rig) -> None:
    person = await rig.call()
    await rig.event(ev.CallerEntered, channel=person.channel)
    for _ in range(2):
        await rig.switch.ring(person.channel)
    for _ in range(2):
        await rig.switch.answer(person.channel)
    await rig.event(ev.ChannelStateChanged, channel=person.channel, state=ev.ChannelState.UP)
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelStateChanged, channel=person.channel)) == 1
    [snapshot] = await rig.switch.channels()
    assert snapshot.state is ev.ChannelState.UP


@pytest.mark.parametrize("answered", [False, True])
async def test_a_caller_who_hangs_up_is_gone_once(rig: Rig, answered: bool) -> None:
    person = await rig.caller() if answered else await rig.call()
    if not answered:
        await rig.event(ev.CallerEntered, channel=person.channel)
    await person.hang_up()
    gone = await rig.event(ev.ChannelGone, channel=person.channel)
    assert gone.cause == ev.Cause.NORMAL
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelGone, channel=person.channel)) == 1
    assert not rig.watcher.of(ev.ChannelContinued)
    assert await rig.switch.channels() == []


async def test_hanging_up_what_is_gone_is_fine(rig: Rig) -> None:
    person = await rig.caller()
    for _ in range(2):
        await rig.switch.hang_up(person.channel, ev.Cause.NORMAL)
    await rig.event(ev.ChannelGone, channel=person.channel)
    await rig.switch.hang_up(person.channel, ev.Cause.BUSY)
    await rig.switch.hang_up(NOWHERE, ev.Cause.NORMAL)
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelGone, channel=person.channel)) == 1


@pytest.mark.parametrize("what", GONE)
async def test_what_asks_for_a_channel_that_is_gone_is_refused_for_good(rig: Rig, what: str) -> None:
    with pytest.raises(SwitchRefusedError):
        await GONE[what](rig, NOWHERE)


async def test_keys_come_in_order(rig: Rig) -> None:
    person = await rig.caller()
    await person.press("12#*")
    digits = [(await rig.event(ev.DigitReceived, channel=person.channel)).digit for _ in range(4)]
    assert "".join(digits) == "12#*"


async def test_keys_are_pressed_once_for_a_key(rig: Rig) -> None:
    person = await rig.caller()
    for _ in range(2):
        await rig.switch.send_dtmf(person.channel, "1A#", "first")
    await rig.switch.send_dtmf(person.channel, "2", "second")
    with pytest.raises(SwitchRefusedError):
        await rig.switch.send_dtmf(person.channel, "1;rm", "third")


async def test_a_leg_carries_its_facts_and_is_called_once(rig: Rig) -> None:
    caller = await rig.caller()
    leg = rig.leg(caller_number="55", caller_name='O"<7> \n', originator=caller.channel)
    for _ in range(2):
        await rig.switch.originate(leg)
    await rig.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
    known = {channel.id: channel for channel in await rig.switch.channels()}
    assert set(known) == {caller.channel, leg.channel}
    assert not known[leg.channel].in_application
    assert known[leg.channel].variables["PASOKH_ROLE"] == "agent"
    await rig.person(leg.channel).pick_up()
    entered = (await rig.event(ev.LegEntered, channel=leg.channel)).channel
    assert entered.args == ("agent", "c-1")
    assert entered.state is ev.ChannelState.UP
    assert (await rig.event(ev.DialEnded, channel=leg.channel)).outcome is ev.DialOutcome.ANSWERED
    await rig.switch.originate(leg)
    await rig.everything_told()
    assert len(rig.watcher.of(ev.LegEntered)) == 1


@pytest.mark.parametrize(
    ("manner", "outcome", "causes"),
    [
        ("busy", ev.DialOutcome.BUSY, {ev.Cause.BUSY}),
        ("declines", ev.DialOutcome.NO_ANSWER, {ev.Cause.REJECTED}),
        ("broken", ev.DialOutcome.CONGESTED, {ev.Cause.CONGESTION}),
        ("rings", ev.DialOutcome.NO_ANSWER, {ev.Cause.NO_ANSWER}),
    ],
)
async def test_a_leg_that_is_not_answered_says_why(
    rig: Rig, manner: str, outcome: ev.DialOutcome, causes: set[int]
) -> None:
    leg = rig.leg(manner, timeout_s=1)
    await rig.switch.originate(leg)
    gone = await rig.event(ev.ChannelGone, channel=leg.channel)
    assert gone.cause in causes
    assert {dial.outcome for dial in rig.watcher.of(ev.DialEnded, channel=leg.channel)} <= {outcome}
    before = len(rig.watcher.of(ev.ChannelGone))
    assert not await rig.switch.originate(leg), "the effect came twice: nobody is called again"
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelGone)) == before + 1
    assert not rig.watcher.of(ev.LegEntered)


async def test_an_endpoint_nobody_knows_is_refused_for_good(rig: Rig) -> None:
    leg = rig.leg("unknown")
    for _ in range(2):
        with pytest.raises(SwitchRefusedError) as refused:
            await rig.switch.originate(leg)
        assert refused.value.code == "switch.cannot_dial"
    assert await rig.switch.channels() == []


async def test_a_leg_is_called_off(rig: Rig) -> None:
    leg = rig.leg("rings")
    await rig.switch.originate(leg)
    await rig.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
    await rig.switch.hang_up(leg.channel, ev.Cause.NORMAL)
    await rig.event(ev.ChannelGone, channel=leg.channel)
    assert await rig.switch.channels() == []


async def test_variables_ride_on_the_channel(rig: Rig) -> None:
    person = await rig.caller()
    for _ in range(2):
        await rig.switch.set_variable(person.channel, "PASOKH_NOTE", "سلام; ${X},=")
    [snapshot] = await rig.switch.channels()
    assert snapshot.variables["PASOKH_NOTE"] == "سلام; ${X},="


async def test_several_variables_are_set_at_once_whatever_they_hold(rig: Rig) -> None:
    person = await rig.caller()
    facts = {
        variables.POSITION: '{"a":["x, y",{"b":"\\\\ \\"q\\""}],"c":"(open"}',
        variables.CONTACT: " [{\\",
        variables.INTERACTION: "سلام; ${X},=",
        "PASOKH_NOTE": ")ends, ",
    }
    for _ in range(2):
        await rig.switch.set_variables(person.channel, facts)
    [snapshot] = await rig.switch.channels()
    assert {name: snapshot.variables.get(name) for name in facts} == facts
    await rig.switch.set_variables(person.channel, {variables.CONTACT: "c", "PASOKH_NOTE": ""})
    [snapshot] = await rig.switch.channels()
    assert snapshot.variables[variables.CONTACT] == "c"
    assert not snapshot.variables.get("PASOKH_NOTE")


async def test_talking_is_told_where_asked(rig: Rig) -> None:
    person = await rig.caller()
    for _ in range(2):
        await rig.switch.detect_talking(person.channel, on=True)
    await person.speak(rig.sound("second"))
    await rig.event(ev.TalkingStarted, channel=person.channel)
    assert (await rig.event(ev.TalkingFinished, channel=person.channel)).duration_ms > 300
    for _ in range(2):
        await rig.switch.detect_talking(person.channel, on=False)


async def test_muting_twice_is_undone_once(rig: Rig) -> None:
    person = await rig.caller()
    for sides in (Sides.IN, Sides.BOTH):
        for _ in range(2):
            await rig.switch.mute(person.channel, sides)
    for _ in range(2):
        await rig.switch.unmute(person.channel, Sides.BOTH)
    assert await rig.switch.statistics(person.channel) is None
