"""Moves of who waits from queue to queue, and from the menu into one."""

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.agenda import LADDER_ORDER, ladder_marks
from pasokh.acd.handlers.contacts import asked_of_agents, check_priority, refusal
from pasokh.acd.handlers.ladder import climb
from pasokh.acd.model import Closing, Phase
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError

_NOT_LET_IN = {
    Closing.CLOSED: "queue.closed",
    Closing.FULL: "queue.full",
    Closing.NO_AGENTS: "queue.no_agents",
}


def move_contact(turn: Turn, c: cmd.MoveContact) -> None:
    """Wait in another queue. Who waited keeps the wait's beginning; where nothing changes nothing happens."""
    i = turn.interaction(c.interaction)
    if i.phase not in (Phase.QUEUED, Phase.OFFERED, Phase.MENU):
        raise PasokhError("interaction.not_waiting", field="interaction", interaction=i.id)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)
    queue = turn.queue(c.to_queue, "to_queue")
    waiting = i.phase is not Phase.MENU
    if waiting and i.queue == c.to_queue:
        return
    priority = i.priority if c.priority is None else c.priority
    if c.priority is None:
        priority = min(priority, len(queue.config.policy.classes) - 1)
    check_priority(turn, c.to_queue, priority)
    why = refusal(turn, i, queue)
    if why is not None:
        raise PasokhError(_NOT_LET_IN[why], field="to_queue", queue=c.to_queue)
    if i.phase is Phase.OFFERED:
        turn.withdraw(i, "moved")
    asked = i.requires if c.requires is None else c.requires
    requires = asked_of_agents(queue.config, turn.contact(i).language, asked)
    head_start = i.head_start_ms if waiting else queue.config.policy.transfer_boost_ms
    since = i.queued_at if waiting else turn.now
    turn.emit(
        ev.Moved(i.id, i.contact, i.queue, c.to_queue, waiting, turn.now - since, requires, priority, c.by)
    )  # fmt: skip
    turn.emit(ev.Queued(i.id, i.contact, c.to_queue, since, "moved" if waiting else "menu", head_start))
    if i.kind == "contact":  # what the new queue's ladder would have told by now is told at once
        marks = ladder_marks(turn.state, i.queue)
        while i.rungs < len(LADDER_ORDER) and marks[i.rungs] <= turn.now - i.queued_at:
            climb(turn, i)
    turn.waiting.add(i.id)
