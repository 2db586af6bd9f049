"""Publishing queues and agents, opening and closing queues, beginning a day."""

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.handlers.spending import look
from pasokh.acd.model import Alternative, Phase, Presence, QueueConfig
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def check_queue(queue: QueueConfig) -> None:
    """Refuse a queue whose parts contradict each other, naming the field."""
    ladder = queue.ladder
    marks = (ladder.ideal_ms, ladder.good_ms, ladder.offer_ms, ladder.alarm_ms, ladder.never_ms)
    if list(marks) != sorted(marks):
        raise PasokhError("queue.ladder_order", field="ladder", queue=queue.id)
    if queue.alternatives and ladder.offer_ms >= ladder.never_ms:
        raise PasokhError("queue.alternative_too_late", field="ladder.offer_ms", queue=queue.id)
    if not queue.policy.classes:
        raise PasokhError("queue.no_classes", field="policy.classes", queue=queue.id)
    after = [r.after_ms for r in queue.policy.relaxations]
    if after != sorted(set(after)):
        raise PasokhError("queue.relaxation_order", field="policy.relaxations", queue=queue.id)
    if len(set(queue.policy.agent_order)) != len(queue.policy.agent_order):
        raise PasokhError("queue.criterion_twice", field="policy.agent_order", queue=queue.id)
    if Alternative.OVERFLOW in queue.alternatives and not any(r.overflow_to for r in queue.policy.relaxations):
        raise PasokhError("queue.no_overflow", field="alternatives", queue=queue.id)
    if not queue.ring_out_not_ready and queue.policy.reject_pause_ms == 0:
        raise PasokhError("queue.endless_ringing", field="policy.reject_pause_ms", queue=queue.id)


def define_queue(turn: Turn, c: cmd.DefineQueue) -> None:
    """Publish a queue; the same version again changes nothing, a lower one is refused."""
    check_queue(c.queue)
    known = turn.state.queues.get(c.queue.id)
    if known is not None:
        if known.config == c.queue:
            return
        if c.queue.version <= known.config.version:
            raise PasokhError("queue.version_stale", field="version", queue=c.queue.id, published=known.config.version)
    turn.emit(ev.QueueDefined(c.queue))
    everything_changed(turn)


def open_queue(turn: Turn, c: cmd.OpenQueue) -> None:
    """Open a queue; open already changes nothing."""
    if not turn.queue(c.queue).open:
        turn.emit(ev.QueueOpened(c.queue))


def close_queue(turn: Turn, c: cmd.CloseQueue) -> None:
    """Close a queue; closed already changes nothing."""
    if turn.queue(c.queue).open:
        turn.emit(ev.QueueClosed(c.queue))


def define_agent(turn: Turn, c: cmd.DefineAgent) -> None:
    """Create or change an agent; every queue named must exist."""
    for queue in c.agent.queues:
        turn.queue(queue, "agent.queues")
    known = turn.state.agents.get(c.agent.id)
    if known is not None and known.config == c.agent:
        return
    turn.emit(ev.AgentDefined(c.agent))
    everything_changed(turn)


def retire_agent(turn: Turn, c: cmd.RetireAgent) -> None:
    """Remove an agent who is signed out and owes no outcome."""
    agent = turn.agent(c.agent)
    if agent.presence is not Presence.OFFLINE:
        raise PasokhError("agent.signed_in", field="agent", agent=c.agent)
    if any(i.agent == c.agent for i in turn.state.interactions.values()):
        raise PasokhError("agent.has_work", field="agent", agent=c.agent)
    turn.emit(ev.AgentRetired(c.agent))


def start_day(turn: Turn, c: cmd.StartDay) -> None:
    """Begin a day; the day already running changes nothing."""
    if turn.state.day != c.day:
        turn.emit(ev.DayStarted(c.day))
        look(turn)


def everything_changed(turn: Turn) -> None:
    """Let every agent and every waiting contact look again under the new configuration."""
    turn.agents.update(turn.state.agents)
    turn.waiting.update(i.id for i in turn.state.interactions.values() if i.phase is Phase.QUEUED)
