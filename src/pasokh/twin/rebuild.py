"""The command behind recorded events. Every command that changes anything says enough in its events to be asked again.

Commands that changed nothing left no events and are not missed.
"""

from collections.abc import Sequence
from typing import Literal, cast

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.commands.supervision import FaultKind
from pasokh.acd.model import Closing, FollowUp


def command_of(events: Sequence[ev.AnyEvent], cause: str) -> co.AnyCommand:
    """The command that said these events; without a cause, the clock."""
    first = events[0]
    if isinstance(first, ev.DayStarted):
        return co.StartDay(first.day)
    if not cause:
        return co.Tick()
    return _by_any(events) or _by_first(first, events)


def _one[E: ev.AnyEvent](events: Sequence[ev.AnyEvent], kind: type[E]) -> E | None:
    return next((e for e in events if isinstance(e, kind)), None)


def _by_any(  # noqa: C901, PLR0912 - one line a command
    events: Sequence[ev.AnyEvent],
) -> co.AnyCommand | None:
    """Commands whose telling event need not be the first."""
    lost = events[0]
    if isinstance(lost, ev.CallLost):
        if lost.phase == "flow":
            return co.EndCall(lost.contact, "lost", lost.queue, lost.callback)
        return co.LoseCall(lost.interaction, lost.callback or "none")
    out = _one(events, ev.AgentSignedOut)
    if out is not None:
        return co.SignOut(out.agent, out.forced)
    moved = _one(events, ev.Transferred)
    if moved is not None:
        if moved.taken_over:
            return co.TakeOver(moved.interaction, moved.to_agent or "")
        if moved.consulted:
            return co.CompleteTransfer(moved.interaction, moved.from_agent)
        to_queue = moved.to_queue if moved.to_agent is None else None
        return co.Transfer(moved.interaction, moved.from_agent, to_queue, moved.to_agent, moved.note)
    missed = _one(events, ev.CallbackMissed)
    if missed is not None:
        result = cast("Literal['busy', 'no_answer', 'refused', 'failed']", missed.result)
        return co.MissCallback(missed.interaction, missed.agent, result)
    passed = _one(events, ev.PassedOutside)
    if passed is not None:
        if passed.consulted:
            return co.CompleteTransfer(passed.interaction, passed.from_agent)
        return co.TransferOutside(passed.interaction, passed.from_agent, passed.number, passed.note)
    menu = _one(events, ev.SentToMenu)
    if menu is not None:
        return co.TransferMenu(menu.interaction, menu.from_agent, menu.flow, menu.node, menu.note)
    changed = _one(events, ev.Moved)
    if changed is not None:
        return co.MoveContact(
            changed.interaction, changed.to_queue, changed.requires, changed.priority, changed.by
        )  # fmt: skip
    called = _one(events, ev.TelephoneCalled)
    if called is not None:
        return co.RejoinCall(called.interaction, called.agent)
    back = _one(events, ev.WorkReturned)
    if back is not None:
        return co.ReturnInteraction(back.interaction, back.by)
    ended = _one(events, ev.TalkEnded)
    if ended is not None:
        if ended.by == "customer":
            return co.LeaveContact(ended.interaction)
        return co.EndInteraction(ended.interaction, ended.agent)
    return None


