"""How drawn customers and agents behave: pure reactions to events, as commands due after a delay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Alternative, Channel, Phase, Presence
from pasokh.acd.state import Interaction, State
from pasokh.kernel.ids import derive
from pasokh.kernel.time import MINUTE, SECOND, Millis
from pasokh.office.demo_people import Customer
from pasokh.ops.traffic.besides import Besides
from pasokh.ops.traffic.drawing import READING, TALK_TURN, Drawing, Due, holds, stands
from pasokh.ops.traffic.lines import ANSWERS, NAMES, OPENINGS, REPLIES
from pasokh.ops.traffic.spoken import spoken
from pasokh.twin.draw import Purpose, span
from pasokh.twin.scenario import Exponential, Lognormal, Weibull

PATIENCE = Weibull(0.852, 161.2)
"""Of waiting customers: the prior of the requirements (R3)."""
WRITING_UP = Lognormal(12.0, 0.6)
WORK = Lognormal(600.0, 0.5)
"""Between two breaks."""
BREAK = Lognormal(75.0, 0.4)
HANDLING_S = 75.0
"""About how long a chat takes an agent, for the rate of arrivals."""
LOAD = 0.9
"""Customers at a time, per place of an agent."""
RETHINK = 2 * SECOND
PREFIX = "traffic-"


@dataclass(slots=True)
class People:
    """The drawn people of one organisation. Every number comes from the seed and how often they were asked."""

    seed: int
    agents: frozenset[str]
    """Whom they play; everybody else is a real person and left alone."""
    lead: str = ""
    """The supervisor they play; empty = none."""
    customers: Sequence[Customer] = ()
    """Who comes again and again, besides strangers."""
    arrived: int = 0
    drawing: Drawing = field(init=False)
    besides: Besides = field(init=False)

    def __post_init__(self) -> None:
        self.drawing = Drawing(self.seed)
        self.besides = Besides(self.drawing, self.agents, self.lead, PREFIX)

    # -- customers -----------------------------------------------------------------------------------------------------
    def next_arrival(self, state: State) -> tuple[Millis, bool]:
        """How long to wait, and whether a customer comes then; busier with more drawn agents ready.

        Nobody waits longer than `RETHINK` to ask again, as agents come and go: exponential gaps have no memory.
        """
        places = sum(
            min(agent.config.capacity.text, 2)
            for name, agent in state.agents.items()
            if name in self.agents and agent.presence is Presence.READY
        )
        gap = max(span(Exponential(HANDLING_S / (LOAD * max(places, 1))), self.drawing.draw(Purpose.ARRIVAL)), 50)
        return (gap, True) if gap <= RETHINK else (RETHINK, False)

    def arrive(self, state: State, run: str) -> list[Due]:
        """A customer opens a chat in one of the open queues that a drawn agent serves."""
        served = {queue for name in self.agents if name in state.agents for queue in state.agents[name].config.queues}
        queues = [q.config for name, q in sorted(state.queues.items()) if q.open and name in served]
        if not queues:
            return []
        self.arrived += 1
        queue = self._one(queues)
        contact = f"{PREFIX}{run}-{self.arrived}"
        who = self._who(state, [w for w in NAMES if w in queue.name] or list(NAMES), run)
        first = derive(contact, "i", 1)
        opened = cmd.OpenContact(
            contact, first, Channel.CHAT, queue.id, customer=who.key, customer_name=who.name, address=who.address,
            language=who.language,
        )  # fmt: skip
        words = cmd.PostMessage(first, f"{contact}.m0", "customer", contact, self._one(OPENINGS[who.language]))
        return [
            Due(0, opened, lambda _: True),
            Due(200, words, lambda s: first in s.interactions),
            self._patience(first),
            *self.besides.go_away(first),
        ]

    def _who(self, state: State, languages: Sequence[str], run: str) -> Customer:
        """Mostly somebody who has been here before and is not here now, else a stranger."""
        here = {contact.customer for contact in state.contacts.values()}
        known = [each for each in self.customers if each.key not in here and each.language in languages]
        if known and self.drawing.number(3):
            return self._one(known)
        language, number = self._one(languages), self.arrived
        address = f"visitor{number}@example.com" if number % 2 else f"+447700900{number % 1000:03}"
        return Customer(f"{run}-{number}", self._one(NAMES[language]), language, address)

    # -- everybody -----------------------------------------------------------------------------------------------------
    def react(self, event: ev.AnyEvent, state: State) -> Iterator[Due]:
        """What the drawn people do about an event that has just been recorded."""
        match event:
            case ev.Offered() if event.agent in self.agents:
                yield self._accept(event.interaction, event.agent)
            case ev.OfferAccepted() if event.agent in self.agents:
                yield from self._talk(event.interaction, event.contact, event.agent, state)
                yield from self.besides.during(event.interaction, event.contact, event.agent, state)
            case ev.TalkEnded():
                if event.agent in self.agents:
                    yield self._write_up(event.interaction, event.agent, event.queue, state)
                yield from self.besides.rate(event, state)
            case ev.MessagePosted():
                yield from self.besides.read(event, state)
            case ev.HelpAsked() if event.agent in self.agents:
                yield from self.besides.advise(event, state)
            case ev.FollowUpSet() if event.owner in self.agents:
                yield self.besides.keep(event.follow_up, event.contact, event.due_at, state)
            case ev.AlternativesOffered() if self._ours(event.interaction, state):
                yield from self._consider(event)
            case ev.PresenceChanged() if event.agent in self.agents:
                yield self._change(event.agent, event.ready)
            case ev.AgentSignedIn() if event.agent in self.agents:
                yield self._change(event.agent, ready=False, soon=True)
            case _:
                pass

    def resume(self, state: State) -> Iterator[Due]:
        """Take up what was going on: agents come to work, open chats go on, waiting customers have patience left."""
        for name in sorted(self.agents & set(state.agents)):
            agent = state.agents[name]
            if agent.presence is Presence.OFFLINE:
                yield self._come(name)
            else:
                yield self._change(name, agent.presence is Presence.READY, soon=True)
        for item in list(state.interactions.values()):
            yield from self._take_up(item, state)
        for owed in list(state.follow_ups.values()):
            if owed.owner in self.agents:
                yield self.besides.keep(owed.id, owed.contact, owed.due_at, state)

    def leave(self, state: State) -> Iterator[cmd.AnyCommand]:
        """All go home: customers leave, agents sign out."""
        for item in state.interactions.values():
            if item.id.startswith(PREFIX) and item.customer_here and item.phase is not Phase.CLOSED:
                yield cmd.LeaveContact(item.id)
        for name in sorted(self.agents & set(state.agents)):
            if state.agents[name].presence is not Presence.OFFLINE:
                yield cmd.SignOut(name, force=True)

    # -- one thing at a time -------------------------------------------------------------------------------------------
    def _come(self, agent: str) -> Due:
        return Due(self._wait(READING), cmd.SignIn(agent), lambda s: _presence(s, agent) == "offline")

    def _take_up(self, item: Interaction, state: State) -> Iterator[Due]:
        agent = item.agent if item.agent in self.agents else None
        if item.phase is Phase.QUEUED and item.id.startswith(PREFIX):
            yield self._patience(item.id)
        elif agent and item.phase is Phase.OFFERED:
            yield self._accept(item.id, agent)
        elif agent and item.phase is Phase.ACTIVE:
            yield from self._talk(item.id, item.contact, agent, state)
        elif agent and item.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE):
            yield self._write_up(item.id, agent, item.queue, state)

    def _patience(self, interaction: str) -> Due:
        waiting = stands(interaction, Phase.QUEUED, Phase.OFFERED)
        return Due(
            max(span(PATIENCE, self.drawing.draw(Purpose.PATIENCE)), SECOND), cmd.LeaveContact(interaction), waiting
        )

    def _accept(self, interaction: str, agent: str) -> Due:
        offered = holds(agent, interaction, Phase.OFFERED)
        return Due(self._wait(READING), cmd.AcceptOffer(interaction, agent), offered)

    def _talk(self, interaction: str, contact: str, agent: str, state: State) -> Iterator[Due]:
        known = state.contacts.get(contact)
        language = known.language if known and known.language in ANSWERS else "en"
        active = holds(agent, interaction, Phase.ACTIVE)
        at = 0
        turns = 2 + self.drawing.number(3)
        for turn in range(turns):
            at += self._wait(TALK_TURN)
            part = 0 if turn == 0 else 3 if turn == turns - 1 else 1 + self.drawing.number(2)
            text = self._canned(part, contact, agent, language, state) or ANSWERS[language][part]
            message = f"{interaction}.a{self.drawing.asked}"
            yield Due(at, cmd.PostMessage(interaction, message, "agent", agent, text), active)
            if contact.startswith(PREFIX):
                at += self._wait(TALK_TURN)
                reply = cmd.PostMessage(
                    interaction,
                    f"{interaction}.c{self.drawing.asked}",
                    "customer",
                    contact,
                    self._one(REPLIES[language]),
                )
                yield Due(at, reply, active)
        here, queues = _queue(state, interaction), state.agents[agent].config.queues
        elsewhere = [q for q in queues if here not in ("", q) and q in state.queues and state.queues[q].open]
        if elsewhere and self.drawing.number(20) == 0:
            yield Due(at + SECOND, cmd.Transfer(interaction, agent, to_queue=self._one(elsewhere)), active)
        else:
            yield Due(at + self._wait(READING), cmd.EndInteraction(interaction, agent), active)

    def _canned(self, part: int, contact: str, agent: str, language: str, state: State) -> str:
        """Half of what agents say is a canned answer; empty where it is not."""
        known = state.contacts.get(contact)
        if self.drawing.number(2) or known is None:
            return ""
        return spoken(part, language, self.drawing.number(8), known.customer_name, state.agents[agent].config.name)

    def _write_up(self, interaction: str, agent: str, queue: str, state: State) -> Due:
        known, item = state.queues.get(queue), state.interactions.get(interaction)
        config = known.config if known else None
        outcome = self._one(config.outcomes) if config and config.outcomes else "solved"
        reason = self._one(config.reasons) if config and config.reasons else ""
        owed = None
        if config and outcome in config.follow_up_outcomes:
            owed = self.besides.promise(interaction, agent, item.contact if item else "", state)
        command = cmd.CompleteWrapUp(interaction, agent, outcome, reason=reason, follow_up=owed)
        due = holds(agent, interaction, Phase.WRAP_UP, Phase.OUTCOME_DUE)
        return Due(self._wait(WRITING_UP), command, due)

    def _consider(self, event: ev.AlternativesOffered) -> Iterator[Due]:
        """One in four leaves a message instead of waiting on."""
        if Alternative.MESSAGE in event.options and self.drawing.number(4) == 0:
            waiting = stands(event.interaction, Phase.QUEUED)
            replacement = f"{event.interaction}.msg"
            command = cmd.AcceptAlternative(
                event.interaction, "message", replacement, f"{event.contact}@example.org", text="…"
            )
            yield Due(self._wait(READING), command, waiting)

    def _change(self, agent: str, ready: bool, soon: bool = False) -> Due:
        """After a while of work a break, after a break back to work."""
        delay = self._wait(READING) if soon and not ready else self._wait(WORK if ready else BREAK)
        command = cmd.SetPresence(agent, ready=not ready, reason="break" if ready else "")
        wanted = "ready" if ready else "not_ready"
        return Due(min(delay, 30 * MINUTE), command, lambda s: _presence(s, agent) == wanted)

    def _ours(self, interaction: str, state: State) -> bool:
        return interaction.startswith(PREFIX) and interaction in state.interactions

    def _wait(self, spans: Lognormal) -> Millis:
        return self.drawing.wait(spans)

    def _one[T](self, items: Sequence[T]) -> T:
        return self.drawing.one(items)


def _queue(state: State, interaction: str) -> str:
    found = state.interactions.get(interaction)
    return found.queue if found else ""


def _presence(state: State, agent: str) -> str:
    found = state.agents.get(agent)
    return found.presence.value if found else ""
