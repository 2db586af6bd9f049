"""`pasokh telephony`: what a change of numbers, carriers or stations means for the switch, and bringing it there."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import Asterisk, Program
from pasokh.telephony.config.apply import apply, verify
from pasokh.telephony.config.etc import Etc
from pasokh.telephony.config.machine import Machine, this_machine
from pasokh.telephony.config.models import Node, Site
from pasokh.telephony.config.plan import Change, Plan, plan
from pasokh.telephony.config.render import render
from pasokh.telephony.config.rules import node_of
from pasokh.telephony.config.source import SiteSource
from pasokh.telephony.proxy import apply as proxy_apply
from pasokh.telephony.proxy import kamailio as proxy
from pasokh.telephony.proxy.kamailio import Kamailio
from pasokh.telephony.proxy.render import render as proxy_render

type Action = Literal["diff", "apply"]
MOST_LINES = 12
"""Settings shown of one section; a dialplan has thousands."""


@dataclass(frozen=True, slots=True)
class Target:
    """A node of a site on this machine."""

    site: Site
    node: Node
    machine: Machine
    asterisk: Asterisk

    @staticmethod
    def of(source: SiteSource, node: str | None, home: Path) -> "Target":
        """Raises ``site.*`` and ``asterisk.not_installed``."""
        site = source.load()
        chosen = node_of(site, node)
        program = Program.find()
        return Target(site, chosen, this_machine(home, program.modules, program.data), Asterisk(program, home))


def run(action: Action, target: Target, *, restart: bool = False) -> Iterator[str]:
    """Do it and tell, line by line; raises what `apply` raises."""
    match action:
        case "diff":
            before = Etc(target.asterisk.home).current()
            yield from told(plan(before, render(target.site, target.node, target.machine)))
        case "apply":
            done = asyncio.run(apply(target.site, target.node, target.machine, target.asterisk, restart=restart))
            yield from told(done.plan)
            if done.tried_seconds:
                yield message("telephony.tried", "en", seconds=f"{done.tried_seconds:.1f}")
            if done.running:
                yield message("telephony.applied", "en")
            else:
                yield message("telephony.next_start", "en", home=str(target.asterisk.home))


def lacking(target: Target) -> tuple[str, ...]:
    """What the running switch lacks of the site; raises ``asterisk.not_running``, ``asterisk.not_applied``."""
    return asyncio.run(verify(target.site, target.node, target.machine, target.asterisk))


# -- the proxy ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ProxyTarget:
    """The proxy of a site on this machine."""

    site: Site
    kamailio: Kamailio

    @staticmethod
    def of(source: SiteSource, home: Path) -> "ProxyTarget":
        """Raises ``site.*``, ``proxy.none`` and ``proxy.not_installed``."""
        site = source.load()
        if site.proxy is None:
            raise PasokhError("proxy.none")
        return ProxyTarget(site, Kamailio(proxy.Program.find(), home))

    def run(self, action: Action, *, restart: bool = False) -> Iterator[str]:
        """Do it and tell, line by line; raises what `pasokh.telephony.proxy.apply` raises."""
        if action == "diff":
            before = Etc(self.kamailio.home, proxy.ACCOUNT).current()
            place = self.kamailio.program.place(self.kamailio.home)
            yield from _proxy_told(proxy_apply.plan(before, proxy_render(self.site, place)))
            return
        done = asyncio.run(proxy_apply.apply(self.site, self.kamailio, restart=restart))
        yield from _proxy_told(done.plan)
        if done.tried_seconds:
            yield message("telephony.proxy.tried", "en", seconds=f"{done.tried_seconds:.1f}")
        key = "telephony.proxy.applied" if done.running else "telephony.proxy.next_start"
        yield message(key, "en", home=str(self.kamailio.home))

    def lacking(self) -> tuple[str, ...]:
        """What the running proxy lacks of the site, nodes that do not answer it included."""
        return asyncio.run(proxy_apply.verify(self.site, self.kamailio))


def _proxy_told(change: proxy_apply.ProxyPlan) -> Iterator[str]:
    if change.empty:
        yield message("telephony.nothing", "en")
    for name, lines in change.changes:
        yield f"{message('telephony.changed', 'en'):<8} {name}"
        yield from (f"         {line}" for line in lines[:MOST_LINES])
        if len(lines) > MOST_LINES:
            yield f"         … {len(lines) - MOST_LINES}"
    if change.restart:
        yield message("telephony.proxy.restart", "en", files=", ".join(change.restart))


def told(change: Plan) -> Iterator[str]:
    """A plan in lines: files, sections, settings, and what Asterisk will do."""
    if change.empty:
        yield message("telephony.nothing", "en")
        return
    for each in change.changes:
        yield from _change(each)
    if change.restart:
        yield message("telephony.restart", "en", files=", ".join(change.restart))
    if change.reloads and not change.restart:
        yield message("telephony.reload", "en", commands=", ".join(change.reloads))


def _change(change: Change) -> Iterator[str]:
    name = f"[{change.section}] {change.kind}".rstrip() if change.section else ""
    yield f"{message(f'telephony.{change.state}', 'en'):<8} {change.file} {name}".rstrip()
    for line in change.lines[:MOST_LINES]:
        yield f"         {line.name}: {line.before or '-'} -> {line.after or '-'}"
    if len(change.lines) > MOST_LINES:
        yield f"         … {len(change.lines) - MOST_LINES}"
