"""How drawn customers and agents behave: pure reactions to events, as commands due after a delay."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Alternative, Channel, Phase, Presence
from pasokh.acd.state import Interaction, State
from pasokh.kernel.ids import derive
from pasokh.kernel.time import MINUTE, SECOND, Millis
from pasokh.ops.traffic.lines import ANSWERS, NAMES, OPENINGS, REPLIES
from pasokh.twin.draw import Purpose, key_of, span, uniform
from pasokh.twin.scenario import Exponential, Lognormal, Weibull

PATIENCE = Weibull(0.852, 161.2)
"""Of waiting customers: the prior of the requirements (R3)."""
READING = Lognormal(5.0, 0.6)
TALK_TURN = Lognormal(9.0, 0.7)
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


@dataclass(frozen=True, slots=True)
class Due:
    """A command to be handed in after `delay_ms`, if `still` holds then."""

    delay_ms: Millis
    command: cmd.AnyCommand
    still: Callable[[State], bool]


@dataclass(slots=True)
class People:
    """The drawn people of one organisation. Every number comes from the seed and how often they were asked."""

    seed: int
    agents: frozenset[str]
    """Whom they play; everybody else is a real person and left alone."""
    asked: int = 0
    arrived: int = 0
    _keys: dict[Purpose, int] = field(default_factory=dict)

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
        gap = max(span(Exponential(HANDLING_S / (LOAD * max(places, 1))), self._draw(Purpose.ARRIVAL)), 50)
        return (gap, True) if gap <= RETHINK else (RETHINK, False)

    def arrive(self, state: State, run: str) -> list[Due]:
        """A customer opens a chat in one of the open queues that a drawn agent serves."""
        served = {queue for name in self.agents if name in state.agents for queue in state.agents[name].config.queues}
        queues = [q.config for name, q in sorted(state.queues.items()) if q.open and name in served]
        if not queues:
            return []
        self.arrived += 1
        queue = self._one(queues)
        language = self._one([w for w in NAMES if w in queue.name] or list(NAMES))
        contact = f"{PREFIX}{run}-{self.arrived}"
        first = derive(contact, "i", 1)
        opened = cmd.OpenContact(
            contact, first, Channel.CHAT, queue.id, customer_name=self._one(NAMES[language]), language=language
        )
        words = cmd.PostMessage(first, f"{contact}.m0", "customer", contact, self._one(OPENINGS[language]))
        return [
            Due(0, opened, lambda _: True),
            Due(200, words, lambda s: first in s.interactions),
            self._patience(first),
        ]

    # -- everybody -----------------------------------------------------------------------------------------------------
    def react(self, event: ev.AnyEvent, state: State) -> Iterator[Due]:
        """What the drawn people do about an event that has just been recorded."""
        match event:
            case ev.Offered() if event.agent in self.agents:
                yield self._accept(event.interaction, event.agent)
            case ev.OfferAccepted() if event.agent in self.agents:
                yield from self._talk(event.interaction, event.contact, event.agent, state)
            case ev.TalkEnded() if event.agent in self.agents:
                yield self._write_up(event.interaction, event.agent, event.queue, state)
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
        waiting = lambda s: _phase(s, interaction) in (Phase.QUEUED, Phase.OFFERED)  # noqa: E731
        return Due(max(span(PATIENCE, self._draw(Purpose.PATIENCE)), SECOND), cmd.LeaveContact(interaction), waiting)

    def _accept(self, interaction: str, agent: str) -> Due:
        offered = lambda s: _has(s, agent, interaction, Phase.OFFERED)  # noqa: E731
        return Due(self._wait(READING), cmd.AcceptOffer(interaction, agent), offered)

    def _talk(self, interaction: str, contact: str, agent: str, state: State) -> Iterator[Due]:
        known = state.contacts.get(contact)
        language = known.language if known and known.language in ANSWERS else "en"
        active = lambda s: _has(s, agent, interaction, Phase.ACTIVE)  # noqa: E731
        at = 0
        turns = 2 + self._number(3)
        for turn in range(turns):
            at += self._wait(TALK_TURN)
            text = ANSWERS[language][0 if turn == 0 else 3 if turn == turns - 1 else 1 + self._number(2)]
            message = f"{interaction}.a{self.asked}"
            yield Due(at, cmd.PostMessage(interaction, message, "agent", agent, text), active)
            if contact.startswith(PREFIX):
                at += self._wait(TALK_TURN)
                reply = cmd.PostMessage(
                    interaction, f"{interaction}.c{self.asked}", "customer", contact, self._one(REPLIES[language])
                )
                yield Due(at, reply, active)
        elsewhere = [q for q in state.agents[agent].config.queues if _queue(state, interaction) not in ("", q)]
        if elsewhere and self._number(20) == 0:
            yield Due(at + SECOND, cmd.Transfer(interaction, agent, to_queue=self._one(elsewhere)), active)
        else:
            yield Due(at + self._wait(READING), cmd.EndInteraction(interaction, agent), active)

    def _write_up(self, interaction: str, agent: str, queue: str, state: State) -> Due:
        known = state.queues.get(queue)
        outcome = self._one(known.config.outcomes) if known and known.config.outcomes else "solved"
        owed = lambda s: _has(s, agent, interaction, Phase.WRAP_UP, Phase.OUTCOME_DUE)  # noqa: E731
        return Due(self._wait(WRITING_UP), cmd.CompleteWrapUp(interaction, agent, outcome), owed)

    def _consider(self, event: ev.AlternativesOffered) -> Iterator[Due]:
        """One in four leaves a message instead of waiting on."""
        if Alternative.MESSAGE in event.options and self._number(4) == 0:
            waiting = lambda s: _phase(s, event.interaction) is Phase.QUEUED  # noqa: E731
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

    # -- drawing -------------------------------------------------------------------------------------------------------
    def _wait(self, spans: Lognormal) -> Millis:
        return max(span(spans, self._draw(Purpose.SERVICE)), 300)

    def _one[T](self, items: Sequence[T]) -> T:
        return items[self._number(len(items))]

    def _number(self, below: int) -> int:
        return int(self._draw(Purpose.JITTER) * below)

    def _draw(self, purpose: Purpose) -> float:
        self.asked += 1
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = key_of(self.seed, purpose, "live")
        return uniform(key, self.asked)


def _phase(state: State, interaction: str) -> Phase | None:
    found = state.interactions.get(interaction)
    return found.phase if found else None


def _has(state: State, agent: str, interaction: str, *phases: Phase) -> bool:
    """Whether this agent has the interaction in one of the phases (it may have gone to another since)."""
    found = state.interactions.get(interaction)
    return found is not None and found.agent == agent and found.phase in phases


def _queue(state: State, interaction: str) -> str:
    found = state.interactions.get(interaction)
    return found.queue if found else ""


def _presence(state: State, agent: str) -> str:
    found = state.agents.get(agent)
    return found.presence.value if found else ""
