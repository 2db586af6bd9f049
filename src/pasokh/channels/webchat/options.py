"""What an organisation chooses about a chat widget: its look, what it asks first, what it lets a customer do."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pasokh.i18n.languages import LANGUAGES

LONGEST_GREETING = 300
NO_COLOUR = ""
"""The widget's own colour."""

type Colour = Annotated[str, Meta(pattern=r"^(#[0-9a-f]{6})?$")]
"""`#rrggbb` in lower case, or empty."""
type Greeting = Annotated[str, Meta(max_length=LONGEST_GREETING)]


class Asked(StrEnum):
    """Something a customer may be asked before the chat begins."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ORDER = "order"
    SUBJECT = "subject"


class PrechatField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of the form before the chat; one that is not required may be left empty."""

    key: Asked
    required: bool = False


class WidgetOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a widget. Stored as JSON with the widget; whatever is missing there has the value given here."""

    greeting: dict[Literal["fa", "uk", "en"], Greeting] = {}
    """Language → what the open widget says first; a missing language has the widget's own words."""
    colour: Colour = NO_COLOUR
    position: Literal["start", "end"] = "end"
    """On which side of the page, in reading direction, the launcher stands."""
    prechat: tuple[PrechatField, ...] = (PrechatField(Asked.NAME),)
    """Asked in this order before the chat begins; empty = the customer writes at once."""
    rating: bool = True
    """Ask for one to five stars when the chat is over."""
    transcript: bool = True
    """Offer the conversation by e-mail."""
    attachments: bool = True
    """Let the customer send files."""
    offline_form: bool = True
    """Outside business hours show a form for a message instead of a chat nobody would answer."""
    languages: tuple[Literal["fa", "uk", "en"], ...] = LANGUAGES
    """Offered languages; the first is the default."""


def options_of(stored: object) -> WidgetOptions:
    """The options of a stored JSON object; raises `msgspec.ValidationError` for what no form let in."""
    return msgspec.convert(stored, WidgetOptions, strict=True)
