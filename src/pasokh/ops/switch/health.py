"""Whether the switch is well: carriers that do not answer, sign-ons refused, a clock that jumps. The keeper's eyes.

`Watchman` decides, and knows neither Asterisk nor a database; `Health` looks, and tells the core of every organisation
concerned, whose walls then alarm.
"""

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import msgspec

from pasokh.acd.commands import EndFault, NoteFault
from pasokh.acd.commands.supervision import FaultKind
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.figures import Figures, label
from pasokh.kernel.time import MINUTE, SECOND, Instant, Millis
from pasokh.ops.switch.trunks import TRUNK, keep_trunks, look_at_trunks, told
from pasokh.store.asking import key_of
from pasokh.store.postgres.database import Database
from pasokh.store.postgres.inbox import PostgresInbox
from pasokh.telephony.asterisk import Asterisk

log = logging.getLogger(__name__)

EVERY_S = 5.0
SILENT_LOOKS = 2
"""A carrier is down when it was so at so many looks running: one lost answer is nothing."""
MOST_REFUSED = 20
"""Sign-ons refused within `WINDOW_MS` that mistakes still explain."""
WINDOW_MS: Final[Millis] = MINUTE
CALM_MS: Final[Millis] = 5 * MINUTE
"""After so long without a further one, refusals and jumps of the clock are over."""
JUMP_MS: Final[Millis] = 2 * SECOND
REFUSALS = tuple(
    f'SecurityEvent="{name}"'
    for name in ("InvalidPassword", "ChallengeResponseFailed", "InvalidAccountID", "FailedACL", "UnexpectedAddress",
                 "RequestNotAllowed", "AuthMethodNotAllowed")
)  # fmt: skip
_MOST_READ = 4 << 20

type Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One look; `at` is the wall's clock, `steady_ms` one that never jumps."""

    at: Instant
    steady_ms: int
    down: frozenset[str] = frozenset()
    """Carriers that do not answer."""
    refused: int = 0
    """Sign-ons refused since the look before."""
    apart_ms: int = 0
    """How far the database's clock is away."""


@dataclass(slots=True)
class Watchman:
    """Remembers what was seen, and says what is at fault since when."""

    node: str
    on: dict[Key, Instant] = field(default_factory=dict)
    _down: dict[str, int] = field(default_factory=dict)
    _refused: deque[tuple[Instant, int]] = field(default_factory=deque)
    _many_at: Instant = 0
    _jumped_at: Instant = 0
    _offset: int | None = None

    def look(self, seen: Seen) -> dict[Key, Instant]:
        """(kind, object) → since."""
        self._down = {name: self._down.get(name, 0) + 1 for name in seen.down}
        found = {("carrier", name) for name, looks in self._down.items() if looks >= SILENT_LOOKS}
        if self._many(seen):
            found.add(("sign_ons", self.node))
        if self._jumps(seen):
            found.add(("clock", self.node))
        self.on = {key: self.on.get(key, seen.at) for key in sorted(found)}
        return self.on

    @property
    def refused_lately(self) -> int:
        """Sign-ons refused within the window."""
        return sum(number for _, number in self._refused)

    def _many(self, seen: Seen) -> bool:
        if seen.refused:
            self._refused.append((seen.steady_ms, seen.refused))
        while self._refused and self._refused[0][0] <= seen.steady_ms - WINDOW_MS:
            self._refused.popleft()
        if self.refused_lately > MOST_REFUSED:
            self._many_at = seen.steady_ms
        return bool(self._many_at) and seen.steady_ms - self._many_at < CALM_MS

    def _jumps(self, seen: Seen) -> bool:
        offset = seen.at - seen.steady_ms
        before, self._offset = self._offset, offset
        jumped = before is not None and abs(offset - before) > JUMP_MS
        if jumped or abs(seen.apart_ms) > JUMP_MS:
            self._jumped_at = seen.steady_ms
        return bool(self._jumped_at) and seen.steady_ms - self._jumped_at < CALM_MS


