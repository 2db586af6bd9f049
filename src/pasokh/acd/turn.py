"""One step in the making: what was emitted so far, and the small sentences that handlers share."""

from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.model import HEAD_START_MS, VOICE, Channel, Closing, Phase, Presence
from pasokh.acd.state import Agent, Contact, Interaction, Queue, State
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant


class Turn:
    """Collects the events and effects of one step; every event is applied the moment it is emitted.

    `agents` and `waiting` name who may now take something and what may now be taken; `settle` works them off.
    """

    def __init__(self, state: State, now: Instant) -> None:
        self.state = state
        self.now = now
        self.events: list[ev.AnyEvent] = []
        self.effects: list[ef.AnyEffect] = []
        self.agents: set[str] = set()
        self.waiting: set[str] = set()

    def emit(self, event: ev.AnyEvent) -> None:
        """Record a fact."""
        apply(self.state, event, self.now)
        self.events.append(event)

    def effect_id(self) -> str:
        """An id that follows from the latest event and the effects before it in this step."""
        return f"e{self.state.seq}.{len(self.effects)}"

    # -- finding, or refusing ------------------------------------------------------------------------------------
    def queue(self, name: str, field: str = "queue") -> Queue:
        """The queue of that id, or `queue.unknown`."""
        queue = self.state.queues.get(name)
        if queue is None:
            raise PasokhError("queue.unknown", field=field, queue=name)
        return queue

    def agent(self, name: str, field: str = "agent") -> Agent:
        """The agent of that id, or `agent.unknown`."""
        agent = self.state.agents.get(name)
        if agent is None:
            raise PasokhError("agent.unknown", field=field, agent=name)
        return agent

    def present(self, name: str, field: str = "agent") -> Agent:
        """The agent of that id who is signed in, or `agent.not_signed_in`."""
        agent = self.agent(name, field)
        if agent.presence is Presence.OFFLINE:
            raise PasokhError("agent.not_signed_in", field=field, agent=name)
        return agent

    def interaction(self, name: str) -> Interaction:
        """The open interaction of that id, or `interaction.closed`."""
        interaction = self.state.interactions.get(name)
        if interaction is None:
            raise PasokhError("interaction.closed", field="interaction", interaction=name)
        return interaction

    def owned(self, name: str, agent: str, *phases: Phase) -> Interaction:
        """The agent's own interaction in one of the phases, or `interaction.not_yours` / `interaction.wrong_phase`."""
        interaction = self.interaction(name)
        if interaction.agent != agent:
            raise PasokhError("interaction.not_yours", field="interaction", interaction=name)
        if interaction.phase not in phases:
            raise PasokhError(
                "interaction.wrong_phase", field="interaction", interaction=name, phase=interaction.phase.value
            )
        return interaction

    def waits(self, name: str) -> Interaction:
        """The interaction that still waits, or `interaction.not_waiting`."""
        interaction = self.interaction(name)
        if interaction.phase not in (Phase.QUEUED, Phase.OFFERED, Phase.SCHEDULED):
            raise PasokhError("interaction.not_waiting", field="interaction", interaction=name)
        return interaction

    def unused(self, field: str, name: str) -> None:
        """Refuse an id that is in use: `id.in_use`."""
        if name in self.state.interactions or (field == "contact" and name in self.state.contacts):
            raise PasokhError("id.in_use", field=field, id=name)

    def contact(self, interaction: Interaction) -> Contact:
        """The contact an interaction belongs to."""
        return self.state.contacts[interaction.contact]

    # -- sentences -------------------------------------------------------------------------------------------------
    def requeue(self, i: Interaction, cause: str, *, bar: str | None = None, bar_ms: int = 0) -> None:
        """Back to its queue at its old place; not offered to `bar` for `bar_ms`."""
        barred = bar is not None and bar_ms > 0
        self.emit(
            ev.Queued(
                i.id, i.contact, i.queue, i.queued_at, cause, i.head_start_ms,
                barred_agent=bar if barred else None, barred_until=self.now + bar_ms if barred else 0,
            )
        )  # fmt: skip
        self.waiting.add(i.id)

    def return_work(self, i: Interaction, by: str = "") -> None:
        """Take an active interaction from its agent; a hold and a consult end, the caller requeues it."""
        agent = i.agent or ""
        self.end_consult(i, "ended")
        self.end_hold(i)
        self.end_pause(i)
        self.emit(ev.WorkReturned(i.id, i.contact, agent, i.queue, by))
        self.release(i, agent, waits=True)

    def withdraw(self, i: Interaction, cause: str) -> None:
        """End an open offer without the agent's doing; the caller says what becomes of the interaction."""
        agent = i.agent or ""
        self.emit(ev.OfferWithdrawn(i.id, i.contact, agent, i.queue, cause))
        self.effects.append(ef.StopRinging(self.effect_id(), i.id, agent, i.channel))
        self.agents.add(agent)

    def end_consult(self, i: Interaction, cause: str) -> None:
        """End the open consult of an interaction, if there is one."""
        if i.consult is None:
            return
        child = self.state.interactions[i.consult]
        self.emit(ev.ConsultEnded(i.id, i.contact, i.agent or "", child.id, cause))
        if child.phase is Phase.OFFERED:
            self.withdraw(child, "parent_ended")
        elif child.phase is Phase.OUTSIDE and cause != "completed":
            self.outside_over(child, cause)
        helper = child.agent
        if helper is not None and cause != "completed":
            self.release(child, helper)
        self.close(child, Closing.ANSWERED if child.answered else Closing.NO_AGENTS, helper)
        if helper is not None:
            self.agents.add(helper)

    def outside_over(self, i: Interaction, cause: str, code: str = "", by: str = "") -> None:
        """A number outside has no part in it any more; its telephone is let go."""
        answered = i.outside_answered > 0
        rang, talked = (i.outside_rang_ms, self.now - i.outside_answered) if answered else (self.now - i.since, 0)
        self.emit(ev.OutsideEnded(i.id, i.contact, i.queue, i.outside, cause, answered, rang, talked, code, by))
        self.effects.append(ef.DropOutside(self.effect_id(), i.id, i.channel))

    def to_head(self, i: Interaction, cause: str) -> None:
        """Who was being served waits again, before everybody else; the wait is a new one."""
        self.emit(ev.Queued(i.id, i.contact, i.queue, self.now, cause, HEAD_START_MS))
        self.effects.append(ef.WaitAgain(self.effect_id(), i.id, i.channel))
        self.waiting.add(i.id)

    def release(self, i: Interaction, agent: str, *, waits: bool = False) -> None:
        """Let the agent's telephone go; elsewhere there is nothing to let go."""
        if i.channel in VOICE:
            self.effects.append(ef.Release(self.effect_id(), i.id, agent, i.channel, waits))

    def end_pause(self, i: Interaction) -> None:
        """Record again, if the recording pauses."""
        if i.unrecorded_since:
            paused = self.now - i.unrecorded_since
            self.emit(ev.RecordingResumed(i.id, i.contact, i.agent or "", paused))
            self.effects.append(ef.Record(self.effect_id(), i.id, i.channel, on=True))

    def end_hold(self, i: Interaction) -> None:
        """Take the customer off hold, if on hold."""
        if i.on_hold_since:
            self.emit(ev.HoldEnded(i.id, i.contact, i.agent or "", self.now - i.on_hold_since))
            self.effects.append(ef.Hold(self.effect_id(), i.id, i.channel, on=False))

    def close(self, i: Interaction, reason: Closing, agent: str | None = None) -> None:
        """Close an interaction, and its contact with the last one. `agent` = who handled it, None while it waited."""
        waited = i.waited_ms if agent is not None else max(0, self.now - i.queued_at)
        customer_gone = i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE) or not i.customer_here
        contact = self.contact(i)
        self.emit(ev.InteractionClosed(i.id, i.contact, i.queue, i.channel, reason, waited, agent, i.kind))
        if i.kind == "contact" and not customer_gone:
            self.effects.append(ef.Disconnect(self.effect_id(), i.id, i.channel, reason.value))
        if not contact.interactions:
            self.emit(ev.ContactClosed(contact.id))

    def end_talk(self, i: Interaction, by: str) -> None:
        """The talk is over: wrap-up begins, or without wrap-up the interaction closes."""
        agent = i.agent or ""
        self.end_consult(i, "ended" if by == "agent" else "customer_left")
        self.end_hold(i)
        self.end_pause(i)
        limit = self.queue(i.queue).config.wrap_up_ms
        self.emit(
            ev.TalkEnded(i.id, i.contact, agent, i.queue, by, self.now - i.accepted_at, i.hold_ms, self.now + limit)
        )
        if by == "agent" and i.kind != "message":
            self.effects.append(ef.Disconnect(self.effect_id(), i.id, i.channel, Closing.ANSWERED.value))
        elif by in ("customer", "lost"):
            self.release(i, agent)
        if limit == 0:
            self.close(i, Closing.ANSWERED, agent)
            self.agents.add(agent)

    def carried(self, i: Interaction) -> bool:
        """Whether an agent's messages must be carried outside (everything written except internal consults)."""
        return i.kind != "consult" and i.channel in (Channel.CHAT, Channel.EMAIL, Channel.MESSENGER)
