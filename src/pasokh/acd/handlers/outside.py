"""Numbers outside, and the way back to the menu: where an agent sends a caller besides agents and queues."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.calls import by_voice
from pasokh.acd.model import Channel, Closing, Phase
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def _customers(turn: Turn, name: str, agent: str) -> Interaction:
    """The agent's own call with a customer, nobody else asked about it."""
    i = by_voice(turn, name, agent)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=name)
    if i.consult is not None:
        raise PasokhError("consult.open", field="interaction", interaction=name)
    return i


def transfer_outside(turn: Turn, c: cmd.TransferOutside) -> None:
    """The agent goes at once; the number is called."""
    i = _customers(turn, c.interaction, c.agent)
    turn.end_hold(i)
    turn.end_pause(i)
    turn.emit(
        ev.PassedOutside(i.id, i.contact, c.agent, i.queue, c.number, i.id, turn.now - i.accepted_at, c.note)
    )  # fmt: skip
    _call(turn, i, c.agent, c.number)
    turn.release(i, c.agent)
    turn.agents.add(c.agent)


def consult_outside(turn: Turn, c: cmd.ConsultOutside) -> None:
    """An interaction of its own, which rings outside instead of looking for an agent."""
    i = _customers(turn, c.interaction, c.agent)
    turn.unused("consult", c.consult)
    turn.emit(ev.ConsultStarted(i.id, i.contact, c.agent, c.consult))
    turn.emit(
        ev.InteractionStarted(
            c.consult, i.contact, i.channel, i.queue, turn.state.numbers + 1, i.id, "consult", c.number,
            priority=0, note=c.note,
        )
    )  # fmt: skip
    _call(turn, turn.state.interactions[c.consult], c.agent, c.number, i.id)


def _call(turn: Turn, i: Interaction, agent: str, number: str, parent: str = "") -> None:
    until = turn.now + turn.queue(i.queue).config.outside_ring_ms
    turn.emit(ev.OutsideCalled(i.id, i.contact, i.queue, agent, number, until, parent))
    turn.effects.append(ef.CallOutside(turn.effect_id(), i.id, i.channel, number, until, parent))


def hand_over_outside(turn: Turn, i: Interaction, child: Interaction) -> None:
    """The number outside that was consulted takes the customer over."""
    agent, number, leg = i.agent or "", child.outside, child.outside_leg
    turn.end_hold(i)
    turn.end_pause(i)
    turn.end_consult(i, "completed")
    talked = turn.now - i.accepted_at
    turn.emit(
        ev.PassedOutside(i.id, i.contact, agent, i.queue, number, leg, talked, child.note, consulted=True)
    )  # fmt: skip
    turn.effects.append(ef.HandOutside(turn.effect_id(), i.id, i.channel, child.id))
    turn.release(i, agent)
    turn.agents.add(agent)


def transfer_menu(turn: Turn, c: cmd.TransferMenu) -> None:
    """The flow has the caller again; only who called us came through one."""
    i = _customers(turn, c.interaction, c.agent)
    if i.channel is not Channel.VOICE:
        raise PasokhError("transfer.no_menu", field="interaction", interaction=i.id)
    if c.node and not c.flow:
        raise PasokhError("transfer.node_alone", field="flow", node=c.node)
    turn.end_hold(i)
    turn.end_pause(i)
    turn.emit(
        ev.SentToMenu(i.id, i.contact, c.agent, i.queue, c.flow, c.node, turn.now - i.accepted_at, c.note)
    )  # fmt: skip
    turn.release(i, c.agent)
    turn.effects.append(ef.ToMenu(turn.effect_id(), i.id, i.channel, c.flow, c.node))
    turn.agents.add(c.agent)


# -- what becomes of the number outside ----------------------------------------------------------------------------
def _outside(turn: Turn, name: str) -> Interaction:
    i = turn.state.interactions.get(name)
    if i is None or i.phase is not Phase.OUTSIDE:
        raise PasokhError("outside.not_called", field="interaction", interaction=name)
    return i


def answer_outside(turn: Turn, c: cmd.AnswerOutside) -> None:
    """They talk from now on; answered already changes nothing."""
    i = _outside(turn, c.interaction)
    if i.outside_answered:
        return
    turn.emit(ev.OutsideAnswered(i.id, i.contact, i.queue, i.outside, turn.now - i.since))
    turn.effects.append(
        ef.JoinOutside(turn.effect_id(), i.id, i.channel, (i.parent or "") if i.kind == "consult" else "")
    )


def end_outside(turn: Turn, c: cmd.EndOutside) -> None:
    """After a talk the call is over; who was not answered waits again, at the head of the queue."""
    over(turn, _outside(turn, c.interaction), c.cause, c.code)


def over(turn: Turn, i: Interaction, cause: str, code: str = "", by: str = "") -> None:
    """The number outside has no part in it any more, and what follows from that."""
    answered = i.outside_answered > 0
    turn.outside_over(i, cause, code, by)
    if i.kind == "consult":
        turn.end_consult(turn.state.interactions[i.parent or ""], "helper_left" if answered else cause)
    elif answered and cause not in ("returned", "lost"):
        turn.close(i, Closing.ANSWERED, i.passed_by)
    else:
        turn.to_head(i, "unreached")


def leave(turn: Turn, i: Interaction) -> None:
    """The customer hangs up while outside or in the menu: served by an agent before, so nobody abandoned."""
    if i.phase is Phase.OUTSIDE:
        turn.outside_over(i, "customer_left")
    turn.close(i, Closing.ANSWERED, i.passed_by)
