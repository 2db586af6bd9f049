"""Talking with the customer: hold, transfer, consult, end, wrap-up."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.aftercare import check_promise, promise
from pasokh.acd.handlers.outside import hand_over_outside
from pasokh.acd.model import DIRECT_HOLD_MS, Closing, Phase, QueueConfig
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import FOREVER


def start_hold(turn: Turn, c: cmd.StartHold) -> None:
    """Put the customer on hold; on hold already changes nothing."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE)
    _no_consult_kind(i)
    if not i.on_hold_since:
        turn.emit(ev.HoldStarted(i.id, i.contact, c.agent, c.reason))
        turn.effects.append(ef.Hold(turn.effect_id(), i.id, i.channel, on=True))


def end_hold(turn: Turn, c: cmd.EndHold) -> None:
    """Take the customer off hold; not on hold changes nothing."""
    turn.end_hold(turn.owned(c.interaction, c.agent, Phase.ACTIVE))


def _no_consult_kind(i: Interaction) -> None:
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)


def _target(turn: Turn, agent: str, to_queue: str | None, to_agent: str | None) -> None:
    if (to_queue is None) == (to_agent is None):
        raise PasokhError("transfer.target", field="to_queue")
    if to_queue is not None and not turn.queue(to_queue, "to_queue").open:
        raise PasokhError("queue.closed", field="to_queue", queue=to_queue)
    if to_agent is not None:
        if to_agent == agent:
            raise PasokhError("transfer.self", field="to_agent", agent=to_agent)
        turn.present(to_agent, "to_agent")


def transfer(turn: Turn, c: cmd.Transfer) -> None:
    """Hand the customer on; the contact waits again, with a head start."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE)
    _no_consult_kind(i)
    _target(turn, c.agent, c.to_queue, c.to_agent)
    if i.consult is not None:
        raise PasokhError("consult.open", field="interaction", interaction=i.id)
    turn.end_hold(i)
    turn.end_pause(i)
    to_queue = c.to_queue or i.queue
    policy = turn.queue(to_queue).config.policy
    turn.emit(ev.Transferred(i.id, i.contact, c.agent, i.queue, to_queue, c.to_agent, turn.now - i.accepted_at, c.note))
    turn.emit(
        ev.Queued(
            i.id, i.contact, to_queue, turn.now, "transfer", policy.transfer_boost_ms,
            hold_agent=c.to_agent, hold_until=turn.now + DIRECT_HOLD_MS if c.to_agent else 0,
            direct=c.to_agent is not None,
            barred_agent=c.agent if policy.reject_pause_ms else None,
            barred_until=turn.now + policy.reject_pause_ms if policy.reject_pause_ms else 0,
        )
    )  # fmt: skip
    turn.release(i, c.agent, waits=True)
    turn.waiting.add(i.id)
    turn.agents.add(c.agent)


def start_consult(turn: Turn, c: cmd.StartConsult) -> None:
    """Ask for help: an interaction of its own that looks for its agent like any other."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE)
    _no_consult_kind(i)
    _target(turn, c.agent, c.to_queue, c.to_agent)
    if i.consult is not None:
        raise PasokhError("consult.open", field="interaction", interaction=i.id)
    turn.unused("consult", c.consult)
    turn.emit(ev.ConsultStarted(i.id, i.contact, c.agent, c.consult))
    queue = c.to_queue or i.queue
    turn.emit(
        ev.InteractionStarted(
            c.consult, i.contact, i.channel, queue, turn.state.numbers + 1, i.id, "consult",
            requires=i.requires if c.to_queue is not None else (), priority=0, note=c.note,
        )
    )  # fmt: skip
    turn.emit(
        ev.Queued(
            c.consult, i.contact, queue, turn.now, "consult", turn.queue(queue).config.policy.transfer_boost_ms,
            hold_agent=c.to_agent, hold_until=FOREVER if c.to_agent else 0, direct=c.to_agent is not None,
            barred_agent=c.agent, barred_until=FOREVER,
        )
    )  # fmt: skip
    turn.waiting.add(c.consult)


