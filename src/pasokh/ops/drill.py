"""Timed drills on a running centre: an engine, the switch or a carrier is taken away, and what became of calls is told.

A drill does what a fault would: `SIGKILL`, or a carrier that takes no more calls. It judges by the switch's own list of
calls before and after, and by the log. Nobody's real call is risked unless somebody says so.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg

from pasokh.acd import events as ev
from pasokh.acd.events import decode_event
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.ops.database import acting_as
from pasokh.ops.logs_of import one_store
from pasokh.ops.role import known_as
from pasokh.ops.settings import Settings
from pasokh.store import schema
from pasokh.store.ports import Row
from pasokh.store.postgres import PostgresStore
from pasokh.telephony.asterisk import Asterisk, Program
from pasokh.telephony.config.dialplan import application, shut_variable
from pasokh.telephony.variables import ORG, ROLE

type Kind = Literal["engine", "switch", "trunk"]

LONGEST_S = 90.0
"""How long a successor may take before the drill says that none came."""
SETTLE_S = 12.0
"""So long after it is watched what becomes of calls: a switch that died is given up within this time."""
LOOK_S = 0.05


@dataclass
class Report:
    """What was done, to how many calls, how long it took, and what was lost."""

    kind: Kind
    done: str
    calls: int = 0
    """Customers on the line when it began."""
    noticed_s: float | None = None
    back_s: float | None = None
    """Until somebody decides again (engine), or calls are taken again (switch)."""
    kept: int = 0
    ended: int = 0
    """Calls whose people hung up meanwhile."""
    lost: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    """Callbacks made for lost calls, agents freed, calls by carrier."""

    def lines(self) -> list[str]:
        """In words."""
        told = [self.done, self._say("calls", calls=self.calls)]
        for name in ("noticed", "back"):
            seconds = getattr(self, f"{name}_s")
            told += [self._say(name, seconds=f"{seconds:.1f}")] if seconds is not None else []
        told.append(self._say("outcome", kept=self.kept, ended=self.ended, lost=self.lost))
        told += [self._say(name, count=count) for name, count in self.counts.items() if has_words(name)]
        told += [f"  {name}: {count}" for name, count in self.counts.items() if not has_words(name)]
        return told

    @staticmethod
    def _say(key: str, **fields: object) -> str:
        return message(f"drill.{key}", "en", **fields)


def has_words(name: str) -> bool:
    """Whether a count is told in a sentence of its own; carriers are told by their names."""
    return name in {"callbacks", "freed", "doubled"}


class Drill:
    """One drill on the centre these settings are of."""

    def __init__(self, settings: Settings, url: str, store: PostgresStore, org: str) -> None:
        self._settings, self._url, self._store, self._org = settings, url, store, org
        self.asterisk = Asterisk(Program.find(), settings.switch.home)

    # -- before --------------------------------------------------------------------------------------------------------
    async def callers(self) -> set[str]:
        """Customers' channels of the organisation; none where no switch runs."""
        with contextlib.suppress(PasokhError):
            return {
                each["id"]
                for each in await self.asterisk.ask("channels")
                if (said := each.get("channelvars", {})).get(ORG) == self._org
                and said.get(ROLE) in ("caller", "outside")
            }
        return set()

    async def lead(self) -> tuple[str, int]:
        """Who leads, and its epoch; raises ``drill.nobody_leads``."""
        found = await asyncio.to_thread(self._led)
        if not found[0]:
            raise PasokhError("drill.nobody_leads", organisation=self._org)
        return found

    def pid_of(self, owner: str) -> int:
        """The process behind an engine's name; raises ``drill.elsewhere`` for one that is not on this machine."""
        for path in self._settings.run_home.glob("engine-*.lock"):
            with path.open("rb") as file:
                if known_as(file) != owner:
                    continue
                inode = os.fstat(file.fileno()).st_ino
            for line in Path("/proc/locks").read_text("ascii").splitlines():
                words = line.split()
                if len(words) > 5 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):
                    return int(words[4])
        raise PasokhError("drill.elsewhere", owner=owner)

    # -- the drills ----------------------------------------------------------------------------------------------------
    async def engine(self) -> Report:
        """`SIGKILL` to the engine that leads: another, or the same begun anew, takes over."""
        owner, epoch = await self.lead()
        pid = self.pid_of(owner)
        before, mark = await self.callers(), await self._head()
        report = Report("engine", message("drill.killed_engine", "en", owner=owner, pid=pid), len(before))
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await self._until(lambda: self._later(epoch), "drill.nobody_took_over")
        report.back_s = time.monotonic() - began
        await self._judge(report, before, mark)
        return report

    async def switch(self) -> Report:
        """`SIGKILL` to Asterisk: its calls are lost, told as such, and customers are called back."""
        pid = self.asterisk.pid
        if pid is None:
            raise PasokhError("asterisk.not_running", home=str(self.asterisk.home))
        before, mark = await self.callers(), await self._head()
        report = Report("switch", message("drill.killed_switch", "en", pid=pid), len(before))
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        noticing = asyncio.create_task(self._noticed(mark, len(before), began))
        await self._until(self._takes_calls, "drill.nobody_took_over")
        report.back_s = time.monotonic() - began
        report.noticed_s = await noticing
        await self._judge(report, before, mark)
        return report

    async def trunk(self, key: str, seconds: float) -> Report:
        """A carrier takes no more calls for so long; those to the outside go by the others."""
        carriers = [each["resource"] for each in await self.asterisk.ask("endpoints/PJSIP")]
        if f"trunk-{key}" not in carriers:
            known = ", ".join(name.removeprefix("trunk-") for name in carriers if name.startswith("trunk-"))
            raise PasokhError("drill.no_trunk", trunk=key, known=known or "–")
        before, mark = await self.callers(), await self._head()
        done = message("drill.shut_trunk", "en", trunk=key, seconds=f"{seconds:.0f}")
        report = Report("trunk", done, len(before))
        by_carrier: dict[str, str] = {}
        async with self._shut(key):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                for each in await self.asterisk.ask("channels"):
                    name = each["name"].removeprefix("PJSIP/").rpartition("-")[0]
                    if name.startswith("trunk-") and each["id"] not in before:
                        by_carrier[each["id"]] = name.removeprefix("trunk-")
                await asyncio.sleep(LOOK_S * 4)
        report.counts |= Counter(by_carrier.values())
        await self._judge(report, before, mark, settle_s=0.0)
        return report

    @contextlib.asynccontextmanager
    async def _shut(self, key: str) -> AsyncIterator[None]:
        """It is open again whatever happens, Ctrl-C included."""
        await self.asterisk.command(f"dialplan set global {shut_variable(key)} 1")
        try:
            yield
        finally:
            await self.asterisk.command(f"dialplan set global {shut_variable(key)} 0")

    # -- after ---------------------------------------------------------------------------------------------------------
    async def _judge(self, report: Report, before: set[str], mark: int, settle_s: float = SETTLE_S) -> None:
        """What became of the calls that were there."""
        deadline = time.monotonic() + (settle_s if before else 0.0)
        while True:
            after, events = await self.callers(), await self._events(mark)
            lost = {event.contact for event in events if isinstance(event, ev.CallLost)}
            lost |= {e.contact for e in events if isinstance(e, ev.CallEnded) and e.reason == "lost"}
            if time.monotonic() >= deadline or (report.kind == "switch" and len(lost) >= len(before)):
                break
            await asyncio.sleep(LOOK_S * 4)
        report.kept, report.lost = len(before & after), len(lost)
        report.ended = max(0, len(before) - report.kept - report.lost)
        back = [e for e in events if isinstance(e, ev.Queued) and e.cause == "lost"]
        freed = {e.agent for e in events if isinstance(e, ev.CallLost) and e.agent}
        if report.kind == "switch":
            report.counts |= {"callbacks": len(back), "freed": len(freed)}
        if report.kind == "engine":
            report.counts["doubled"] = _doubled(events)

    async def _noticed(self, mark: int, calls: int, began: float) -> float | None:
        """When the log says that a call is lost; None where there was none to lose."""
        while calls and time.monotonic() - began < LONGEST_S:
            if any(isinstance(event, ev.CallLost | ev.CallEnded) for event in await self._events(mark)):
                return time.monotonic() - began
            await asyncio.sleep(LOOK_S)
        return None

    async def _takes_calls(self) -> bool:
        """Asterisk answers again, and the organisation's engine is there."""
        with contextlib.suppress(PasokhError, OSError):
            await self.asterisk.ask(f"applications/{application(self._org)}")
            return True
        return False

    async def _until(self, true: Callable[[], object], code: str) -> None:
        deadline = time.monotonic() + LONGEST_S
        while True:
            found = true()
            if await found if asyncio.iscoroutine(found) else found:
                return
            if time.monotonic() > deadline:
                raise PasokhError(code, seconds=int(LONGEST_S))
            await asyncio.sleep(LOOK_S)

    def _led(self) -> tuple[str, int]:
        with psycopg.connect(acting_as(self._url, schema.ENGINE), autocommit=True) as connection:
            row = connection.execute(
                "SELECT owner, epoch FROM shard_head WHERE shard = %s AND until >= store_now()", (self._org,)
            ).fetchone()
        return (row[0], row[1]) if row else ("", 0)

    async def _later(self, epoch: int) -> bool:
        """Whether somebody of a later epoch leads."""
        with contextlib.suppress(psycopg.Error):
            owner, now = await asyncio.to_thread(self._led)
            return bool(owner) and now > epoch
        return False

    async def _head(self) -> int:
        return (await self._store.head(self._org, self._org)).seq

    async def _events(self, after: int) -> list[ev.AnyEvent]:
        rows: list[Row] = []
        with contextlib.suppress(PasokhError):
            while page := await self._store.read(self._org, self._org, rows[-1].seq if rows else after, 5_000):
                rows += page
        return [decode_event(row.data) for row in rows]


