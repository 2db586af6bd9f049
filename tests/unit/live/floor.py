"""A busy floor in one function: random commands through the core, as a log that views can be held against."""

import random
from collections.abc import Iterator

from pasokh.acd import commands as cmd
from pasokh.acd.events import AnyEvent
from pasokh.acd.model import (
    AgentConfig,
    Alternative,
    Capacity,
    Channel,
    Ladder,
    Phase,
    Policy,
    Presence,
    QueueConfig,
    Relaxation,
    Requirement,
)
from pasokh.acd.state import State
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError

NOON = 1_700_000_000_000
QUEUES = ("sales", "help", "mail")
AGENTS = ("ann", "bob", "cyd", "dee")
BOSSES = ("ann", "boss")

type Logged = tuple[AnyEvent, int]


class Floor:
    """Drives `step` with what people might do; `run` yields the events of each command in turn."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.state = State()
        self.now = NOON
        self.contacts = 0

    def run(self, commands: int) -> Iterator[list[Logged]]:
        yield from self.opening()
        for _ in range(commands):
            self.now += self.random.choice((0, 50, 1_000, 7_000, 25_000))
            due = next_due(self.state)
            if due is not None and due <= self.now:
                yield self.do(cmd.Tick())
            yield self.do(self.command())

    def opening(self) -> Iterator[list[Logged]]:
        yield self.do(cmd.StartDay("2026-01-01"))
        for name in QUEUES:
            yield self.do(cmd.DefineQueue(queue(name)))
        for name in AGENTS:
            yield self.do(cmd.DefineAgent(agent(name)))

    def do(self, command: cmd.AnyCommand) -> list[Logged]:
        try:
            events, _ = step(self.state, command, self.now)
        except PasokhError:
            return []
        return [(event, self.state.now) for event in events]

    def command(self) -> cmd.AnyCommand:
        r, agent_id, queue_id = self.random, self.random.choice(AGENTS), self.random.choice(QUEUES)
        held = [i for i in self.state.interactions.values() if i.agent is not None]
        waiting = [i for i in self.state.interactions.values() if i.phase in (Phase.QUEUED, Phase.OFFERED)]
        roll = r.random()
        if roll < 0.14:
            return self.arrival(queue_id)
        if roll < 0.19:
            return self.on_the_telephone(queue_id)
        if roll < 0.28:
            signed = self.state.agents[agent_id].presence is not Presence.OFFLINE
            return cmd.SetPresence(agent_id, r.random() < 0.8, "lunch") if signed else cmd.SignIn(agent_id)
        if roll < 0.30:
            return cmd.SignOut(agent_id, force=r.random() < 0.5)
        if roll < 0.36 and (beside := self.beside(held)) is not None:
            return beside
        if roll < 0.38:
            return r.choice(
                (
                    cmd.OpenQueue(queue_id),
                    cmd.CloseQueue(queue_id),
                    cmd.StartDay(f"2026-01-{r.randrange(1, 29):02d}"),
                    cmd.DefineAgent(agent(agent_id, f"{agent_id} {r.randrange(9)}")),
                    cmd.DefineQueue(queue(queue_id, version=self.state.queues[queue_id].config.version + 1)),
                )
            )
        if roll < 0.48 and waiting:
            i = r.choice(waiting)
            return r.choice(
                (
                    cmd.LeaveContact(i.id),
                    cmd.SetPriority(i.id, r.randrange(4)),
                    cmd.CloseInteraction(i.id),
                    cmd.AcceptAlternative(i.id, r.choice(("callback", "message")), f"{i.id}.alt", "12345", "hi"),
                )
            )
        if held:
            return self.handling(r.choice(held))
        return self.arrival(queue_id)

    def beside(self, held) -> cmd.AnyCommand | None:
        """What a supervisor might do."""
        r, boss = self.random, self.random.choice(BOSSES)
        incident = f"n{r.randrange(3)}"
        words = {"en": f"Line {r.randrange(3)} is down", "fa": "قطعی"}
        anywhere = (
            cmd.AnnounceIncident(incident, tuple(r.sample(QUEUES, r.randrange(1, 3))), words, boss),
            cmd.WithdrawIncident(incident, boss),
            cmd.AcknowledgeAlarm(
                r.choice((f"surge:{r.choice(QUEUES)}:5", f"level:{r.choice(QUEUES)}:{self.state.day}")), boss
            ),
        )
        if not held or r.random() < 0.25:
            return r.choice(anywhere)
        i = r.choice(held)
        return r.choice(
            (
                cmd.AskHelp(i.id, i.agent, f"What now? {r.randrange(3)}"),
                cmd.AnswerHelp(i.id, boss),
                cmd.AcknowledgeAlarm(f"help:{i.id}:{i.help_since}", boss),
                cmd.AcknowledgeAlarm(f"wrap:{i.id}", boss),
                cmd.StartMonitor(i.id, boss),
                cmd.StartMonitor(i.id, boss),
                cmd.StopMonitor(i.id, boss),
                self.message(i, "whisper", boss),
                cmd.TakeOver(i.id, r.choice(AGENTS)),
                cmd.ReturnInteraction(i.id, boss),
            )
        )

    def arrival(self, queue_id: str) -> cmd.AnyCommand:
        self.contacts += 1
        n = self.contacts
        return cmd.OpenContact(
            f"c{n}",
            f"c{n}.i1",
            self.random.choice((Channel.CHAT, Channel.CHAT, Channel.VOICE, Channel.EMAIL)),
            queue_id,
            customer_name=f"Customer {n}",
            language="fa",
            preferred_agent=self.random.choice((None, *AGENTS)),
        )

    def on_the_telephone(self, queue_id: str) -> cmd.AnyCommand:
        """A call begins, goes through its flow, waits, or ends; later it may go on in a survey."""
        r = self.random
        calls = [*self.state.calls, *(i.contact for i in self.state.interactions.values() if i.channel == "voice")]
        if not calls or r.random() < 0.3:
            self.contacts += 1
            return cmd.BeginCall(f"c{self.contacts}", "982191001000", "+982155501", "own", "fa")
        contact = r.choice(calls)
        step = cmd.NoteStep(contact, "main", r.choice(("menu", "order")), r.choice(("", "1", "1402")))
        if contact not in self.state.calls:
            return step
        waits = cmd.OpenContact(contact, f"{contact}.i1", Channel.VOICE, queue_id, address="+982155501")
        return r.choice((step, step, waits, waits, cmd.EndCall(contact, "caller")))

    def handling(self, i) -> cmd.AnyCommand:
        r, me = self.random, i.agent
        if i.phase is Phase.OFFERED:
            return r.choice((cmd.AcceptOffer(i.id, me), cmd.AcceptOffer(i.id, me), cmd.RejectOffer(i.id, me)))
        if i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE):
            return r.choice(
                (
                    cmd.CompleteWrapUp(i.id, me, "done", connected=r.random() < 0.7),
                    self.message(i, "note", me),
                )
            )
        other = r.choice([name for name in AGENTS if name != me])
        return r.choice(
            (
                self.message(i, "customer", i.contact),
                self.message(i, "agent", me),
                self.message(i, "note", me),
                self.message(i, "agent", me),
                cmd.SwitchConsult(i.id, me, r.choice(("customer", "helper", "both"))),
                cmd.PauseRecording(i.id, me, "card"),
                cmd.ResumeRecording(i.id, me),
                cmd.LoseTelephone(i.id, me),
                cmd.RejoinCall(i.id, me),
                cmd.TelephoneBack(i.id, me),
                cmd.StartHold(i.id, me),
                cmd.EndHold(i.id, me),
                cmd.Transfer(i.id, me, to_queue=r.choice(QUEUES)),
                cmd.Transfer(i.id, me, to_agent=other),
                cmd.StartConsult(i.id, me, f"{i.id}.k{self.state.seq}", to_agent=other),
                cmd.EndConsult(i.id, me),
                cmd.CompleteTransfer(i.id, me),
                cmd.EndInteraction(i.id, me),
                cmd.LeaveContact(i.id),
            )
        )

    def message(self, i, author: str, author_id: str) -> cmd.AnyCommand:
        n = self.random.randrange(1 << 40)
        return cmd.PostMessage(i.id, f"m{n}", author, author_id, f"{author} says سلام {n}")


def queue(name: str, version: int = 1) -> QueueConfig:
    return QueueConfig(
        name,
        {"en": name.title(), "fa": "صف"},
        version=version,
        requires=(Requirement(name, 2),) if name == "help" else (),
        ladder=Ladder(5_000, 10_000, 12_000, 15_000, 20_000),
        ring_ms=10_000,
        ring_out_not_ready=version % 2 == 0,
        wrap_up_ms=0 if name == "mail" else 15_000,
        max_wait_ms=90_000 if name == "sales" else None,
        max_waiting=6,
        alternatives=(Alternative.CALLBACK, Alternative.MESSAGE),
        callback_retry_ms=20_000,
        outcomes=("done", "again"),
        policy=Policy(relaxations=(Relaxation(10_000, lower_by=1, overflow_to=("sales",)),), last_agent_hold_ms=5_000),
    )


def agent(name: str, display: str = "") -> AgentConfig:
    served = QUEUES if name != "dee" else ("mail",)
    return AgentConfig(name, display or name.title(), {"help": 2 if name == "ann" else 1}, served, Capacity(1, 2, 2))
