"""Customers: arriving, writing, leaving, choosing another way."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.outside import leave
from pasokh.acd.model import Alternative, Attachment, Channel, Closing, Phase, Presence, QueueConfig, Requirement
from pasokh.acd.routing.tables import fit_of
from pasokh.acd.state import Interaction, Queue
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def open_contact(turn: Turn, c: cmd.OpenContact) -> None:
    """Let a customer in and queue the contact, or close it at once saying why."""
    queue = turn.queue(c.queue)
    turn.unused("contact", c.contact)
    turn.unused("interaction", c.interaction)
    check_priority(turn, c.queue, c.priority)
    preferred = c.preferred_agent if c.preferred_agent in turn.state.agents else None
    config = queue.config
    turn.emit(
        ev.ContactOpened(
            c.contact, c.interaction, c.channel, c.queue, config.client, turn.state.numbers + 1, c.customer,
            c.customer_name, c.address, c.language, c.subject,
            asked_of_agents(config, c.language, c.requires), c.priority, preferred, c.kind,
        )
    )  # fmt: skip
    i = turn.state.interactions[c.interaction]
    why = refusal(turn, i, queue)
    if why is not None:
        turn.close(i, why)
        return
    hold_ms = config.policy.last_agent_hold_ms
    held = hold_ms > 0 and preferred is not None and turn.state.agents[preferred].presence is not Presence.OFFLINE
    turn.emit(
        ev.Queued(
            i.id, i.contact, i.queue, turn.now, "opened" if c.kind == "contact" else "message",
            hold_agent=preferred if held else None, hold_until=turn.now + hold_ms if held else 0,
        )
    )  # fmt: skip
    turn.waiting.add(i.id)


def asked_of_agents(config: QueueConfig, language: str, requires: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """What a contact asks of agents: its own requirements and its language's skill, unless that is asked already."""
    skill = config.languages.get(language.replace("_", "-").partition("-")[0].lower())
    if skill is None or any(r.skill == skill for r in (*config.requires, *requires)):
        return requires
    return (*requires, Requirement(skill))


def refusal(turn: Turn, i: Interaction, queue: Queue) -> Closing | None:
    """Why a contact is not let into a queue; a letter always is: nobody waits at a door for its answer."""
    if i.channel is Channel.EMAIL:
        return None
    config = queue.config
    if not queue.open:
        return Closing.CLOSED
    if config.max_waiting is not None:
        waiting = sum(
            o.queue == config.id and o.kind == "contact" and o.phase in (Phase.QUEUED, Phase.OFFERED)
            for o in turn.state.interactions.values()
        )
        if waiting >= config.max_waiting:
            return Closing.FULL
    if config.when_no_agents == "close":
        last = len(config.policy.relaxations)
        if not any(
            a.presence is not Presence.OFFLINE and fit_of(a.config, config, i.requires, last) >= 0
            for a in turn.state.agents.values()
        ):
            return Closing.NO_AGENTS
    return None


def check_priority(turn: Turn, queue: str, priority: int) -> None:
    """Refuse a class the queue's policy does not have: `priority.unknown`."""
    classes = turn.queue(queue).config.policy.classes
    if priority >= len(classes):
        raise PasokhError("priority.unknown", field="priority", priority=priority, classes=len(classes))


def post_message(turn: Turn, c: cmd.PostMessage) -> None:
    """Add a message; customers write until their talk is over, agents in what is theirs."""
    i = turn.interaction(c.interaction)
    if not c.text.strip() and not c.attachments:
        raise PasokhError("message.empty", field="text")
    if c.mentions and c.author != "note":
        raise PasokhError("message.mention", field="mentions")
    for name in c.mentions:
        turn.agent(name, "mentions")
    over = i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE)
    if c.author == "customer" and (over or i.kind == "consult"):
        raise PasokhError("interaction.closed", field="interaction", interaction=i.id)
    if c.author in ("agent", "note"):
        helper = turn.state.interactions[i.consult].agent if i.consult is not None else None
        if c.author_id not in (i.agent, helper) or i.phase is Phase.OFFERED:
            raise PasokhError("interaction.not_yours", field="interaction", interaction=i.id)
        if c.author == "agent" and over:
            raise PasokhError("interaction.closed", field="interaction", interaction=i.id)
    if c.author == "whisper" and (i.agent is None or i.phase is Phase.OFFERED):
        raise PasokhError("interaction.wrong_phase", field="interaction", interaction=i.id, phase=i.phase.value)
    add_message(turn, i, c.message, c.author, c.author_id, c.text, c.attachments, c.mentions)


