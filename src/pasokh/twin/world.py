"""Drawn customers and agents with a fake telephone system around the deciding core. Drives `step` and nothing else.

The core's effects ring agents; they answer, talk, wrap up and go on breaks as drawn; customers lose patience, take
alternatives, are transferred. Everything outside happens in the order of `pasokh.twin.clock.Kind`.
"""

from collections.abc import Callable, Iterable, Sequence

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.effects import AnyEffect, RingAgent
from pasokh.acd.model import Channel, Phase, Presence
from pasokh.acd.state import State
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import FOREVER, Instant
from pasokh.twin.clock import Agenda, Kind
from pasokh.twin.invariants import Invariants
from pasokh.twin.plan import Customer, Plan, Stream
from pasokh.twin.roster import BREAK, OFF, ON, Worker
from pasokh.twin.script import Action

type Seen = Callable[[State, co.AnyCommand, Instant, Sequence[ev.AnyEvent]], None]
"""Called after every step that was not refused, in order."""

VISITS = frozenset({"opened", "transfer", "returned"})
NO_ANSWER_MS = 25_000
"""How long a callback that nobody answers rings."""


class World:
    """One replication in progress."""

    def __init__(
        self,
        plan: Plan,
        seen: Iterable[Seen] = (),
        *,
        invariants: bool = False,
        asked: list[Action] | None = None,
    ) -> None:
        """Set everything up at the plan's start; `asked` collects every command but ticks."""
        self.plan = plan
        self.state = State()
        self.asked = asked
        self.now: Instant = plan.start
        self.refused: dict[str, int] = {}
        """Commands the core refused, by code: normally only those that came too late."""
        self._scenario = plan.loaded.scenario
        self._seen = [Invariants(self.state, rebuild_every=5).seen, *seen] if invariants else list(seen)
        self._agenda: Agenda[Callable[[], None]] = Agenda()
        self._workers = {w.config.id: w for w in plan.workers}
        self._offers: dict[int, int] = {}
        self._talks: dict[int, int] = {}
        self._waits: dict[int, int] = {}
        self._duty: dict[str, str] = {}
        self._leaving: set[str] = set()
        self._unreached: set[str] = set()
        self._plan_ahead()

    # -- running -------------------------------------------------------------------------------------------------
    def run(self, until: Instant | None = None, after_each: Callable[[], None] | None = None) -> None:
        """Let everything happen that is due before `until` (the plan's end unless given)."""
        end = self.plan.end if until is None else min(until, self.plan.end)
        while self.advance(end):
            if after_each is not None:
                after_each()

    def advance(self, end: Instant) -> bool:
        """The next happening, or all of the core's timers due at one instant; False when none is due before `end`."""
        due, outside = next_due(self.state), self._agenda.next_at()
        if due is not None and due < end and (outside is None or due <= outside):
            self.now = max(due, self.now)
            self.submit(co.Tick())
            return True
        if outside is None or outside >= end:
            return False
        self.now, _, _, happen = self._agenda.take()
        happen()
        return True

    def submit(self, command: co.AnyCommand) -> bool:
        """Put a command to the core now and react to what it says; False when it refused."""
        if self.asked is not None and not isinstance(command, co.Tick):
            self.asked.append(Action(self.now, command))
        try:
            events, effects = step(self.state, command, self.now)
        except PasokhError as e:
            self.refused[e.code] = self.refused.get(e.code, 0) + 1
            return False
        for seen in self._seen:
            seen(self.state, command, self.now, events)
        self._react(events, effects)
        return True

    # -- planned happenings ----------------------------------------------------------------------------------------
    def _plan_ahead(self) -> None:
        plan, s = self.plan, self._scenario
        for queue in s.queues:
            self.submit(co.DefineQueue(queue))
        for worker in plan.workers:
            self.submit(co.DefineAgent(worker.config))
            for at, what in worker.duty:
                self._agenda.put(at, Kind.DUTY, worker.number, self._duty_changes(worker, what))
        self.submit(co.StartDay(s.start.isoformat()))
        for number, (at, date) in enumerate(plan.days):
            self._agenda.put(at, Kind.DAY, number, self._command(co.StartDay(date)))
        for at, queue_index, opens in plan.hours:
            name = s.queues[queue_index].id
            command = co.OpenQueue(name) if opens else co.CloseQueue(name)
            self._agenda.put(at, Kind.HOURS, queue_index * 2 + opens, self._command(command))
        self._arrive_next(0)

    def _command(self, command: co.AnyCommand) -> Callable[[], None]:
        def happen() -> None:
            self.submit(command)

        return happen

    def _duty_changes(self, worker: Worker, what: str) -> Callable[[], None]:
        def happen() -> None:
            name = worker.config.id
            self._duty[name] = what
            self._leaving.discard(name)
            if what == ON:
                if self.state.agents[name].presence is Presence.OFFLINE:
                    self.submit(co.SignIn(name))
                if self.state.agents[name].presence is not Presence.READY:
                    self.submit(co.SetPresence(name, ready=True))
                return
            if self.state.agents[name].presence is Presence.READY:
                self.submit(co.SetPresence(name, ready=False, reason=BREAK if what == BREAK else "shift_end"))
            if what == OFF:
                self._leaving.add(name)
                self._sign_out_idle()

        return happen

    def _sign_out_idle(self) -> None:
        for name in sorted(self._leaving):
            if not self.state.agents[name].work:
                self._leaving.discard(name)
                if self.state.agents[name].presence is not Presence.OFFLINE:
                    self.submit(co.SignOut(name))

    def _arrive_next(self, number: int) -> None:
        if number < len(self.plan.customers):
            c = self.plan.customers[number]
            self._agenda.put(c.at, Kind.ARRIVAL, number, lambda: self._arrive(c))

    def _arrive(self, c: Customer) -> None:
        self._arrive_next(c.number + 1)
        a = self._scenario.arrivals[c.stream]
        interaction = f"i{c.number}"
        self.submit(
            co.OpenContact(
                f"c{c.number}",
                interaction,
                a.channel,
                a.queue,
                language=a.language,
                requires=a.requires,
                priority=c.priority,
                preferred_agent=self.plan.workers[c.preferred].config.id if c.preferred >= 0 else None,
            )
        )
        i = self.state.interactions.get(interaction)
        if i is not None and i.phase is Phase.QUEUED and self._stream(c).balks(c):
            self.submit(co.LeaveContact(interaction))

    # -- reactions -------------------------------------------------------------------------------------------------
    def _react(self, events: Sequence[ev.AnyEvent], effects: Sequence[AnyEffect]) -> None:
        for e in events:
            match e:
                case ev.Queued():
                    if e.cause in VISITS:
                        self._wait(e)
                case ev.OfferAccepted():
                    self._talk(e)
                case ev.TalkEnded():
                    self._wrap_up(e)
                case ev.AlternativesOffered():
                    self._consider(e)
                case ev.PresenceChanged():
                    if not e.ready and e.by != "agent":
                        self._recover(e.agent)
                case _:
                    pass
        for effect in effects:
            if isinstance(effect, RingAgent):
                self._ring(effect)
        if self._leaving:
            self._sign_out_idle()

    def _customer(self, contact: str) -> Customer:
        return self.plan.customers[int(contact[1:])]

    def _stream(self, c: Customer) -> Stream:
        return self.plan.streams[c.stream]

    def _wait(self, e: ev.Queued) -> None:
        c = self._customer(e.contact)
        visit = self._waits[c.number] = self._waits.get(c.number, -1) + 1
        i = self.state.interactions.get(e.interaction)
        if i is None or i.kind != "contact":
            return
        patience = self._stream(c).patience_ms(c, visit, e.queue, i.channel)
        if patience < FOREVER:

            def happen() -> None:
                i = self.state.interactions.get(e.interaction)
                waits = i is not None and i.phase in {Phase.QUEUED, Phase.OFFERED}
                if waits and self._waits[c.number] == visit:
                    self.submit(co.LeaveContact(e.interaction))

            self._agenda.put(self.now + patience, Kind.LEAVE, c.number, happen)

    def _ring(self, effect: RingAgent) -> None:
        i = self.state.interactions.get(effect.interaction)
        if i is None:
            return
        c = self._customer(i.contact)
        offer = self._offers[c.number] = self._offers.get(c.number, -1) + 1
        group = self._scenario.groups[self._workers[effect.agent].group]
        refusal = self._stream(c).refusal(c, offer)
        if group.reject <= refusal < group.reject + group.ring_out:
            return
        command: co.AnyCommand = co.AcceptOffer(i.id, effect.agent)
        if refusal < group.reject:
            command = co.RejectOffer(i.id, effect.agent)

        def happen() -> None:
            i = self.state.interactions.get(effect.interaction)
            stands = i is not None and i.phase is Phase.OFFERED and i.agent == effect.agent
            if stands and self._offers[c.number] == offer:
                self.submit(command)

        delay = self._stream(c).answer_ms(c, offer, group.answer)
        self._agenda.put(self.now + delay, Kind.ANSWER, c.number, happen)

    def _talk(self, e: ev.OfferAccepted) -> None:
        i = self.state.interactions[e.interaction]
        c = self._customer(e.contact)
        talk = self._talks[c.number] = self._talks.get(c.number, -1) + 1
        length = self._stream(c).talk_ms(c, talk, e.queue, i.channel)
        length = self._at_pace(length, e.agent, e.queue)
        if i.channel is Channel.CALLBACK:
            if self._stream(c).reached(c, i.attempt, e.queue):
                self._unreached.discard(i.id)
            else:
                self._unreached.add(i.id)
                length = NO_ANSWER_MS

        def happen() -> None:
            i = self.state.interactions.get(e.interaction)
            if i is None or i.phase is not Phase.ACTIVE or i.agent != e.agent or self._talks[c.number] != talk:
                return
            to = self._stream(c).transfer(c, talk, i.queue) if i.kind == "contact" else None
            if to is None or not self.submit(co.Transfer(i.id, e.agent, to_queue=to)):
                self.submit(co.EndInteraction(i.id, e.agent))

        self._agenda.put(self.now + length, Kind.TALK_END, c.number, happen)

    def _at_pace(self, length: int, agent: str, queue: str) -> int:
        worker = self._workers[agent]
        factor = worker.factor * self._scenario.groups[worker.group].factors.get(queue, 1.0)
        return max(1, round(length * factor)) if factor != 1.0 else length

    def _wrap_up(self, e: ev.TalkEnded) -> None:
        i = self.state.interactions.get(e.interaction)
        if i is None:
            return
        c = self._customer(e.contact)
        talk = self._talks[c.number]
        length = self._stream(c).wrap_up_ms(c, talk, e.queue, i.channel)
        length = self._at_pace(length, e.agent, e.queue)
        at = self.now + length
        self._agenda.put(at, Kind.WRAP_UP_END, c.number, lambda: self._finish(e.interaction, c.number, talk))

    def _finish(self, interaction: str, number: int, talk: int) -> None:
        i = self.state.interactions.get(interaction)
        if i is None or i.phase not in {Phase.WRAP_UP, Phase.OUTCOME_DUE}:
            return
        if i.agent is not None and self._talks[number] == talk:
            outcomes = self.state.queues[i.queue].config.outcomes
            connected = i.id not in self._unreached
            self.submit(co.CompleteWrapUp(i.id, i.agent, outcomes[0] if outcomes else "done", connected=connected))

    def _consider(self, e: ev.AlternativesOffered) -> None:
        c = self._customer(e.contact)
        choice, think_ms = self._stream(c).choice(c, e.queue)
        if choice not in {option.value for option in e.options}:
            return
        visit = self._waits[c.number]

        def happen() -> None:
            i = self.state.interactions.get(e.interaction)
            if i is None or i.phase is not Phase.QUEUED or self._waits[c.number] != visit:
                return
            self.submit(
                co.AcceptAlternative(
                    e.interaction,
                    "callback" if choice == "callback" else "message",
                    f"{'k' if choice == 'callback' else 'm'}{c.number}",
                    address=f"+000{c.number}",
                    text="" if choice == "callback" else "Please write back.",
                )
            )

        self._agenda.put(self.now + think_ms, Kind.CHOICE, c.number, happen)

    def _recover(self, agent: str) -> None:
        after = round(self._scenario.groups[self._workers[agent].group].recover_s * 1000)

        def happen() -> None:
            if self._duty.get(agent) == ON and self.state.agents[agent].presence is Presence.NOT_READY:
                self.submit(co.SetPresence(agent, ready=True))

        self._agenda.put(self.now + max(1, after), Kind.RECOVER, self._workers[agent].number, happen)
