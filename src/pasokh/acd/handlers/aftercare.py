"""Promises to customers, and their ratings."""

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import FollowUp
from pasokh.acd.state import OpenFollowUp
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def check_promise(turn: Turn, f: FollowUp, contact: str) -> None:
    """Refuse an owner nobody knows, and the id of another contact's follow-up."""
    turn.agent(f.owner, "follow_up.owner")
    known = turn.state.follow_ups.get(f.id)
    if known is not None and known.contact != contact:
        raise PasokhError("id.in_use", field="follow_up.id", id=f.id)


def promise(turn: Turn, f: FollowUp, contact: str, by: str, interaction: str = "") -> None:
    """Set a follow-up that was checked."""
    known = turn.state.follow_ups.get(f.id)
    interaction = known.interaction if known is not None else interaction
    turn.emit(ev.FollowUpSet(f.id, contact, f.owner, f.due_at, f.note, by, interaction))


def set_follow_up(turn: Turn, c: cmd.SetFollowUp) -> None:
    """Promise, change a promise, or open it again; equal to the open one it changes nothing."""
    f = c.follow_up
    check_promise(turn, f, c.contact)
    known = turn.state.follow_ups.get(f.id)
    if known is None or known != OpenFollowUp(f.id, c.contact, f.owner, f.due_at, f.note, known.interaction):
        promise(turn, f, c.contact, c.by)


def close_follow_up(turn: Turn, c: cmd.CloseFollowUp) -> None:
    """Keep a promise; `follow_up.unknown` when it is not open."""
    known = turn.state.follow_ups.get(c.follow_up)
    if known is None:
        raise PasokhError("follow_up.unknown", field="follow_up", follow_up=c.follow_up)
    turn.emit(ev.FollowUpClosed(known.id, known.contact, known.owner, known.due_at, c.by, c.result))


def rate_contact(turn: Turn, c: cmd.RateContact) -> None:
    """Record what the customer thinks; the contact may have left the state long ago."""
    turn.emit(ev.ContactRated(c.contact, c.interaction, c.queue, c.agent, c.score, c.comment))
