"""A shard as the hub sees it: the core's state, loaded conversations, a few indexes, and what each event touched."""

from dataclasses import dataclass, field

from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.model import Phase
from pasokh.acd.state import Interaction, State
from pasokh.acd.waits import Waits
from pasokh.channels.conversation import Conversation, Talk
from pasokh.kernel.time import Instant
from pasokh.live.intervals import Intervals

_HELD = frozenset({Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP, Phase.OUTCOME_DUE})
_WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})


def holder(interaction: Interaction | None) -> str | None:
    """The agent it is offered to or owned by, an owed outcome included."""
    return interaction.agent if interaction is not None and interaction.phase in _HELD else None


@dataclass(slots=True)
class Change:
    """Everything a batch of events may have changed; may name too much, never too little."""

    queues: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)
    holders: set[tuple[str, str]] = field(default_factory=set)
    """(agent, interaction) pairs seen before or after an event on the interaction."""
    moved: set[tuple[str, str, str | None]] = field(default_factory=set)
    """(agent, interaction, its parent): came to or left the agent."""
    messages: set[tuple[str, str, int]] = field(default_factory=set)
    """(contact, interaction, number) of new messages."""
    interactions: set[str] = field(default_factory=set)
    """Interactions that may look different, gone ones included."""
    watchers: set[tuple[str, str]] = field(default_factory=set)
    """(user, interaction) pairs: who follows it, seen before or after an event on it."""
    intervals: set[str] = field(default_factory=set)
    """Queues whose interval counters moved."""
    alarms: set[str] = field(default_factory=set)
    """Acknowledged ones."""
    incidents: set[str] = field(default_factory=set)
    """Announced, changed or withdrawn ones: they concern everybody in their queues."""
    faults: set[tuple[str, str]] = field(default_factory=set)
    """Kind and object of faults of the telephony that began or ended."""
    lines: set[str] = field(default_factory=set)
    """Queues in which somebody's place may be another one."""
    all: bool = False
    """Configuration or the day changed: anything may look different."""


