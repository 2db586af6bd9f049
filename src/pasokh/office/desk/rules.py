"""How an event changes the history: a pure fold over rows. Incremental and rebuilt histories run this same code."""

from collections.abc import Iterable

from pasokh.acd import events as ev
from pasokh.acd import segments as seg
from pasokh.kernel.time import Instant
from pasokh.office.crm.rules import customer_key
from pasokh.office.desk.rows import (
    VISITS_PER_CONTACT,
    ContactRow,
    FollowUpRow,
    History,
    IncidentRow,
    InteractionRow,
    MessageRow,
    SegmentRow,
    VisitRow,
    WordRow,
)
from pasokh.office.desk.search import MOST_WORDS, number_words, tokens_of, words_of

NEW_VISITS = frozenset({"opened", "transfer", "returned"})
"""Causes that the day's figures count as an arrival in a queue (`pasokh.acd.apply`)."""
STAYS = NEW_VISITS | {"callback", "message", "retry"}


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


def _fold_event(history: History, e: ev.AnyEvent, at: Instant) -> None:  # noqa: C901, PLR0912 - one case per event
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
            contact = history.contacts[e.contact]
            contact.closed_at, contact.state = at, "closed"
        case ev.ContactRated():
            rated = history.contacts.get(e.contact)  # the core does not know closed contacts, so cannot vouch for it
            if rated is not None:
                rated.rating, rated.rating_comment = e.score, e.comment
                rated.rated_agent, rated.rated_at = e.agent, at
                _index(history, rated, words_of(e.comment))
        case ev.FollowUpSet():
            _set_follow_up(history, e, at)
        case ev.FollowUpClosed():
            row = history.follow_ups.get(e.follow_up)
            if row is not None:
                row.closed_at, row.closed_by, row.result, row.changed_at = at, e.by, e.result, at
        case ev.IncidentAnnounced():
            known = history.incidents.get(e.incident)
            history.incidents[e.incident] = IncidentRow(
                e.incident, list(e.queues), dict(e.texts), e.by, known.announced_at if known else at
            )
        case ev.IncidentWithdrawn():
            incident = history.incidents.get(e.incident)
            if incident is not None:
                incident.withdrawn_by, incident.withdrawn_at = e.by, at
        case _:
            name: str | None = getattr(e, "interaction", None)
            if name:
                contact, interaction = history.contacts[getattr(e, "contact", "")], history.interactions[name]
                _fold_visit(history, contact, interaction, e, at)
                _fold_interaction(contact, interaction, e, at)


def _open(history: History, e: ev.ContactOpened, at: Instant) -> None:
    known = history.contacts.get(e.contact)
    if known is not None:  # over already, and begun again: a callback for a call that was lost
        known.closed_at, known.state, known.reason = 0, "waiting", ""
        _index(history, known, [*words_of(f"{e.customer_name} {e.subject}"), *number_words(e.address)])
        history.interactions[e.interaction] = InteractionRow(
            e.interaction, e.contact, e.kind, e.channel.value, e.number, e.queue, at
        )
        return
    contact = history.contacts[e.contact] = ContactRow(
        e.contact, e.number, e.client, e.channel.value, e.queue, at,
        customer=e.customer or customer_key(e.address, history.region), customer_name=e.customer_name,
        address=e.address, language=e.language, subject=e.subject,
    )  # fmt: skip
    _index(history, contact, [*words_of(f"{e.customer_name} {e.subject}"), *number_words(e.address)])
    history.interactions[e.interaction] = InteractionRow(
        e.interaction, e.contact, e.kind, e.channel.value, e.number, e.queue, at
    )


def _index(history: History, contact: ContactRow, words: Iterable[str]) -> None:
    """Let the contact be found by more words."""
    known = contact.search.split()
    seen = set(known)
    for word in words:
        if word not in seen and len(seen) < MOST_WORDS:
            seen.add(word)
            known.append(word)
            history.words += [WordRow(token, contact.number) for token in tokens_of(word)]
    contact.search = f" {' '.join(known)} " if known else ""


def _post(history: History, e: ev.MessagePosted, at: Instant) -> None:
    history.messages.append(
        MessageRow(
            e.interaction, e.number, e.contact, e.message, e.author, e.author_id, e.text, at,
            [{"id": a.id, "name": a.name, "media_type": a.media_type, "size": a.size} for a in e.attachments],
            list(e.mentions),
        )
    )  # fmt: skip
    contact = history.contacts[e.contact]
    history.interactions[e.interaction].messages = e.number
    contact.messages += 1
    if e.author != "system":
        _index(history, contact, words_of(f"{e.text} {' '.join(a.name for a in e.attachments)}"))


