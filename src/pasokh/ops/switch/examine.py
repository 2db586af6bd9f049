"""What doctor says of telephone calls: Asterisk, its keeper, carriers, telephones, prompts, the engine behind them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Literal

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant
from pasokh.ops.switch.settings import SwitchSettings
from pasokh.ops.switch.state import KeeperState, read_state
from pasokh.telephony.asterisk import FLOOR, Asterisk, Program
from pasokh.telephony.config.dialplan import application

type Found = tuple[Literal["good", "warning", "wrong"], str, dict[str, object]]

FRESH_MS = 15 * SECOND
SHOWN = 5
TRUNK = "trunk-"


def examine_switch(settings: SwitchSettings, now: Callable[[], Instant]) -> list[Found]:
    """All findings; none of them changes anything."""

    async def collect() -> list[Found]:
        return [found async for found in _examine(settings, now())]

    return asyncio.run(collect())


async def _examine(settings: SwitchSettings, now: Instant) -> AsyncIterator[Found]:
    state = read_state(settings.state)
    if settings.voice == "off" and state is None:
        yield "good", "switch.off", {}
        return
    try:
        program = Program.find()
        version = await program.version()
    except PasokhError as error:
        yield "wrong", "switch.absent", {"reason": str(error), "floor": FLOOR}
        return
    yield "good", "switch.version", {"version": version}
    if state is None or not _lives(state.pid):
        yield "good", "switch.stopped", {"home": str(settings.home)}
        return
    if now - state.at > FRESH_MS:
        yield "warning", "switch.stale", {"seconds": (now - state.at) // SECOND}
    for trouble in state.troubles:
        yield "wrong", "switch.trouble", {"org": trouble.org or "–", "said": trouble.said, "code": trouble.code}
    there, wanted = state.prompts_there, state.prompts_wanted
    yield ("good" if there >= wanted else "warning"), "switch.prompts", {"there": there, "wanted": wanted}
    kinds = {fault.partition(":")[0] for fault in state.faults}
    many: dict[str, object] = {"n": state.refused_sign_ons}
    yield ("warning", "switch.sign_ons_refused", many) if "sign_ons" in kinds else ("good", "switch.sign_ons", many)
    yield ("wrong", "switch.clock_jumps", {}) if "clock" in kinds else ("good", "switch.clock", {})
    asterisk = Asterisk(program, settings.home)
    if asterisk.pid is None or not await asterisk.ready():
        yield "wrong", "switch.down", {"reason": asterisk.complaint()}
        return
    yield "good", "switch.running", _counted(state)
    with contextlib.suppress(PasokhError):
        for found in _endpoints(await asterisk.ask("endpoints/PJSIP")):
            yield found
        yield _followed(await asterisk.ask("applications"), state)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _counted(state: KeeperState) -> dict[str, object]:
    return {
        "numbers": state.numbers, "trunks": state.trunks, "stations": state.stations, "sip": state.udp_port,
        "http": state.http_port, "starts": state.starts,
    }  # fmt: skip


def _endpoints(told: Any) -> list[Found]:  # noqa: ANN401 - JSON
    """Carriers that do not answer; those whose health nobody asks for count as there."""
    states = {str(each["resource"]): str(each["state"]) for each in told}
    trunks = {name: state for name, state in states.items() if name.startswith(TRUNK)}
    away = sorted(name.removeprefix(TRUNK) for name, state in trunks.items() if state == "offline")
    phones = [state for name, state in states.items() if name not in trunks]
    found: list[Found] = []
    if away:
        found.append(("wrong", "switch.trunks_away", {"trunks": ", ".join(away[:SHOWN]), "n": len(away)}))
    elif trunks:
        found.append(("good", "switch.trunks", {"n": len(trunks)}))
    found.append(("good", "switch.phones", {"there": phones.count("online"), "n": len(phones)}))
    return found


def _followed(told: Any, state: KeeperState) -> Found:  # noqa: ANN401 - JSON
    """Whether an engine is connected for every organisation."""
    led = {str(each["name"]) for each in told}
    missing = [org for org in state.organisations if application(org) not in led]
    if missing:
        return "wrong", "switch.unled", {"organisations": ", ".join(missing[:SHOWN])}
    return "good", "switch.led", {"n": len(state.organisations)}
