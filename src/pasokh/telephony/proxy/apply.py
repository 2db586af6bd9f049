"""Bringing a site into effect at the proxy: tried first, swapped at one stroke, read again where it changed, looked at.

Kamailio's own check reads the language only: a table that is missing, a certificate that is none, modules in the wrong
order come out when it starts. So a throw-away one starts, on free loopback ports, registering nowhere.
"""

import asyncio
import shutil
import time
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.etc import Etc
from pasokh.telephony.config.models import Listen, Site
from pasokh.telephony.config.trial import check_certificate, free_ports, own_folder
from pasokh.telephony.proxy.kamailio import ACCOUNT, Kamailio, Program
from pasokh.telephony.proxy.render import render

VERIFY_SECONDS: Final = 8.0
AGAIN_SECONDS: Final = 0.5
RELOADS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "dispatcher.list": (("dispatcher.reload",),),
    "address.list": (("permissions.addressReload",),),
    "users": (("htable.reload", "users"),),
    "networks": (("htable.reload", "networks"),),
    "uacreg": (("uac.reg_reload",),),
    "tls.cfg": (("tls.reload",),),
}
"""How a file is read again while calls go on; any other is read at the start only."""


class ProxyPlan(Struct, frozen=True):
    """What differs: lines that come and go by file; those of tables with secrets are only counted."""

    changes: tuple[tuple[str, tuple[str, ...]], ...]
    restart: tuple[str, ...]
    """Files whose changes need a new start: registrations are kept, browsers connect again, calls go on."""

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.changes


class ProxyApplied(Struct, frozen=True):
    """What was done."""

    plan: ProxyPlan
    running: bool
    tried_seconds: float


