"""What one machine adds to a site: where files lie, its own addresses, and secrets that never leave it."""

import contextlib
import fcntl
import os
import secrets
import socket
import struct
import tempfile
from pathlib import Path
from typing import Final

from msgspec import Struct

from pasokh.kernel.errors import PasokhError

LONGEST_SOCKET: Final = 104
"""Bytes of a Unix socket's path that every system takes."""
_SIOCGIFADDR: Final = 0x8915
SECRETS: Final = ("ari", "watchdog", "metrics")


class Machine(Struct, frozen=True, kw_only=True):
    """One installation of Asterisk with its folders below `home`."""

    home: str
    modules: str
    """Folder of Asterisk's modules."""
    data: str
    """Folder of Asterisk's own sounds and music."""
    passwords: dict[str, str]
    """For each of `SECRETS`: whom the HTTP server lets in."""
    addresses: tuple[str, ...] = ()
    """The machine's IPv4 addresses besides loopback."""
    present: frozenset[str] = frozenset()
    """Names of the modules in `modules`, without their ending."""

    def __repr__(self) -> str:
        return f"Machine({self.home!r})"

    def folder(self, name: str) -> str:
        """A folder of the installation: etc, lib, spool, run, log."""
        return f"{self.home}/{name}"


def this_machine(home: Path, modules: str, data: str) -> Machine:
    """This machine with `home` for Asterisk's files; makes its secrets on the first use.

    Raises ``asterisk.long_path`` when the control socket's path would be too long.
    """
    home = home.absolute()
    if len(os.fsencode(home / "run" / "asterisk.ctl")) > LONGEST_SOCKET:
        raise PasokhError("asterisk.long_path", home=str(home), most=LONGEST_SOCKET)
    return Machine(
        home=str(home),
        modules=modules,
        data=data,
        passwords={name: _kept_secret(home / "secrets" / name) for name in SECRETS},
        addresses=_addresses(),
        present=frozenset(path.stem for path in Path(modules).glob("*.so")),
    )


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):  # somebody else was first
            os.link(made, path)
        Path(made).unlink()
    return path.read_text("ascii").strip()


def _addresses() -> tuple[str, ...]:
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:  # an interface without an IPv4 address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return tuple(sorted(address for address in set(found) if not address.startswith("127.")))