class World:
    """The fold of a shard's log, as views read it. `conversations` holds only those that are loaded."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.conversations: dict[str, Conversation] = {}
        self.waiting: dict[str, set[str]] = {}
        """By queue: customers nobody has answered yet (offered ones included, consults not)."""
        self.held: dict[str, dict[str, None]] = {}
        """By agent: interactions offered to or owned by the agent, in the order they came."""
        self.watched: dict[str, dict[str, None]] = {}
        """By user: interactions whose conversations the user follows."""
        self.owed: dict[str, None] = {}
        """Interactions whose outcome is overdue."""
        self.intervals = Intervals.of(state)
        self.waits = Waits()
        """Forecasts for those who wait; silent until enough was seen since following began."""
        self._queue_of: dict[str, str] = {}
        self._agent_of: dict[str, str] = {}
        self._watchers_of: dict[str, tuple[str, ...]] = {}
        for name in state.interactions:
            self._index(name)

    def fold(self, seq: int, event: ev.AnyEvent, at: Instant, change: Change) -> None:
        """Apply one recorded event and note what it touched."""
        names = self._named(event)
        before = {name: self._note(name, change) for name in names}
        stood = {name: self._standing(name) for name in names}
        self._note_counted(event, at, change)
        apply(self.state, event, at)
        self.waits.fold(self.state, event, at)
        for name in sorted(names | self._named(event)):
            change.interactions.add(name)
            self._index(name)
            parent, held_by = before.get(name, (None, None))
            new_parent, now_held_by = self._note(name, change)
            if stood.get(name) != (stands := self._standing(name)):
                change.lines.update(place[0] for place in (stood.get(name), stands) if place is not None)
            if held_by != now_held_by:
                for agent in (held_by, now_held_by):
                    if agent is not None:
                        change.moved.add((agent, name, parent or new_parent))
        self._note_direct(event, change)
        contact: str | None = getattr(event, "contact", None)
        if contact is not None:
            begins = isinstance(event, ev.ContactOpened | ev.CallArrived)
            if begins and contact not in self.conversations:
                self.conversations[contact] = Conversation(contact)
            conversation = self.conversations.get(contact)
            if conversation is not None:
                conversation.fold(seq, event, at)

    def talk(self, contact: str, interaction: str) -> Talk | None:
        """What is remembered of an interaction, if its conversation is loaded."""
        conversation = self.conversations.get(contact)
        return conversation.talks.get(interaction) if conversation is not None else None

    def contacts_of(self, agent: str) -> set[str]:
        """Contacts whose conversations the agent's desk shows."""
        return {self.state.interactions[name].contact for name in self.held.get(agent, ())}

    def _named(self, event: ev.AnyEvent) -> set[str]:
        """Interactions whose appearance the event may change: those it names, their parents and consults."""
        names = {
            name
            for name in (getattr(event, "interaction", None), getattr(event, "replacement", None))
            if name is not None
        }
        if isinstance(event, ev.CallStepped) and event.contact in self.state.contacts:
            names.update(self.state.contacts[event.contact].interactions)
        consult = getattr(event, "consult", None)
        if isinstance(consult, str):  # `Offered.consult` is a flag
            names.add(consult)
        for name in tuple(names):
            interaction = self.state.interactions.get(name)
            if interaction is not None:
                names.update(other for other in (interaction.parent, interaction.consult) if other is not None)
        return names

    def _note(self, name: str, change: Change) -> tuple[str | None, str | None]:
        """Record who and what hangs on an interaction now; returns its parent and holder."""
        interaction = self.state.interactions.get(name)
        if interaction is None:
            return None, None
        change.contacts.add(interaction.contact)
        self._note_queue(interaction.queue, change)
        change.watchers.update((user, name) for user in interaction.monitors)
        agent = holder(interaction)
        if agent is not None:
            self._note_agent(agent, change)
            change.holders.add((agent, name))
        return interaction.parent, agent

    def _note_counted(self, event: ev.AnyEvent, at: Instant, change: Change) -> None:
        """Count the event in its interval, while the state still tells how things stood before it."""
        interactions, queues = self.state.interactions, self.state.queues
        if self.intervals.fold(event, at, lambda name: interactions[name].kind, lambda name: queues[name].config):
            for name in ("queue", "from_queue"):
                queue = getattr(event, name, None)
                if isinstance(queue, str):
                    change.intervals.add(queue)

    def _standing(self, name: str) -> tuple[str, *tuple[object, ...]] | None:
        """Where an interaction waits and what its place there hangs on; None when it does not wait."""
        i = self.state.interactions.get(name)
        if i is None or i.phase not in _WAITING or i.kind == "consult":
            return None
        return i.queue, i.phase, i.priority, i.queued_at, i.head_start_ms, i.hold_agent, i.barred_agent, i.requires

    def _note_direct(self, event: ev.AnyEvent, change: Change) -> None:
        """Record what the event names itself."""
        match event:
            case ev.QueueDefined() | ev.AgentDefined() | ev.AgentRetired() | ev.DayStarted():
                change.all = True
            case ev.MessagePosted():
                change.messages.add((event.contact, event.interaction, event.number))
            case ev.AlarmAcknowledged():
                change.alarms.add(event.alarm)
                if event.alarm.startswith("lost:"):  # over with it
                    self._note_queue(event.alarm.split(":")[1], change)
            case ev.FaultNoted() | ev.FaultEnded():
                change.faults.add((event.kind, event.object))
            case ev.IncidentAnnounced() | ev.IncidentWithdrawn():
                change.incidents.add(event.incident)
            case _:
                pass
        for name in ("queue", "from_queue", "to_queue"):
            queue = getattr(event, name, None)
            if isinstance(queue, str):
                self._note_queue(queue, change)
        for name in ("agent", "from_agent", "to_agent"):
            agent = getattr(event, name, None)
            if isinstance(agent, str):
                self._note_agent(agent, change)
        contact: str | None = getattr(event, "contact", None)
        if contact is not None:
            change.contacts.add(contact)

    def _note_queue(self, name: str, change: Change) -> None:
        change.queues.add(name)

    def _note_agent(self, name: str, change: Change) -> None:
        change.agents.add(name)
        agent = self.state.agents.get(name)
        if agent is not None:
            change.queues.update(agent.config.queues)

    def _index(self, name: str) -> None:
        """Bring the indexes in line with one interaction."""
        interaction = self.state.interactions.get(name)
        waits = interaction is not None and interaction.phase in _WAITING and interaction.kind != "consult"
        queue = interaction.queue if interaction is not None and waits else None
        agent = holder(interaction)
        if (old := self._queue_of.get(name)) != queue:
            if old is not None:
                self.waiting[old].discard(name)
                del self._queue_of[name]
            if queue is not None:
                self.waiting.setdefault(queue, set()).add(name)
                self._queue_of[name] = queue
        if (was := self._agent_of.get(name)) != agent:
            if was is not None:
                del self.held[was][name]
                del self._agent_of[name]
            if agent is not None:
                self.held.setdefault(agent, {})[name] = None
                self._agent_of[name] = agent
        self._index_watched(name, interaction)

    def _index_watched(self, name: str, interaction: Interaction | None) -> None:
        """What supervisors look at: overdue outcomes, and who follows what."""
        if interaction is not None and interaction.phase is Phase.OUTCOME_DUE:
            self.owed[name] = None
        else:
            self.owed.pop(name, None)
        users = tuple(interaction.monitors) if interaction is not None else ()
        if (followed := self._watchers_of.get(name, ())) != users:
            for user in followed:
                self.watched[user].pop(name, None)
            for user in users:
                self.watched.setdefault(user, {})[name] = None
            if users:
                self._watchers_of[name] = users
            else:
                del self._watchers_of[name]
