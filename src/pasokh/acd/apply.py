"""Folding an event into the state: the only code that changes it, for the live engine, recovery, replay and views.

`apply` trusts its event: whatever was recorded has happened.
"""

from collections.abc import Callable
from typing import Any

from pasokh.acd import events as ev
from pasokh.acd import levels
from pasokh.acd.agenda import LADDER_ORDER
from pasokh.acd.counting import count_answered, count_left
from pasokh.acd.derived import Derived
from pasokh.acd.folds import calls, outside, setup, spending, supervision
from pasokh.acd.folds.setup import sync
from pasokh.acd.folds.work import between, hand_on, release, take
from pasokh.acd.model import VOICE, Closing, Phase
from pasokh.acd.state import Contact, Interaction, State
from pasokh.kernel.time import Instant

VISITS = frozenset({"opened", "transfer", "returned", "moved", "menu", "unreached"})
"""Causes of queueing that begin a new visit to a queue, which is counted."""
GOES_ON = frozenset({"moved"})
"""Of these, those in which the customer's wait goes on: the ladder is not begun anew."""


def apply(state: State, event: ev.AnyEvent, at: Instant) -> None:
    """Fold one event that happened `at`. Raises `KeyError` only for a log that is not one of this core's."""
    _HANDLERS[type(event)](state, event, at)
    state.seq += 1
    state.now = max(state.now, at)
    name: str | None = getattr(event, "interaction", None)
    if name is not None and isinstance(state.cache, Derived):
        interaction = state.interactions.get(name)
        if interaction is not None:
            state.cache.agenda.put(state, interaction)


# -- contacts ------------------------------------------------------------------------------------------------------
def _contact_opened(state: State, e: ev.ContactOpened, at: Instant) -> None:
    state.numbers = e.number
    state.calls.pop(e.contact, None)
    state.contacts[e.contact] = Contact(
        e.contact, e.number, e.client, at, e.customer, e.customer_name, e.language, e.subject,
        e.preferred_agent, [e.interaction],
    )  # fmt: skip
    state.interactions[e.interaction] = Interaction(
        e.interaction, e.contact, e.channel, e.queue, e.number, since=at, queued_at=at, priority=e.priority,
        requires=e.requires, address=e.address, phase=Phase.SCHEDULED, not_before=at, kind=e.kind,
        customer_here=e.kind == "contact",
    )  # fmt: skip


def _interaction_started(state: State, e: ev.InteractionStarted, at: Instant) -> None:
    state.numbers = e.number
    state.contacts[e.contact].interactions.append(e.interaction)
    state.interactions[e.interaction] = Interaction(
        e.interaction, e.contact, e.channel, e.queue, e.number, kind=e.kind, parent=e.parent, since=at, queued_at=at,
        priority=e.priority, requires=e.requires, address=e.address, note=e.note, phase=Phase.SCHEDULED,
        not_before=at, customer_here=e.kind == "consult",
    )  # fmt: skip


def _queued(state: State, e: ev.Queued, at: Instant) -> None:
    i = state.interactions[e.interaction]
    if i.phase is Phase.OFFERED:
        release(state, i.agent, i.id, None)
    i.phase, i.since, i.agent = Phase.QUEUED, at, None
    i.queue, i.queued_at, i.head_start_ms = e.queue, e.queued_at, e.head_start_ms
    i.hold_agent, i.hold_until, i.direct = e.hold_agent, e.hold_until, e.direct
    i.barred_agent, i.barred_until = e.barred_agent, e.barred_until
    i.wait_told = False
    if e.cause in GOES_ON:
        i.step = 0
        i.rungs = i.rungs if i.alternatives_told else min(i.rungs, LADDER_ORDER.index(None))
    elif e.cause in VISITS or e.cause == "consult":
        i.step = i.rungs = 0
        i.alternatives_told = False
    if e.cause in VISITS:
        i.visits += 1
        state.queues[e.queue].day.entered += i.kind == "contact"
    _enqueue(state, i)


def _enqueue(state: State, i: Interaction) -> None:
    if isinstance(state.cache, Derived):
        state.cache.tables.enqueue(state, i)


def _dequeue(state: State, i: Interaction) -> None:
    if i.phase is Phase.QUEUED and isinstance(state.cache, Derived):
        state.cache.tables.dequeue(i.id)


def _wait_began(state: State, e: ev.WaitBegan, _: Instant) -> None:
    state.interactions[e.interaction].wait_told = True


def _relaxed(state: State, e: ev.Relaxed, _: Instant) -> None:
    state.interactions[e.interaction].step = e.step


def _restriction_lapsed(state: State, e: ev.RestrictionLapsed, _: Instant) -> None:
    i = state.interactions[e.interaction]
    _dequeue(state, i)
    if e.what == "reserved":
        i.hold_agent, i.hold_until, i.direct = None, 0, False
    else:
        i.barred_agent, i.barred_until = None, 0
    _enqueue(state, i)


def _ladder_passed(state: State, e: ev.LadderPassed, _: Instant) -> None:
    state.interactions[e.interaction].rungs = LADDER_ORDER.index(e.rung) + 1


