"""Who acts: one side at a time; a lost connection loses no call, and listing tells what was missed."""

import pytest
from tests.telephony.rigs import Rig

from pasokh.telephony import events as ev
from pasokh.telephony.port import SwitchReplacedError, SwitchUnavailableError


async def nobody_there(rig: Rig) -> None:
    """The connection broke, and this side knows."""
    await rig.cut()
    await rig.event(ev.Lost)
    await rig.until(lambda: rig.watcher.over)


async def test_who_connects_last_acts(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    newer = rig.another()
    await newer.connect()
    await rig.event(ev.Replaced)
    await rig.until(lambda: rig.watcher.over)
    for _ in range(2):
        with pytest.raises(SwitchReplacedError):
            await rig.switch.hang_up(caller.channel, ev.Cause.NORMAL)
        with pytest.raises(SwitchReplacedError):
            await rig.switch.channels()
        with pytest.raises(SwitchReplacedError):
            await rig.switch.connect()
    await rig.switch.close()
    assert {channel.id for channel in await newer.channels()} == {caller.channel, agent.channel}
    [talk] = await newer.bridges()
    assert (talk.id, set(talk.channels)) == (bridge, {caller.channel, agent.channel})
    await newer.hang_up(agent.channel, ev.Cause.NORMAL)
    await rig.watcher.stop()
    rig.switch = newer
    rig.watcher = type(rig.watcher)(newer)
    await rig.event(ev.ChannelGone, channel=agent.channel)


async def test_nothing_is_done_without_a_connection(rig: Rig) -> None:
    await rig.switch.close()
    await rig.until(lambda: rig.watcher.over)
    with pytest.raises(SwitchUnavailableError):
        await rig.switch.channels()
    with pytest.raises(SwitchUnavailableError):
        await rig.switch.originate(rig.leg())
    assert not rig.watcher.of(ev.Lost)
    await rig.switch.close()


async def test_a_talk_outlives_the_connection(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    await nobody_there(rig)
    with pytest.raises(SwitchUnavailableError):
        await rig.switch.answer(caller.channel)
    await rig.again()
    known = {channel.id: channel for channel in await rig.switch.channels()}
    assert set(known) == {caller.channel, agent.channel}
    assert all(channel.in_application for channel in known.values())
    assert known[agent.channel].args == ("agent", "c-1")
    [talk] = await rig.switch.bridges()
    assert (talk.id, set(talk.channels)) == (bridge, {caller.channel, agent.channel})
    await agent.hang_up()
    await rig.event(ev.ChannelGone, channel=agent.channel)
    await rig.switch.start_music(caller.channel, rig.music)
    await rig.switch.hang_up(caller.channel, ev.Cause.NORMAL)
    await rig.event(ev.ChannelGone, channel=caller.channel)


async def test_who_hung_up_meanwhile_is_missing_from_the_list(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    await nobody_there(rig)
    await agent.hang_up()
    await rig.again()
    await rig.until(lambda: True)
    assert [channel.id for channel in await rig.switch.channels()] == [caller.channel]
    [talk] = await rig.switch.bridges()
    assert (talk.id, talk.channels) == (bridge, (caller.channel,))
    assert not rig.watcher.of(ev.ChannelGone)


async def test_who_calls_meanwhile_is_held_and_comes_in(rig: Rig) -> None:
    await nobody_there(rig)
    person = await rig.call()
    for _ in range(3):
        await rig.tick()
    await rig.again()
    [held] = [channel for channel in await rig.switch.channels() if channel.id == person.channel]
    assert held.variables["PASOKH_CALL"]
    entered = (await rig.event(ev.CallerEntered, channel=person.channel)).channel
    assert entered.args == (entered.variables["PASOKH_NUMBER"], entered.variables["PASOKH_CALL"])
    await rig.switch.stop_music(person.channel)
    await person.hang_up()
    await rig.event(ev.ChannelGone, channel=person.channel)
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelGone, channel=person.channel)) == 1


async def test_a_leg_that_rings_meanwhile_is_adopted(rig: Rig) -> None:
    leg = rig.leg()
    await rig.switch.originate(leg)
    await rig.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
    await nobody_there(rig)
    await rig.again()
    [ringing] = await rig.switch.channels()
    assert (ringing.id, ringing.state, ringing.in_application) == (leg.channel, ev.ChannelState.RINGING, False)
    await rig.switch.originate(leg)
    await rig.person(leg.channel).pick_up()
    await rig.event(ev.LegEntered, channel=leg.channel)


async def test_a_leg_answered_for_nobody_is_dropped(rig: Rig) -> None:
    leg = rig.leg()
    await rig.switch.originate(leg)
    await rig.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
    await nobody_there(rig)
    await rig.person(leg.channel).pick_up()
    for _ in range(5):
        await rig.tick()
    await rig.again()
    assert await rig.switch.channels() == []


async def test_the_dialplan_goes_on_with_a_channel_until_it_ends(rig: Rig) -> None:
    person = await rig.caller()
    for _ in range(2):
        await rig.switch.continue_in_dialplan(person.channel, "elsewhere", "s")
    await rig.event(ev.ChannelContinued, channel=person.channel)
    [elsewhere] = await rig.switch.channels()
    assert (elsewhere.id, elsewhere.in_application) == (person.channel, False)
    await person.hang_up()
    await rig.event(ev.ChannelGone, channel=person.channel)
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelGone, channel=person.channel)) == 1
    assert len(rig.watcher.of(ev.ChannelContinued)) == 1


async def test_a_channel_comes_back_from_the_dialplan(rig: Rig) -> None:
    person = await rig.caller()
    await rig.switch.continue_in_dialplan(person.channel, "held", "s")
    await rig.event(ev.ChannelContinued, channel=person.channel)
    await rig.event(ev.CallerEntered, channel=person.channel)
    await person.press("7")
    assert (await rig.event(ev.DigitReceived, channel=person.channel)).digit == "7"


async def test_events_are_kept_from_the_beginning(rig: Rig) -> None:
    await rig.watcher.stop()
    await rig.switch.connect()
    person = await rig.call()
    for _ in range(3):
        await rig.tick()
    assert [channel.id for channel in await rig.switch.channels()] == [person.channel]
    rig.watcher = type(rig.watcher)(rig.switch)
    await rig.event(ev.CallerEntered, channel=person.channel)


async def test_it_tells_since_when_it_runs(rig: Rig) -> None:
    born = await rig.switch.running_since()
    assert born > 1_600_000_000_000
    await nobody_there(rig)
    await rig.again()
    assert await rig.switch.running_since() == born
