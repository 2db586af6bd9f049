"""The switch on the configuration that is rendered for a site: everything the port asks for is loaded and allowed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.switch_stage import needs_asterisk, needs_sipp, site, switch
from tests.telephony.asterisk import write_tone
from tests.telephony.asterisk_rig import AsteriskRig, silence, wall
from tests.telephony.rigs import Watcher
from tests.telephony.sipp import phone

from pasokh.telephony import events as ev
from pasokh.telephony.ari.client import AriAddress
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.port import BridgeKind, MessageLimits, Sides

pytestmark = [needs_asterisk, needs_sipp]
NUMBER = "982191001000"


@dataclass
class Ports:
    """As much of a private Asterisk as SIPp's phones want to know."""

    run: Path
    sip: int
    desk: int = 0


@pytest.fixture
async def rig() -> AsyncIterator[AsteriskRig]:
    wanted = site()
    async with switch() as made:
        await made.start(wanted)
        ari = made.asterisk.ari()
        address = AriAddress(f"http://{ari.host}:{ari.port}/ari", "pasokh", ari.password, "pasokh-acme")
        rig = AsteriskRig(AriSwitch(address, node=wanted.nodes[0].name, org="acme", clock=wall))
        rig.asterisk = Ports(made.home, wanted.nodes[0].udp_port)  # type: ignore[assignment]
        await rig.switch.connect()
        rig.watcher = Watcher(rig.switch)
        try:
            yield rig
        finally:
            await rig.watcher.stop()
            await rig.switch.close()


async def test_a_caller_is_served_with_everything(rig: AsteriskRig) -> None:
    home = rig.asterisk.run
    write_tone(home / "second.wav", 1.0)
    (home / "second.wav").chmod(0o644)
    with phone(rig.asterisk, "caller", NUMBER) as caller:
        entered = (await rig.event(ev.CallerEntered)).channel
        assert entered.args == (NUMBER, entered.variables["PASOKH_CALL"])
        assert entered.variables["PASOKH_ORG"] == "acme"
        assert entered.variables["PASOKH_ROLE"] == "caller"
        assert entered.variables["PASOKH_SINCE"].isdigit()
        await rig.switch.answer(entered.id)
        await rig.switch.detect_talking(entered.id, on=True)
        await rig.switch.record_call(entered.id, "r-1")
        await rig.switch.snoop(entered.id, "s-1", Sides.BOTH, Sides.OUT, ("supervisor",))
        await rig.event(ev.LegEntered, channel="s-1")
        await rig.switch.play(entered.id, "p-1", [f"sound:{home}/second"])
        await rig.event(ev.TalkingStarted, channel=entered.id)
        assert not (await rig.event(ev.PlaybackFinished, playback="p-1")).failed
        for bridge, kind in (("b-1", BridgeKind.MIXING), ("b-2", BridgeKind.HOLDING)):
            await rig.switch.create_bridge(bridge, kind)
            await rig.switch.add(bridge, [entered.id])
            await rig.event(ev.ChannelEnteredBridge, bridge=bridge, channel=entered.id)
        await rig.event(ev.HoldPressed, channel=entered.id)
        await rig.event(ev.HoldReleased, channel=entered.id)
        assert await rig.switch.statistics(entered.id) is not None
        await rig.event(ev.ChannelGone, channel=entered.id)
        for track in (ev.Track.FROM, ev.Track.TO):
            finished = await rig.event(ev.RecordingFinished, recording="r-1", track=track)
            file = home / f"spool/recording/{finished.file}.wav"
            assert silence(file) < 0.95
        await asyncio.to_thread(caller.finish)


async def test_a_caller_leaves_a_message_goes_on_in_the_dialplan_and_comes_back(rig: AsteriskRig) -> None:
    with phone(rig.asterisk, "caller", NUMBER) as caller:
        entered = (await rig.event(ev.CallerEntered)).channel
        await rig.switch.answer(entered.id)
        await rig.switch.record_message(entered.id, "r-2", MessageLimits(longest_s=1, silence_s=5, beep=False))
        assert not (await rig.event(ev.RecordingFinished, recording="r-2", track=ev.Track.MESSAGE)).failed
        await rig.switch.continue_in_dialplan(entered.id, "held", "s")
        await rig.event(ev.ChannelContinued, channel=entered.id)
        await rig.until(lambda: rig.watcher.of(ev.CallerEntered)[1:] or rig.watcher.of(ev.ChannelGone))
        await rig.event(ev.ChannelGone, channel=entered.id)
        await asyncio.to_thread(caller.finish)