def _alternatives_offered(state: State, e: ev.AlternativesOffered, _: Instant) -> None:
    i = state.interactions[e.interaction]
    i.rungs = LADDER_ORDER.index(None) + 1
    i.alternatives_told = i.alternatives_told or bool(e.options)


def _nothing(_: State, __: ev.AnyEvent, ___: Instant) -> None:
    """Tells people something; changes nothing here."""


def _priority_changed(state: State, e: ev.PriorityChanged, _: Instant) -> None:
    i = state.interactions[e.interaction]
    _dequeue(state, i)
    i.priority = e.priority
    if i.phase is Phase.QUEUED:
        _enqueue(state, i)


def _scheduled(state: State, e: ev.Scheduled, at: Instant) -> None:
    i = state.interactions[e.interaction]
    i.phase, i.since, i.agent = Phase.SCHEDULED, at, None
    i.not_before, i.queued_at, i.attempt = e.not_before, e.queued_at, e.attempt


def _message_posted(state: State, e: ev.MessagePosted, _: Instant) -> None:
    state.interactions[e.interaction].messages = e.number


def _messages_read(state: State, e: ev.MessagesRead, _: Instant) -> None:
    i = state.interactions[e.interaction]
    if e.reader == "customer":
        i.read_by_customer = e.up_to
    else:
        i.read_by_agent = e.up_to


def _customer_went_away(state: State, e: ev.CustomerWentAway, at: Instant) -> None:
    state.interactions[e.interaction].away_since = at


def _customer_came_back(state: State, e: ev.CustomerCameBack, _: Instant) -> None:
    state.interactions[e.interaction].away_since = 0


# -- offers --------------------------------------------------------------------------------------------------------
def _offered(state: State, e: ev.Offered, at: Instant) -> None:
    i = state.interactions[e.interaction]
    _dequeue(state, i)
    i.phase, i.since, i.agent, i.deadline = Phase.OFFERED, at, e.agent, e.deadline
    state.offers_made += 1
    state.agents[e.agent].last_offer = state.offers_made
    take(state, e.agent, i.id)


def _offer_accepted(state: State, e: ev.OfferAccepted, at: Instant) -> None:
    i = state.interactions[e.interaction]
    agent = state.agents[e.agent]
    i.phase, i.since, i.accepted_at, i.deadline = Phase.ACTIVE, at, at, 0
    i.on_hold_since = i.hold_ms = 0
    i.passed_by = ""
    if not i.answered:
        i.answered, i.waited_ms = True, e.waited_ms
    if i.kind != "consult":
        agent.answered += 1
        state.contacts[e.contact].preferred_agent = e.agent
    elif i.channel in VOICE:
        state.interactions[i.parent or ""].talks_with = "helper"
    sync(state, agent)
    if i.kind == "contact":
        count_answered(state.queues[e.queue].day, state.queues[e.queue].config, e.waited_ms)
        levels.judge(state.queues[e.queue], at)


def _offer_rejected(state: State, e: ev.OfferRejected, at: Instant) -> None:
    release(state, e.agent, e.interaction, at)
    _unoffered(state, e.interaction, at)


def _offer_timed_out(state: State, e: ev.OfferTimedOut, at: Instant) -> None:
    state.agents[e.agent].missed += 1
    release(state, e.agent, e.interaction, at)
    _unoffered(state, e.interaction, at)


def _offer_withdrawn(state: State, e: ev.OfferWithdrawn, at: Instant) -> None:
    release(state, e.agent, e.interaction, None)
    _unoffered(state, e.interaction, at)


def _unoffered(state: State, interaction: str, at: Instant) -> None:
    i = state.interactions[interaction]
    between(i, at)


# -- handling ------------------------------------------------------------------------------------------------------
def _hold_started(state: State, e: ev.HoldStarted, at: Instant) -> None:
    state.interactions[e.interaction].on_hold_since = at


def _hold_ended(state: State, e: ev.HoldEnded, _: Instant) -> None:
    i = state.interactions[e.interaction]
    i.on_hold_since = 0
    i.hold_ms += e.held_ms


def _transferred(state: State, e: ev.Transferred, at: Instant) -> None:
    i = state.interactions[e.interaction]
    hand_on(state, i, e.from_agent, e.from_queue, e.talk_ms, at)
    i.note = e.note
    if e.consulted and e.to_agent is not None:
        i.agent, i.since, i.accepted_at = e.to_agent, at, at
        state.agents[e.to_agent].answered += 1
        state.contacts[e.contact].preferred_agent = e.to_agent
        take(state, e.to_agent, i.id)
    else:
        between(i, at)


def _consult_started(state: State, e: ev.ConsultStarted, _: Instant) -> None:
    i = state.interactions[e.interaction]
    i.consult, i.consult_ended = e.consult, ""


def _consult_ended(state: State, e: ev.ConsultEnded, _: Instant) -> None:
    i = state.interactions[e.interaction]
    i.consult, i.talks_with, i.consult_ended = None, "", e.cause


