"""Who may do what, and when a name or address has tried too often. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from pasokh.kernel.time import MINUTE, Instant, Millis


class Role(StrEnum):
    """What a person is in the organisation. Rights come from the role alone."""

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
    READ_SETUP = "read_setup"
    """See queues, agents, skills as configured."""
    EDIT_SETUP = "edit_setup"
    AUDIT = "audit"


_AGENT = frozenset({Right.DESK, Right.CONTACTS})
_SUPERVISOR = _AGENT | {Right.WALL, Right.OPERATE_QUEUES, Right.READ_SETUP}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMINISTRATOR: _SUPERVISOR | {Right.EDIT_SETUP, Right.AUDIT},
}


def may(role: str, right: Right) -> bool:
    """Whether a role carries a right; an unknown role carries none."""
    try:
        return right in RIGHTS[Role(role)]
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Limit:
    """After `tries` failures within `window_ms`, the door stays shut for `shut_ms`."""

    tries: int
    window_ms: Millis
    shut_ms: Millis


NAME_AND_ADDRESS = Limit(5, 10 * MINUTE, 5 * MINUTE)
NAME = Limit(20, 30 * MINUTE, 10 * MINUTE)
"""Wider, so that a stranger elsewhere cannot easily shut a person out."""
ADDRESS = Limit(50, 10 * MINUTE, 10 * MINUTE)


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
