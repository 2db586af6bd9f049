"""The rows of the history as plain data: what `rules` folds and `projection` loads and writes."""

from dataclasses import dataclass, field
from typing import Any

from pasokh.acd import segments as seg
from pasokh.kernel.time import Instant

type Json = list[Any] | dict[str, Any]
"""Kept as jsonb."""

VISITS_PER_CONTACT = 100_000
"""A visit's position = the contact's number × this + its ordinal within the contact."""


@dataclass(slots=True)
class ContactRow:
    """As `desk.models.Contact`."""

    id: str
    number: int
    client: str
    channel: str
    queue: str
    opened_at: Instant
    state: str = "waiting"
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
    topic: str = ""
    rating: int = 0
    rating_comment: str = ""
    rated_agent: str = ""
    rated_at: Instant = 0
    waited_ms: int = 0
    messages: int = 0
    visits: int = 0


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
    outcome_at: Instant = 0
    topic: str = ""
    note: str = ""
    rung: str = ""
    transfers: int = 0
    attempts: int = 0
    messages: int = 0
    segments: int = 0
    read_by_customer: int = 0
    read_by_agent: int = 0
    away_ms: int = 0
    help_asked: int = 0
    monitored: int = 0
    taken_over: int = 0
    visits: int = 0
    visit: int = 0


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
    attachments: Json = field(default_factory=list)
    mentions: Json = field(default_factory=list)


@dataclass(slots=True)
class VisitRow:
    """As `desk.models.Visit`."""

    position: int
    contact: str
    interaction: str
    queue: str
    client: str
    channel: str
    cause: str
    counted: bool
    entered_at: Instant
    how: str = "waiting"
    agent: str = ""
    ended_at: Instant = 0
    waited_ms: int = 0


@dataclass(slots=True)
class FollowUpRow:
    """As `desk.models.FollowUp`."""

    id: str
    contact: str
    interaction: str
    customer: str
    customer_name: str
    queue: str
    owner: str
    due_at: Instant
    note: str
    set_by: str
    set_at: Instant
    changed_at: Instant
    closed_at: Instant = 0
    closed_by: str = ""
    result: str = ""
    reopened: int = 0


@dataclass(slots=True)
class IncidentRow:
    """As `desk.models.Incident`."""

    id: str
    queues: Json
    texts: Json
    announced_by: str
    announced_at: Instant
    withdrawn_by: str = ""
    withdrawn_at: Instant = 0


@dataclass(frozen=True, slots=True)
class WordRow:
    """As `desk.models.Word`."""

    token: str
    number: int


@dataclass(slots=True)
class History:
    """The rows a batch of events touches. Load what the batch names, fold, write all of it back."""

    contacts: dict[str, ContactRow] = field(default_factory=dict)
    interactions: dict[str, InteractionRow] = field(default_factory=dict)
    segments: dict[tuple[str, int], SegmentRow] = field(default_factory=dict)
    visits: dict[int, VisitRow] = field(default_factory=dict)
    follow_ups: dict[str, FollowUpRow] = field(default_factory=dict)
    incidents: dict[str, IncidentRow] = field(default_factory=dict)
    messages: list[MessageRow] = field(default_factory=list)
    words: list[WordRow] = field(default_factory=list)
    queues_open: dict[str, bool] = field(default_factory=dict)
    """Queue → whether it was last opened or closed."""
    region: str | None = None
    """Where telephone numbers without a country code belong (ISO 3166)."""

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
