"""What a flow may refer to: the organisation's queues, skills, hours, prompts and outside numbers."""

import msgspec

from pasokh.flows.nodes import Id, LanguageCode, Name, Number


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prompt of the catalogue: its text by language, and what it is tagged with."""

    text: dict[LanguageCode, str] = {}
    tags: tuple[Name, ...] = ()
    recorded: tuple[LanguageCode, ...] = ()
    """Languages with an uploaded recording, which needs no text."""


class Surroundings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation a flow is checked against."""

    queues: frozenset[Id] = frozenset()
    skills: frozenset[Id] = frozenset()
    hours: frozenset[Id] = frozenset()
    """Calendars of business hours and holidays."""
    prompts: dict[Id, Prompt] = {}
    music: frozenset[Id] = frozenset({"default"})
    numbers: frozenset[Number] = frozenset()
    """Outside numbers calls may be passed on to, as the dial policy allows them."""
    attributes: frozenset[Name] = frozenset()
    """Known of customers without a flow's asking."""
