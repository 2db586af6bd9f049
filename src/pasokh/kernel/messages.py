"""Bases of what goes in and comes out of the core: commands ask, events tell, effects reach outside."""

import msgspec


class Command(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    """A request in the imperative. It may be refused with `PasokhError`."""


class Event(msgspec.Struct, frozen=True, tag_field="type"):
    """A fact in the past tense. It is never refused, changed or removed.

    A new field needs a default, so that old rows still decode; a changed meaning needs a new schema and an upcaster.
    """


class Effect(msgspec.Struct, frozen=True, tag_field="type"):
    """Something to be done outside after the event that asked for it is durable.

    Its `id` derives from that event, so performing it twice is harmless.
    """


def tag_of(message: msgspec.Struct | type[msgspec.Struct]) -> str:
    """The stable wire name of a message, such as ``contact.opened``."""
    tag = message.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{message!r} has no tag")
    return tag
