"""Climbing the waiting ladder (R1)."""

from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.agenda import LADDER_ORDER
from pasokh.acd.model import Phase
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn


def offer_at_once(turn: Turn, i: Interaction) -> None:
    """In a surge nobody waits to hear of another way (R8): the rungs before it are passed over."""
    queue = turn.queue(i.queue)
    waits = i.phase is Phase.QUEUED and i.kind == "contact"
    if queue.surge_since and queue.config.alternatives and waits and i.rungs <= LADDER_ORDER.index(None):
        _offer(turn, i)


def climb(turn: Turn, i: Interaction) -> None:
    """Pass the next mark: say it, or offer the alternatives."""
    rung = LADDER_ORDER[i.rungs]
    if rung is not None:
        turn.emit(ev.LadderPassed(i.id, i.contact, i.queue, rung, turn.now - i.queued_at))
        return
    _offer(turn, i)


def _offer(turn: Turn, i: Interaction) -> None:
    options = turn.queue(i.queue).config.alternatives
    turn.emit(ev.AlternativesOffered(i.id, i.contact, i.queue, options))
    if options:
        turn.effects.append(ef.OfferAlternatives(turn.effect_id(), i.id, i.channel, options))
