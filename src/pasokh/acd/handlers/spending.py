"""Calls to the outside: how many at once, what they may cost, and who is told when that runs out."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.model import Channel
from pasokh.acd.spending import SPANS, cost, cost_by, reached, spent
from pasokh.acd.state import Dial
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND


def begin_dial(turn: Turn, c: cmd.BeginDial) -> None:
    """Let it be called; known already changes nothing."""
    state, terms = turn.state, c.terms
    if c.call in state.dials:
        return
    if len(state.dials) >= terms.max_calls:
        raise PasokhError("dial.too_many_calls", field="number", most=terms.max_calls)
    least = cost(terms.a_minute, terms.first_s, terms.step_s, terms.least_s * SECOND)
    known = state.spending
    for span, limit in zip(SPANS, (terms.day_limit, terms.month_limit), strict=True):
        counted = terms.currency == known.currency and (span == "day" or terms.month == known.month)
        before = spent(state, span, turn.now) if counted else 0
        if limit is not None and least and before + least > limit:
            raise PasokhError("dial.spent_today" if span == "day" else "dial.spent_this_month", field="number")
    turn.emit(ev.DialBegun(c.call, c.purpose, terms, c.prefix, c.interaction))
    look(turn)


def answer_dial(turn: Turn, c: cmd.AnswerDial) -> None:
    """It costs from now on; answered already, or over, changes nothing."""
    dial = turn.state.dials.get(c.call)
    if dial is not None and not dial.answered_at:
        turn.emit(ev.DialAnswered(c.call))
        look(turn)


def end_dial(turn: Turn, c: cmd.EndDial) -> None:
    """It is over; over already changes nothing."""
    dial = turn.state.dials.get(c.call)
    if dial is not None:
        _end(turn, dial)
        look(turn)


def keep_dials(turn: Turn, c: cmd.KeepDials) -> None:
    """What nobody saw the end of ends now: at worst it counts for a little longer than it was."""
    there, answered = set(c.calls), set(c.answered)
    known = list(turn.state.dials.values())
    over = [dial for dial in known if dial.call not in there]
    taken = [dial for dial in known if dial.call in there & answered and not dial.answered_at]
    if not over and not taken:
        return
    turn.emit(ev.DialsKept(c.calls, c.answered))
    for dial in over:
        _end(turn, dial)
    for dial in taken:
        turn.emit(ev.DialAnswered(dial.call))
    look(turn)


def _end(turn: Turn, dial: Dial) -> None:
    talked = turn.now - dial.answered_at if dial.answered_at else 0
    turn.emit(
        ev.DialEnded(
            dial.call, dial.purpose, dial.answered_at > 0, talked, cost_by(dial, turn.now), dial.currency,
            dial.day, dial.month, dial.prefix, dial.interaction,
        )
    )  # fmt: skip


def look(turn: Turn) -> None:
    """Tell which shares of the limits have been reached, or are not any more; cut calls where the policy says so."""
    state = turn.state
    now_reached = reached(state, turn.now)
    for key in [key for key in state.spending.told if key not in now_reached]:
        span, _, percent = key.partition(":")
        turn.emit(ev.SpendEased(span, int(percent)))
    cut = False
    for key, (span, share, used, limit) in now_reached.items():
        if key not in state.spending.told:
            turn.emit(ev.SpendReached(span, share, used, limit, state.spending.currency))
            cut = cut or share >= 100
    _alarm(turn)
    if cut and state.spending.cut:
        for dial in state.dials.values():
            if dial.a_minute:
                effect = ef.CutDial(turn.effect_id(), dial.interaction or dial.call, Channel.VOICE, dial.call)
                turn.effects.append(effect)


def _alarm(turn: Turn) -> None:
    """One alarm for each limit, of the greatest share reached."""
    state = turn.state
    for span in SPANS:
        shares = [int(key.partition(":")[2]) for key in state.spending.told if key.startswith(f"{span}:")]
        now_on = str(max(shares)) if shares else ""
        kind = f"spend_{span}"
        for fault in [fault for fault in state.faults.values() if fault.kind == kind and fault.object != now_on]:
            turn.emit(ev.FaultEnded(kind, fault.object))
        if now_on and f"{kind}:{now_on}" not in state.faults:
            turn.emit(ev.FaultNoted(kind, now_on, turn.now))
