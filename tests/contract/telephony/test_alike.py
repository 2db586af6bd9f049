"""The same drawn life on both switches: after every step both refuse the same, and list the same channels."""

import random
from collections.abc import Awaitable, Callable

import pytest
from tests.polling import until_async
from tests.telephony.asterisk import Asterisk
from tests.telephony.asterisk_rig import asterisk_rig
from tests.telephony.rigs import Person, Rig, memory_rig

from pasokh.telephony import events as ev
from pasokh.telephony.port import Sides, SwitchRefusedError

STEPS = 50
BRIDGES = ("x", "y")
type Picture = tuple[set[tuple[str, str, bool]], dict[str, set[str]]]


class Life:
    """One switch's side of it; labels stand for its own ids."""

    def __init__(self, rig: Rig, prefix: str) -> None:
        self.rig, self.prefix = rig, prefix
        self.people: dict[str, Person] = {}
        self.ids: dict[str, str] = {}
        self.labels: dict[str, str] = {}

    def _know(self, label: str, channel: str) -> None:
        self.ids[label] = channel
        self.labels[channel] = label

    def bridge(self, label: str) -> str:
        return f"b-{self.prefix}-{label}"

    async def comes(self, label: str) -> None:
        self.people[label] = person = await self.rig.call()
        self._know(label, person.channel)
        await self.rig.event(ev.CallerEntered, channel=person.channel)

    async def rings(self, label: str) -> None:
        leg = self.rig.leg()
        self._know(label, leg.channel)
        await self.rig.switch.originate(leg)
        await self.rig.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
        self.people[label] = self.rig.person(leg.channel)

    async def picks_up(self, label: str) -> None:
        await self.people[label].pick_up()
        await self.rig.event(ev.LegEntered, channel=self.ids[label])

    async def hangs_up(self, label: str) -> None:
        await self.people[label].hang_up()
        await self.rig.event(ev.ChannelGone, channel=self.ids[label])

    async def is_hung_up(self, label: str) -> None:
        await self.rig.switch.hang_up(self.ids[label], ev.Cause.NORMAL)

    async def listens(self, label: str, to: str) -> None:
        snoop = self.rig.id("s")
        await self.rig.switch.snoop(self.ids[to], snoop, Sides.BOTH, Sides.NONE)
        self._know(label, snoop)
        await self.rig.event(ev.LegEntered, channel=snoop)

    async def plays(self, to: str) -> None:
        playback = self.rig.id("p")
        await self.rig.switch.play(self.ids[to], playback, [self.rig.sound("long")])
        await self.rig.switch.stop_playback(playback)
        await self.rig.event(ev.PlaybackFinished, playback=playback)

    async def picture(self) -> Picture:
        bridges = {found.id: set(found.channels) for found in await self.rig.switch.bridges()}
        named = {label: bridges[self.bridge(label)] for label in BRIDGES if self.bridge(label) in bridges}
        channels = await self.rig.switch.channels()
        return (
            {(self.labels.get(channel.id, channel.id), channel.state, channel.in_application) for channel in channels},
            {label: {self.labels.get(id_, id_) for id_ in ids} for label, ids in named.items()},
        )


type Step = Callable[[Life], Awaitable[None]]


def drawn(dice: random.Random, known: dict[str, str], step: int) -> tuple[str, Step]:
    """What happens next; `known` says of every label whether it is a caller, rings, is up or is gone."""
    label, bridge, music = f"c{step}", dice.choice(BRIDGES), "default"
    if len([kind for kind in known.values() if kind != "gone"]) < 2 or dice.random() < 0.15:
        if dice.random() < 0.5:
            known[label] = "up"
            return f"{label} comes", lambda life: life.comes(label)
        known[label] = "rings"
        return f"{label} rings", lambda life: life.rings(label)
    one = dice.choice([each for each in known if known[each] != "gone" or dice.random() < 0.2])
    if known[one] == "rings" and dice.random() < 0.5:
        known[one] = "up"
        return f"{one} picks up", lambda life: life.picks_up(one)
    if known[one] == "up" and dice.random() < 0.15:
        known[one] = "gone"
        return f"{one} hangs up", lambda life: life.hangs_up(one)
    if dice.random() < 0.1:
        known[one] = "gone"
        return f"{one} is hung up", lambda life: life.is_hung_up(one)
    deeds: dict[str, Step] = {
        "answer": lambda life: life.rig.switch.answer(life.ids[one]),
        "create": lambda life: life.rig.switch.create_bridge(life.bridge(bridge)),
        "add": lambda life: life.rig.switch.add(life.bridge(bridge), [life.ids[one]]),
        "remove": lambda life: life.rig.switch.remove(life.bridge(bridge), [life.ids[one]]),
        "destroy": lambda life: life.rig.switch.destroy_bridge(life.bridge(bridge)),
        "hold": lambda life: life.rig.switch.hold(life.bridge(bridge), life.ids[one], music),
        "unhold": lambda life: life.rig.switch.unhold(life.bridge(bridge), life.ids[one]),
        "music": lambda life: life.rig.switch.start_music(life.ids[one], music),
        "silence": lambda life: life.rig.switch.stop_music(life.ids[one]),
        "mute": lambda life: life.rig.switch.mute(life.ids[one], Sides.BOTH),
        "unmute": lambda life: life.rig.switch.unmute(life.ids[one], Sides.IN),
        "note": lambda life: life.rig.switch.set_variable(life.ids[one], "PASOKH_NOTE", "1"),
        "stop": lambda life: life.rig.switch.stop_recording(life.ids[one]),
        "ring": lambda life: life.rig.switch.ring(life.ids[one]),
        "play": lambda life: life.plays(one),
        "listen": lambda life: life.listens(label, one),
        "record": lambda life: life.rig.switch.record_call(life.ids[one], f"r-{life.prefix}-{one}"),
        "pause": lambda life: life.rig.switch.pause_recording(f"r-{life.prefix}-{one}"),
        "keys": lambda life: life.rig.switch.send_dtmf(life.ids[one], "1", label),
        "continue": lambda life: life.rig.switch.continue_in_dialplan(life.ids[one], "elsewhere", "s"),
        "talking": lambda life: life.rig.switch.detect_talking(life.ids[one], on=True),
    }
    name = dice.choices(list(deeds), [1, 3, 6, 2, 1, 3, 3, *[1] * (len(deeds) - 7)])[0]
    return f"{name} {one} {bridge}", deeds[name]


async def refusal(step: Step, life: Life) -> bool:
    """Whether it was refused for good."""
    try:
        await step(life)
    except SwitchRefusedError:
        return True
    return False


@pytest.mark.parametrize("seed", range(6))
async def test_both_switches_live_the_same(asterisk: Asterisk, seed: int) -> None:
    dice, known, past = random.Random(seed), {}, []
    async with memory_rig() as memory, asterisk_rig(asterisk) as real:
        lives = Life(memory, f"m{seed}"), Life(real, f"a{seed}")
        for number in range(STEPS):
            name, step = drawn(dice, known, number)
            past.append(name)
            refused = [await refusal(step, life) for life in lives]
            assert refused[0] == refused[1], "; ".join(past)
            expected = await lives[0].picture()
            await until_async(lives[1].picture, lambda found: found == expected, 5.0)  # noqa: B023 - asked at once
