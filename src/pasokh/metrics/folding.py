"""The log as facts: a pure fold of a centre's events into the rows of `metrics.facts`.

The same events give the same rows, so facts can be made again from the log at any time. Stays in queues are counted as
the core counts them (`pasokh.acd.state.QueueDay`), and what people do follows the segments of `pasokh.acd.segments`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pasokh.acd import events as ev
from pasokh.acd.apply import VISITS
from pasokh.acd.model import AgentConfig, Channel, Closing, QueueConfig
from pasokh.acd.segments import SegmentFold, SegmentKind
from pasokh.kernel.time import MINUTE, Instant, Millis

QUARTER: Millis = 15 * MINUTE
SOURCE = "log"
type Row = dict[str, str | int | None]
_LEFT = {
    Closing.ABANDONED: "abandoned",
    Closing.TIMEOUT: "timeout",
    Closing.NO_AGENTS: "no_agents",
    Closing.LOST: "lost",
}
_KEPT_BY = {"callback": "callback", "message": "message", "overflow": "moved"}


@dataclass(slots=True)
class _Person:
    """Somebody who handles contacts, as far as their time goes."""

    team: str = ""
    capacity: int = 1
    since: Instant = 0
    state: str = ""
    """Empty while signed out."""
    reason: str = ""
    ready: bool = False
    work: set[str] = field(default_factory=set)
    ringing: set[str] = field(default_factory=set)


class FactFold:
    """Folds events in their order; `rows` gives each row once it will not change, `rest` those still open.

    `local` gives the wall clock of an instant. `resolved` and `unresolvable` name the outcomes that say so.
    """

    def __init__(
        self,
        local: Callable[[Instant], Instant],
        resolved: frozenset[str] = frozenset(),
        unresolved: frozenset[str] = frozenset(),
        unresolvable: frozenset[str] = frozenset(),
    ) -> None:
        self._local, self._resolved, self._unresolved = local, resolved, unresolved
        self._unresolvable = unresolvable
        self._queues: dict[str, QueueConfig] = {}
        self._people: dict[str, _Person] = {}
        self._segments = SegmentFold()
        self._contacts: dict[str, Row] = {}
        self._interactions: dict[str, tuple[str, str, str]] = {}
        """Contact, kind and channel of each."""
        self._stays: dict[str, Row] = {}
        self._stay_numbers: dict[str, int] = {}
        self._handlings: dict[str, Row] = {}
        self._handling_numbers: dict[str, int] = {}
        self._choices: dict[str, str] = {}
        self._rang: dict[str, Millis] = {}
        self._done: list[tuple[str, Row]] = []

    def push(self, event: ev.AnyEvent, at: Instant) -> None:
        """Take in the next event."""
        match event:
            case ev.QueueDefined():
                self._queues[event.queue.id] = event.queue
            case ev.ContactOpened():
                self._open(event, at)
            case ev.InteractionStarted():
                self._interactions[event.interaction] = (event.contact, event.kind, event.channel.value)
            case ev.AlternativeAccepted():
                self._choices[event.interaction] = event.choice
            case ev.ContactClosed():
                contact = self._contacts.get(event.contact)
                if contact is not None:
                    self._strike(contact, "closed", at)
            case ev.ContactRated():
                contact = self._contacts.get(event.contact)
                if contact is not None:
                    contact["rating"] = event.score
            case _:
                pass
        self._stay(event, at)
        self._handle(event, at)
        self._time(event, at)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """What is settled since the last call: (table, row). Contacts settle only in `rest`: ratings come late."""
        done, self._done = self._done, []
        return iter(done)

    def rest(self, at: Instant) -> Iterator[tuple[str, Row]]:
        """What goes on at this instant, and all contacts."""
        yield from self.rows()
        for stay in self._stays.values():
            yield "visits", dict(stay)
        for handling in self._handlings.values():
            yield "handlings", dict(handling)
        for name in list(self._people):
            self._spend(name, at)
        yield from self.rows()
        self._repeats()
        for contact in self._contacts.values():
            yield "contacts", contact

    # -- contacts ------------------------------------------------------------------------------------------------------
    def _open(self, e: ev.ContactOpened, at: Instant) -> None:
        self._interactions[e.interaction] = (e.contact, e.kind, e.channel.value)
        known = self._contacts.get(e.contact)
        if known is not None:  # over already, and begun again: a callback for a call that was lost
            known["closed_at"] = known["closed_local"] = None
            return
        self._contacts[e.contact] = {
            "contact": e.contact, "customer": e.customer or e.address, "source": SOURCE, "client": e.client,
            "queue": e.queue, "channel": e.channel.value,
            "direction": "callback" if e.channel is Channel.CALLBACK else "in", "language": e.language, "agent": "",
            "opened_at": at, "opened_local": self._local(at), "closed_at": None, "closed_local": None, "answered": 0,
            "abandoned": 0, "handlings": 0, "visits": 0, "wait_ms": 0, "handle_ms": 0, "reason": "", "outcome": "",
            "resolved": None, "resolvable": 1, "survey_resolved": None, "rating": None, "recommends": None,
            "effort": None, "next_contact_at": None,
        }  # fmt: skip

    def _strike(self, row: Row, clock: str, at: Instant) -> None:
        row[f"{clock}_at"], row[f"{clock}_local"] = at, self._local(at)

    def _repeats(self) -> None:
        latest: dict[tuple[object, object], Row] = {}
        for contact in sorted(self._contacts.values(), key=lambda row: (_int(row["opened_at"]), str(row["contact"]))):
            contact["next_contact_at"] = None
            if not contact["customer"]:
                continue
            before = latest.get((contact["customer"], contact["reason"]))
            if before is not None:
                before["next_contact_at"] = contact["opened_at"]
            latest[contact["customer"], contact["reason"]] = contact

    def _origin(self, interaction: str, queue: str) -> Row:
        """What every row says of where it comes from."""
        contact_id, kind, channel = self._interactions[interaction]
        contact = self._contacts[contact_id]
        return {
            "interaction": interaction, "contact": contact_id, "customer": contact["customer"], "source": SOURCE,
            "client": contact["client"], "queue": queue, "channel": channel,
            "direction": "callback" if kind == "callback" else contact["direction"], "language": contact["language"],
        }  # fmt: skip

    # -- stays in queues -----------------------------------------------------------------------------------------------
    def _stay(self, e: ev.AnyEvent, at: Instant) -> None:
        name: str = getattr(e, "interaction", "")
        kind = self._interactions.get(name, ("", "consult", ""))[1]
        if kind != "contact":
            return  # a callback or a message waits too, but nobody waits on the line
        match e:
            case ev.Queued() if e.cause in VISITS:
                if name not in self._stays:
                    self._enter(name, e.queue, at)
            case ev.Offered() if name in self._stays:
                stay = self._stays[name]
                stay["offers"] = _int(stay["offers"]) + 1
            case ev.OfferAccepted() if name in self._stays:
                stay = self._leave(name, "answered", at, e.waited_ms)
                stay["agent"] = e.agent
            case ev.Moved() if e.waiting and name in self._stays:
                self._leave(name, "moved", at, e.waited_ms)
            case ev.InteractionClosed() if name in self._stays:
                stay = self._leave(name, self._how(e), at, e.waited_ms)
                if stay["how"] == "abandoned":
                    self._contacts[e.contact]["abandoned"] = 1
            case _:
                pass

    def _how(self, e: ev.InteractionClosed) -> str:
        if e.reason is Closing.DIVERTED:
            return _KEPT_BY.get(self._choices.get(e.interaction, ""), "other")
        return _LEFT.get(e.reason, "other")

    def _enter(self, name: str, queue: str, at: Instant) -> None:
        number = self._stay_numbers[name] = self._stay_numbers.get(name, 0) + 1
        origin = self._origin(name, queue)
        contact = self._contacts[str(origin["contact"])]
        contact["visits"], contact["abandoned"] = _int(contact["visits"]) + 1, 0
        config = self._queues.get(queue)
        self._stays[name] = {
            **origin, "visit": f"{name}/{number}", "agent": "", "entered_at": at, "entered_local": self._local(at),
            "left_at": None, "left_local": None, "wait_ms": 0, "how": "waiting", "offers": 0,
            "target_ms": config.target_ms if config else 0, "first": int(contact["visits"] == 1),
        }  # fmt: skip

    def _leave(self, name: str, how: str, at: Instant, waited_ms: Millis) -> Row:
        stay = self._stays.pop(name)
        contact = self._contacts[str(stay["contact"])]
        stay["how"], stay["wait_ms"] = how, waited_ms
        self._strike(stay, "left", at)
        if how != "moved":  # the wait goes on elsewhere, and is counted there
            contact["wait_ms"] = _int(contact["wait_ms"]) + waited_ms
        self._done.append(("visits", stay))
        return stay

    # -- handlings -----------------------------------------------------------------------------------------------------
    def _handle(self, e: ev.AnyEvent, at: Instant) -> None:
        name: str = getattr(e, "interaction", "")
        for segment in self._segments.push(e, at):
            if segment.ended is None:
                if segment.kind in (SegmentKind.TALK, SegmentKind.CONSULT) and segment.agent:
                    self._begin(e, segment.interaction, segment.queue, segment.agent, at)
            elif segment.interaction in self._handlings:
                self._add(self._handlings[segment.interaction], segment.kind, segment.ended - segment.started)
        handling = self._handlings.get(name)
        if handling is None:
            return
        match e:
            case ev.HoldStarted():
                handling["holds"] = _int(handling["holds"]) + 1
            case ev.TalkEnded():
                handling["ended_by"] = e.by
            case ev.OutcomeRecorded() if e.agent == handling["agent"]:
                handling["outcome"], handling["reason"] = e.outcome, e.reason
                self._outcome(e)
                self._end(name, at)
            case ev.Transferred() | ev.PassedOutside() | ev.SentToMenu():
                taken = isinstance(e, ev.Transferred) and handling["agent"] == e.to_agent
                if not taken:
                    handling["ended_by"] = "transfer"
                    self._end(name, at)
            case ev.WrapUpExpired() | ev.WorkReturned() | ev.InteractionClosed():
                self._end(name, at)
            case _:
                pass

    def _begin(self, e: ev.AnyEvent, name: str, queue: str, agent: str, at: Instant) -> None:
        handling = self._handlings.get(name)
        if handling is not None:
            if handling["agent"] == agent:
                return  # off hold again
            handling["ended_by"] = "transfer"
            self._end(name, at)
        number = self._handling_numbers[name] = self._handling_numbers.get(name, 0) + 1
        origin = self._origin(name, queue)
        kind = self._interactions[name][1]
        if kind != "consult":
            contact = self._contacts[str(origin["contact"])]
            contact["answered"], contact["agent"] = 1, agent
            contact["handlings"], contact["abandoned"] = _int(contact["handlings"]) + 1, 0
        self._handlings[name] = {
            **origin, "handling": f"{name}/{number}", "agent": agent, "kind": kind, "answered_at": at,
            "answered_local": self._local(at), "ended_at": None, "ended_local": None,
            "ring_ms": e.rang_ms if isinstance(e, ev.OfferAccepted) else 0, "talk_ms": 0, "hold_ms": 0, "holds": 0,
            "wrap_ms": 0, "ended_by": "other", "reason": "", "outcome": "",
        }  # fmt: skip

    @staticmethod
    def _add(handling: Row, kind: SegmentKind, lasted: Millis) -> None:
        column = {
            SegmentKind.TALK: "talk_ms", SegmentKind.CONSULT: "talk_ms", SegmentKind.HOLD: "hold_ms",
            SegmentKind.WRAP_UP: "wrap_ms",
        }.get(kind)  # fmt: skip
        if column is not None:
            handling[column] = _int(handling[column]) + lasted

    def _end(self, name: str, at: Instant) -> None:
        handling = self._handlings.pop(name)
        self._strike(handling, "ended", at)
        if handling["kind"] != "consult":
            contact = self._contacts[str(handling["contact"])]
            spent = sum(_int(handling[column]) for column in ("talk_ms", "hold_ms", "wrap_ms"))
            contact["handle_ms"] = _int(contact["handle_ms"]) + spent
        self._done.append(("handlings", handling))

    def _outcome(self, e: ev.OutcomeRecorded) -> None:
        contact = self._contacts[e.contact]
        contact["outcome"], contact["reason"] = e.outcome, e.reason or contact["reason"]
        contact["resolved"] = 1 if e.outcome in self._resolved else 0 if e.outcome in self._unresolved else None
        contact["resolvable"] = int(e.outcome not in self._unresolvable)

    # -- people's time -------------------------------------------------------------------------------------------------
    def _time(self, e: ev.AnyEvent, at: Instant) -> None:  # noqa: C901, PLR0912 - one short case an event
        interaction: str = getattr(e, "interaction", "")
        match e:
            case ev.AgentDefined():
                person = self._people.setdefault(e.agent.id, _Person())
                self._spend(e.agent.id, at)
                person.team, person.capacity = e.agent.team, _room(e.agent)
            case ev.AgentSignedIn():
                person = self._people.setdefault(e.agent, _Person())
                person.since, person.state, person.ready, person.reason = at, "away", False, ""
            case ev.AgentSignedOut() | ev.AgentRetired():
                self._spend(e.agent, at)
                self._people[e.agent].state = ""
            case ev.PresenceChanged():
                self._spend(e.agent, at)
                self._people[e.agent].ready, self._people[e.agent].reason = e.ready, e.reason
            case ev.Offered():
                self._spend(e.agent, at)
                self._people[e.agent].ringing.add(interaction)
            case ev.OfferAccepted():
                self._spend(e.agent, at)
                self._people[e.agent].ringing.discard(interaction)
                self._people[e.agent].work.add(interaction)
            case ev.OfferRejected() | ev.OfferTimedOut() | ev.OfferWithdrawn():
                self._spend(e.agent, at)
                self._people[e.agent].ringing.discard(interaction)
            case ev.Transferred():
                self._free(interaction, at)
                if e.consulted and e.to_agent is not None:
                    self._spend(e.to_agent, at)
                    self._people[e.to_agent].work.add(interaction)
            case (
                ev.PassedOutside() | ev.SentToMenu() | ev.WrapUpExpired() | ev.OutcomeRecorded() | ev.WorkReturned()
                | ev.InteractionClosed()
            ):  # fmt: skip
                self._free(interaction, at)
            case _:
                return
        for name in (getattr(e, "agent", None), getattr(e, "to_agent", None)):
            if isinstance(name, str) and name in self._people:
                self._settle(self._people[name])

    def _free(self, interaction: str, at: Instant) -> None:
        for name, person in self._people.items():
            if interaction in person.work:
                self._spend(name, at)
                person.work.discard(interaction)
                self._settle(person)

    @staticmethod
    def _settle(person: _Person) -> None:
        if not person.state:
            return
        busy = "busy" if person.work else "ringing" if person.ringing else ""
        person.state = busy or ("idle" if person.ready else "away")

    def _spend(self, name: str, at: Instant) -> None:
        """Write down the time since the last change, cut at quarters of an hour."""
        person = self._people.setdefault(name, _Person())
        begun, person.since = person.since, max(person.since, at)
        if not person.state:
            return
        while begun < at:
            end = min(at, begun - begun % QUARTER + QUARTER)
            away = person.state == "away"
            self._done.append(("agent_time", {
                "source": SOURCE, "agent": name, "team": person.team, "state": person.state,
                "reason": person.reason if away else "", "paid": 1, "from_at": begun, "from_local": self._local(begun),
                "ms": end - begun, "work_ms": (end - begun) * len(person.work),
                "capacity_ms": 0 if away else (end - begun) * person.capacity,
            }))  # fmt: skip
            begun = end


def _room(agent: AgentConfig) -> int:
    """How many contacts fit at once."""
    return max(1, agent.capacity.voice, agent.capacity.text, agent.capacity.mail)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def fold(
    events: Iterable[tuple[ev.AnyEvent, Instant]], local: Callable[[Instant], Instant], until: Instant = 0
) -> Iterator[tuple[str, Row]]:
    """All rows of a log, as things stand at `until` (empty = its last event)."""
    folding, last = FactFold(local), until
    for event, at in events:
        folding.push(event, at)
        last = max(last, at)
        yield from folding.rows()
    yield from folding.rest(last)
