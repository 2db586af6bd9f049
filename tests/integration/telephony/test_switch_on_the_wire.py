"""The switch with real SIP phones: speech, hold keys, quality, every way of not answering; and a switch that dies."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.telephony.asterisk import Asterisk, installation, private_asterisk
from tests.telephony.asterisk_rig import AsteriskRig, asterisk_rig
from tests.telephony.rigs import NUMBER, PATIENCE_S
from tests.telephony.sipp import available, phone

from pasokh.telephony import events as ev
from pasokh.telephony.port import Sides, SwitchRefusedError, SwitchUnavailableError

NOTICED_S = 10.0


def usable() -> Iterator[Asterisk]:
    found = installation()
    if isinstance(found, str):
        pytest.skip(found)
    if reason := available():
        pytest.skip(reason)
    with private_asterisk(found) as running:
        yield running


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Asterisk]:
    yield from usable()


@pytest.fixture
def mortal() -> Iterator[Asterisk]:
    """One of the test's own, to be killed."""
    yield from usable()


@pytest.fixture
async def rig(asterisk: Asterisk) -> AsyncIterator[AsteriskRig]:
    async with asterisk_rig(asterisk) as made:
        yield made


async def test_a_call_from_phone_to_phone(rig: AsteriskRig, asterisk: Asterisk) -> None:
    with phone(asterisk, "caller", NUMBER) as caller, phone(asterisk, "answers") as desk:
        entered = (await rig.event(ev.CallerEntered)).channel
        assert entered.caller_number == "+982155501"
        await rig.switch.answer(entered.id)
        recording = rig.id("r")
        await rig.switch.record_call(entered.id, recording)
        leg = rig.leg(endpoint="PJSIP/desk", caller_number="+982155501", originator=entered.id)
        await rig.switch.originate(leg)
        await rig.event(ev.LegEntered, channel=leg.channel)
        bridge = rig.id("b")
        await rig.switch.create_bridge(bridge)
        await rig.switch.add(bridge, [entered.id, leg.channel])
        await rig.event(ev.HoldPressed, channel=entered.id)
        await rig.event(ev.HoldReleased, channel=entered.id)
        quality = await rig.switch.statistics(entered.id)
        assert quality is not None
        assert quality.received > 25
        assert quality.received_lost == 0
        assert 0 <= quality.jitter_ms < 50
        assert 0 <= quality.round_trip_ms < 50
        gone = await rig.event(ev.ChannelGone, channel=entered.id)
        assert gone.cause == ev.Cause.NORMAL
        await rig.switch.hang_up(leg.channel, ev.Cause.NORMAL)
        await rig.event(ev.ChannelGone, channel=leg.channel)
        finished = await rig.event(ev.RecordingFinished, recording=recording, track=ev.Track.FROM)
        assert finished.duration_s >= 1
        assert rig.silent_share(finished.file) < 0.5
        for sipp in (caller, desk):
            await asyncio.to_thread(sipp.finish)


@pytest.mark.parametrize(
    ("manner", "timeout_s", "outcome", "cause"),
    [
        ("busy", 20, ev.DialOutcome.BUSY, ev.Cause.BUSY),
        ("declines", 20, ev.DialOutcome.NO_ANSWER, ev.Cause.REJECTED),
        ("rings", 4, ev.DialOutcome.NO_ANSWER, ev.Cause.NO_ANSWER),
    ],
)
async def test_a_desk_phone_that_is_not_answered(
    rig: AsteriskRig, asterisk: Asterisk, manner: str, timeout_s: int, outcome: ev.DialOutcome, cause: int
) -> None:
    with phone(asterisk, manner) as desk:
        leg = rig.leg(endpoint="PJSIP/desk", timeout_s=timeout_s)
        await rig.switch.originate(leg)
        gone = await rig.event(ev.ChannelGone, channel=leg.channel)
        assert gone.cause == cause
        assert {each.outcome for each in rig.watcher.of(ev.DialEnded, channel=leg.channel)} <= {outcome}
        await asyncio.to_thread(desk.finish)


async def test_a_phone_that_is_not_registered_cannot_be_called(rig: AsteriskRig) -> None:
    with pytest.raises(SwitchRefusedError) as refused:
        await rig.switch.originate(rig.leg(endpoint="PJSIP/away"))
    assert refused.value.code == "switch.cannot_dial"


async def test_who_is_muted_is_not_heard_until_unmuted_once(rig: AsteriskRig) -> None:
    caller, agent, _ = await rig.talk()
    recording = rig.id("r")
    await rig.switch.record_call(agent.channel, recording)
    await caller.speak(rig.sound("long"))
    for _ in range(2):
        await rig.switch.mute(caller.channel, Sides.IN)
    await second(rig)
    await rig.switch.unmute(caller.channel, Sides.IN)
    await second(rig)
    await rig.switch.stop_recording(recording)
    heard = await rig.event(ev.RecordingFinished, recording=recording, track=ev.Track.TO)
    assert 0.25 < rig.silent_share(heard.file) < 0.75


async def second(rig: AsteriskRig) -> None:
    """A second passes: somebody else hears so long a sound."""
    person, playback = await rig.caller(), rig.id("p")
    await rig.switch.play(person.channel, playback, [rig.sound("second")])
    await rig.event(ev.PlaybackFinished, playback=playback)


@pytest.mark.parametrize("end", ["killed", "standing still"])
async def test_a_switch_that_dies_is_noticed(mortal: Asterisk, end: str) -> None:
    async with asterisk_rig(mortal) as rig:
        await rig.talk()
        began = time.monotonic()
        if end == "killed":
            await asyncio.to_thread(mortal.kill)
        else:
            mortal.freeze()
        await rig.until(lambda: rig.watcher.of(ev.Lost))
        assert time.monotonic() - began < NOTICED_S < PATIENCE_S
        if end == "killed":
            with pytest.raises(SwitchUnavailableError):
                await rig.switch.connect()
            await asyncio.to_thread(mortal.start)
        else:
            mortal.thaw()
        await rig.phones.open(mortal)
        await rig.again()
        assert len(await rig.switch.channels()) == (0 if end == "killed" else 2)
