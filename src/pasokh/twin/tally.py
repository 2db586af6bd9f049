"""Counts of a run by queue and interval: what every engine of the twin fills and every figure is computed from.

Attribution: a contact's entry, answer or loss counts in the interval in which that visit to the queue began; talk and
wrap-up in the interval in which they end; agents' time in the interval in which it passes.
"""

from collections.abc import Sequence

import msgspec

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.model import Closing, QueueConfig
from pasokh.acd.state import State
from pasokh.kernel.time import Instant, Millis

VISITS = frozenset({"opened", "transfer", "returned", "moved", "menu", "unreached"})
WAIT_STEP_MS = 5_000
WAIT_STEPS = 121
"""Waits are also counted by steps of 5 s, the last open-ended, for service levels at other thresholds."""

COUNTS = (
    "entered", "answered", "answered_in_target", "abandoned", "abandoned_short", "abandoned_in_target",
    "left_otherwise", "left_otherwise_in_target", "answered_wait_ms", "left_wait_ms", "handled", "talk_ms",
    "wrap_up_ms", "refused", "callbacks", "messages", "moved_out", "moved_wait_ms", "lost",
)  # fmt: skip
"""Names of the columns of `Tally.counts`, in order; sums over visits of kind `contact` unless said otherwise:
`handled`, `talk_ms`, `wrap_up_ms` include callbacks and messages; `refused` never entered the queue; `callbacks`
and `messages` are alternatives taken (they are part of `left_otherwise`); `moved_out` went on to another queue, where
they count as entered: entered = answered + abandoned + left otherwise + lost (with their calls) + moved out + those
who still wait."""
AT = {name: k for k, name in enumerate(COUNTS)}


