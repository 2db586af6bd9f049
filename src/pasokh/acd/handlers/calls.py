"""Telephone calls: their way through a flow, and what only a talk by voice has."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.lost import lose_arrival
from pasokh.acd.model import VOICE, Phase
from pasokh.acd.state import Interaction
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def begin_call(turn: Turn, c: cmd.BeginCall) -> None:
    """Note a call that came in; known already changes nothing."""
    if c.contact in turn.state.calls:
        return
    turn.unused("contact", c.contact)
    turn.emit(ev.CallArrived(c.contact, c.number, c.caller, c.client, c.language))


def note_step(turn: Turn, c: cmd.NoteStep) -> None:
    """Note where the caller is: before it waits for somebody, meanwhile, and in a survey afterwards."""
    turn.emit(ev.CallStepped(c.contact, c.flow, c.step, c.said))


def end_call(turn: Turn, c: cmd.EndCall) -> None:
    """The call ended in its flow; over already changes nothing."""
    call = turn.state.calls.get(c.contact)
    if call is not None and c.reason == "lost":
        lose_arrival(turn, call, c)
    elif call is not None:
        turn.emit(ev.CallEnded(c.contact, c.reason, turn.now - call.since))


def by_voice(turn: Turn, name: str, agent: str) -> Interaction:
    """The agent's own call, or `interaction.not_voice`."""
    i = turn.owned(name, agent, Phase.ACTIVE)
    if i.channel not in VOICE:
        raise PasokhError("interaction.not_voice", field="interaction", interaction=name)
    return i


def switch_consult(turn: Turn, c: cmd.SwitchConsult) -> None:
    """Talk with another party of an answered consult; the same one changes nothing."""
    i = by_voice(turn, c.interaction, c.agent)
    if i.consult is None:
        raise PasokhError("consult.none", field="interaction", interaction=i.id)
    if not i.talks_with:
        raise PasokhError("consult.unanswered", field="interaction", interaction=i.id)
    if i.talks_with != c.party:
        turn.emit(ev.ConsultSwitched(i.id, i.contact, c.agent, c.party))
        turn.effects.append(ef.SwitchParty(turn.effect_id(), i.id, c.agent, i.channel, i.consult, c.party))


def pause_recording(turn: Turn, c: cmd.PauseRecording) -> None:
    """Record nothing; paused already changes nothing."""
    i = by_voice(turn, c.interaction, c.agent)
    if not i.unrecorded_since:
        turn.emit(ev.RecordingPaused(i.id, i.contact, c.agent, c.reason))
        turn.effects.append(ef.Record(turn.effect_id(), i.id, i.channel, on=False))


def resume_recording(turn: Turn, c: cmd.ResumeRecording) -> None:
    """Record again; not paused changes nothing."""
    turn.end_pause(by_voice(turn, c.interaction, c.agent))
