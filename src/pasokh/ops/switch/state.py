"""What the keeper of the switch tells doctor and whoever looks: a small file beside Asterisk's."""

import contextlib
import os
from pathlib import Path

import msgspec

from pasokh.kernel.time import Instant


class Trouble(msgspec.Struct, frozen=True):
    """Something that is not as it should be."""

    org: str
    """Whose; empty = the whole switch's."""
    code: str
    said: str


class KeeperState(msgspec.Struct, frozen=True):
    """How the switch stood when the keeper last looked."""

    at: Instant
    pid: int
    """The keeper's own."""
    asterisk: int = 0
    version: str = ""
    applied_at: Instant = 0
    """When it was last brought up to date."""
    organisations: tuple[str, ...] = ()
    trunks: int = 0
    numbers: int = 0
    stations: int = 0
    udp_port: int = 0
    http_port: int = 0
    starts: int = 0
    prompts_wanted: int = 0
    prompts_there: int = 0
    faults: tuple[str, ...] = ()
    """``kind:object`` of what its watchman finds at fault (`ops.switch.health`)."""
    refused_sign_ons: int = 0
    """Within the last minute."""
    troubles: tuple[Trouble, ...] = ()


def write_state(path: Path, state: KeeperState) -> None:
    """Keep it, whole or not at all."""
    made = path.with_name(f".{path.name}-{os.getpid()}")
    made.write_bytes(msgspec.json.encode(state))
    made.replace(path)


def read_state(path: Path) -> KeeperState | None:
    """The latest; None where no keeper ever ran."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=KeeperState)
    return None