def end_consult(turn: Turn, c: cmd.EndConsult) -> None:
    """The customer stays where they are."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE)
    if i.consult is None:
        raise PasokhError("consult.none", field="interaction", interaction=i.id)
    turn.end_consult(i, "ended")


def complete_transfer(turn: Turn, c: cmd.CompleteTransfer) -> None:
    """The consulted agent takes the customer over."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE)
    child = turn.state.interactions[i.consult] if i.consult is not None else None
    if child is None:
        raise PasokhError("consult.none", field="interaction", interaction=i.id)
    if child.phase is Phase.OUTSIDE and child.outside_answered:
        hand_over_outside(turn, i, child)
        return
    helper = child.agent
    if child.phase is not Phase.ACTIVE or helper is None:
        raise PasokhError("consult.unanswered", field="interaction", interaction=i.id)
    turn.end_hold(i)
    turn.end_pause(i)
    turn.end_consult(i, "completed")
    turn.emit(
        ev.Transferred(
            i.id, i.contact, c.agent, i.queue, i.queue, helper, turn.now - i.accepted_at, child.note,
            consulted=True,
        )
    )  # fmt: skip
    turn.effects.append(ef.Connect(turn.effect_id(), i.id, helper, i.channel, queue=i.queue))
    turn.release(i, c.agent)
    turn.agents.add(c.agent)


def end_interaction(turn: Turn, c: cmd.EndInteraction) -> None:
    """The agent ends the talk; a helper who ends theirs leaves the consult."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE)
    if i.kind == "consult":
        turn.end_consult(turn.state.interactions[i.parent or ""], "helper_left")
    else:
        turn.end_talk(i, "agent")


def complete_wrap_up(turn: Turn, c: cmd.CompleteWrapUp) -> None:
    """Record the outcome; close, or schedule the next attempt of a callback that reached nobody."""
    i = turn.owned(c.interaction, c.agent, Phase.WRAP_UP, Phase.OUTCOME_DUE)
    config = turn.queue(i.queue).config
    if config.outcomes and c.outcome not in config.outcomes:
        raise PasokhError("outcome.unknown", field="outcome", outcome=c.outcome)
    if i.kind != "consult":
        _check_aftercare(config, c, reached=c.connected or i.kind != "callback")
    if c.follow_up is not None:
        check_promise(turn, c.follow_up, i.contact)
    wrap_up_ms = turn.now - i.since if i.phase is Phase.WRAP_UP else 0
    turn.emit(ev.OutcomeRecorded(i.id, i.contact, c.agent, i.queue, c.outcome, c.note, wrap_up_ms, c.reason))
    if c.follow_up is not None:
        promise(turn, c.follow_up, i.contact, c.agent, i.id)
    turn.agents.add(c.agent)
    if i.kind != "callback":
        turn.close(i, Closing.ANSWERED, c.agent)
        return
    _attempted(turn, i, c.agent, connected=c.connected)


def _attempted(turn: Turn, i: Interaction, agent: str, *, connected: bool) -> None:
    """One attempt is over: done with, or tried again after a pause, as often as the queue says."""
    config = turn.queue(i.queue).config
    attempt = i.attempt + 1
    turn.emit(ev.CallbackAttempted(i.id, i.contact, agent, attempt, connected))
    if connected or i.lost:  # of a lost one the next attempt is an interaction of its own
        turn.close(i, Closing.ANSWERED, agent)
    elif attempt >= config.callback_attempts:
        turn.close(i, Closing.TIMEOUT, agent)
    else:
        turn.emit(ev.Scheduled(i.id, i.contact, i.queue, turn.now + config.callback_retry_ms, i.queued_at, attempt))


def miss_callback(turn: Turn, c: cmd.MissCallback) -> None:
    """The agent is free at once: nobody was talked with, so there is nothing to wrap up."""
    i = turn.owned(c.interaction, c.agent, Phase.ACTIVE, Phase.OFFERED)
    if i.kind != "callback":
        raise PasokhError("callback.none", field="interaction", interaction=i.id)
    turn.end_consult(i, "customer_left")
    turn.end_hold(i)
    turn.end_pause(i)
    turn.emit(ev.CallbackMissed(i.id, i.contact, c.agent, i.queue, c.result))
    turn.release(i, c.agent)
    turn.agents.add(c.agent)
    _attempted(turn, i, c.agent, connected=False)


def _check_aftercare(config: QueueConfig, c: cmd.CompleteWrapUp, *, reached: bool) -> None:
    """Refuse a wrap-up without the reason or the follow-up that the queue asks for."""
    if config.reasons and reached and not c.reason:
        raise PasokhError("wrap_up.reason_needed", field="reason")
    if config.reasons and c.reason and c.reason not in config.reasons:
        raise PasokhError("reason.unknown", field="reason", reason=c.reason)
    if c.outcome in config.follow_up_outcomes and c.follow_up is None:
        raise PasokhError("wrap_up.follow_up_needed", field="follow_up", outcome=c.outcome)