class Tally(msgspec.Struct):
    """One run's counts. `counts[queue][interval]` has `len(COUNTS)` integers."""

    queues: list[str]
    start: Instant
    width_ms: Millis
    intervals: int
    counts: list[list[list[int]]]
    longest_ms: list[list[Millis]]
    """Longest wait (answered or not) by queue and interval."""
    busy_ms: list[Millis]
    """Agents' time with work in hand, by interval."""
    idle_ms: list[Millis]
    """Agents' time ready without work, by interval."""
    answered_waits: list[list[int]] = []
    """By queue: answered visits by wait in steps of 5 s; empty when the engine does not count them."""
    left_waits: list[list[int]] = []
    """By queue: abandoned visits likewise."""

    @staticmethod
    def empty(queues: Sequence[str], start: Instant, end: Instant, width_ms: Millis) -> "Tally":
        """A tally of nothing for intervals from `start` to `end`."""
        n = max(1, -(-(end - start) // width_ms))
        return Tally(
            list(queues), start, width_ms, n,
            [[[0] * len(COUNTS) for _ in range(n)] for _ in queues],
            [[0] * n for _ in queues], [0] * n, [0] * n,
            [[0] * WAIT_STEPS for _ in queues], [[0] * WAIT_STEPS for _ in queues],
        )  # fmt: skip


class _Open(msgspec.Struct):
    """An open visit or talk as the tally needs it."""

    queue: str
    kind: str
    began: Instant = 0
    wrap_from: Instant = -1
    visits: int = 0
    answered: bool = False


class Counter:
    """Fills a tally from events, live or recorded; give it every event in order, then `finish`."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._queue = {name: k for k, name in enumerate(tally.queues)}
        self._configs: dict[str, QueueConfig] = {}
        self._open: dict[str, _Open] = {}
        self._work: dict[str, set[str]] = {}
        self._holder: dict[str, str] = {}
        self._ready: dict[str, bool] = {}
        self._since: dict[str, Instant] = {}
        self._now: Instant = tally.start

    def seen(self, _: State, __: co.AnyCommand, now: Instant, events: Sequence[ev.AnyEvent]) -> None:
        """What a `World` calls after each step."""
        for e in events:
            self.fold(e, now)

    def fold(self, e: ev.AnyEvent, at: Instant) -> None:  # noqa: C901, PLR0912 - one case an event
        """Count one event."""
        self._now = at
        match e:
            case ev.QueueDefined():
                self._configs[e.queue.id] = e.queue
            case ev.PresenceChanged():
                self._agent(e.agent, ready=e.ready)
            case ev.AgentSignedIn() | ev.AgentSignedOut():
                self._agent(e.agent, ready=False)
            case ev.ContactOpened():
                self._open[e.interaction] = _Open(e.queue, e.kind, at)
            case ev.InteractionStarted():
                self._open[e.interaction] = _Open(e.queue, e.kind, at)
            case ev.Queued():
                self._queued(e, at)
            case ev.AlternativeAccepted():
                o = self._open[e.interaction]
                self._add(o, "callbacks" if e.choice == "callback" else "messages", o.began)
            case ev.Offered():
                self._agent(e.agent, takes=e.interaction)
            case ev.OfferAccepted():
                self._answered(e)
            case (
                ev.OfferRejected() | ev.OfferTimedOut() | ev.OfferWithdrawn() | ev.WorkReturned() | ev.CallbackMissed()
            ):  # fmt: skip
                self._agent(e.agent, gives=e.interaction)
            case ev.Transferred():
                self._talked(e.interaction, e.from_queue, e.talk_ms, at)
                self._agent(e.from_agent, gives=e.interaction)
                if e.consulted and e.to_agent is not None:
                    self._agent(e.to_agent, takes=e.interaction)
            case ev.PassedOutside() | ev.SentToMenu():
                self._talked(e.interaction, e.from_queue, e.talk_ms, at)
                self._agent(e.from_agent, gives=e.interaction)
            case ev.Moved() if e.waiting and self._open[e.interaction].kind == "contact":
                o = self._open[e.interaction]
                self._add(o, "moved_out", o.began)
                self._add(o, "moved_wait_ms", o.began, e.waited_ms)
                self._longest(o, e.waited_ms)
            case ev.TalkEnded():
                self._talked(e.interaction, e.queue, e.talk_ms, at)
                self._open[e.interaction].wrap_from = at
            case ev.WrapUpExpired() | ev.OutcomeRecorded():
                self._wrapped(e.interaction, e.agent, at)
            case ev.InteractionClosed():
                self._closed(e)
            case _:
                pass

    def finish(self, end: Instant) -> Tally:
        """The tally with agents' time up to `end`."""
        self._now = end
        for agent in list(self._since):
            self._agent(agent)
        return self.tally

    # -- visits --------------------------------------------------------------------------------------------------
    def _queued(self, e: ev.Queued, at: Instant) -> None:
        o = self._open[e.interaction]
        if e.cause in VISITS and o.kind == "contact":
            o.queue, o.began, o.answered = e.queue, at, False
            o.visits += 1
            self._add(o, "entered", at)

    def _answered(self, e: ev.OfferAccepted) -> None:
        o = self._open[e.interaction]
        if o.kind != "contact":
            return
        o.answered = True
        config = self._configs[o.queue]
        self._add(o, "answered", o.began)
        self._add(o, "answered_in_target", o.began, e.waited_ms <= config.target_ms)
        self._add(o, "answered_wait_ms", o.began, e.waited_ms)
        self._waited(o, e.waited_ms, self.tally.answered_waits)

    def _closed(self, e: ev.InteractionClosed) -> None:
        o = self._open.pop(e.interaction)
        holder = self._holder.pop(e.interaction, None)
        if holder is not None:
            self._agent(holder, gives=e.interaction)
        if o.kind != "contact" or o.answered or e.agent is not None:
            return
        if o.visits == 0:
            self._add(o, "refused", o.began)
            return
        if e.reason is Closing.LOST:
            self._add(o, "lost", o.began)
            self._longest(o, e.waited_ms)
            return
        config = self._configs[o.queue]
        lost = "abandoned" if e.reason is Closing.ABANDONED else "left_otherwise"
        self._add(o, lost, o.began)
        self._add(o, f"{lost}_in_target", o.began, e.waited_ms <= config.target_ms)
        self._add(o, "left_wait_ms", o.began, e.waited_ms)
        if lost == "abandoned":
            self._add(o, "abandoned_short", o.began, e.waited_ms <= config.short_ms)
            self._waited(o, e.waited_ms, self.tally.left_waits)
        else:
            self._longest(o, e.waited_ms)

    def _waited(self, o: _Open, waited_ms: Millis, steps: list[list[int]]) -> None:
        self._longest(o, waited_ms)
        if o.queue in self._queue:
            steps[self._queue[o.queue]][min(-(-waited_ms // WAIT_STEP_MS), WAIT_STEPS - 1)] += 1

    def _longest(self, o: _Open, waited_ms: Millis) -> None:
        k = self._interval(o.began)
        if k >= 0 and o.queue in self._queue:
            row = self.tally.longest_ms[self._queue[o.queue]]
            row[k] = max(row[k], waited_ms)

    # -- talks ---------------------------------------------------------------------------------------------------
    def _talked(self, interaction: str, queue: str, talk_ms: Millis, at: Instant) -> None:
        o = self._open[interaction]
        if o.kind != "consult":
            handled = _Open(queue, o.kind)
            self._add(handled, "handled", at)
            self._add(handled, "talk_ms", at, talk_ms)

    def _wrapped(self, interaction: str, agent: str, at: Instant) -> None:
        o = self._open[interaction]
        if o.wrap_from >= 0:
            if o.kind != "consult":
                self._add(o, "wrap_up_ms", at, at - o.wrap_from)
            o.wrap_from = -1
            self._agent(agent, gives=interaction)

    # -- sums ----------------------------------------------------------------------------------------------------
    def _interval(self, at: Instant) -> int:
        k = (at - self.tally.start) // self.tally.width_ms
        return k if 0 <= k < self.tally.intervals else -1

    def _add(self, o: _Open, name: str, at: Instant, amount: int = 1) -> None:
        k = self._interval(at)
        if k >= 0 and o.queue in self._queue:
            self.tally.counts[self._queue[o.queue]][k][AT[name]] += amount

    def _agent(
        self, agent: str, *, ready: bool | None = None, takes: str | None = None, gives: str | None = None
    ) -> None:
        """Book the time since the agent's last change, then change."""
        work = self._work.setdefault(agent, set())
        since = max(self._since.get(agent, self._now), self.tally.start)
        if work or self._ready.get(agent, False):
            column = self.tally.busy_ms if work else self.tally.idle_ms
            while since < self._now:
                k = self._interval(since)
                if k < 0:
                    break
                until = min(self._now, self.tally.start + (k + 1) * self.tally.width_ms)
                column[k] += until - since
                since = until
        self._since[agent] = self._now
        if ready is not None:
            self._ready[agent] = ready
        if takes is not None:
            work.add(takes)
            self._holder[takes] = agent
        if gives is not None:
            work.discard(gives)
            self._holder.pop(gives, None)