def _set_follow_up(history: History, e: ev.FollowUpSet, at: Instant) -> None:
    row = history.follow_ups.get(e.follow_up)
    if row is None:
        contact = history.contacts.get(e.contact)
        customer, name, queue = "", "", ""
        if contact is not None:
            customer, name, queue = contact.customer, contact.customer_name or contact.address, contact.queue
        history.follow_ups[e.follow_up] = FollowUpRow(
            e.follow_up, e.contact, e.interaction, customer, name, queue, e.owner, e.due_at, e.note, e.by, at, at
        )
        return
    row.reopened += row.closed_at > 0
    row.owner, row.due_at, row.note, row.changed_at = e.owner, e.due_at, e.note, at
    row.closed_at, row.closed_by, row.result = 0, "", ""


# -- visits: the stays that the day's figures count ------------------------------------------------------------------
def _fold_visit(history: History, contact: ContactRow, i: InteractionRow, e: ev.AnyEvent, at: Instant) -> None:
    """Begin and end stays exactly as `acd` counts them, so that a list is as long as the figure it opens from."""
    if i.kind == "consult":
        return
    match e:
        case ev.Queued() if e.cause in STAYS and not i.visit:
            _visit(history, contact, i, e.queue, e.cause, at, counted=i.kind == "contact" and e.cause in NEW_VISITS)
        case ev.OfferAccepted():
            if not i.visit:
                _visit(history, contact, i, e.queue, "retry", at, counted=False)
            _end_visit(history, i, "answered", at, e.queue, e.waited_ms, e.agent)
        case ev.Transferred() if e.consulted and e.to_agent is not None:
            _visit(history, contact, i, e.to_queue, "taken_over" if e.taken_over else "handed", at, counted=False)
            _end_visit(history, i, "answered", at, e.to_queue, 0, e.to_agent)
        case ev.InteractionClosed():
            if not i.visits and i.kind == "contact" and not e.agent:
                _visit(history, contact, i, e.queue, "refused", at, counted=True)
                _end_visit(history, i, "refused", at, e.queue, e.waited_ms)
            elif i.visit:
                left = e.reason.value != "answered" and not e.agent
                how = "abandoned" if e.reason.value == "abandoned" else "left"
                _end_visit(history, i, how if left else "ended", at, e.queue, e.waited_ms)
        case _:
            pass


def _visit(
    history: History, contact: ContactRow, i: InteractionRow, queue: str, cause: str, at: Instant, *, counted: bool
) -> None:
    contact.visits += 1
    i.visits += 1
    i.visit = contact.number * VISITS_PER_CONTACT + contact.visits
    history.visits[i.visit] = VisitRow(
        i.visit, contact.id, i.id, queue, contact.client, i.channel, cause, counted, at
    )  # fmt: skip


def _end_visit(
    history: History, i: InteractionRow, how: str, at: Instant, queue: str, waited_ms: int, agent: str = ""
) -> None:
    row = history.visits[i.visit]
    row.how, row.ended_at, row.queue, row.waited_ms, row.agent = how, at, queue, waited_ms, agent
    i.visit = 0


# -- interactions ----------------------------------------------------------------------------------------------------
def _fold_interaction(  # noqa: C901, PLR0912, PLR0915 - one short case per event
    contact: ContactRow, i: InteractionRow, e: ev.AnyEvent, at: Instant
) -> None:
    whole = i.kind != "consult"
    match e:
        case ev.Queued():
            i.queue = e.queue
            if whole:
                contact.queue, contact.state = e.queue, "waiting"
        case ev.Scheduled() if whole:
            contact.state = "waiting"
        case ev.LadderPassed():
            i.rung = e.rung.value
        case ev.MessagesRead():
            if e.reader == "customer":
                i.read_by_customer = max(i.read_by_customer, e.up_to)
            else:
                i.read_by_agent = max(i.read_by_agent, e.up_to)
        case ev.CustomerCameBack():
            i.away_ms += e.away_ms
        case ev.HelpAsked():
            i.help_asked += 1
        case ev.MonitoringStarted():
            i.monitored += 1
        case ev.OfferAccepted():
            i.agent = e.agent
            if not i.answered_at:
                i.answered_at, i.waited_ms = at, e.waited_ms
            if whole:
                contact.agent, contact.state, contact.waited_ms = e.agent, "active", i.waited_ms
        case ev.HoldEnded():
            i.hold_ms += e.held_ms
        case ev.Transferred():
            i.transfers += 1
            i.talk_ms += e.talk_ms
            i.taken_over += e.taken_over
            if e.consulted and e.to_agent is not None:
                i.agent = contact.agent = e.to_agent
        case ev.TalkEnded():
            i.talk_ms += e.talk_ms
            if whole:
                contact.state = "wrap_up"
        case ev.OutcomeRecorded():
            i.outcome, i.wrap_up_ms = e.outcome, i.wrap_up_ms + e.wrap_up_ms
            i.outcome_at, i.topic, i.note = at, e.reason, e.note or i.note
            if whole:
                contact.outcome, contact.topic = e.outcome, e.reason or contact.topic
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
