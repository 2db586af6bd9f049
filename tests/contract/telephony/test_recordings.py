"""Recordings: both sides of a talk, silence while paused, messages that end by themselves, every file told once."""

import pytest
from tests.telephony.rigs import Person, Rig

from pasokh.telephony import events as ev
from pasokh.telephony.port import MessageLimits

LIMITS = MessageLimits(longest_s=10, silence_s=8, beep=False)


async def pass_a_second(rig: Rig, person: Person) -> None:
    """A sound of a second is heard."""
    playback = rig.id("p")
    await rig.switch.play(person.channel, playback, [rig.sound("second")])
    await rig.event(ev.PlaybackFinished, playback=playback)


async def test_a_talk_is_recorded_on_two_tracks(rig: Rig) -> None:
    caller, recording = await rig.caller(), rig.id("r")
    for _ in range(2):
        await rig.switch.record_call(caller.channel, recording)
    await caller.speak(rig.sound("second"))
    await pass_a_second(rig, caller)
    for _ in range(2):
        await rig.switch.stop_recording(recording)
    for track in (ev.Track.FROM, ev.Track.TO):
        finished = await rig.event(ev.RecordingFinished, recording=recording, track=track)
        assert not finished.failed
        assert 0 <= finished.duration_s <= 3
        assert rig.silent_share(finished.file) < 0.4
    await rig.switch.record_call(caller.channel, recording)  # the effect came twice
    await rig.everything_told()
    assert len(rig.watcher.of(ev.RecordingFinished)) == 2
    assert {channel.id for channel in await rig.switch.channels()} == {caller.channel}


async def test_a_pause_is_silence(rig: Rig) -> None:
    caller, recording = await rig.caller(), rig.id("r")
    await rig.switch.record_call(caller.channel, recording)
    await pass_a_second(rig, caller)
    for _ in range(2):
        await rig.switch.pause_recording(recording)
    await pass_a_second(rig, caller)
    for _ in range(2):
        await rig.switch.resume_recording(recording)
    await pass_a_second(rig, caller)
    await rig.switch.stop_recording(recording)
    finished = await rig.event(ev.RecordingFinished, recording=recording, track=ev.Track.TO)
    assert 0.2 < rig.silent_share(finished.file) < 0.6
    assert finished.duration_s >= 2


async def test_a_pause_at_once_holds_from_the_beginning(rig: Rig) -> None:
    caller, recording = await rig.caller(), rig.id("r")
    await rig.switch.record_call(caller.channel, recording)
    await rig.switch.pause_recording(recording)
    await pass_a_second(rig, caller)
    await rig.switch.stop_recording(recording)
    finished = await rig.event(ev.RecordingFinished, recording=recording, track=ev.Track.TO)
    assert rig.silent_share(finished.file) > 0.9


@pytest.mark.parametrize("kind", ["call", "message"])
async def test_a_recording_stopped_at_once_is_over(rig: Rig, kind: str) -> None:
    caller, recording = await rig.caller(), rig.id("r")
    if kind == "call":
        await rig.switch.record_call(caller.channel, recording)
    else:
        await rig.switch.play(caller.channel, rig.id("p"), [rig.sound("short")])
        await rig.switch.record_message(caller.channel, recording, LIMITS)
    await rig.switch.stop_recording(recording)
    assert (await rig.event(ev.RecordingFinished, recording=recording)).duration_s == 0


async def test_a_recording_outlives_bridges_and_ends_with_its_channel(rig: Rig) -> None:
    caller, agent, bridge = await rig.talk()
    recording = rig.id("r")
    await rig.switch.record_call(caller.channel, recording)
    await agent.speak(rig.sound("long"))
    await rig.switch.remove(bridge, [caller.channel])
    await rig.switch.destroy_bridge(bridge)
    await rig.event(ev.ChannelLeftBridge, bridge=bridge, channel=caller.channel)
    await pass_a_second(rig, caller)
    assert not rig.watcher.of(ev.RecordingFinished)
    await caller.hang_up()
    for track in (ev.Track.FROM, ev.Track.TO):
        assert not (await rig.event(ev.RecordingFinished, recording=recording, track=track)).failed
    for change in (rig.switch.pause_recording, rig.switch.resume_recording, rig.switch.stop_recording):
        await change(recording)
        await change("r-never")


async def test_a_message_ends_with_its_key(rig: Rig) -> None:
    caller, recording = await rig.caller(), rig.id("r")
    for _ in range(2):
        await rig.switch.record_message(caller.channel, recording, LIMITS)
    await caller.speak(rig.sound("second"))
    await rig.everything_told()
    await caller.press("#")
    finished = await rig.event(ev.RecordingFinished, recording=recording)
    assert finished.track is ev.Track.MESSAGE
    await rig.switch.record_message(caller.channel, recording, LIMITS)
    await pass_a_second(rig, caller)
    assert len(rig.watcher.of(ev.RecordingFinished)) == 1


@pytest.mark.parametrize("limits", [{"longest_s": 1}, {"silence_s": 1}])
async def test_a_message_ends_by_itself(rig: Rig, limits: dict[str, int]) -> None:
    caller, recording = await rig.caller(), rig.id("r")
    wanted = MessageLimits(**({"longest_s": 10, "silence_s": 10, "beep": False} | limits))  # type: ignore[arg-type]
    await rig.switch.record_message(caller.channel, recording, wanted)
    await caller.speak(rig.sound("short"))
    finished = await rig.event(ev.RecordingFinished, recording=recording)
    assert finished.duration_s <= 3
    assert rig.switch.node


async def test_a_message_is_stopped_or_ends_with_the_call(rig: Rig) -> None:
    stopped, hung_up = await rig.caller(), await rig.caller()
    first, second = rig.id("r"), rig.id("r")
    await rig.switch.record_message(stopped.channel, first, LIMITS)
    await rig.switch.record_message(hung_up.channel, second, LIMITS)
    await pass_a_second(rig, await rig.caller())
    await rig.switch.stop_recording(first)
    await rig.event(ev.RecordingFinished, recording=first)
    await hung_up.hang_up()
    await rig.event(ev.RecordingFinished, recording=second)


async def test_no_message_is_recorded_in_a_talk(rig: Rig) -> None:
    caller, _, _ = await rig.talk()
    recording = rig.id("r")
    await rig.switch.record_message(caller.channel, recording, LIMITS)
    assert (await rig.event(ev.RecordingFinished, recording=recording)).failed
