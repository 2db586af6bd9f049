"""Signing in and out, ready and not ready."""

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Phase, Presence
from pasokh.acd.state import Agent
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError


def sign_in(turn: Turn, c: cmd.SignIn) -> None:
    """Sign in, not ready; signed in already changes nothing."""
    if turn.agent(c.agent).presence is Presence.OFFLINE:
        turn.emit(ev.AgentSignedIn(c.agent))


def sign_out(turn: Turn, c: cmd.SignOut) -> None:
    """Sign out; with open work only when forced, which returns that work to its queues."""
    agent = turn.agent(c.agent)
    if agent.presence is Presence.OFFLINE:
        return
    work = [turn.state.interactions[name] for name in agent.work]
    if not c.force and any(i.phase is not Phase.OFFERED for i in work):
        raise PasokhError("agent.has_work", field="agent", agent=c.agent)
    withdraw_offers(turn, agent, "agent_signed_out")
    for i in work:
        if i.id not in turn.state.interactions:
            continue
        if i.phase is Phase.ACTIVE and i.kind == "consult":
            parent = turn.state.interactions[i.parent or ""]
            turn.end_consult(parent, "helper_left")
        elif i.phase is Phase.ACTIVE:
            turn.return_work(i)
            turn.requeue(i, "returned")
        elif i.phase is Phase.WRAP_UP:
            turn.emit(ev.WrapUpExpired(i.id, i.contact, c.agent, i.queue))
    turn.emit(ev.AgentSignedOut(c.agent, c.force))
    release_reserved(turn, c.agent)


def set_presence(turn: Turn, c: cmd.SetPresence) -> None:
    """Go ready or not ready; the same presence and reason again changes nothing."""
    agent = turn.present(c.agent)
    if (agent.presence is Presence.READY) == c.ready and (c.ready or agent.reason == c.reason):
        return
    change_presence(turn, agent, ready=c.ready, reason="" if c.ready else c.reason, by="agent")


def change_presence(turn: Turn, agent: Agent, *, ready: bool, reason: str, by: str) -> None:
    """Change presence; open offers of an agent who is not ready return to their place."""
    turn.emit(ev.PresenceChanged(agent.config.id, ready, reason, by))
    if ready:
        turn.agents.add(agent.config.id)
    else:
        withdraw_offers(turn, agent, "agent_not_ready")


def withdraw_offers(turn: Turn, agent: Agent, cause: str) -> None:
    """Withdraw all open offers of an agent."""
    for name in list(agent.work):
        i = turn.state.interactions[name]
        if i.phase is Phase.OFFERED and i.kind == "consult":
            turn.end_consult(turn.state.interactions[i.parent or ""], "unanswered")
        elif i.phase is Phase.OFFERED:
            turn.withdraw(i, cause)
            turn.requeue(i, "withdrawn")


def release_reserved(turn: Turn, agent: str) -> None:
    """Contacts kept for an agent who left go to everyone; consults of that agent alone end unanswered."""
    for i in list(turn.state.interactions.values()):
        if i.phase is not Phase.QUEUED or i.hold_agent != agent:
            continue
        if i.kind == "consult":
            turn.end_consult(turn.state.interactions[i.parent or ""], "unanswered")
        else:
            turn.emit(ev.RestrictionLapsed(i.id, i.contact, i.queue, "reserved"))
            turn.waiting.add(i.id)
