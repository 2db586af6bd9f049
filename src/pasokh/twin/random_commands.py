"""Random scripts for the core: plausible commands by looking at a state, and arbitrary ones by not looking."""

import random
from collections.abc import Callable
from typing import Literal

import msgspec

from pasokh.acd import commands as co
from pasokh.acd.model import Channel, Closing, FollowUp, Phase, Presence, QueueConfig, Requirement, Terms
from pasokh.acd.state import Interaction, State, dump_state, load_state
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.twin.random_scenarios import SKILLS, random_agent, random_queue
from pasokh.twin.script import Action

START: Instant = 1_774_051_200_000
CHANNELS = (Channel.VOICE, Channel.VOICE, Channel.CHAT, Channel.CHAT, Channel.MESSENGER, Channel.EMAIL)


def random_script(seed: int, length: int = 140) -> list[Action]:
    """A script of about `length` commands from a seed."""
    return _Author(seed).write(length)


class _Author:
    """Writes a script while watching what the core makes of it."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - not for secrets
        self.state = State()
        self.now: Instant = START
        self.actions: list[Action] = []
        self.queues = [f"q{k}" for k in range(self.rng.randint(1, 3))]
        self.agents = [f"a{k}" for k in range(self.rng.randint(1, 6))]
        self.numbered = 0
        self.moves: list[tuple[int, Callable[[], co.AnyCommand | None]]] = [
            (18, self._open), (30, self._handle_offer), (20, self._handle_talk), (9, self._handle_wrap_up),
            (8, self._handle_waiting), (10, self._change_presence), (2, self._publish_queue),
            (2, self._publish_agent), (2, self._hours), (1, self._day), (8, self._anything), (8, self._beside),
            (6, self._handle_outside),
        ]  # fmt: skip

    def write(self, length: int) -> list[Action]:
        for queue in self.queues:
            self._do(co.DefineQueue(self._config(queue)))
        for agent in self.agents:
            self._do(co.DefineAgent(random_agent(self.rng, agent, self.queues)))
            if self.rng.random() < 0.8:
                self._do(co.SignIn(agent))
                self._do(co.SetPresence(agent, ready=True))
        weights = [weight for weight, _ in self.moves]
        while len(self.actions) < length:
            self._pass_time()
            if self.rng.random() < 0.02:
                self.actions.append(Action(self.now))
                self.state = load_state(dump_state(self.state))
            command = self.rng.choices(self.moves, weights)[0][1]()
            if command is not None:
                self._do(command)
        self.now += 10 * 60_000
        self._do(co.StartDay("2026-03-22"))
        return self.actions

    def _pass_time(self) -> None:
        r = self.rng.random()
        if r < 0.35:
            return
        due = next_due(self.state)
        if r < 0.55 and due is not None:
            self.now = max(self.now, due + self.rng.choice((-1, 0, 0, 1)))
        else:
            self.now += int(self.rng.expovariate(1 / self.rng.choice((200, 900, 6_000))))

    def _do(self, command: co.AnyCommand) -> None:
        at = self.now if self.rng.random() > 0.01 else self.now - 5_000
        self.actions.append(Action(at, command))
        try:
            for _ in range(10_000):
                due = next_due(self.state)
                if due is None or due > max(at, self.state.now):
                    break
                step(self.state, co.Tick(), due)
            step(self.state, command, at)
        except PasokhError:
            pass
        except Exception:  # playing the script will raise it again and report it
            self.state = load_state(dump_state(self.state))

    # -- looking ---------------------------------------------------------------------------------------------------
    def _name(self, prefix: str) -> str:
        self.numbered += 1
        return f"{prefix}{self.numbered}"

    def _some(self, *phases: Phase) -> Interaction | None:
        found = [i for i in self.state.interactions.values() if i.phase in phases]
        return self.rng.choice(found) if found else None

    def _agent(self) -> str:
        return self.rng.choice(self.agents)

    def _queue(self) -> str:
        return self.rng.choice(self.queues)

    def _config(self, name: str, version: int = 1) -> QueueConfig:
        """A random queue, now and then one that asks for the customer's language."""
        languages = {"fa": "fa", "uk": "uk"} if self.rng.random() < 0.4 else {}
        return msgspec.structs.replace(
            random_queue(self.rng, name, self.queues, version),
            languages=languages,
            away_ms=self.rng.choice((1_000, 20_000, 60_000)),
            reasons=("late", "broken") if self.rng.random() < 0.2 else (),
            follow_up_outcomes=("promised",),
        )

    # -- plausible -------------------------------------------------------------------------------------------------
    def _open(self) -> co.AnyCommand:
        n = self._name("")
        return co.OpenContact(
            f"c{n}",
            f"i{n}",
            self.rng.choice(CHANNELS),
            self._queue(),
            customer=f"p{n}" if self.rng.random() < 0.3 else None,
            address=self.rng.choice(("", "+989121234567")),
            language=self.rng.choice(("", "", "fa-IR", "uk", "en")),
            requires=(Requirement(self.rng.choice(SKILLS), 2),) if self.rng.random() < 0.1 else (),
            priority=self.rng.choice((0, 0, 0, 1, 1, 2, 3)),
            preferred_agent=self._agent() if self.rng.random() < 0.25 else None,
            kind="message" if self.rng.random() < 0.05 else "contact",
        )

    def _handle_offer(self) -> co.AnyCommand | None:
        i = self._some(Phase.OFFERED)
        if i is None or i.agent is None:
            return None
        agent = i.agent if self.rng.random() < 0.97 else self._agent()
        if self.rng.random() < 0.8:
            return co.AcceptOffer(i.id, agent)
        if self.rng.random() < 0.2:
            return co.WithdrawOffer(i.id, agent)
        return co.RejectOffer(i.id, agent, "busy")

    def _handle_talk(self) -> co.AnyCommand | None:
        i = self._some(Phase.ACTIVE)
        if i is None or i.agent is None:
            return None
        r, agent = self.rng.random(), i.agent
        if r < 0.35:
            return co.EndInteraction(i.id, agent)
        if r < 0.42:
            return co.LeaveContact(i.id)
        if r < 0.54:
            return co.EndHold(i.id, agent) if i.on_hold_since else co.StartHold(i.id, agent)
        if r < 0.62:
            return co.PostMessage(i.id, self._name("m"), "agent", agent, "سلام")
        to_queue = self._queue() if self.rng.random() < 0.6 else None
        to_agent = self._agent() if to_queue is None else None
        if r < 0.70:
            return co.Transfer(i.id, agent, to_queue, to_agent)
        if r < 0.75 and i.consult is None:
            return self._send_on(i, agent)
        if i.consult is None:
            return co.StartConsult(i.id, agent, self._name("h"), to_queue, to_agent)
        return co.CompleteTransfer(i.id, agent) if r < 0.9 else co.EndConsult(i.id, agent)

    def _send_on(self, i: Interaction, agent: str) -> co.AnyCommand:
        """Outside, or back to the menu."""
        r = self.rng.random()
        if r < 0.3:
            return co.TransferOutside(i.id, agent, "+982112345678", "x")
        if r < 0.7:
            return co.ConsultOutside(i.id, agent, self._name("h"), "+982112345678")
        return co.TransferMenu(i.id, agent, *self.rng.choice((("", ""), ("shop", "menu"), ("", "menu"))))

    def _handle_outside(self) -> co.AnyCommand | None:
        i = self._some(Phase.OUTSIDE, Phase.MENU)
        if i is None:
            return None
        r = self.rng.random()
        if i.phase is Phase.MENU:
            return co.LeaveContact(i.id) if r < 0.3 else self._move(i)
        if r < 0.5:
            return co.AnswerOutside(i.id)
        if r < 0.6:
            return co.LeaveContact(i.id)
        if r < 0.65:
            return co.ReturnInteraction(i.id, "eve")
        parent = self.state.interactions.get(i.parent or "")
        if r < 0.8 and parent is not None and parent.agent is not None:
            return co.CompleteTransfer(parent.id, parent.agent)
        causes: tuple[Literal["busy", "no_answer", "refused", "hung_up"], ...]
        causes = ("busy", "no_answer", "refused", "hung_up")
        return co.EndOutside(i.id, self.rng.choice(causes), "dial.denied" if r > 0.9 else "")

    def _move(self, i: Interaction) -> co.AnyCommand:
        rng = self.rng
        requires = (Requirement(rng.choice(SKILLS), 2),) if rng.random() < 0.2 else None
        priority = rng.choice((None, None, 0, 1, 2, 3))
        return co.MoveContact(i.id, self._queue(), requires, priority, rng.choice(("", "eve")))

    def _handle_wrap_up(self) -> co.AnyCommand | None:
        i = self._some(Phase.WRAP_UP, Phase.OUTCOME_DUE)
        if i is None or i.agent is None:
            return None
        reason = self.rng.choice(("late", "late", ""))
        connected = self.rng.random() < 0.5
        if self.rng.random() < 0.2:
            return co.CompleteWrapUp(i.id, i.agent, "promised", "", connected, reason, self._promise())
        return co.CompleteWrapUp(i.id, i.agent, "done", connected=connected, reason=reason)

    def _terms(self) -> Terms:
        rng, limit = self.rng, self.rng.choice((None, 0, 900, 2_000))
        return Terms(
            currency=rng.choice(("UAH", "UAH", "UAH", "EUR")), a_minute=rng.choice((0, 100, 700)),
            first_s=rng.choice((1, 60)), step_s=rng.choice((1, 6, 60)), max_calls=rng.choice((2, 5)), least_s=10,
            day_limit=limit, month_limit=rng.choice((None, 3_000)), month=rng.choice(("2026-03", "2026-03", "2026-04")),
            next_month=rng.choice(("2026-03-20", "2026-05-01")), cut=rng.random() < 0.3,
        )  # fmt: skip

    def _promise(self) -> FollowUp:
        known = [*self.state.follow_ups, self._name("f")]
        return FollowUp(self.rng.choice(known), self._agent(), self.now + self.rng.randint(0, 9_000))

    def _beside(self) -> co.AnyCommand:
        """What happens beside the work itself."""
        rng = self.rng
        ids = [*self.state.interactions, "nothing"]
        i, agent = rng.choice(ids), self._agent()
        talk = self._some(Phase.ACTIVE)
        owner = (talk.agent if talk is not None else None) or agent
        in_hand = talk.id if talk is not None else i
        makers: tuple[Callable[[], co.AnyCommand], ...] = (
            lambda: co.CustomerAway(i),
            lambda: co.CustomerAway(i),
            lambda: co.CustomerBack(i),
            lambda: co.MarkRead(in_hand, rng.choice(("customer", "agent")), rng.randint(1, 5)),
            lambda: co.AskHelp(in_hand, owner, "?"),
            lambda: co.AnswerHelp(i, agent),
            lambda: co.StartMonitor(in_hand, rng.choice((agent, "eve"))),
            lambda: co.StartMonitor(in_hand, "eve", rng.choice(("listen", "whisper", "barge"))),
            lambda: co.SwitchConsult(in_hand, owner, rng.choice(("customer", "helper", "both"))),
            lambda: co.PauseRecording(in_hand, owner, "card"),
            lambda: co.ResumeRecording(in_hand, owner),
            lambda: co.LoseTelephone(in_hand, owner),
            lambda: co.RejoinCall(in_hand, owner),
            lambda: co.TelephoneBack(in_hand, owner),
            lambda: co.BeginCall(f"c{rng.randint(1, 40)}", "+982112345678", rng.choice(("", "+989121234567"))),
            lambda: co.NoteStep(rng.choice([*self.state.calls, "nothing"]), "welcome", "menu", "1"),
            lambda: co.EndCall(rng.choice([*self.state.calls, "nothing"]), rng.choice(("caller", "flow"))),
            lambda: co.EndCall(rng.choice([*self.state.calls, "nothing"]), "lost", self._queue(), self._name("l")),
            lambda: co.LoseCall(rng.choice(ids), self._name("l")),
            lambda: co.LoseCall(in_hand, self._name("l")),
            lambda: co.MissCallback(in_hand, owner, rng.choice(("busy", "no_answer"))),
            lambda: co.StopMonitor(i, rng.choice((agent, "eve"))),
            lambda: co.TakeOver(in_hand, agent),
            lambda: co.TakeOver(in_hand, agent),
            lambda: co.ReturnInteraction(in_hand, rng.choice((agent, "eve"))),
            lambda: co.PostMessage(in_hand, self._name("m"), "whisper", "eve", "x"),
            lambda: co.AnnounceIncident(
                f"in{rng.randint(1, 3)}", (self._queue(),), {"en": "x" * rng.randint(1, 2)}, "eve"
            ),
            lambda: co.WithdrawIncident(f"in{rng.randint(1, 3)}", "eve"),
            lambda: co.AcknowledgeAlarm(f"wait:{self._queue()}:{i}", agent),
            lambda: co.NoteSurge(self._queue(), rng.randint(1, 9), 10),
            lambda: co.NoteSurge(self._queue(), self.now, 10),
            lambda: co.EndSurge(self._queue(), rng.randint(1, 9)),
            lambda: co.NoteFault(rng.choice(("carrier", "station_sound")), f"o{rng.randint(1, 2)}", rng.randint(1, 9)),
            lambda: co.EndFault(rng.choice(("carrier", "station_sound")), f"o{rng.randint(1, 2)}"),
            lambda: co.BeginDial(f"d{rng.randint(1, 6)}", "transfer", self._terms(), "+98", in_hand),
            lambda: co.BeginDial(f"d{rng.randint(1, 6)}", "callback", self._terms(), "+98", in_hand),
            lambda: co.AnswerDial(f"d{rng.randint(1, 6)}"),
            lambda: co.AnswerDial(f"d{rng.randint(1, 6)}"),
            lambda: co.EndDial(f"d{rng.randint(1, 6)}"),
            lambda: co.KeepDials(("d1", "d2", "d3", "d4"), (f"d{rng.randint(1, 6)}",)),
            lambda: co.SetFollowUp(self._promise(), f"c{rng.randint(1, 5)}", agent),
            lambda: co.CloseFollowUp(rng.choice([*self.state.follow_ups, "f0"]), agent),
            lambda: co.RateContact("c1", i, self._queue(), agent, rng.randint(1, 5)),
        )
        return rng.choice(makers)()

    def _handle_waiting(self) -> co.AnyCommand | None:
        i = self._some(Phase.QUEUED, Phase.OFFERED, Phase.SCHEDULED)
        if i is None:
            return None
        r = self.rng.random()
        if r < 0.35:
            return co.LeaveContact(i.id)
        if r < 0.6:
            later = self.now + self.rng.choice((0, 5_000, 60_000)) if self.rng.random() < 0.3 else None
            choice: Literal["callback", "message"] = "callback" if self.rng.random() < 0.6 else "message"
            return co.AcceptAlternative(
                i.id, choice, self._name("k"), "+98211", "call me" if self.rng.random() < 0.9 else "", later
            )  # fmt: skip
        if r < 0.75:
            return co.SetPriority(i.id, self.rng.randint(0, 4))
        if r < 0.85:
            return co.PostMessage(i.id, self._name("m"), "customer", "p", "Добрий день")
        if r < 0.93:
            return self._move(i)
        return co.CloseInteraction(i.id, self.rng.choice(list(Closing)))

    def _change_presence(self) -> co.AnyCommand:
        agent = self._agent()
        known = self.state.agents.get(agent)
        if known is None or known.presence is Presence.OFFLINE:
            return co.SignIn(agent)
        r = self.rng.random()
        if known.presence is Presence.NOT_READY and r < 0.75:
            return co.SetPresence(agent, ready=True)
        if r < 0.6:
            return co.SetPresence(agent, ready=False, reason=self.rng.choice(("break", "lunch")))
        return co.SignOut(agent, force=self.rng.random() < 0.5)

    def _publish_queue(self) -> co.AnyCommand:
        name = self._queue()
        known = self.state.queues.get(name)
        version = known.config.version + self.rng.choice((1, 1, 1, 0)) if known else 1
        return co.DefineQueue(self._config(name, version))

    def _publish_agent(self) -> co.AnyCommand:
        r = self.rng.random()
        if r < 0.2:
            return co.RetireAgent(self._agent())
        if r < 0.35:
            self.agents.append(f"a{len(self.agents)}")
            return co.DefineAgent(random_agent(self.rng, self.agents[-1], self.queues))
        return co.DefineAgent(random_agent(self.rng, self._agent(), self.queues))

    def _hours(self) -> co.AnyCommand:
        queue = self._queue()
        known = self.state.queues.get(queue)
        return co.CloseQueue(queue) if known and known.open and self.rng.random() < 0.6 else co.OpenQueue(queue)

    def _day(self) -> co.AnyCommand:
        return co.StartDay(f"2026-03-{self.rng.randint(10, 28)}")

    # -- arbitrary -------------------------------------------------------------------------------------------------
    def _anything(self) -> co.AnyCommand:
        """Any command with any ids: most are refused, and none may do harm."""
        rng = self.rng
        ids = [*self.state.interactions, f"i{rng.randint(1, self.numbered + 1)}", "nothing"]
        i, agent = rng.choice(ids), rng.choice([*self.agents, "nobody"])
        queue, other = rng.choice([*self.queues, "nowhere"]), rng.choice([*self.agents, "nobody", None])
        to_queue = rng.choice([*self.queues, "nowhere", None])
        makers: tuple[Callable[[], co.AnyCommand], ...] = (
            lambda: co.OpenContact(rng.choice(["c1", i]), i, rng.choice(list(Channel)), queue),
            lambda: co.OpenContact(self._name("c"), i, Channel.CHAT, queue, priority=rng.randint(0, 20)),
            lambda: co.PostMessage(i, self._name("m"), rng.choice(("customer", "agent", "system", "note")), agent, "x"),
            lambda: co.LeaveContact(i),
            lambda: co.AcceptAlternative(i, "callback", rng.choice([*ids, self._name("k")]), "+98"),
            lambda: co.SetPriority(i, rng.randint(0, 20)),
            lambda: co.AcceptOffer(i, agent),
            lambda: co.RejectOffer(i, agent),
            lambda: co.StartHold(i, agent),
            lambda: co.EndHold(i, agent),
            lambda: co.Transfer(i, agent, to_queue, other),
            lambda: co.StartConsult(i, agent, rng.choice([*ids, self._name("h")]), to_queue, other),
            lambda: co.EndConsult(i, agent),
            lambda: co.TransferOutside(i, agent, "0"),
            lambda: co.ConsultOutside(i, agent, rng.choice([*ids, self._name("h")]), "112"),
            lambda: co.TransferMenu(i, agent),
            lambda: co.AnswerOutside(i),
            lambda: co.EndOutside(i, "failed"),
            lambda: co.MoveContact(i, queue, priority=rng.choice((None, 20))),
            lambda: co.CompleteTransfer(i, agent),
            lambda: co.EndInteraction(i, agent),
            lambda: co.CompleteWrapUp(i, agent, "done", connected=rng.random() < 0.5),
            lambda: co.CloseInteraction(i, rng.choice(list(Closing))),
            lambda: co.SignIn(agent),
            lambda: co.SignOut(agent, force=rng.random() < 0.5),
            lambda: co.SetPresence(agent, rng.random() < 0.5, "x"),
            lambda: co.RetireAgent(agent),
            lambda: co.OpenQueue(queue),
            lambda: co.CloseQueue(queue),
            lambda: co.DefineQueue(self._config(queue, rng.randint(1, 9))),
            lambda: co.DefineAgent(random_agent(rng, agent, [*self.queues, "nowhere"])),
            co.Tick,
        )
        return rng.choice(makers)()
