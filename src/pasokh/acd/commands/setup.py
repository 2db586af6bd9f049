"""Asking the core to take over what a centre configures, and who is at work."""

from typing import Annotated

from msgspec import Meta

from pasokh.acd.model import AgentConfig, Id, QueueConfig, Words
from pasokh.kernel.messages import Command


class DefineQueue(Command, tag="queue.define", frozen=True):
    """Publish a queue or a new version of it."""

    queue: QueueConfig


class OpenQueue(Command, tag="queue.open", frozen=True):
    """Let contacts in (business hours begin)."""

    queue: Id


class CloseQueue(Command, tag="queue.close", frozen=True):
    """Let no new contact in; those who wait are still served."""

    queue: Id


class DefineAgent(Command, tag="agent.define", frozen=True):
    """Create an agent or change skills, queues, capacity."""

    agent: AgentConfig


class RetireAgent(Command, tag="agent.retire", frozen=True):
    """Remove an agent who has no open work."""

    agent: Id


class StartDay(Command, tag="day.start", frozen=True):
    """Begin a new operating day: counters of the day restart."""

    day: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class SignIn(Command, tag="agent.sign_in", frozen=True):
    """Sign an agent in, not ready."""

    agent: Id


class SignOut(Command, tag="agent.sign_out", frozen=True):
    """Sign an agent out; open work refuses it unless forced, then that work returns to its queue."""

    agent: Id
    force: bool = False


class SetPresence(Command, tag="agent.set_presence", frozen=True):
    """Go ready, or not ready with a reason. Work in hand is kept; an open offer is withdrawn."""

    agent: Id
    ready: bool
    reason: Words = ""