def plan(before: Mapping[str, str], after: Mapping[str, str]) -> ProxyPlan:
    """The difference, file by file."""
    changes = [
        (name, _lines(name, before.get(name, ""), after.get(name, "")))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    fixed = tuple(name for name, _ in changes if name not in RELOADS or not (name in before and name in after))
    return ProxyPlan(tuple(changes), fixed)


SECRET: Final = frozenset({"users", "uacreg"})


def _lines(name: str, before: str, after: str) -> tuple[str, ...]:
    old, new = before.splitlines(), after.splitlines()
    gone, come = [line for line in old if line not in set(new)], [line for line in new if line not in set(old)]
    if name in SECRET:  # a telephone's name may be told, what its password is checked with may not
        gone, come = [line.split(":")[0] for line in gone], [line.split(":")[0] for line in come]
    return (*(f"- {line}" for line in gone), *(f"+ {line}" for line in come))


async def apply(site: Site, kamailio: Kamailio, *, restart: bool = False) -> ProxyApplied:
    """Bring the proxy to what the site says; `restart` allows a new start where a change needs one.

    Raises ``proxy.trial_failed``, ``proxy.restart_needed`` with nothing changed, ``proxy.rolled_back`` with everything
    as before when it does not take the new files after all.
    """
    etc = Etc(kamailio.home, ACCOUNT)
    with etc.alone():
        before, after = etc.current(), render(site, kamailio.program.place(kamailio.home))
        change = plan(before, after)
        running = await kamailio.adopt()
        if change.empty:
            return ProxyApplied(change, running, 0.0)
        tried = await try_out(site, kamailio.program)
        if running and change.restart and not restart:
            raise PasokhError("proxy.restart_needed", files=", ".join(change.restart))
        kamailio.prepare()
        previous = etc.swap(etc.stage(after))
        if running:
            try:
                await _take_effect(site, kamailio, change)
            except PasokhError as error:
                if previous is None:
                    raise
                etc.swap(previous)
                await kamailio.restart()
                raise PasokhError("proxy.rolled_back", reason=str(error.params.get("reason", error))) from error
        etc.forget_old()
        return ProxyApplied(change, running, tried)


async def verify(site: Site, kamailio: Kamailio) -> tuple[str, ...]:
    """What the running proxy lacks of the site; raises ``proxy.not_applied``, ``proxy.not_running``."""
    change = plan(Etc(kamailio.home, ACCOUNT).current(), render(site, kamailio.program.place(kamailio.home)))
    if not change.empty:
        raise PasokhError("proxy.not_applied", n=len(change.changes))
    if not await kamailio.adopt():
        raise PasokhError("proxy.not_running", home=str(kamailio.home))
    return await differences(site, kamailio)


async def differences(site: Site, kamailio: Kamailio, *, alive: bool = True) -> tuple[str, ...]:
    """What it lacks or has besides, asked of itself; with `alive`, nodes that do not answer it are told too."""
    nodes = await kamailio.nodes()
    found = [f"node {node.name}" for node in site.nodes if node.name not in nodes]
    found += [f"node -{name}" for name in nodes if name not in {node.name for node in site.nodes}]
    for node in site.nodes:
        flags = nodes.get(node.name, "")
        if flags and node.takes_calls == flags.startswith("D"):
            found.append(f"node {node.name} {flags}")
        elif alive and node.takes_calls and flags.startswith("I"):
            found.append(f"node {node.name}: no answer")
    wanted = {
        line.split(":")[0] for line in render(site, kamailio.program.place(kamailio.home))["users"].splitlines()[1:]
    }
    dumped = await kamailio.ask("htable.dump", "users")
    known = {each["name"] for slot in dumped for each in slot["slot"]}
    found += [f"station {name}" for name in sorted(wanted - known)]
    found += [f"station -{name}" for name in sorted(known - wanted)]
    return tuple(found)


async def _take_effect(site: Site, kamailio: Kamailio, change: ProxyPlan) -> None:
    if change.restart:
        await kamailio.restart()
    deadline = time.monotonic() + VERIFY_SECONDS
    while True:
        for name, _ in () if change.restart else change.changes:
            # It compares times in whole seconds, and a version that comes back is as old as it is.
            (kamailio.home / "etc" / name).touch()
            for method, *params in RELOADS[name]:
                await kamailio.ask(method, *params)
        found = await differences(site, kamailio, alive=False)
        if not found:
            return
        if time.monotonic() > deadline:
            raise PasokhError("proxy.differs", reason=", ".join(found[:8]))
        await asyncio.sleep(AGAIN_SECONDS)


# -- trial -------------------------------------------------------------------------------------------------------------
async def try_out(site: Site, program: Program) -> float:
    """Start the site's proxy beside everything; returns how many seconds it took to answer.

    Raises ``asterisk.bad_certificate`` and ``proxy.trial_failed`` with what is wrong.
    """
    proxy = site.proxy
    if proxy is not None and proxy.certificate is not None:
        check_certificate(proxy.certificate)
    folder = own_folder()
    kamailio = Kamailio(program, folder)
    try:
        etc, tried = Etc(folder, ACCOUNT), trial_site(site)
        etc.swap(etc.stage(render(tried, program.place(folder))))
        kamailio.prepare()
        await kamailio.check()
        try:
            seconds = await kamailio.start(dies_with_parent=True)
        except PasokhError as error:
            raise PasokhError("proxy.trial_failed", reason=str(error.params.get("reason", error))) from error
        found = (*kamailio.complaints(), *await differences(tried, kamailio, alive=False))
        if found:
            raise PasokhError("proxy.trial_failed", reason="; ".join(found[:5]))
        return seconds
    finally:
        await kamailio.kill()
        shutil.rmtree(folder, ignore_errors=True)


def trial_site(site: Site) -> Site:
    """The site with other addresses for its proxy, and carriers and nodes left in peace."""
    proxy = site.proxy
    assert proxy is not None
    inside, udp, tcp, tls, http, https, *nodes = free_ports(6 + len(site.nodes))

    def local(port: int) -> Listen:
        return Listen(address="127.0.0.1", port=port)

    tried = replace(
        proxy,
        address="127.0.0.1",
        public_address="",
        inside=local(inside),
        udp_port=udp if proxy.udp_port else 0,
        tcp_port=tcp if proxy.tcp_port else 0,
        tls_port=tls if proxy.tls_port else 0,
        http=local(http) if proxy.http else None,
        https=local(https) if proxy.https else None,
    )
    away = tuple(
        replace(node, address="127.0.0.1", udp_port=port) for node, port in zip(site.nodes, nodes, strict=True)
    )
    trunks = tuple(replace(trunk, registers=False) for trunk in site.trunks)
    return replace(site, proxy=tried, nodes=away, trunks=trunks)
