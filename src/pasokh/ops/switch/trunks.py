"""How carriers stand, as this node's Asterisk sees them: kept where the office shows it, a few seconds old at most."""

import re
from collections.abc import Collection, Iterable, Mapping

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.store.postgres.database import Database
from pasokh.telephony.asterisk import Asterisk

TRUNK = "trunk-"
_CONTACT = re.compile(
    r"^\s*Contact:\s+(trunk-[a-z0-9_-]+)/\S+\s+\S+\s+(Avail|Unavail|NonQual|Unknown)\s+(\S+)", re.MULTILINE
)
_REGISTRATION = re.compile(r"^\s*(trunk-[a-z0-9_-]+)/.*?\b(Registered|Rejected|Unregistered|Stopped)\b", re.MULTILINE)
_STATES = {"Avail": "up", "Unavail": "down", "NonQual": "unasked", "Unknown": "trying"}
_REGISTERED = {"Registered": "registered", "Rejected": "refused", "Unregistered": "trying", "Stopped": "trying"}
_KEEP = """
INSERT INTO telephony_trunkstate (organisation_id, trunk, node, state, since, round_trip_us, registration, looked_at)
SELECT org, trunk, node, state, looked_at, round_trip_us, registration, looked_at FROM json_to_recordset(%s::json)
    AS r (org text, trunk text, node text, state text, round_trip_us bigint, registration text, looked_at bigint)
ON CONFLICT (organisation_id, trunk, node) DO UPDATE SET
    since = CASE WHEN telephony_trunkstate.state = excluded.state
        THEN telephony_trunkstate.since ELSE excluded.since END,
    state = excluded.state, round_trip_us = excluded.round_trip_us, registration = excluded.registration,
    looked_at = excluded.looked_at
"""


class TrunkSeen(msgspec.Struct, frozen=True):
    """A carrier at one look. `state`: ``up``, ``down``, ``trying`` (not yet known), ``unasked`` (no health checks)."""

    state: str = "trying"
    round_trip_us: int = 0
    registration: str = ""
    """``registered``, ``refused``, ``trying``; empty where we do not sign on there."""


def read_trunks(contacts: str, registrations: str) -> dict[str, TrunkSeen]:
    """By key, from ``pjsip show contacts`` and ``pjsip show registrations``."""
    found: dict[str, TrunkSeen] = {}
    for name, state, trip in _CONTACT.findall(contacts):
        found[name.removeprefix(TRUNK)] = TrunkSeen(_STATES[state], _microseconds(trip))
    for name, state in _REGISTRATION.findall(registrations):
        key = name.removeprefix(TRUNK)
        found[key] = msgspec.structs.replace(found.get(key, TrunkSeen()), registration=_REGISTERED[state])
    return found


async def look_at_trunks(asterisk: Asterisk) -> dict[str, TrunkSeen] | None:
    """How they stand now; None while the switch does not run or does not say."""
    try:
        return read_trunks(
            await asterisk.command("pjsip show contacts"), await asterisk.command("pjsip show registrations")
        )
    except PasokhError:
        return None


def told(seen: Mapping[str, TrunkSeen] | None, down: Collection[str]) -> Mapping[str, TrunkSeen] | None:
    """The same by what the alarm goes by: `down` are those whose endpoint has no contact that can be called."""
    if seen is None:
        return None
    found = dict(seen)
    for key, each in seen.items():
        if each.state == "down" and key not in down:  # the table of contacts was a moment behind
            found[key] = msgspec.structs.replace(each, state="up")
    for key in down:
        found[key] = msgspec.structs.replace(found.get(key, TrunkSeen()), state="down")
    return found


async def keep_trunks(
    database: Database,
    node: str,
    trunks: Mapping[str, Iterable[str]],
    seen: Mapping[str, TrunkSeen] | None,
    at: Instant,
) -> None:
    """Keep what was seen of every organisation's carriers; `seen` None = the switch is stopped. Raises ``store.*``."""
    rows = []
    for org, keys in trunks.items():
        for key in keys:
            found = TrunkSeen("stopped") if seen is None else seen.get(key, TrunkSeen())
            rows.append({"org": org, "trunk": key, "node": node, "looked_at": at, **msgspec.to_builtins(found)})
    if rows:
        await database.run(_KEEP, (msgspec.json.encode(rows).decode(),))


def _microseconds(text: str) -> int:
    try:
        return max(0, round(float(text) * 1_000))
    except (ValueError, OverflowError):  # "nan" where nothing was measured
        return 0