def _doubled(events: list[ev.AnyEvent]) -> int:
    """Customers for whom a second agent was asked while a first one was."""
    asked: dict[str, str] = {}
    doubled = 0
    for event in events:
        match event:
            case ev.Offered():
                doubled += event.interaction in asked and asked[event.interaction] != event.agent
                asked[event.interaction] = event.agent
            case (
                ev.OfferRejected() | ev.OfferTimedOut() | ev.OfferWithdrawn() | ev.TalkEnded() | ev.InteractionClosed()
            ):
                asked.pop(event.interaction, None)
            case _:
                pass
    return doubled


@contextlib.asynccontextmanager
async def on(settings: Settings, org: str | None) -> AsyncIterator[Drill]:
    """A drill on the running centre; raises ``log.which_organisation``, ``log.no_organisation``."""
    async with one_store(settings, org) as (url, store, found):
        yield Drill(settings, url, store, found)


async def run(
    settings: Settings, kind: Kind, org: str | None, trunk: str, seconds: float,
    *, with_calls: bool, agreed: Callable[[str], bool],
) -> Report | None:  # fmt: skip
    """Ask, then do it; None where the answer was no. Raises ``drill.calls_up`` unless `with_calls`, and ``drill.*``."""
    async with on(settings, org) as drill:
        calls = len(await drill.callers())
        if calls and not with_calls:
            raise PasokhError("drill.calls_up", calls=calls)
        if not agreed(message(f"drill.ask_{kind}", "en", calls=calls, trunk=trunk, seconds=f"{seconds:.0f}")):
            return None
        if kind == "engine":
            return await drill.engine()
        if kind == "switch":
            return await drill.switch()
        return await drill.trunk(trunk, seconds)
