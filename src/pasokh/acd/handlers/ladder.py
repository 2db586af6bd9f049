"""Climbing the waiting ladder (R1)."""

from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.agenda import LADDER_ORDER
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn


def climb(turn: Turn, i: Interaction) -> None:
    """Pass the next mark: say it, or offer the alternatives."""
    rung = LADDER_ORDER[i.rungs]
    if rung is not None:
        turn.emit(ev.LadderPassed(i.id, i.contact, i.queue, rung, turn.now - i.queued_at))
        return
    options = turn.queue(i.queue).config.alternatives
    turn.emit(ev.AlternativesOffered(i.id, i.contact, i.queue, options))
    if options:
        turn.effects.append(ef.OfferAlternatives(turn.effect_id(), i.id, i.channel, options))