class Health:
    """Looks every few seconds; what it cannot find out now it says nothing of."""

    def __init__(
        self, node: str, asterisk: Asterisk, database: Database, now: Callable[[], Instant], figures: Figures | None
    ) -> None:
        self._asterisk, self._database, self._now, self._figures = asterisk, database, now, figures
        self._inbox = PostgresInbox(database)
        self.watchman = Watchman(node)
        self._due = 0.0
        self._read_up_to: int | None = None
        self._told: dict[tuple[str, str, str], bool] = {}
        """Organisation, kind and object → whether it was said to be at fault."""

    async def look(self, trunks: Mapping[str, Iterable[str]]) -> None:
        """When it is time to: `trunks` = organisation → keys of its carriers."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY_S
        try:
            await self._look(trunks)
        except PasokhError as error:
            log.info("the switch's health is not known now: %s", error.code)

    async def _look(self, trunks: Mapping[str, Iterable[str]]) -> None:
        down: frozenset[str] = frozenset()
        if self._asterisk.pid is not None:
            down = self._endpoints(await self._asterisk.ask("endpoints/PJSIP"))
        trunk_states = await look_at_trunks(self._asterisk) if self._asterisk.pid is not None else None
        await keep_trunks(self._database, self.watchman.node, trunks, told(trunk_states, down), self._now())
        before = self._now()
        ((theirs,),) = await self._database.run("SELECT store_now()")
        at = self._now()
        refused = self._refusals(self._asterisk.home / "log/security.log")
        if self._figures is not None:
            self._figures.count("refused_sign_ons", refused)
        seen = Seen(at, time.monotonic_ns() // 1_000_000, down, refused, int(theirs) - (before + at) // 2)
        on = self.watchman.look(seen)
        for org, keys in trunks.items():
            own = set(keys)
            mine = {key for key in on if key[0] != "carrier" or key[1] in own}
            concerned = [("carrier", name) for name in sorted(own)]
            concerned += [("sign_ons", self.watchman.node), ("clock", self.watchman.node)]
            for key in concerned:
                await self._say(org, key, on.get(key, 0) if key in mine else 0, at)

    async def _say(self, org: str, key: Key, since: Instant, at: Instant) -> None:
        """Tell the core of a change; the first look tells what is well, for it may have been at fault before."""
        kind, name = key
        if self._told.get((org, *key)) == bool(since):
            return
        command = NoteFault(cast("FaultKind", kind), name, since) if since else EndFault(cast("FaultKind", kind), name)
        inbox_key = key_of("health", self.watchman.node, org, kind, name, str(since), str(at))
        await self._inbox.submit(org, org, inbox_key, "switch", msgspec.json.encode(command))
        self._told[org, kind, name] = bool(since)

    def _endpoints(self, told: object) -> frozenset[str]:
        listed = cast("list[dict[str, object]]", told)
        states = {str(each["resource"]): str(each["state"]) for each in listed}
        trunks = {name.removeprefix(TRUNK): state for name, state in states.items() if name.startswith(TRUNK)}
        if self._figures is not None:
            phones = [state == "online" for name, state in states.items() if not name.startswith(TRUNK)]
            away = sum(state == "offline" for state in trunks.values())
            for name, state, number in (
                ("trunks", "up", len(trunks) - away), ("trunks", "down", away),
                ("stations", "up", sum(phones)), ("stations", "down", len(phones) - sum(phones)),
            ):  # fmt: skip
                self._figures.set(name, number, label(state=state))
        return frozenset(name for name, state in trunks.items() if state == "offline")

    def _refusals(self, file: Path) -> int:
        """How many since the last look; what stood there before the first one is past."""
        with contextlib.suppress(OSError), file.open("rb") as opened:
            size = opened.seek(0, 2)
            begin, self._read_up_to = self._read_up_to, size
            if begin is None or begin > size:  # the first look, or the file was rotated
                return 0
            opened.seek(max(begin, size - _MOST_READ))
            text = opened.read(size - begin).decode("utf-8", "replace")
            return sum(any(word in line for word in REFUSALS) for line in text.splitlines())
        return 0
