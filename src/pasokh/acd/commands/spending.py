"""Calls to the outside, and what they cost: told by whoever dials, one call one channel."""

from typing import Literal

from pasokh.acd.model import Id, OptionalId, Terms, Words
from pasokh.kernel.messages import Command


class BeginDial(Command, tag="dial.begin", frozen=True):
    """Let a number outside be called, if the caps and limits of the organisation allow one more call."""

    call: Id
    purpose: Literal["station", "callback", "transfer", "forward", "campaign"]
    terms: Terms
    prefix: Words = ""
    """The beginning of the number by which it was priced; empty without a price."""
    interaction: OptionalId = ""


class AnswerDial(Command, tag="dial.answer", frozen=True):
    """It was answered: it costs from now on."""

    call: Id


class EndDial(Command, tag="dial.end", frozen=True):
    """It is over, answered or not."""

    call: Id


class KeepDials(Command, tag="dial.keep", frozen=True):
    """These calls are there, after nobody looked for a while; every other one is over."""

    calls: tuple[Id, ...]
    answered: tuple[Id, ...] = ()
