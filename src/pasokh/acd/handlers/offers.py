"""Offers: taken, declined, rung out."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.presence import change_presence
from pasokh.acd.model import Phase
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def offered_to(turn: Turn, name: str, agent: str) -> Interaction:
    """The interaction offered to this agent now, or `offer.not_open`."""
    i = turn.state.interactions.get(name)
    if i is None or i.phase is not Phase.OFFERED or i.agent != agent:
        raise PasokhError("offer.not_open", field="interaction", interaction=name, agent=agent)
    return i


def accept_offer(turn: Turn, c: cmd.AcceptOffer) -> None:
    """The talk begins."""
    i = offered_to(turn, c.interaction, c.agent)
    waited = turn.now - i.queued_at
    turn.emit(
        ev.OfferAccepted(i.id, i.contact, c.agent, i.queue, waited, turn.now - i.since, first_answer=not i.answered)
    )
    parent = turn.state.interactions.get(i.parent or "") if i.kind == "consult" else None
    asked = (parent.id, parent.agent or "") if parent is not None else ("", "")
    turn.effects.append(ef.Connect(turn.effect_id(), i.id, c.agent, i.channel, i.address, *asked, queue=i.queue))


def reject_offer(turn: Turn, c: cmd.RejectOffer) -> None:
    """Back to the old place, for someone else first."""
    i = offered_to(turn, c.interaction, c.agent)
    turn.emit(ev.OfferRejected(i.id, i.contact, c.agent, i.queue, c.reason))
    _declined(turn, i, c.agent, "rejected")


def withdraw_offer(turn: Turn, c: cmd.WithdrawOffer) -> None:
    """Back to the old place, for anybody: it is no fault of the agent; a consult is over."""
    i = offered_to(turn, c.interaction, c.agent)
    if i.kind == "consult":
        turn.end_consult(turn.state.interactions[i.parent or ""], "unanswered")
        return
    turn.withdraw(i, "telephone_gone")
    turn.requeue(i, "withdrawn")


def ring_out(turn: Turn, i: Interaction) -> None:
    """The deadline passed: back to the old place; the agent is set not ready where the queue says so."""
    agent = turn.state.agents[i.agent or ""]
    config = turn.queue(i.queue).config
    turn.emit(ev.OfferTimedOut(i.id, i.contact, agent.config.id, i.queue))
    if config.ring_out_not_ready:
        change_presence(turn, agent, ready=False, reason="ring_out", by="core")
    _declined(turn, i, agent.config.id, "ring_out")


def _declined(turn: Turn, i: Interaction, agent: str, cause: str) -> None:
    turn.effects.append(ef.StopRinging(turn.effect_id(), i.id, agent, i.channel))
    turn.agents.add(agent)
    if i.kind == "consult":
        turn.end_consult(turn.state.interactions[i.parent or ""], "unanswered")
        return
    pause = turn.queue(i.queue).config.policy.reject_pause_ms
    turn.requeue(i, cause, bar=agent, bar_ms=pause)
