"""Bringing a site into effect: tried first, swapped at one stroke, read again only where it changed, looked at, undone.

Order: trial → files → reload (or restart) → verify; if the switch does not have it all, the files before come back.
A switch that does not run gets the files for its next start.
"""

import asyncio
import time
from typing import Final

from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import Asterisk
from pasokh.telephony.config.etc import Etc
from pasokh.telephony.config.machine import Machine
from pasokh.telephony.config.models import Node, Site
from pasokh.telephony.config.plan import RELOADS, Plan, plan
from pasokh.telephony.config.render import Files, render
from pasokh.telephony.config.trial import try_out
from pasokh.telephony.config.verify import differences

VERIFY_SECONDS: Final = 5.0
"""How long a reload may take to show."""


class Applied(Struct, frozen=True):
    """What was done."""

    plan: Plan
    running: bool
    """Whether a switch runs and has it now; otherwise it will at its next start."""
    tried_seconds: float
    """How long the trial's Asterisk took to answer; 0 = nothing was to be tried."""


async def apply(site: Site, node: Node, machine: Machine, asterisk: Asterisk, *, restart: bool = False) -> Applied:
    """Bring the node to what the site says; nothing changes when nothing differs.

    `restart` allows a new start where a change needs one and no call is up. A switch that lacks something of files that
    are right reads them all again; raises ``asterisk.differs`` when that does not help. Otherwise raises
    ``asterisk.trial_failed``, ``asterisk.restart_needed``, ``asterisk.calls_up`` with nothing changed,
    ``asterisk.rolled_back`` with everything as before, ``asterisk.broken`` when even that failed.
    """
    etc = Etc(asterisk.home)
    with etc.alone():
        before, after = etc.current(), render(site, node, machine)
        change = plan(before, after)
        running, kept = await asterisk.adopt(), asterisk.kept
        if change.empty:
            if running and await differences(asterisk, after):
                await _catch_up(asterisk, change, after, restart=restart)
            return Applied(change, running, 0.0)
        tried = await try_out(site, node, machine, asterisk.program)
        if running and change.restart:
            await _may_restart(asterisk, change, allowed=restart)
        asterisk.prepare()
        staged = etc.stage(after)
        previous = etc.swap(staged)
        if running:
            try:
                await _take_effect(asterisk, change, after)
            except PasokhError as error:
                if previous is None:
                    raise
                etc.swap(previous)
                await _come_back(asterisk, plan(after, before), before, error, kept=kept)
        etc.forget_old()
        return Applied(change, running, tried)


async def verify(site: Site, node: Node, machine: Machine, asterisk: Asterisk) -> tuple[str, ...]:
    """What the running switch lacks of the site; raises ``asterisk.not_running``, ``asterisk.not_applied``."""
    files = render(site, node, machine)
    change = plan(Etc(asterisk.home).current(), files)
    if not change.empty:
        raise PasokhError("asterisk.not_applied", n=len(change.changes))
    if not await asterisk.adopt():
        raise PasokhError("asterisk.not_running", home=str(asterisk.home))
    return await differences(asterisk, files)


async def _may_restart(asterisk: Asterisk, change: Plan, *, allowed: bool) -> None:
    if not allowed:
        raise PasokhError("asterisk.restart_needed", files=", ".join(change.restart))
    if calls := await asterisk.calls():
        raise PasokhError("asterisk.calls_up", n=calls)


async def _catch_up(asterisk: Asterisk, change: Plan, files: Files, *, restart: bool) -> None:
    """The files are right and the switch is not: somebody was stopped between the two, or changed it by hand."""
    every = tuple(command for name, commands in RELOADS.items() if name in files for command in commands)
    try:
        await _take_effect(asterisk, Plan(change.changes, every, ()), files)
    except PasokhError:
        if not restart:
            raise
        everything = Plan(change.changes, (), tuple(files))
        await _may_restart(asterisk, everything, allowed=True)
        await _take_effect(asterisk, everything, files)


async def _take_effect(asterisk: Asterisk, change: Plan, files: Files) -> None:
    """Reload or restart, and wait until the switch has what the files say; raises ``asterisk.differs``."""
    if change.restart:
        await asterisk.restart()
    else:
        for command in change.reloads:
            await asterisk.command(command)
    deadline = time.monotonic() + VERIFY_SECONDS
    while found := await differences(asterisk, files):
        if time.monotonic() > deadline:
            raise PasokhError("asterisk.differs", reason=_told(found))
        await asyncio.sleep(0.05)


async def _come_back(asterisk: Asterisk, back: Plan, files: Files, cause: PasokhError, *, kept: bool) -> None:
    """With the files before in place again, make the switch read them; raises either way."""
    reason = str(cause.params.get("reason", cause))
    try:
        if asterisk.pid is None:  # it did not survive the new configuration
            await asterisk.revive(kept=kept)
            back = Plan(back.changes, (), ())
        await _take_effect(asterisk, back, files)
    except PasokhError as error:
        raise PasokhError("asterisk.broken", reason=reason, then=str(error)) from cause
    raise PasokhError("asterisk.rolled_back", reason=reason) from cause


def _told(found: tuple[str, ...]) -> str:
    return ", ".join(found[:8]) + (" …" if len(found) > 8 else "")