def _work_returned(state: State, e: ev.WorkReturned, at: Instant) -> None:
    i = state.interactions[e.interaction]
    release(state, e.agent, i.id, at)
    i.on_hold_since = i.help_since = 0
    i.help_question = ""
    between(i, at)


def _talk_ended(state: State, e: ev.TalkEnded, at: Instant) -> None:
    i = state.interactions[e.interaction]
    i.phase, i.since, i.deadline, i.customer_here = Phase.WRAP_UP, at, e.wrap_up_until, False
    i.on_hold_since = i.help_since = i.telephone_lost = 0
    i.help_question = ""
    agent = state.agents[e.agent]
    agent.talk_ms += e.talk_ms
    sync(state, agent)
    day = state.queues[e.queue].day
    day.handled += 1
    day.talk_ms += e.talk_ms
    day.hold_ms += e.hold_ms


def _wrap_up_expired(state: State, e: ev.WrapUpExpired, at: Instant) -> None:
    i = state.interactions[e.interaction]
    _wrapped(state, i, e.agent, at - i.since, at)
    i.phase, i.since, i.deadline = Phase.OUTCOME_DUE, at, 0


def _outcome_recorded(state: State, e: ev.OutcomeRecorded, at: Instant) -> None:
    i = state.interactions[e.interaction]
    if i.phase is Phase.WRAP_UP:
        _wrapped(state, i, e.agent, e.wrap_up_ms, at)
    i.phase, i.since, i.deadline, i.not_before = Phase.SCHEDULED, at, 0, at


def _wrapped(state: State, i: Interaction, agent_id: str, wrap_up_ms: int, at: Instant) -> None:
    agent = state.agents[agent_id]
    agent.wrap_up_ms += wrap_up_ms
    state.queues[i.queue].day.wrap_up_ms += wrap_up_ms
    release(state, agent_id, i.id, at)


def _callback_missed(state: State, e: ev.CallbackMissed, at: Instant) -> None:
    i = state.interactions[e.interaction]
    release(state, e.agent, i.id, at)
    i.help_since, i.help_question = 0, ""
    between(i, at)


def _interaction_closed(state: State, e: ev.InteractionClosed, at: Instant) -> None:
    i = state.interactions[e.interaction]
    if i.kind == "contact" and not e.agent and e.reason is not Closing.ANSWERED:
        _count_left(state, i, e)
        levels.judge(state.queues[e.queue], at)
    _dequeue(state, i)
    release(state, i.agent, i.id, at)
    del state.interactions[e.interaction]
    contact = state.contacts[e.contact]
    contact.interactions.remove(e.interaction)


def _count_left(state: State, i: Interaction, e: ev.InteractionClosed) -> None:
    queue = state.queues[e.queue]
    if i.visits == 0:
        queue.day.refused += 1
    else:
        count_left(queue.day, queue.config, e.reason, e.waited_ms)


def _contact_closed(state: State, e: ev.ContactClosed, _: Instant) -> None:
    del state.contacts[e.contact]


# Each handler takes exactly its own event, which a dict cannot say; hence Any.
_HANDLERS: dict[type, Callable[[State, Any, Instant], None]] = {
    **setup.FOLDS,
    **supervision.FOLDS,
    **calls.FOLDS,
    **outside.FOLDS,
    **spending.FOLDS,
    ev.ContactOpened: _contact_opened,
    ev.InteractionStarted: _interaction_started,
    ev.Queued: _queued,
    ev.WaitBegan: _wait_began,
    ev.Relaxed: _relaxed,
    ev.RestrictionLapsed: _restriction_lapsed,
    ev.LadderPassed: _ladder_passed,
    ev.AlternativesOffered: _alternatives_offered,
    ev.AlternativeAccepted: _nothing,
    ev.PriorityChanged: _priority_changed,
    ev.Scheduled: _scheduled,
    ev.MessagePosted: _message_posted,
    ev.MessagesRead: _messages_read,
    ev.CustomerWentAway: _customer_went_away,
    ev.CustomerCameBack: _customer_came_back,
    ev.Offered: _offered,
    ev.OfferAccepted: _offer_accepted,
    ev.OfferRejected: _offer_rejected,
    ev.OfferTimedOut: _offer_timed_out,
    ev.OfferWithdrawn: _offer_withdrawn,
    ev.HoldStarted: _hold_started,
    ev.HoldEnded: _hold_ended,
    ev.Transferred: _transferred,
    ev.ConsultStarted: _consult_started,
    ev.ConsultEnded: _consult_ended,
    ev.WorkReturned: _work_returned,
    ev.TalkEnded: _talk_ended,
    ev.WrapUpExpired: _wrap_up_expired,
    ev.OutcomeRecorded: _outcome_recorded,
    ev.CallbackMissed: _callback_missed,
    ev.CallbackAttempted: _nothing,
    ev.ContactRated: _nothing,
    ev.InteractionClosed: _interaction_closed,
    ev.ContactClosed: _contact_closed,
}
