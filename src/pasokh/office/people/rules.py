"""Who may do what, and when a name or address has tried too often. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pasokh.kernel.time import Instant, Millis


class Role(StrEnum):
    """What a person is in the organisation, unless a role of the organisation's own says otherwise."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """Something a page or operation asks for."""

    DESK = "desk"
    CONTACTS = "contacts"
    WALL = "wall"
    OPERATE_QUEUES = "operate_queues"
    """Open and close them."""
    STAFF_QUEUES = "staff_queues"
    """Which queues agents serve, with which skills; nothing else of a person."""
    EDIT_ANSWERS = "edit_answers"
    """Canned answers for everyone, a team or a queue; everybody has their own."""
    READ_SETUP = "read_setup"
    """See queues, agents, skills as configured."""
    EDIT_SETUP = "edit_setup"
    EDIT_PEOPLE = "edit_people"
    EDIT_ROLES = "edit_roles"
    """Own roles, and who is what."""
    RECORDINGS = "recordings"
    """Hear every call, and say something about it; agents hear their own where a rule lets them."""
    HOLD_RECORDINGS = "hold_recordings"
    """Keep recordings whatever their retention says."""
    DOWNLOAD_RECORDINGS = "download_recordings"
    """Take recordings out of the centre, marked with who did."""
    FIGURES = "figures"
    """See figures of the whole centre, and the contacts behind each."""
    EXCHANGE = "exchange"
    """Take the whole configuration out, or put one in."""
    AUDIT = "audit"


_AGENT = frozenset({Right.DESK, Right.CONTACTS})
_SUPERVISOR = _AGENT | {
    Right.WALL, Right.OPERATE_QUEUES, Right.STAFF_QUEUES, Right.READ_SETUP, Right.EDIT_ANSWERS, Right.RECORDINGS,
    Right.HOLD_RECORDINGS, Right.FIGURES,
}  # fmt: skip
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMINISTRATOR: frozenset(Right),
}
INCLUDES: dict[Right, frozenset[Right]] = {
    Right.RECORDINGS: frozenset({Right.CONTACTS}),
    Right.HOLD_RECORDINGS: frozenset({Right.CONTACTS, Right.RECORDINGS}),
    Right.DOWNLOAD_RECORDINGS: frozenset({Right.CONTACTS, Right.RECORDINGS}),
    Right.FIGURES: frozenset({Right.CONTACTS}),
    Right.EDIT_ANSWERS: frozenset({Right.READ_SETUP}),
    Right.EDIT_SETUP: frozenset({Right.READ_SETUP}),
    Right.EDIT_PEOPLE: frozenset({Right.READ_SETUP}),
    Right.EDIT_ROLES: frozenset({Right.READ_SETUP, Right.EDIT_PEOPLE}),
    Right.EXCHANGE: frozenset({Right.READ_SETUP, Right.EDIT_SETUP, Right.EDIT_PEOPLE, Right.EDIT_ROLES}),
}
"""Rights that make no sense without others: whoever gets one gets those too."""


def may(role: str, right: Right) -> bool:
    """Whether a built-in role carries a right; any other role carries none."""
    return right in (rights_of(role) or ())


def rights_of(role: str) -> frozenset[Right] | None:
    """The rights of a built-in role; None for any other."""
    try:
        return RIGHTS[Role(role)]
    except ValueError:
        return None


def known_rights(names: Iterable[str]) -> frozenset[Right]:
    """The rights among stored names, with what they include; names of another release are passed over."""
    values = {right.value for right in Right}
    return with_included(Right(name) for name in names if name in values)


def with_included(rights: Iterable[Right]) -> frozenset[Right]:
    """The rights and all they include."""
    asked = frozenset(rights)
    return asked.union(*(INCLUDES.get(right, frozenset()) for right in asked))


@dataclass(frozen=True, slots=True)
class Limit:
    """After `tries` failures within `window_ms`, the door stays shut for `shut_ms`."""

    tries: int
    window_ms: Millis
    shut_ms: Millis


@dataclass(frozen=True, slots=True)
class Tries:
    """Failures counted for one key."""

    count: int = 0
    since: Instant = 0
    shut_until: Instant = 0


def after_failure(tries: Tries, limit: Limit, now: Instant) -> Tries:
    """What is remembered once another try failed at `now`."""
    if now - tries.since >= limit.window_ms:
        tries = Tries(0, now, tries.shut_until)
    count = tries.count + 1
    if count >= limit.tries:
        return Tries(0, now, now + limit.shut_ms)
    return Tries(count, tries.since, tries.shut_until)


def wait_ms(tries: Tries, now: Instant) -> Millis:
    """How long the door stays shut from `now` on."""
    return max(0, tries.shut_until - now)
