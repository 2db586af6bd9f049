"""Calls that are gone though nobody ended them: each is told, its agent is freed, its customer called back (R71)."""

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import HEAD_START_MS, VOICE, Channel, Closing, Phase
from pasokh.acd.state import Call, Interaction
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

_PHASES = {
    Phase.QUEUED: "waiting",
    Phase.OFFERED: "waiting",
    Phase.ACTIVE: "talking",
    Phase.OUTSIDE: "outside",
    Phase.MENU: "menu",
}


def lose_call(turn: Turn, c: cmd.LoseCall) -> None:
    """Who waited is called back at the place the call had, who was being served before everybody else."""
    i = turn.interaction(c.interaction)
    if i.channel not in VOICE:
        raise PasokhError("interaction.not_voice", field="interaction", interaction=i.id)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)
    phase = _PHASES.get(i.phase)
    if phase is None or (phase == "waiting" and i.kind != "contact"):
        raise PasokhError("call.nobody_there", field="interaction", interaction=i.id)
    callback = c.callback if i.address else ""
    if callback:
        turn.unused("callback", callback)
    turn.emit(ev.CallLost(i.id, i.contact, i.queue, phase, i.agent or "", i.address, callback))
    waited = phase == "waiting"
    if i.phase is Phase.OFFERED:
        turn.withdraw(i, "lost")
    since, head_start = (i.queued_at, i.head_start_ms) if waited else (turn.now, HEAD_START_MS)
    if callback:
        turn.emit(
            ev.InteractionStarted(
                callback, i.contact, Channel.CALLBACK, i.queue, turn.state.numbers + 1, i.id, "callback", i.address,
                i.requires, i.priority,
            )
        )  # fmt: skip
    if i.phase is Phase.ACTIVE:
        turn.end_talk(i, "lost")
    elif waited:
        turn.close(i, Closing.LOST)
    else:
        if i.phase is Phase.OUTSIDE:
            turn.outside_over(i, "lost")
        turn.close(i, Closing.LOST, i.passed_by)
    if callback:
        _queue(turn, turn.state.interactions[callback], since, head_start)


def lose_arrival(turn: Turn, call: Call, c: cmd.EndCall) -> None:
    """A call lost in its flow: whoever takes what flows cannot serve calls back."""
    known = c.callback and call.caller and c.queue in turn.state.queues
    turn.emit(ev.CallLost("", call.contact, c.queue, "flow", "", call.caller, c.callback if known else ""))
    turn.emit(ev.CallEnded(call.contact, c.reason, turn.now - call.since))
    if not known:
        return
    turn.unused("contact", call.contact)
    turn.emit(
        ev.ContactOpened(
            call.contact, c.callback, Channel.CALLBACK, c.queue, call.client, turn.state.numbers + 1,
            address=call.caller, language=call.language, kind="callback",
        )
    )  # fmt: skip
    _queue(turn, turn.state.interactions[c.callback], turn.now, 0)


def _queue(turn: Turn, i: Interaction, since: Instant, head_start_ms: int) -> None:
    turn.emit(ev.Queued(i.id, i.contact, i.queue, since, "lost", head_start_ms))
    turn.waiting.add(i.id)
