"""The one deciding function. Live engine, simulator and replay all call it.

`step` is deterministic: the same state, command and instant give the same events, byte for byte.
"""

from collections.abc import Callable
from typing import Any

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.derived import derived
from pasokh.acd.handlers import (
    aftercare,
    calls,
    configuration,
    contacts,
    lost,
    moves,
    offers,
    outside,
    presence,
    spending,
    supervision,
    talks,
    telephone,
)
from pasokh.acd.handlers.ladder import offer_at_once
from pasokh.acd.handlers.timers import fire
from pasokh.acd.model import Phase
from pasokh.acd.routing import choose
from pasokh.acd.state import State
from pasokh.acd.turn import Turn
from pasokh.kernel.time import Instant


def step(state: State, command: cmd.AnyCommand, now: Instant) -> tuple[list[ev.AnyEvent], list[ef.AnyEffect]]:
    """Carry out a command at an instant: change the state, return what happened and what is to be done outside.

    Raises `PasokhError` and leaves the state as it was when the command cannot be carried out. A `Tick` lets all
    timers due by `now` fire, in order; call it whenever `next_due(state) <= now`, before other commands of that
    instant. An instant before the latest one counts as the latest: the core's clock never runs backwards.
    """
    turn = Turn(state, max(now, state.now))
    if isinstance(command, cmd.Tick):
        _let_time_pass(turn)
    else:
        _HANDLERS[type(command)](turn, command)
        _settle(turn)
    return turn.events, turn.effects


def next_due(state: State) -> Instant | None:
    """When the next timer is due; None when nothing waits for time to pass."""
    due = derived(state).agenda.peek(state)
    moments = [each for each in (due[0] if due is not None else 0, state.spending.due) if each]
    return min(moments, default=None)


def _let_time_pass(turn: Turn) -> None:
    while True:
        due = derived(turn.state).agenda.peek(turn.state)
        limit_at = turn.state.spending.due
        if limit_at and limit_at <= turn.now and (due is None or limit_at <= due[0]):
            spending.look(turn)
            continue
        if due is None or due[0] > turn.now:
            return
        fire(turn, due[1], due[2])
        _settle(turn)


def _settle(turn: Turn) -> None:
    """Offer until nothing more fits: freed agents by number look for contacts, then contacts by rank for agents."""
    state = turn.state
    agents = [state.agents[name] for name in turn.agents if name in state.agents]
    for agent in sorted(agents, key=lambda a: a.number):
        while True:
            offer = choose.what_take(state, agent, turn.now)
            if offer is None:
                break
            _make(turn, offer)
    waiting = [state.interactions[name] for name in turn.waiting if name in state.interactions]
    if len(waiting) > 1:
        waiting.sort(key=lambda i: choose.place(state, i, turn.now))
    for interaction in waiting:
        if interaction.phase is not Phase.QUEUED:
            continue
        offer = choose.who_takes(state, interaction, turn.now)
        if offer is not None:
            _make(turn, offer)
        elif not interaction.wait_told:
            turn.emit(choose.why_waiting(state, interaction, turn.now))
            offer_at_once(turn, interaction)
    turn.agents.clear()
    turn.waiting.clear()


def _make(turn: Turn, offer: ev.Offered) -> None:
    turn.emit(offer)
    i = turn.state.interactions[offer.interaction]
    address = i.address if choose.dials_first(turn.state, i) else ""
    turn.effects.append(
        ef.RingAgent(
            turn.effect_id(), offer.interaction, offer.agent, offer.channel, offer.deadline, i.parent or "", address
        )
    )  # fmt: skip


# Each handler takes exactly its own command, which a dict cannot say; hence Any.
_HANDLERS: dict[type, Callable[[Turn, Any], None]] = {
    cmd.DefineQueue: configuration.define_queue,
    cmd.OpenQueue: configuration.open_queue,
    cmd.CloseQueue: configuration.close_queue,
    cmd.DefineAgent: configuration.define_agent,
    cmd.RetireAgent: configuration.retire_agent,
    cmd.StartDay: configuration.start_day,
    cmd.SignIn: presence.sign_in,
    cmd.SignOut: presence.sign_out,
    cmd.SetPresence: presence.set_presence,
    cmd.BeginCall: calls.begin_call,
    cmd.NoteStep: calls.note_step,
    cmd.EndCall: calls.end_call,
    cmd.LoseCall: lost.lose_call,
    cmd.MissCallback: talks.miss_callback,
    cmd.WithdrawOffer: offers.withdraw_offer,
    cmd.SwitchConsult: calls.switch_consult,
    cmd.PauseRecording: calls.pause_recording,
    cmd.ResumeRecording: calls.resume_recording,
    cmd.LoseTelephone: telephone.lose_telephone,
    cmd.RejoinCall: telephone.rejoin_call,
    cmd.TelephoneBack: telephone.telephone_back,
    cmd.OpenContact: contacts.open_contact,
    cmd.PostMessage: contacts.post_message,
    cmd.LeaveContact: contacts.leave_contact,
    cmd.AcceptAlternative: contacts.accept_alternative,
    cmd.SetPriority: contacts.set_priority,
    cmd.CloseInteraction: contacts.close_interaction,
    cmd.AcceptOffer: offers.accept_offer,
    cmd.RejectOffer: offers.reject_offer,
    cmd.StartHold: talks.start_hold,
    cmd.EndHold: talks.end_hold,
    cmd.Transfer: talks.transfer,
    cmd.StartConsult: talks.start_consult,
    cmd.EndConsult: talks.end_consult,
    cmd.CompleteTransfer: talks.complete_transfer,
    cmd.TransferOutside: outside.transfer_outside,
    cmd.ConsultOutside: outside.consult_outside,
    cmd.TransferMenu: outside.transfer_menu,
    cmd.AnswerOutside: outside.answer_outside,
    cmd.EndOutside: outside.end_outside,
    cmd.MoveContact: moves.move_contact,
    cmd.EndInteraction: talks.end_interaction,
    cmd.CompleteWrapUp: talks.complete_wrap_up,
    cmd.MarkRead: contacts.mark_read,
    cmd.CustomerAway: contacts.customer_away,
    cmd.CustomerBack: contacts.customer_back,
    cmd.RateContact: aftercare.rate_contact,
    cmd.SetFollowUp: aftercare.set_follow_up,
    cmd.CloseFollowUp: aftercare.close_follow_up,
    cmd.AskHelp: supervision.ask_help,
    cmd.AnswerHelp: supervision.answer_help,
    cmd.StartMonitor: supervision.start_monitor,
    cmd.StopMonitor: supervision.stop_monitor,
    cmd.TakeOver: supervision.take_over,
    cmd.ReturnInteraction: supervision.return_interaction,
    cmd.AnnounceIncident: supervision.announce_incident,
    cmd.WithdrawIncident: supervision.withdraw_incident,
    cmd.AcknowledgeAlarm: supervision.acknowledge_alarm,
    cmd.NoteSurge: supervision.note_surge,
    cmd.EndSurge: supervision.end_surge,
    cmd.NoteFault: supervision.note_fault,
    cmd.EndFault: supervision.end_fault,
    cmd.BeginDial: spending.begin_dial,
    cmd.AnswerDial: spending.answer_dial,
    cmd.EndDial: spending.end_dial,
    cmd.KeepDials: spending.keep_dials,
}
