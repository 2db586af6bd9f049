"""An agent's telephone that leaves a talk though nobody hung up: it is called again, or the customer goes elsewhere."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.calls import by_voice
from pasokh.acd.handlers.presence import change_presence
from pasokh.acd.model import HEAD_START_MS, TELEPHONE_MS
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn

REASON = "telephone"
"""Why somebody is not ready, and who sent the customer back."""


def lose_telephone(turn: Turn, c: cmd.LoseTelephone) -> None:
    """The agent keeps the customer for a while; lost already changes nothing."""
    i = by_voice(turn, c.interaction, c.agent)
    if not i.telephone_lost:
        turn.emit(ev.TelephoneLost(i.id, i.contact, c.agent, turn.now + TELEPHONE_MS))


def rejoin_call(turn: Turn, c: cmd.RejoinCall) -> None:
    """Call it, whether it is known as lost or not; the time to come back does not begin anew."""
    lose_telephone(turn, cmd.LoseTelephone(c.interaction, c.agent))
    i = turn.state.interactions[c.interaction]
    turn.emit(ev.TelephoneCalled(i.id, i.contact, c.agent))
    turn.effects.append(ef.RingAgain(turn.effect_id(), i.id, c.agent, i.channel))


def telephone_back(turn: Turn, c: cmd.TelephoneBack) -> None:
    """They talk again; there already changes nothing."""
    i = by_voice(turn, c.interaction, c.agent)
    if i.telephone_lost:
        turn.emit(ev.TelephoneRejoined(i.id, i.contact, c.agent, turn.now - i.telephone_lost))


def give_up(turn: Turn, i: Interaction) -> None:
    """It did not come back: the customer waits before everybody else, the agent looks after the telephone.

    Who was only asked for help leaves the consult.
    """
    agent = i.agent or ""
    if i.kind == "consult":
        turn.end_consult(turn.state.interactions[i.parent or ""], "helper_left")
    else:
        pause = turn.queue(i.queue).config.policy.reject_pause_ms
        turn.return_work(i, REASON)
        turn.emit(
            ev.Queued(
                i.id, i.contact, i.queue, turn.now, "returned", HEAD_START_MS,
                barred_agent=agent if pause else None, barred_until=turn.now + pause if pause else 0,
            )
        )  # fmt: skip
        turn.waiting.add(i.id)
    change_presence(turn, turn.state.agents[agent], ready=False, reason=REASON, by="core")
    turn.agents.add(agent)