def add_message(
    turn: Turn, i: Interaction, message: str, author: str, author_id: str, text: str,
    attachments: tuple[Attachment, ...] = (), mentions: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Record a message and, where a carrier is needed, ask for its delivery."""
    number = i.messages + 1
    turn.emit(ev.MessagePosted(i.id, i.contact, message, number, author, author_id, text, attachments, mentions))
    if author in ("agent", "system") and turn.carried(i):
        turn.effects.append(ef.Deliver(turn.effect_id(), i.id, i.channel, message, text, attachments))


def mark_read(turn: Turn, c: cmd.MarkRead) -> None:
    """Note how far a reader has come; no further than before changes nothing."""
    i = turn.interaction(c.interaction)
    before = i.read_by_customer if c.reader == "customer" else i.read_by_agent
    up_to = min(c.up_to, i.messages)
    if up_to > before:
        turn.emit(ev.MessagesRead(i.id, i.contact, c.reader, up_to))


def customer_away(turn: Turn, c: cmd.CustomerAway) -> None:
    """The customer is out of reach; known already, or gone for good, changes nothing."""
    i = turn.state.interactions.get(c.interaction)
    if i is None or i.kind != "contact" or not i.customer_here or i.away_since:
        return
    until = turn.now + turn.queue(i.queue).config.away_ms
    turn.emit(ev.CustomerWentAway(i.id, i.contact, i.queue, until))


def customer_back(turn: Turn, c: cmd.CustomerBack) -> None:
    """The customer is in reach again; never away changes nothing."""
    i = turn.state.interactions.get(c.interaction)
    if i is not None and i.away_since:
        turn.emit(ev.CustomerCameBack(i.id, i.contact, i.queue, turn.now - i.away_since))


def leave_contact(turn: Turn, c: cmd.LeaveContact) -> None:
    """The customer goes."""
    i = turn.interaction(c.interaction)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)
    if i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE):
        raise PasokhError("interaction.closed", field="interaction", interaction=i.id)
    if i.phase is Phase.ACTIVE:
        turn.end_talk(i, "customer")
        return
    if i.phase in (Phase.OUTSIDE, Phase.MENU):
        leave(turn, i)
        return
    leave_queue(turn, i, Closing.ABANDONED, "customer_left")


def leave_queue(turn: Turn, i: Interaction, reason: Closing, cause: str) -> None:
    """Close a waiting interaction, its open offer withdrawn first."""
    if i.phase is Phase.OFFERED:
        turn.withdraw(i, cause)
    turn.close(i, reason)


def accept_alternative(turn: Turn, c: cmd.AcceptAlternative) -> None:
    """Put a callback or a message in the waiting customer's place."""
    i = turn.waits(c.interaction)
    if i.kind != "contact":
        raise PasokhError("interaction.not_waiting", field="interaction", interaction=i.id)
    config = turn.queue(i.queue).config
    choice = Alternative(c.choice)
    if choice not in config.alternatives:
        raise PasokhError("alternative.not_offered", field="choice", choice=c.choice)
    if choice is Alternative.MESSAGE and not c.text.strip() and not c.attachments:
        raise PasokhError("message.empty", field="text")
    turn.unused("callback", c.callback)
    turn.emit(ev.AlternativeAccepted(i.id, i.contact, c.choice, c.callback))
    if i.phase is Phase.OFFERED:
        turn.withdraw(i, "customer_left")
    callback = choice is Alternative.CALLBACK
    turn.emit(
        ev.InteractionStarted(
            c.callback, i.contact, Channel.CALLBACK if callback else Channel.EMAIL, i.queue, turn.state.numbers + 1,
            i.id, c.choice, c.address, i.requires, i.priority,
        )
    )  # fmt: skip
    queue, queued_at, head_start = i.queue, i.queued_at, i.head_start_ms
    turn.close(i, Closing.DIVERTED)
    new = turn.state.interactions[c.callback]
    if c.text.strip() or c.attachments:
        contact, text = turn.contact(new), f"{c.callback}.text"
        add_message(turn, new, text, "customer", contact.customer or contact.id, c.text, c.attachments)
    if c.not_before is not None and c.not_before > turn.now:
        turn.emit(ev.Scheduled(new.id, new.contact, queue, c.not_before, queued_at, 0))
        return
    turn.emit(ev.Queued(new.id, new.contact, queue, queued_at, c.choice, head_start))
    turn.waiting.add(new.id)


def set_priority(turn: Turn, c: cmd.SetPriority) -> None:
    """Move a waiting interaction to another class; the same class changes nothing."""
    i = turn.waits(c.interaction)
    check_priority(turn, i.queue, c.priority)
    if i.priority != c.priority:
        turn.emit(ev.PriorityChanged(i.id, i.contact, c.priority))


def close_interaction(turn: Turn, c: cmd.CloseInteraction) -> None:
    """Close a waiting interaction for a stated reason."""
    i = turn.waits(c.interaction)
    if c.reason not in (Closing.ABANDONED, Closing.NO_AGENTS, Closing.TIMEOUT, Closing.DIVERTED):
        raise PasokhError("interaction.reason", field="reason", reason=c.reason.value)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)
    leave_queue(turn, i, c.reason, "closed")
