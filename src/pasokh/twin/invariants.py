"""What must hold after every step, checked from configurations and recorded events, not from the choosing tables.

`Invariants` keeps a mirror: a state folded from the events alone. Before each offer it asks the mirror whether that
offer was right; after each step mirror and live state must be equal byte for byte.
"""

from collections.abc import Sequence

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.agenda import due_of
from pasokh.acd.apply import apply
from pasokh.acd.derived import derived
from pasokh.acd.model import Phase
from pasokh.acd.state import Agent, Interaction, State, dump_state, load_state
from pasokh.acd.step import next_due
from pasokh.kernel.time import Instant
from pasokh.twin.oracle import class_of, has_room, loads, may_take, rank_of, tables_view

OWNED = frozenset({Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP})
VISITS = frozenset({"opened", "transfer", "returned", "menu", "unreached"})
"""Causes of queueing that begin a wait of its own; a move goes on with the old one."""


class BrokenError(AssertionError):
    """An invariant does not hold; `name` says which."""

    def __init__(self, name: str, detail: str, at: Instant) -> None:
        super().__init__(f"{name} at {at}: {detail}")
        self.name = name


class Invariants:
    """Give `seen` every step of a state in order; it raises `BrokenError` at the first that is wrong.

    With `rebuild_every` n, tables and timers are rebuilt and compared after every n-th step only: in long queues that
    is most of the work.
    """

    def __init__(self, state: State, rebuild_every: int = 1) -> None:
        self._rebuild_every = rebuild_every
        self.mirror = load_state(dump_state(state))
        self.opened = set(state.contacts)
        self.started = set(state.interactions)
        self.steps = 0
        self._began: dict[str, Instant] = {i.id: i.queued_at for i in state.interactions.values()}
        self._told: dict[str, bool] = {i.id: i.alternatives_told for i in state.interactions.values() if i.rungs >= 3}
        """Whose ladder came to the alternatives, and whether there were any."""

    def seen(self, state: State, command: co.AnyCommand, now: Instant, events: Sequence[ev.AnyEvent]) -> None:
        """Check a step that was just taken."""
        now = max(now, self.mirror.now)
        for e in events:
            self._before(e, now)
            apply(self.mirror, e, now)
        self.steps += 1
        if dump_state(self.mirror) != dump_state(state):
            raise BrokenError("fold_equals_live", _difference(self.mirror, state), now)
        self._check_owners(state, now)
        self._check_capacity(state, now, events)
        self._check_nothing_lost(state, now, command)
        self._check_busy(state, now)
        self._check_alternatives(state, now)
        if self.steps % self._rebuild_every == 0:
            self._check_derived(state, now)

    # -- before an event is folded ---------------------------------------------------------------------------------
    def _before(self, e: ev.AnyEvent, now: Instant) -> None:  # noqa: C901, PLR0912 - one case an event
        match e:
            case ev.ContactOpened():
                self._new(self.opened, e.contact, "contact", now)
                self._new(self.started, e.interaction, "interaction", now)
            case ev.InteractionStarted():
                self._new(self.started, e.interaction, "interaction", now)
            case ev.InteractionClosed():
                self._gone(self.started, e.interaction, "interaction", now)
                self._told.pop(e.interaction, None)
                self._began.pop(e.interaction, None)
            case ev.ContactClosed():
                self._gone(self.opened, e.contact, "contact", now)
            case ev.Queued():
                if e.cause in VISITS:
                    self._began[e.interaction] = now
                    self._told.pop(e.interaction, None)
                elif e.cause == "moved" and not self._told.get(e.interaction):
                    self._told.pop(e.interaction, None)
            case ev.AlternativesOffered():
                self._told[e.interaction] = self._told.get(e.interaction, False) or bool(e.options)
            case ev.QueueDefined():
                for i in self.mirror.interactions.values():
                    if i.queue == e.queue.id:
                        self._began[i.id] = now
            case ev.Offered():
                self._check_offer(e, now)
            case _:
                pass

    @staticmethod
    def _new(known: set[str], name: str, what: str, now: Instant) -> None:
        if name in known:
            raise BrokenError("opened_once", f"{what} {name} opened twice", now)
        known.add(name)

    @staticmethod
    def _gone(known: set[str], name: str, what: str, now: Instant) -> None:
        if name not in known:
            raise BrokenError("closed_once", f"{what} {name} closed twice or never opened", now)
        known.discard(name)

    def _check_offer(self, e: ev.Offered, now: Instant) -> None:
        """The agent may take it and, asked what to take, takes the first by rank and then by place."""
        m = self.mirror
        i, agent = m.interactions[e.interaction], m.agents[e.agent]
        if i.phase is not Phase.QUEUED:
            raise BrokenError("one_owner", f"{i.id} offered while {i.phase}", now)
        if not may_take(m, agent, i, now):
            raise BrokenError("only_eligible", f"{i.id} offered to {e.agent}, who may not take it", now)
        for other in m.interactions.values():
            if other.phase is not Phase.QUEUED or other is i or not may_take(m, agent, other, now):
                continue
            if e.question == "what_take":
                first = self._place(agent, other, now) < self._place(agent, i, now)
            else:
                first = self._lane(other) == self._lane(i) and (other.queued_at, other.number) < (
                    i.queued_at,
                    i.number,
                )
            if first:
                raise BrokenError("order_kept", f"{e.agent} was offered {i.id}, yet {other.id} comes first", now)

    def _place(self, agent: Agent, i: Interaction, now: Instant) -> tuple[int, Instant, int]:
        return (-rank_of(self.mirror, agent, i, now), i.queued_at, i.number)

    @staticmethod
    def _lane(i: Interaction) -> tuple[object, ...]:
        return (i.queue, i.priority, i.head_start_ms, i.channel, i.requires)

    # -- after the step --------------------------------------------------------------------------------------------
    @staticmethod
    def _check_owners(state: State, now: Instant) -> None:
        owners: dict[str, str] = {}
        for agent in state.agents.values():
            for name in agent.work:
                if name in owners:
                    raise BrokenError("one_owner", f"{name} is with {owners[name]} and {agent.config.id}", now)
                owners[name] = agent.config.id
        for i in state.interactions.values():
            owner = i.agent if i.phase in OWNED else None
            if owners.pop(i.id, None) != owner:
                raise BrokenError("one_owner", f"{i.id} ({i.phase}) is not in the work of {owner}", now)
        if owners:
            raise BrokenError("one_owner", f"work that is closed: {owners}", now)

    @staticmethod
    def _check_capacity(state: State, now: Instant, events: Sequence[ev.AnyEvent]) -> None:
        """What was offered fits; only configuration lowered under work in hand leaves an agent with too much."""
        for e in events:
            if not isinstance(e, ev.Offered) or e.agent not in state.agents:
                continue
            agent = state.agents[e.agent]
            held, limit = loads(state, agent), agent.config.capacity
            which = class_of(e.channel)
            over = held[which] > (limit.voice, limit.text, limit.mail)[which]
            if over or (held[0] and held[1]):
                raise BrokenError("capacity", f"{e.agent} holds {held} of {limit}", now)

    def _check_nothing_lost(self, state: State, now: Instant, command: co.AnyCommand) -> None:
        if self.opened != set(state.contacts):
            raise BrokenError("nothing_lost", f"contacts {sorted(self.opened ^ set(state.contacts))}", now)
        if self.started != set(state.interactions):
            raise BrokenError("nothing_lost", f"interactions {sorted(self.started ^ set(state.interactions))}", now)
        for contact in state.contacts.values():
            if not contact.interactions:
                raise BrokenError("nothing_lost", f"{contact.id} is open without an interaction", now)
            for name in contact.interactions:
                if name not in state.interactions:
                    raise BrokenError("nothing_lost", f"{contact.id} lists {name}, which is closed", now)
        if isinstance(command, co.Tick):
            due = next_due(state)
            if due is not None and due <= now:
                raise BrokenError("timers_fire", f"still due at {due} after a tick", now)

    @staticmethod
    def _check_busy(state: State, now: Instant) -> None:
        """No waiting contact beside an agent who may take it."""
        due = next_due(state)
        if due is not None and due <= now:
            return
        free = [a for a in state.agents.values() if any(has_room(state, a, which) for which in range(3))]
        for i in state.interactions.values():
            if i.phase is not Phase.QUEUED:
                continue
            for agent in free:
                if may_take(state, agent, i, now):
                    raise BrokenError("work_conserving", f"{i.id} waits while {agent.config.id} is free", now)

    def _check_alternatives(self, state: State, now: Instant) -> None:
        for i in state.interactions.values():
            if i.kind != "contact" or i.phase not in {Phase.QUEUED, Phase.OFFERED} or i.id in self._told:
                continue
            config = state.queues[i.queue].config
            if config.alternatives and now >= self._began[i.id] + config.ladder.never_ms:
                raise BrokenError("alternative_in_time", f"{i.id} waits without any since {self._began[i.id]}", now)

    @staticmethod
    def _check_derived(state: State, now: Instant) -> None:
        kept = derived(state)
        state.cache = None
        rebuilt = derived(state)
        state.cache = kept
        if tables_view(kept.tables) != tables_view(rebuilt.tables):
            raise BrokenError("tables_kept", "tables kept differ from tables rebuilt", now)
        due = min((d for i in state.interactions.values() if (d := due_of(state, i))), default=None)
        found = kept.agenda.peek(state)
        if (due is None) != (found is None) or (due and found and (found[0], found[1]) != due):
            raise BrokenError("timers_kept", f"agenda has {found and found[:2]}, the state {due}", now)


def _difference(folded: State, live: State) -> str:
    a, b = dump_state(folded), dump_state(live)
    at = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    begin = max(0, at - 120)
    return f"folded …{a[begin : at + 80]!r}, live …{b[begin : at + 80]!r}"