def _by_first(first: ev.AnyEvent, events: Sequence[ev.AnyEvent]) -> co.AnyCommand:  # noqa: C901, PLR0912 - one line a command
    match first:
        case ev.QueueDefined():
            return co.DefineQueue(first.queue)
        case ev.QueueOpened():
            return co.OpenQueue(first.queue)
        case ev.QueueClosed():
            return co.CloseQueue(first.queue)
        case ev.AgentDefined():
            return co.DefineAgent(first.agent)
        case ev.AgentRetired():
            return co.RetireAgent(first.agent)
        case ev.AgentSignedIn():
            return co.SignIn(first.agent)
        case ev.PresenceChanged():
            return co.SetPresence(first.agent, first.ready, first.reason)
        case ev.ContactOpened():
            return co.OpenContact(
                first.contact, first.interaction, first.channel, first.queue, first.customer,
                first.customer_name, first.address, first.language, first.subject, first.requires,
                first.priority, first.preferred_agent, cast("Literal['contact', 'message']", first.kind),
            )  # fmt: skip
        case ev.MessagePosted():
            author = cast("co.Author", first.author)
            return co.PostMessage(
                first.interaction, first.message, author, first.author_id, first.text, first.attachments,
                first.mentions,
            )  # fmt: skip
        case ev.AlternativeAccepted():
            return _alternative(first, events)
        case ev.PriorityChanged():
            return co.SetPriority(first.interaction, first.priority)
        case ev.OfferAccepted():
            return co.AcceptOffer(first.interaction, first.agent)
        case ev.OfferRejected():
            return co.RejectOffer(first.interaction, first.agent, first.reason)
        case ev.HoldStarted():
            return co.StartHold(first.interaction, first.agent, first.reason)
        case ev.HoldEnded():
            return co.EndHold(first.interaction, first.agent)
        case ev.ConsultStarted():
            return _consult(first, events)
        case ev.ConsultEnded():
            if first.cause == "helper_left":
                closed = _one(events, ev.InteractionClosed)
                return co.EndInteraction(first.consult, (closed.agent if closed else None) or "")
            return co.EndConsult(first.interaction, first.agent)
        case ev.OutcomeRecorded():
            tried = _one(events, ev.CallbackAttempted)
            owed = _one(events, ev.FollowUpSet)
            return co.CompleteWrapUp(
                first.interaction, first.agent, first.outcome, first.note, tried.connected if tried else True,
                first.reason, _follow_up(owed) if owed is not None else None,
            )  # fmt: skip
        case ev.OfferWithdrawn() | ev.InteractionClosed():
            closed = _one(events, ev.InteractionClosed)
            reason = closed.reason if closed else Closing.ABANDONED
            if isinstance(first, ev.OfferWithdrawn) and first.cause == "telephone_gone":
                return co.WithdrawOffer(first.interaction, first.agent)
            if reason is Closing.ANSWERED:  # left the menu after a talk
                return co.LeaveContact(first.interaction)
            if reason is Closing.ABANDONED and getattr(first, "cause", "") != "closed":
                return co.LeaveContact(first.interaction)
            return co.CloseInteraction(first.interaction, reason)
        case _:
            return _beside(first)


def _beside(first: ev.AnyEvent) -> co.AnyCommand:  # noqa: C901, PLR0912 - one line a command
    """Commands beside the work itself."""
    match first:
        case ev.MessagesRead():
            return co.MarkRead(first.interaction, cast("Literal['customer', 'agent']", first.reader), first.up_to)
        case ev.CustomerWentAway():
            return co.CustomerAway(first.interaction)
        case ev.CustomerCameBack():
            return co.CustomerBack(first.interaction)
        case ev.ContactRated():
            return co.RateContact(
                first.contact, first.interaction, first.queue, first.agent, first.score, first.comment
            )
        case ev.FollowUpSet():
            return co.SetFollowUp(_follow_up(first), first.contact, first.by)
        case ev.FollowUpClosed():
            return co.CloseFollowUp(first.follow_up, first.by, first.result)
        case ev.HelpAsked():
            return co.AskHelp(first.interaction, first.agent, first.question)
        case ev.HelpAnswered():
            return co.AnswerHelp(first.interaction, first.by)
        case ev.MonitoringStarted():
            mode = cast("Literal['read', 'listen', 'whisper', 'barge']", first.mode)
            return co.StartMonitor(first.interaction, first.by, mode)
        case ev.MonitoringEnded():
            return co.StopMonitor(first.interaction, first.by)
        case ev.IncidentAnnounced():
            return co.AnnounceIncident(first.incident, first.queues, first.texts, first.by)
        case ev.IncidentWithdrawn():
            return co.WithdrawIncident(first.incident, first.by)
        case ev.SurgeNoted():
            return co.NoteSurge(first.queue, first.since, first.arrivals)
        case ev.SurgeEnded():
            return co.EndSurge(first.queue, first.since)
        case ev.DialBegun():
            return co.BeginDial(
                first.call, cast("Literal['station']", first.purpose), first.terms, first.prefix, first.interaction
            )
        case ev.DialAnswered():
            return co.AnswerDial(first.call)
        case ev.DialEnded():
            return co.EndDial(first.call)
        case ev.DialsKept():
            return co.KeepDials(first.calls, first.answered)
        case ev.FaultNoted():
            return co.NoteFault(cast("FaultKind", first.kind), first.object, first.since)
        case ev.FaultEnded():
            return co.EndFault(cast("FaultKind", first.kind), first.object)
        case ev.AlarmAcknowledged():
            return co.AcknowledgeAlarm(first.alarm, first.by)
        case _:
            return _of_a_call(first)


