"""What happens when time passes."""

from pasokh.acd import events as ev
from pasokh.acd.agenda import Timer
from pasokh.acd.handlers.contacts import leave_queue
from pasokh.acd.handlers.ladder import climb
from pasokh.acd.handlers.offers import ring_out
from pasokh.acd.handlers.outside import over
from pasokh.acd.handlers.telephone import give_up
from pasokh.acd.model import Closing
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn


def fire(turn: Turn, kind: Timer, i: Interaction) -> None:
    """Let one timer of an interaction take effect."""
    match kind:
        case Timer.RING:
            ring_out(turn, i)
        case Timer.WRAP_UP:
            agent = i.agent or ""
            turn.emit(ev.WrapUpExpired(i.id, i.contact, agent, i.queue))
            turn.agents.add(agent)
        case Timer.RESERVED | Timer.BARRED:
            what = "reserved" if kind is Timer.RESERVED else "barred"
            turn.emit(ev.RestrictionLapsed(i.id, i.contact, i.queue, what))
            turn.waiting.add(i.id)
        case Timer.RELAX:
            turn.emit(ev.Relaxed(i.id, i.contact, i.queue, i.step + 1))
            turn.waiting.add(i.id)
        case Timer.LADDER:
            climb(turn, i)
        case Timer.MAX_WAIT:
            leave_queue(turn, i, Closing.TIMEOUT, "closed")
        case Timer.AWAY:
            leave_queue(turn, i, Closing.ABANDONED, "customer_left")
        case Timer.OUTSIDE:
            over(turn, i, "no_answer")
        case Timer.TELEPHONE:
            give_up(turn, i)
        case Timer.SCHEDULED:
            cause = "retry" if i.attempt else i.kind
            turn.emit(ev.Queued(i.id, i.contact, i.queue, i.queued_at, cause, i.head_start_ms))
            turn.waiting.add(i.id)
