"""What follows a contact: promises to the customer, and the customer's rating."""

from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant


class FollowUpSet(Event, tag="follow_up.set", frozen=True):
    """Somebody owes the customer something by a time (R20, R54): new, changed, or open again."""

    follow_up: str
    contact: str
    owner: str
    due_at: Instant
    note: str
    by: str
    interaction: str = ""
    """Where it was promised; empty when set outside of a talk."""


class FollowUpClosed(Event, tag="follow_up.closed", frozen=True):
    """The promise is kept, or needless; `result` says."""

    follow_up: str
    contact: str
    owner: str
    due_at: Instant
    by: str
    result: str = ""


class ContactRated(Event, tag="contact.rated", frozen=True):
    """The customer's rating, 1 to 5; a later one replaces it."""

    contact: str
    interaction: str
    queue: str
    agent: str
    """Who served last; empty when nobody did."""
    score: int
    comment: str = ""