def _of_outside(first: ev.OutsideEnded) -> co.AnyCommand:
    """Why the number outside has no part in it any more says who asked."""
    match first.cause:
        case "customer_left":
            return co.LeaveContact(first.interaction)
        case "returned":
            return co.ReturnInteraction(first.interaction, first.by)
        case cause:
            known = cast("Literal['busy', 'no_answer', 'refused', 'failed', 'hung_up', 'lost']", cause)
            return co.EndOutside(first.interaction, known, first.code)


def _of_a_call(first: ev.AnyEvent) -> co.AnyCommand:
    """Commands that only calls know."""
    match first:
        case ev.OutsideAnswered():
            return co.AnswerOutside(first.interaction)
        case ev.OutsideEnded():
            return _of_outside(first)
        case ev.CallArrived():
            return co.BeginCall(first.contact, first.number, first.caller, first.client, first.language)
        case ev.CallStepped():
            return co.NoteStep(first.contact, first.flow, first.step, first.said)
        case ev.CallEnded():
            return co.EndCall(first.contact, cast("Literal['caller', 'flow', 'refused', 'lost']", first.reason))
        case ev.ConsultSwitched():
            party = cast("Literal['customer', 'helper', 'both']", first.party)
            return co.SwitchConsult(first.interaction, first.agent, party)
        case ev.TelephoneLost():
            return co.LoseTelephone(first.interaction, first.agent)
        case ev.TelephoneRejoined():
            return co.TelephoneBack(first.interaction, first.agent)
        case ev.RecordingPaused():
            return co.PauseRecording(first.interaction, first.agent, first.reason)
        case ev.RecordingResumed():
            return co.ResumeRecording(first.interaction, first.agent)
        case _:
            return co.Tick()


def _follow_up(e: ev.FollowUpSet) -> FollowUp:
    return FollowUp(e.follow_up, e.owner, e.due_at, e.note)


def _alternative(first: ev.AlternativeAccepted, events: Sequence[ev.AnyEvent]) -> co.AnyCommand:
    started = _one(events, ev.InteractionStarted)
    said = _one(events, ev.MessagePosted)
    later = _one(events, ev.Scheduled)
    return co.AcceptAlternative(
        first.interaction,
        cast("Literal['callback', 'message']", first.choice),
        first.replacement,
        started.address if started else "",
        said.text if said else "",
        later.not_before if later else None,
        said.attachments if said else (),
    )


def _consult(first: ev.ConsultStarted, events: Sequence[ev.AnyEvent]) -> co.AnyCommand:
    started = _one(events, ev.InteractionStarted)
    outside = _one(events, ev.OutsideCalled)
    if outside is not None:
        return co.ConsultOutside(
            first.interaction, first.agent, first.consult, outside.number, started.note if started else ""
        )
    queued = _one(events, ev.Queued)
    to_agent = queued.hold_agent if queued else None
    to_queue = started.queue if started and to_agent is None else None
    note = started.note if started else ""
    return co.StartConsult(first.interaction, first.agent, first.consult, to_queue, to_agent, note)
