"""What is configured, and how agents come and go."""

from pasokh.acd.model import AgentConfig, QueueConfig
from pasokh.kernel.messages import Event


class QueueDefined(Event, tag="queue.defined", frozen=True):
    """A queue exists, or has a new version."""

    queue: QueueConfig


class QueueOpened(Event, tag="queue.opened", frozen=True):
    """The queue lets contacts in."""

    queue: str


class QueueClosed(Event, tag="queue.closed", frozen=True):
    """The queue lets no new contact in."""

    queue: str


class AgentDefined(Event, tag="agent.defined", frozen=True):
    """An agent exists, or has new skills, queues or capacity."""

    agent: AgentConfig


class AgentRetired(Event, tag="agent.retired", frozen=True):
    """An agent is gone."""

    agent: str


class DayStarted(Event, tag="day.started", frozen=True):
    """Counters of the day restart."""

    day: str


class AgentSignedIn(Event, tag="agent.signed_in", frozen=True):
    """Signed in, not ready."""

    agent: str


class AgentSignedOut(Event, tag="agent.signed_out", frozen=True):
    """Signed out."""

    agent: str
    forced: bool = False


class PresenceChanged(Event, tag="agent.presence_changed", frozen=True):
    """Ready, or not ready for a reason. `by` says who did it: the agent, or the core after an offer rang out."""

    agent: str
    ready: bool
    reason: str = ""
    by: str = "agent"
