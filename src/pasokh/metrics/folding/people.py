"""How people's time is spent: every moment somebody is signed in is in one state."""

from collections.abc import Iterable

import msgspec

from pasokh.acd import events as ev
from pasokh.acd.model import AgentConfig
from pasokh.kernel.time import Instant
from pasokh.metrics.folding.lines import Lines
from pasokh.metrics.folding.rows import SOURCE, Local, Row, Sink, quarters

DOING = ("talking", "hold", "wrap_up")
"""What somebody with several contacts at hand does is the first of these."""


class Person(msgspec.Struct):
    """Somebody who handles contacts, since the last change."""

    team: str = ""
    capacity: int = 1
    queues: tuple[str, ...] = ()
    since: Instant = 0
    state: str = ""
    """Empty while signed out."""
    reason: str = ""
    ready: bool = False
    work: dict[str, str] = {}
    """Interaction → one of `DOING`."""
    ringing: list[str] = []
    serves: tuple[str, ...] = ()
    """The queues that count this person as staff now."""

    @property
    def doing(self) -> str:
        """What is done, more exactly than `state`."""
        return next((each for each in DOING if each in self.work.values()), self.state)


class People:
    """Everybody's time; `lines` hears who is there for a queue."""

    def __init__(self, local: Local, sink: Sink, lines: Lines) -> None:
        self._local, self._sink, self._lines = local, sink, lines
        self.all: dict[str, Person] = {}
        self.touched: set[str] = set()
        self._holders: dict[str, list[str]] = {}
        """Interaction → who has it at hand."""

    def resume(self, people: dict[str, Person]) -> None:
        """Go on where a fold left off."""
        self.all = people
        for name, person in people.items():
            for interaction in person.work:
                self._holders.setdefault(interaction, []).append(name)

    def push(self, e: ev.AnyEvent, at: Instant) -> None:  # noqa: C901, PLR0912 - one short case an event
        """Take in the next event."""
        interaction: str = getattr(e, "interaction", "")
        match e:
            case ev.AgentDefined():
                person = self._changed(e.agent.id, at)
                person.team, person.capacity, person.queues = e.agent.team, _room(e.agent), e.agent.queues
            case ev.AgentSignedIn():
                person = self._changed(e.agent, at)
                person.since, person.state, person.ready, person.reason = at, "away", False, ""
            case ev.AgentSignedOut() | ev.AgentRetired():
                self._changed(e.agent, at).state = ""
            case ev.PresenceChanged():
                person = self._changed(e.agent, at)
                person.ready, person.reason = e.ready, e.reason
            case ev.Offered():
                person = self._changed(e.agent, at)
                if interaction not in person.ringing:
                    person.ringing.append(interaction)
            case ev.OfferAccepted():
                self._quiet(e.agent, interaction, at)
                self._take(e.agent, interaction, at)
            case ev.OfferRejected() | ev.OfferTimedOut() | ev.OfferWithdrawn():
                self._quiet(e.agent, interaction, at)
            case ev.HoldStarted() | ev.HoldEnded() | ev.TalkEnded():
                person = self._changed(e.agent, at)
                if interaction in person.work:
                    kinds = {ev.HoldStarted: "hold", ev.HoldEnded: "talking", ev.TalkEnded: "wrap_up"}
                    person.work[interaction] = kinds[type(e)]
            case ev.Transferred():
                self._free(interaction, at)
                if e.consulted and e.to_agent is not None:
                    self._take(e.to_agent, interaction, at)
            case (
                ev.PassedOutside() | ev.SentToMenu() | ev.WrapUpExpired() | ev.OutcomeRecorded() | ev.WorkReturned()
                | ev.InteractionClosed()
            ):  # fmt: skip
                self._free(interaction, at)
            case _:
                return
        self._settle((getattr(e, "agent", None), getattr(e, "to_agent", None)), at)
        if isinstance(e, ev.AgentDefined):
            self._settle((e.agent.id,), at)

    def pieces(self, name: str, until: Instant) -> list[Row]:
        """The time since the last change; none of somebody signed out."""
        person = self.all[name]
        if not person.state:
            return []
        away, work = person.state == "away", len(person.work)
        return [
            {
                "source": SOURCE, "agent": name, "team": person.team, "state": person.state, "doing": person.doing,
                "reason": person.reason if away else "", "paid": 1, "from_at": begun, "from_local": self._local(begun),
                "ms": end - begun, "work_ms": (end - begun) * work,
                "capacity_ms": 0 if away else (end - begun) * person.capacity,
            }
            for begun, end in quarters(person.since, until)
        ]  # fmt: skip

    def _changed(self, name: str, at: Instant) -> Person:
        """Somebody whose time up to now is written down."""
        person = self.all.setdefault(name, Person())
        for row in self.pieces(name, at):
            self._sink.tell("agent_time", row, settled=True)
        person.since = max(person.since, at)
        self.touched.add(name)
        return person

    def _quiet(self, name: str, interaction: str, at: Instant) -> None:
        ringing = self._changed(name, at).ringing
        if interaction in ringing:
            ringing.remove(interaction)

    def _take(self, name: str, interaction: str, at: Instant) -> None:
        self._changed(name, at).work[interaction] = "talking"
        holders = self._holders.setdefault(interaction, [])
        if name not in holders:
            holders.append(name)

    def _free(self, interaction: str, at: Instant) -> None:
        names = self._holders.pop(interaction, [])
        for name in names:
            self._changed(name, at).work.pop(interaction, None)
        self._settle(names, at)

    def _settle(self, names: Iterable[object], at: Instant) -> None:
        for name in names:
            person = self.all.get(name) if isinstance(name, str) else None
            if person is None:
                continue
            if person.state:
                busy = "busy" if person.work else "ringing" if person.ringing else ""
                person.state = busy or ("idle" if person.ready else "away")
            serves = () if person.state in ("", "away") else person.queues
            for queue in person.serves:
                if queue not in serves:
                    self._lines.staff(queue, -1, at)
            for queue in serves:
                if queue not in person.serves:
                    self._lines.staff(queue, 1, at)
            person.serves = serves


def _room(agent: AgentConfig) -> int:
    """How many contacts fit at once."""
    return max(1, agent.capacity.voice, agent.capacity.text, agent.capacity.mail)
