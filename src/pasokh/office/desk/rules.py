"""How an event changes the history: a pure fold over rows. Incremental and rebuilt histories run this same code."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pasokh.acd import events as ev
from pasokh.acd import segments as seg
from pasokh.i18n.text import search_key
from pasokh.kernel.time import Instant


@dataclass(slots=True)
class ContactRow:
    """As `desk.models.Contact`."""

    id: str
    number: int
    client: str
    channel: str
    queue: str
    opened_at: Instant
    customer: str = ""
    customer_name: str = ""
    search: str = ""
    address: str = ""
    language: str = ""
    subject: str = ""
    closed_at: Instant = 0
    reason: str = ""
    agent: str = ""
    outcome: str = ""
    waited_ms: int = 0
    messages: int = 0


@dataclass(slots=True)
class InteractionRow:
    """As `desk.models.Interaction`."""

    id: str
    contact: str
    kind: str
    channel: str
    number: int
    queue: str
    started_at: Instant
    parent: str = ""
    agent: str = ""
    answered_at: Instant = 0
    closed_at: Instant = 0
    reason: str = ""
    waited_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
    outcome: str = ""
    note: str = ""
    rung: str = ""
    transfers: int = 0
    attempts: int = 0
    messages: int = 0
    segments: int = 0


@dataclass(slots=True)
class SegmentRow:
    """As `desk.models.Segment`."""

    interaction: str
    number: int
    contact: str
    kind: str
    queue: str
    agent: str
    started_at: Instant
    ended_at: Instant = 0


@dataclass(slots=True)
class MessageRow:
    """As `desk.models.Message`."""

    interaction: str
    number: int
    contact: str
    message: str
    author: str
    author_id: str
    text: str
    at: Instant


@dataclass(slots=True)
class History:
    """The rows a batch of events touches. Load what the batch names, fold, write all of it back."""

    contacts: dict[str, ContactRow] = field(default_factory=dict)
    interactions: dict[str, InteractionRow] = field(default_factory=dict)
    segments: dict[tuple[str, int], SegmentRow] = field(default_factory=dict)
    messages: list[MessageRow] = field(default_factory=list)
    queues_open: dict[str, bool] = field(default_factory=dict)
    """Queue → whether it was last opened or closed."""

    def running(self) -> list[seg.Segment]:
        """Segments that go on, as the core's fold wants them."""
        return [
            seg.Segment(s.contact, s.interaction, seg.SegmentKind(s.kind), s.queue, s.agent or None, s.started_at, None)
            for s in self.segments.values()
            if not s.ended_at
        ]

    def consults(self) -> list[str]:
        """Consults that are open."""
        return [i.id for i in self.interactions.values() if i.kind == "consult" and not i.closed_at]


def fold(history: History, batch: Iterable[tuple[ev.AnyEvent, Instant]]) -> None:
    """Apply events in order. Events about contacts before the log's beginning do not occur."""
    segments = seg.SegmentFold(history.running(), history.consults())
    for event, at in batch:
        _fold_event(history, event, at)
        _fold_segments(history, segments.push(event, at))


def _fold_segments(history: History, changed: list[seg.Segment]) -> None:
    for segment in changed:
        interaction = history.interactions[segment.interaction]
        if segment.ended is not None:
            row = history.segments[interaction.id, interaction.segments]
            row.ended_at = segment.ended
            continue
        interaction.segments += 1
        history.segments[interaction.id, interaction.segments] = SegmentRow(
            interaction.id, interaction.segments, segment.contact, str(segment.kind), segment.queue,
            segment.agent or "", segment.started,
        )  # fmt: skip


def _fold_event(history: History, e: ev.AnyEvent, at: Instant) -> None:
    match e:
        case ev.QueueOpened() | ev.QueueClosed():
            history.queues_open[e.queue] = isinstance(e, ev.QueueOpened)
        case ev.ContactOpened():
            _open(history, e, at)
        case ev.InteractionStarted():
            history.interactions[e.interaction] = InteractionRow(
                e.interaction, e.contact, e.kind, e.channel.value, e.number, e.queue, at, parent=e.parent, note=e.note
            )
        case ev.MessagePosted():
            _post(history, e, at)
        case ev.ContactClosed():
            history.contacts[e.contact].closed_at = at
        case _:
            name: str | None = getattr(e, "interaction", None)
            if name is not None:
                _fold_interaction(history.contacts[getattr(e, "contact", "")], history.interactions[name], e, at)


def _open(history: History, e: ev.ContactOpened, at: Instant) -> None:
    history.contacts[e.contact] = ContactRow(
        e.contact, e.number, e.client, e.channel.value, e.queue, at,
        customer=e.customer or "", customer_name=e.customer_name,
        search=search_key(" ".join((e.customer_name, e.address, e.subject))),
        address=e.address, language=e.language, subject=e.subject,
    )  # fmt: skip
    history.interactions[e.interaction] = InteractionRow(
        e.interaction, e.contact, "contact", e.channel.value, e.number, e.queue, at
    )


def _post(history: History, e: ev.MessagePosted, at: Instant) -> None:
    history.messages.append(
        MessageRow(e.interaction, e.number, e.contact, e.message, e.author, e.author_id, e.text, at)
    )
    history.interactions[e.interaction].messages = e.number
    history.contacts[e.contact].messages += 1


def _fold_interaction(  # noqa: C901, PLR0912 - one short case per event
    contact: ContactRow, i: InteractionRow, e: ev.AnyEvent, at: Instant
) -> None:
    whole = i.kind != "consult"
    match e:
        case ev.Queued():
            i.queue = e.queue
            if whole:
                contact.queue = e.queue
        case ev.LadderPassed():
            i.rung = e.rung.value
        case ev.OfferAccepted():
            i.agent = e.agent
            if not i.answered_at:
                i.answered_at, i.waited_ms = at, e.waited_ms
            if whole:
                contact.agent = e.agent
        case ev.HoldEnded():
            i.hold_ms += e.held_ms
        case ev.Transferred():
            i.transfers += 1
            i.talk_ms += e.talk_ms
            if e.consulted and e.to_agent is not None:
                i.agent = contact.agent = e.to_agent
        case ev.TalkEnded():
            i.talk_ms += e.talk_ms
        case ev.OutcomeRecorded():
            i.outcome, i.wrap_up_ms = e.outcome, i.wrap_up_ms + e.wrap_up_ms
            i.note = e.note or i.note
            if whole:
                contact.outcome = e.outcome
        case ev.CallbackAttempted():
            i.attempts = e.attempt
        case ev.InteractionClosed():
            i.closed_at, i.reason = at, e.reason.value
            if not i.answered_at:
                i.waited_ms = e.waited_ms
            if whole:
                contact.reason, contact.waited_ms = e.reason.value, i.waited_ms
        case _:
            pass
