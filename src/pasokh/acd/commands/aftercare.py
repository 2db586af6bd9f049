"""Ratings, and what is promised to customers."""

from typing import Annotated

from msgspec import Meta

from pasokh.acd.model import FollowUp, Id, OptionalId, Words
from pasokh.kernel.messages import Command


class RateContact(Command, tag="contact.rate", frozen=True):
    """The customer's rating; who served is the asker's knowledge, for a closed contact has left the state."""

    contact: Id
    interaction: Id
    queue: Id
    agent: OptionalId
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2_000)] = ""


class SetFollowUp(Command, tag="follow_up.set", frozen=True):
    """Promise the customer something; the same id again changes it, or opens it anew."""

    follow_up: FollowUp
    contact: Id
    by: Id


class CloseFollowUp(Command, tag="follow_up.close", frozen=True):
    """The promise is kept, or needless."""

    follow_up: Id
    by: Id
    result: Words = ""
