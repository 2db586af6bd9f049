"""Fuzzed surges of callers: how many waited more than a minute without having been offered anything else (R1).

python -m benchmarks.voice_waits [--surges 200] [--seed 1]

The real core, exchange and flows on the switch in memory, in its own time: every surge draws its flow (when
alternatives are told, with greeting, announcements and menu or without, one queue or two), its callers, agents who
answer, let it ring or decline, callers who press keys, hang up, ask for a call back and change their mind, talks that
come back to the queue, engines that die and take over meanwhile. Who watches is neither core nor flow: what counts is
the sound of the offer beginning at the caller's line, and the log's word for when somebody waited.
"""

import argparse
import asyncio
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.machine import report, spread
from tests.unit.telephony.house import House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Phase, QueueConfig
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.exchange.front import FlowFront, NumberPlan
from pasokh.telephony.memory.lines import Manner, Phone

MINUTE_MS = 60_000
QUIET_MS = 500
"""The clock's step, and with it how exactly a beginning is known."""
ALTERNATIVES = {"back", "message"}
OFFER, OTHER, GREETING = "sound:offer", "sound:other", "sound:greeting"
OFFER_MS = 6_001
"""Unlike any other sound's length."""
OFFERED = n.Saying(text={"en": "OFFER"})
GREETED = n.Saying(text={"en": "GREETING"})
NUMBER = "+982112345678"


def flow(chance: random.Random) -> n.Program:
    """A flow somebody could have published."""
    ways = [n.Way(key="1", way="callback", then="back"), n.Way(key="2", way="message", then="message")]
    offer = n.Offer(
        ways=tuple(ways[: chance.randint(1, 2)]),
        after_s=chance.choice([1, 5, 20, 30, 40, 50, 58, 59]),
        again_s=chance.choice([20, 60, 300, 900]),
        say=OFFERED,
    )
    announce = n.Announce(
        place=chance.random() < 0.7, wait=chance.random() < 0.7,
        first_s=chance.choice([1, 12, 40, 55, 59]), every_s=chance.choice([15, 45, 600]),
    )  # fmt: skip
    waits = n.Queue(
        queue="q", offer=offer, announce=announce if chance.random() < 0.8 else None,
        say=GREETED if chance.random() < 0.5 else None, otherwise="other" if chance.random() < 0.5 else "bye",
        after="survey" if chance.random() < 0.3 else "",
    )  # fmt: skip
    nodes: dict[str, n.AnyNode] = {
        "menu": n.Menu(say=GREETED, choices={"1": "wait", "2": "other"}, otherwise="wait", timeout_s=5, tries=2),
        "wait": waits,
        "other": n.Queue(queue="sales", offer=offer, announce=None, otherwise="bye"),
        "back": n.Callback(then="bye", otherwise="wait", timeout_s=4, tries=2),
        "message": n.Voicemail(then="bye", otherwise="wait", most_s=20),
        "survey": n.Survey(id="how", questions=(n.Question(id="well", say=GREETED),), then="bye", timeout_s=3, tries=1),
        "bye": n.HangUp(),
    }
    return n.Program("main", {"main": n.Flow("main", chance.choice(["menu", "wait"]), nodes, ("en",))})


@dataclass
class Numbers:
    """One number; place and wait are told as they come."""

    house: House
    chance: random.Random
    program: n.Program

    async def plan(self, number: str) -> NumberPlan | None:
        """What it does."""
        known = number == NUMBER
        return NumberPlan(program=self.program, client="own", last_resort="q") if known else None

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
        """Whatever may be known."""
        place, wait = self.chance.randint(0, 30), self.chance.randint(0, 300_000)
        return p.Facts(
            self.house.pbx.clock.now, caller, number, place=place if interaction else 0,
            wait_low_ms=wait // 2 if interaction else 0, wait_high_ms=wait if interaction else 0,
        )  # fmt: skip

    async def remember_language(self, caller: str, language: str) -> None:
        """There is one."""

    async def check(self, number: str) -> p.NumberChecked:  # noqa: ARG002 - the port's
        """Most numbers are good."""
        return p.NumberChecked(self.chance.random() < 0.7, "+989121234567", "09121234567")

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        """Offers sound like offers."""
        texts = " ".join(piece.text for piece in pieces)
        kind = OFFER if "OFFER" in texts else GREETING if "GREETING" in texts else OTHER
        return [kind] if pieces else []


