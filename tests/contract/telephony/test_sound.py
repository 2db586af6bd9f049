"""What is heard: one sound after the other, stopped when asked, never twice for one id."""

import pytest
from tests.telephony.rigs import Rig

from pasokh.telephony import events as ev
from pasokh.telephony.port import SwitchRefusedError


async def test_sounds_play_to_the_end(rig: Rig) -> None:
    person, playback = await rig.caller(), rig.id("p")
    await rig.switch.play(person.channel, playback, [rig.sound("short"), rig.sound("short")])
    assert not (await rig.event(ev.PlaybackFinished, playback=playback)).failed


async def test_a_playback_asked_for_twice_is_heard_once(rig: Rig) -> None:
    person, playback, after = await rig.caller(), rig.id("p"), rig.id("p")
    for _ in range(2):
        await rig.switch.play(person.channel, playback, [rig.sound("short")])
    await rig.event(ev.PlaybackFinished, playback=playback)
    await rig.switch.play(person.channel, playback, [rig.sound("short")])
    await rig.switch.play(person.channel, after, [rig.sound("short")])
    await rig.event(ev.PlaybackFinished, playback=after)
    assert len(rig.watcher.of(ev.PlaybackFinished, playback=playback)) == 1


async def test_playbacks_queue_up_and_are_stopped(rig: Rig) -> None:
    person, first, second = await rig.caller(), rig.id("p"), rig.id("p")
    await rig.switch.play(person.channel, first, [rig.sound("long")])
    await rig.switch.play(person.channel, second, [rig.sound("short")])
    for _ in range(2):
        await rig.switch.stop_playback(first)
    await rig.event(ev.PlaybackFinished, playback=first)
    assert not (await rig.event(ev.PlaybackFinished, playback=second)).failed
    await rig.switch.stop_playback(second)
    await rig.switch.stop_playback("p-never")


async def test_a_sound_that_is_missing_fails(rig: Rig) -> None:
    person, playback = await rig.caller(), rig.id("p")
    await rig.switch.play(person.channel, playback, [rig.sound("missing")])
    assert (await rig.event(ev.PlaybackFinished, playback=playback)).failed


async def test_a_playback_ends_with_its_channel(rig: Rig) -> None:
    person, playback = await rig.caller(), rig.id("p")
    await rig.switch.play(person.channel, playback, [rig.sound("long")])
    await person.hang_up()
    await rig.event(ev.PlaybackFinished, playback=playback)
    await rig.event(ev.ChannelGone, channel=person.channel)


async def test_everybody_in_a_bridge_hears_it_once(rig: Rig) -> None:
    _, _, bridge = await rig.talk()
    playback = rig.id("p")
    for _ in range(2):
        await rig.switch.play_to_bridge(bridge, playback, [rig.sound("short")])
    assert not (await rig.event(ev.PlaybackFinished, playback=playback)).failed
    with pytest.raises(SwitchRefusedError):
        await rig.switch.play_to_bridge("b-never", rig.id("p"), [rig.sound("short")])


async def test_music_starts_and_stops_as_often_as_asked(rig: Rig) -> None:
    person = await rig.caller()
    for _ in range(2):
        await rig.switch.start_music(person.channel, rig.music)
    for _ in range(2):
        await rig.switch.stop_music(person.channel)
    await rig.switch.stop_music("a-never")
    playback = rig.id("p")
    await rig.switch.start_music(person.channel, rig.music)
    await rig.switch.play(person.channel, playback, [rig.sound("short")])
    await rig.event(ev.PlaybackFinished, playback=playback)
