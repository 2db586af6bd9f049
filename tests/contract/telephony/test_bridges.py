"""Talks: who is joined stays joined, whoever asks twice; hold takes out, a listener comes in beside."""

import pytest
from tests.telephony.rigs import Rig

from pasokh.telephony import events as ev
from pasokh.telephony.port import BridgeKind, Sides, SwitchRefusedError


async def members(rig: Rig, bridge: str) -> set[str] | None:
    """Who is in it; None when there is no such bridge."""
    return next((set(found.channels) for found in await rig.switch.bridges() if found.id == bridge), None)


async def test_adding_again_does_not_disturb(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    await rig.switch.create_bridge(bridge)
    await rig.switch.add(bridge, [caller.channel, agent.channel])
    await rig.everything_told()
    assert await members(rig, bridge) == {caller.channel, agent.channel}
    assert not rig.watcher.of(ev.ChannelLeftBridge)


async def test_removing_and_destroying_again_is_fine(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    for _ in range(2):
        await rig.switch.remove(bridge, [caller.channel, "a-never"])
    await rig.event(ev.ChannelLeftBridge, bridge=bridge, channel=caller.channel)
    assert await members(rig, bridge) == {agent.channel}
    for _ in range(2):
        await rig.switch.destroy_bridge(bridge)
    await rig.switch.remove(bridge, [agent.channel])
    assert await members(rig, bridge) is None
    assert {channel.id for channel in await rig.switch.channels()} == {caller.channel, agent.channel}


async def test_a_third_party_comes_in_and_one_hangs_up(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    second = await rig.agent()
    await rig.switch.add(bridge, [second.channel])
    await rig.event(ev.ChannelEnteredBridge, bridge=bridge, channel=second.channel)
    await agent.hang_up()
    await rig.event(ev.ChannelGone, channel=agent.channel)
    assert await members(rig, bridge) == {caller.channel, second.channel}


async def test_a_channel_moves_to_another_bridge(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    consult, second = rig.id("b"), await rig.agent()
    await rig.switch.create_bridge(consult)
    await rig.switch.add(consult, [agent.channel, second.channel])
    await rig.event(ev.ChannelEnteredBridge, bridge=consult, channel=agent.channel)
    await rig.event(ev.ChannelEnteredBridge, bridge=consult, channel=second.channel)
    assert await members(rig, bridge) == {caller.channel}
    assert await members(rig, consult) == {agent.channel, second.channel}


async def test_hold_and_back(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    for _ in range(2):
        await rig.switch.hold(bridge, caller.channel, rig.music)
    await rig.event(ev.ChannelLeftBridge, bridge=bridge, channel=caller.channel)
    assert await members(rig, bridge) == {agent.channel}
    for _ in range(2):
        await rig.switch.unhold(bridge, caller.channel)
    await rig.event(ev.ChannelEnteredBridge, bridge=bridge, channel=caller.channel)
    assert await members(rig, bridge) == {agent.channel, caller.channel}
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelLeftBridge)) == 1


async def test_what_cannot_be_joined_is_refused(rig: Rig) -> None:
    bridge, leg = rig.id("b"), rig.leg("rings")
    await rig.switch.create_bridge(bridge)
    await rig.switch.originate(leg)
    await rig.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
    for channel in (leg.channel, "a-never"):
        with pytest.raises(SwitchRefusedError):
            await rig.switch.add(bridge, [channel])
    with pytest.raises(SwitchRefusedError):
        await rig.switch.add("b-never", [leg.channel])
    assert await members(rig, bridge) == set()


async def test_a_holding_bridge_takes_several(rig: Rig) -> None:
    first, second, bridge = await rig.caller(), await rig.caller(), rig.id("b")
    for _ in range(2):
        await rig.switch.create_bridge(bridge, BridgeKind.HOLDING)
    await rig.switch.add(bridge, [first.channel, second.channel])
    await rig.event(ev.ChannelEnteredBridge, bridge=bridge, channel=second.channel)
    assert await members(rig, bridge) == {first.channel, second.channel}


@pytest.mark.parametrize("whisper", [Sides.NONE, Sides.OUT])
async def test_a_supervisor_listens_and_whispers(rig: Rig, whisper: Sides) -> None:
    _, agent, bridge = await rig.talk()
    supervisor, snoop, room = await rig.agent(), rig.id("s"), rig.id("b")
    for _ in range(2):
        await rig.switch.snoop(agent.channel, snoop, Sides.BOTH, whisper, ("supervisor",))
    entered = (await rig.event(ev.LegEntered, channel=snoop)).channel
    assert entered.args == ("supervisor",)
    await rig.switch.create_bridge(room)
    await rig.switch.add(room, [snoop, supervisor.channel])
    await rig.event(ev.ChannelEnteredBridge, bridge=room, channel=snoop)
    assert snoop in {channel.id for channel in await rig.switch.channels()}
    await rig.switch.add(bridge, [supervisor.channel])  # barges in
    await rig.event(ev.ChannelEnteredBridge, bridge=bridge, channel=supervisor.channel)
    await agent.hang_up()
    await rig.event(ev.ChannelGone, channel=snoop)
    await rig.everything_told()
    assert len(rig.watcher.of(ev.ChannelGone, channel=snoop)) == 1
    assert not rig.watcher.of(ev.ChannelContinued)
