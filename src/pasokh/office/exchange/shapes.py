"""What each section of the configuration file may hold, and lengths of time as people write them. Pure."""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pasokh.kernel.errors import PasokhError

type Names = dict[Literal["fa", "uk", "en"], Annotated[str, Meta(max_length=200)]]
type Key = Annotated[str, Meta(max_length=80)]
type Seconds = Annotated[int, Meta(ge=0, le=86_400)]

_UNITS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_SPAN = re.compile(r"([0-9]{1,12})\s*(ms|s|min|h|d)")


class Shape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Base of all items."""


class OrganisationItem(Shape, frozen=True):
    """The organisation itself."""

    name: Names
    zone: str
    language: Literal["fa", "uk", "en"]
    colour: str = ""


class ClientItem(Shape, frozen=True):
    """A client, and what its calls are answered with, by language."""

    name: Names
    greeting: dict[Literal["fa", "uk", "en"], str] = {}
    archived: bool = False


class NamedItem(Shape, frozen=True):
    """A skill or team."""

    name: Names
    archived: bool = False


class RoleItem(Shape, frozen=True):
    """A role of the organisation's own."""

    name: Names
    rights: list[str]
    archived: bool = False


class OutcomeItem(Shape, frozen=True):
    """An outcome in its tree."""

    name: Names
    under: Key = ""
    position: int = 0
    needs_follow_up: bool = False
    archived: bool = False


class ReasonItem(Shape, frozen=True):
    """A reason in its tree; the band in seconds."""

    name: Names
    under: Key = ""
    position: int = 0
    normal_from_s: Seconds | None = None
    normal_to_s: Seconds | None = None
    archived: bool = False


class CapacityItem(Shape, frozen=True):
    """How much a person takes at once."""

    voice: Annotated[int, Meta(ge=0, le=1)] = 1
    text: Annotated[int, Meta(ge=0, le=50)] = 3
    mail: Annotated[int, Meta(ge=0, le=200)] = 5


class PersonItem(Shape, frozen=True):
    """A person without anything secret."""

    name: Annotated[str, Meta(max_length=200)]
    role: Key = "agent"
    email: str = ""
    language: Literal["fa", "uk", "en"] = "en"
    active: bool = True
    handles_contacts: bool = True
    team: Key = ""
    skills: dict[Key, Annotated[int, Meta(ge=1, le=100)]] = {}
    queues: list[Key] = []
    capacity: CapacityItem = CapacityItem()


class AnswerItem(Shape, frozen=True):
    """A shared canned answer."""

    title: str
    texts: dict[Literal["fa", "uk", "en"], str]
    scope: Literal["everyone", "team", "queue"] = "everyone"
    team: Key = ""
    queue: Key = ""
    tags: list[str] = []
    archived: bool = False


def with_words(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON with every `…_ms` as words without the ending: ``ring_ms: 20000`` → ``ring: 20 s``."""
    if isinstance(value, dict):
        found = {}
        for name, part in value.items():
            if name.endswith("_ms"):
                found[name[:-3]] = None if part is None else span_in_words(part)
            else:
                found[name] = with_words(part)
        return found
    return [with_words(part) for part in value] if isinstance(value, list | tuple) else value


def with_milliseconds(value: Any, names: frozenset[str]) -> Any:  # noqa: ANN401 - any JSON
    """The way back: each of `names` (without `_ms`) is read as a length of time; raises `import.bad_span`."""
    if isinstance(value, dict):
        return {
            (f"{name}_ms" if name in names else name): (
                _milliseconds(name, part) if name in names else with_milliseconds(part, names)
            )
            for name, part in value.items()
        }
    return [with_milliseconds(part, names) for part in value] if isinstance(value, list) else value


def span_in_words(milliseconds: int) -> str:
    """A length of time in the largest unit that divides it: ``20 s``, ``1500 ms``, ``2 min``."""
    unit = next(
        name for name, size in reversed(_UNITS.items()) if milliseconds % size == 0 and (milliseconds or name == "s")
    )
    return f"{milliseconds // _UNITS[unit]} {unit}"


def _milliseconds(name: str, value: object) -> int | None:
    if value is None:
        return None
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise PasokhError("import.bad_span", field=name, value=str(value)[:40])
    return int(found[1]) * _UNITS[found[2]]