@dataclass
class Surge(House):
    """A house with more callers than agents."""

    chance: random.Random = field(default_factory=random.Random)
    agents: tuple[str, ...] = ()
    told: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Line → when an offer began to sound there."""
    sounding: set[str] = field(default_factory=set)
    timed: list[tuple[int, ev.AnyEvent]] = field(default_factory=list)
    deaths: int = 0

    def __post_init__(self) -> None:
        self.program = flow(self.chance)
        super().__init__(*self.agents)
        for queue in ("q", "sales"):
            self.do(cmd.DefineQueue(QueueConfig(queue, version=2, ring_ms=self.chance.choice([8_000, 20_000, 60_000]),
                                                wrap_up_ms=0, ring_out_not_ready=False)))  # fmt: skip
        self.pbx.sounds |= {OFFER: OFFER_MS, GREETING: self.chance.choice([2_000, 9_000, 25_000]), OTHER: 4_000}

    def do(self, command: cmd.AnyCommand) -> None:
        """Note when what happened."""
        before = len(self.log)
        super().do(command)
        self.timed += [(self.pbx.clock.now, event) for event in self.log[before:]]

    def front(self) -> FlowFront:
        """Every engine has its own."""
        self.flow_front = FlowFront(self.exchange, Numbers(self, self.chance, self.program))
        return self.flow_front

    async def wake(self) -> None:
        """Let the flows go on, then look what sounds."""
        for at, channel in self.flow_front.due():
            if at <= self.pbx.clock.now:
                await self.flow_front.wake(channel)
        await self.settle()
        for line in self.pbx.lines.values():
            for playback in line.playbacks[:1]:
                if playback.id not in self.sounding and playback.length_ms == OFFER_MS:
                    self.sounding.add(playback.id)
                    self.told[line.id].append(self.pbx.clock.now)

    # -- people --------------------------------------------------------------------------------------------------------
    def somebody_calls(self) -> None:
        """One more."""
        self.pbx.call(NUMBER, f"+98912{self.chance.randrange(10**7):07d}")

    async def something_happens(self) -> None:
        """One thing that people or machines do."""
        chance, lines = self.chance, list(self.pbx.lines.values())
        callers = [line for line in lines if line.id in self.flow_front.visits]
        ringing = [line for line in lines if line.technology.startswith("phone/") and line.state.value == "ringing"]
        talking = [line for line in lines if line.technology.startswith("phone/") and line.state.value == "up"]
        match chance.choices(
            ["press", "hang up", "answer", "decline", "finish", "die", "away", "move"], [8, 2, 10, 2, 3, 1, 1, 1]
        )[0]:
            case "press" if callers:
                self.pbx.press(chance.choice(callers), chance.choice("12*#0"))
            case "hang up" if callers:
                self.pbx.hang_up(chance.choice(callers))
            case "answer" if ringing:
                self.pbx.pick_up(chance.choice(ringing))
            case "decline" if ringing:
                self.pbx.decline(chance.choice(ringing))
            case "finish" if talking:
                self.pbx.hang_up(chance.choice(talking))
            case "die":
                self.deaths += 1
                await self.take_over()
            case "away" if self.agents:
                await self.please(cmd.SetPresence(chance.choice(self.agents), ready=chance.random() < 0.7))
            case "move":
                waiting = [i for i in self.state.interactions.values() if i.phase is Phase.QUEUED]
                if waiting:
                    await self.please(cmd.MoveContact(chance.choice(waiting).id, chance.choice(["q", "sales"]), (), 1))
            case _:
                pass
        await self.settle()

    async def please(self, command: cmd.AnyCommand) -> None:
        """Something the core may refuse."""
        try:
            self.do(command)
        except PasokhError as error:
            self.refused.append(error.code)

    async def run(self, seconds: int) -> None:
        """A burst of callers, then life."""
        for agent in self.agents:
            self.pbx.phones[f"phone/{agent}"] = Phone(Manner.RINGS)
        await self.take_over()
        for _ in range(self.chance.randint(3, 25)):
            self.somebody_calls()
        for _ in range(seconds * 1_000 // QUIET_MS):
            if self.chance.random() < 0.05:
                self.somebody_calls()
            if self.chance.random() < 0.25:
                await self.something_happens()
            await self.settle()
            await self.wait(QUIET_MS)


@dataclass
class Judged:
    """What a surge came to."""

    waits_ms: list[float] = field(default_factory=list)
    beyond: int = 0
    """Waits of more than a minute."""
    silent: list[str] = field(default_factory=list)
    """Those without an offer in their first minute."""


def judge(surge: Surge, judged: Judged) -> None:
    """Every wait, from the log; every offer, from the line."""
    begun: dict[str, int] = {}
    for at, event in surge.timed:
        match event:
            case ev.Queued() if event.interaction not in begun:
                begun[event.interaction] = at
            case ev.CallStepped() if event.step in ALTERNATIVES:  # taken before it was told: its keys always work
                surge.told[event.contact].append(at)
            case ev.OfferAccepted() | ev.InteractionClosed():
                since = begun.pop(event.interaction, None)
                if since is not None:
                    _one(surge, judged, event.interaction, since, at)
    for interaction, since in begun.items():
        if interaction in surge.state.interactions:
            _one(surge, judged, interaction, since, surge.pbx.clock.now)


def _one(surge: Surge, judged: Judged, interaction: str, since: int, until: int) -> None:
    line, mark, _ = interaction.rpartition(".i")
    if not mark:  # a callback or a message: nobody is on the line
        return
    judged.waits_ms.append(until - since)
    if until - since <= MINUTE_MS + QUIET_MS:
        return
    judged.beyond += 1
    if not any(since - QUIET_MS <= at <= since + MINUTE_MS for at in surge.told[line]):
        told = [(at - since) / 1_000 for at in surge.told[line]]
        judged.silent.append(f"{interaction}: waited {(until - since) / 1_000:.0f} s, offers at {told}")


async def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """All surges."""
    judged, faults, counted = Judged(), [], Counter[str]()
    for number in range(chosen.seed, chosen.seed + chosen.surges):
        chance = random.Random(number)
        surge = Surge(chance=chance, agents=tuple(f"agent{k}" for k in range(chance.randint(0, 4))))
        await surge.run(chosen.seconds)
        before = len(judged.silent)
        judge(surge, judged)
        faults += [f"surge {number}: {each}" for each in judged.silent[before:]]
        counted += Counter(callers=len(surge.pbx.ended) + len(surge.pbx.lines), engine_deaths=surge.deaths)
        counted += Counter(offers=sum(map(len, surge.told.values())))
    return {
        "surges": chosen.surges,
        **counted,
        "waits": len(judged.waits_ms),
        "waits_s": spread([wait / 1_000 for wait in judged.waits_ms]),
        "waited_more_than_a_minute": judged.beyond,
        "without_an_alternative": len(judged.silent),
        "examples": faults[:10],
    }


def main() -> None:
    """Read the flags, run, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--surges", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=180, help="of each surge, in the switch's own time")
    parser.add_argument("--seed", type=int, default=1, help="of the first surge; the next ones follow")
    chosen = parser.parse_args()
    figures = asyncio.run(measure(chosen))
    reached = figures["without_an_alternative"] == 0 and figures["waited_more_than_a_minute"] > 0
    report("voice_waits", parameters=vars(chosen), **figures, reached=reached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
