"""Bodies of the web chat's calls."""

from typing import Annotated

import msgspec
from msgspec import Meta

from pasokh.channels.webchat.details import Details

_Key = Annotated[str, Meta(min_length=1, max_length=80)]
_Start = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_\-]{20,64}$")]
_Line = Annotated[str, Meta(max_length=200)]
_Text = Annotated[str, Meta(max_length=16_000)]
_Pass = Annotated[str, Meta(max_length=300)]


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every call that begins something carries."""

    key: _Key
    start: _Start
    language: Annotated[str, Meta(max_length=16)] = ""
    visitor: _Pass = ""
    name: _Line = ""
    email: _Line = ""
    phone: _Line = ""
    order: _Line = ""
    subject: _Line = ""
    text: _Text = ""

    @property
    def details(self) -> Details:
        """As typed."""
        return Details(self.name, self.email, self.phone, self.order, self.subject)


class Start(About, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of `/chat/v1/start`."""

    message: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,80}$")] | None = None


class Leave(About, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of `/chat/v1/message`: a message to be answered by e-mail."""


class Resume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `/chat/v1/resume`."""

    token: Annotated[str, Meta(max_length=4_096)]


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `/chat/v1/history`."""

    key: _Key
    visitor: _Pass
    before: Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")] | None = None
    without: Annotated[str, Meta(max_length=80)] | None = None


class Earlier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `/chat/v1/earlier`: the files of which earlier conversation are to be opened."""

    key: _Key
    visitor: _Pass
    contact: Annotated[str, Meta(min_length=1, max_length=80)]


class Transcript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `/chat/v1/transcript`."""

    token: Annotated[str, Meta(max_length=4_096)]
    address: _Line
    language: Annotated[str, Meta(max_length=16)] = ""
