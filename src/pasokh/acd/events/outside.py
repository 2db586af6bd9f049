"""Numbers outside, the way back to the menu, and moves from queue to queue."""

from pasokh.acd.model import Requirement
from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant, Millis


class OutsideCalled(Event, tag="outside.called", frozen=True):
    """A number outside is being called until `until`: for a customer handed there, or for a consult (`parent`)."""

    interaction: str
    contact: str
    queue: str
    agent: str
    """Who asked for it."""
    number: str
    until: Instant
    parent: str = ""


class OutsideAnswered(Event, tag="outside.answered", frozen=True):
    """It answered."""

    interaction: str
    contact: str
    queue: str
    number: str
    rang_ms: Millis


class OutsideEnded(Event, tag="outside.ended", frozen=True):
    """The number outside has no part in it any more.

    `cause`: ``busy``, ``no_answer``, ``refused`` (`code` = why the dial policy forbids it), ``failed``, ``hung_up``,
    ``customer_left``, ``ended`` (a consult was), ``returned`` (`by` sent the customer back to the queue), ``lost``.
    """

    interaction: str
    contact: str
    queue: str
    number: str
    cause: str
    answered: bool
    rang_ms: Millis
    """How long it rang, answered or not."""
    talk_ms: Millis
    code: str = ""
    by: str = ""


class PassedOutside(Event, tag="interaction.passed_outside", frozen=True):
    """An agent handed the customer to a number outside and has no part in it any more."""

    interaction: str
    contact: str
    from_agent: str
    from_queue: str
    number: str
    leg: str
    """The interaction for which the number was called: this one, or the consult (`consulted`)."""
    talk_ms: Millis
    note: str = ""
    consulted: bool = False
    """They talk at once; otherwise an `OutsideCalled` follows."""


class SentToMenu(Event, tag="interaction.sent_to_menu", frozen=True):
    """An agent sent the caller back to the menu: to a node of a flow, or to the start (both empty)."""

    interaction: str
    contact: str
    from_agent: str
    from_queue: str
    flow: str
    node: str
    talk_ms: Millis
    note: str = ""


class Moved(Event, tag="interaction.moved", frozen=True):
    """It waits in another queue from now on; a `Queued` follows."""

    interaction: str
    contact: str
    from_queue: str
    to_queue: str
    waiting: bool
    """It waited in `from_queue`; otherwise it comes from the menu."""
    waited_ms: Millis
    """So far."""
    requires: tuple[Requirement, ...]
    priority: int
    by: str = ""
