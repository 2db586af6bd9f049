"""People who do anything at any time, engines and switches that die at any operation, and what must hold even so."""

from __future__ import annotations

import contextlib
import random

from tests.unit.telephony.house import DiedError, House

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import VOICE, Phase
from pasokh.acd.state import Interaction
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE
from pasokh.telephony.memory.lines import Manner, Phone

OUTSIDE = "+982188888888"
AGENTS = ("sara", "nima", "b-omid")
IN_HAND = (Phase.QUEUED, Phase.OFFERED, Phase.ACTIVE, Phase.OUTSIDE, Phase.MENU)


class Chance:
    """One run of a house. `lost` = interactions that were alive when the switch died."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.rng = house, random.Random(seed)
        self.lost: set[str] = set()
        self.calls = 0
        house.pbx.phones[f"trunk/{OUTSIDE}"] = Phone(self.rng.choice((Manner.RINGS, Manner.ANSWERS, Manner.BUSY)), 900)

    # -- people --------------------------------------------------------------------------------------------------------
    async def act(self) -> None:
        house, rng = self.house, self.rng
        lines = list(house.pbx.lines.values())
        known = list(house.state.interactions.values())
        active = [i for i in known if i.phase is Phase.ACTIVE and i.kind != "consult"]
        waiting = [i for i in known if i.phase in (Phase.QUEUED, Phase.OFFERED, Phase.MENU) and i.kind != "consult"]
        due = [i for i in known if i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE)]
        roll = rng.random()
        if roll < 0.12:
            self._call()
        elif roll < 0.35 and lines:
            house.pbx.pick_up(rng.choice(lines))
        elif roll < 0.43 and lines:
            house.pbx.hang_up(rng.choice(lines))
        elif roll < 0.48 and lines:
            ringing = [line for line in lines if line.state == "ringing"]
            if ringing:
                house.pbx.decline(rng.choice(ringing))
        elif roll < 0.70 and active:
            self._ask(self._about(rng.choice(active)))
        elif roll < 0.76 and waiting:
            self._ask(self._about_waiting(rng.choice(waiting)))
        elif roll < 0.85 and due:
            i = rng.choice(due)
            self._ask(cmd.CompleteWrapUp(i.id, i.agent or "", "done", connected=rng.random() < 0.7))
        elif roll < 0.93:
            house.pbx.forward(rng.choice((10, 500, 5_000)))
            self._ask(cmd.Tick())
        else:
            self._ask(cmd.SetPresence(rng.choice(AGENTS), ready=True))

    def _call(self) -> None:
        self.calls += 1
        number = f"+98912{self.calls:07d}"
        manner = self.rng.choice((Manner.RINGS, Manner.ANSWERS, Manner.ANSWERS, Manner.BUSY, Manner.DECLINES))
        self.house.pbx.phones[f"trunk/{number}"] = Phone(manner, 400)
        self.house.pbx.call("+982112345678", number)

    def _about(self, i: Interaction) -> cmd.AnyCommand:
        rng, agent = self.rng, i.agent or ""
        return rng.choice((
            cmd.StartHold(i.id, agent), cmd.EndHold(i.id, agent), cmd.EndInteraction(i.id, agent),
            cmd.Transfer(i.id, agent, to_queue=rng.choice(("q", "back"))),
            cmd.StartConsult(i.id, agent, f"k{rng.random()}", to_queue=rng.choice(("q", "back"))),
            cmd.EndConsult(i.id, agent), cmd.CompleteTransfer(i.id, agent), cmd.ReturnInteraction(i.id, "boss"),
            cmd.SwitchConsult(i.id, agent, rng.choice(("customer", "helper", "both"))),
            cmd.StartMonitor(i.id, "boss", rng.choice(("listen", "whisper", "barge"))), cmd.StopMonitor(i.id, "boss"),
            cmd.TakeOver(i.id, rng.choice(("boss", "nima"))),
            cmd.TransferOutside(i.id, agent, OUTSIDE), cmd.TransferOutside(i.id, agent, "+19005550100"),
            cmd.ConsultOutside(i.id, agent, f"k{rng.random()}", OUTSIDE), cmd.TransferMenu(i.id, agent),
            cmd.PauseRecording(i.id, agent), cmd.ResumeRecording(i.id, agent), cmd.RejoinCall(i.id, agent),
        ))  # fmt: skip

    def _about_waiting(self, i: Interaction) -> cmd.AnyCommand:
        rng = self.rng
        if i.address and rng.random() < 0.3:
            return cmd.AcceptAlternative(i.id, "callback", f"{i.id}.b{rng.random()}", i.address)
        return cmd.MoveContact(i.id, rng.choice(("q", "back", "support")))

    def _ask(self, command: cmd.AnyCommand) -> None:
        with contextlib.suppress(PasokhError):
            self.house.do(command)

    # -- what dies -----------------------------------------------------------------------------------------------------
    async def engine_dies(self) -> None:
        """In the middle of its work; life goes on without one, and the switch may die meanwhile."""
        self.house.switch.left = self.rng.randint(0, 6)
        with contextlib.suppress(DiedError):
            await self.house.settle()
        self.house.pbx.cut()
        for _ in range(self.rng.randint(0, 3)):
            await self.act()
        if self.rng.random() < 0.3:
            self.crash()
        await self.house.take_over()

    async def switch_dies(self) -> None:
        """At any operation; the same engine has the next one, empty."""
        house = self.house
        house.switch.last_words = self.crash
        house.switch.until_crash = self.rng.randint(0, 8)
        await house.settle()
        if house.switch.until_crash is not None:
            house.switch.until_crash = None
            self.crash()
            await house.look_again()
        await house.settle()

    def crash(self) -> None:
        """Everybody on line is cut off; a moment passes until the switch is there again."""
        house = self.house
        for i in house.state.interactions.values():
            talk = house.exchange.talks.get(i.id)
            line = house.pbx.lines.get(f"{i.id.removeprefix('i-')}")
            alive = line is not None or (talk is not None and talk.caller in house.pbx.lines)
            if i.channel in VOICE and i.kind == "contact" and i.phase in IN_HAND and alive:
                self.lost.add(i.id)
        house.pbx.forward(1)  # nothing begins at the very moment
        house.pbx.crash()

    # -- promises ------------------------------------------------------------------------------------------------------
    def check(self) -> None:
        house, state = self.house, self.house.state
        house.check()
        told = [e for e in house.log if isinstance(e, ev.CallLost)]
        assert self.lost <= {e.interaction for e in told}, "cut off, and nobody says so"
        assert len({e.interaction for e in told}) == len(told), "a call was lost twice"
        begun = [e.interaction for e in house.log if isinstance(e, ev.InteractionStarted) and e.kind == "callback"]
        assert {e.callback for e in told if e.callback} <= set(begun), "lost, and nobody calls back"
        assert len(begun) == len(set(begun))
        for i in state.interactions.values():
            waits = i.phase in (Phase.QUEUED, Phase.OFFERED) and i.kind == "contact" and i.channel in VOICE
            if waits and state.now - i.queued_at >= MINUTE:
                assert i.alternatives_told, f"{i.id} waits for more than a minute without another way"
        phones: dict[str, int] = {}
        for line in house.pbx.lines.values():
            if line.technology.startswith(("phone/", "trunk/+98912")):
                phones[line.technology] = phones.get(line.technology, 0) + 1
        doubled = [name for name, n in phones.items() if n > 1 and name != "phone/boss"]
        assert not doubled, f"called twice at once: {doubled}"
        for name, queue in state.queues.items():
            day = queue.day
            waiting = sum(
                i.queue == name and i.kind == "contact" and i.phase in (Phase.QUEUED, Phase.OFFERED)
                for i in state.interactions.values()
            )
            ended = day.answered + day.abandoned + day.left_otherwise + day.moved_out + day.lost
            assert day.entered == ended + waiting
