"""A UDP socket that says when the kernel got each message, and what is kept of a call."""

import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks._sip_media import BUFFER

STAMPED = 35
"""SO_TIMESTAMPNS of Linux, and the type of its control message."""


@dataclass(slots=True)
class Call:
    """One caller."""

    number: str
    id: str
    sent: float = 0.0
    """When its INVITE went out, seconds since 1970."""
    answered: float = 0.0
    """When the switch answered it."""
    to: str = ""
    contact: str = ""
    rang: list[list[Any]] = field(default_factory=list)
    """When an agent's telephone was called for it, whose, when it was taken, and when that leg ended (0 = not)."""
    talked: float = 0.0
    """When an agent took it."""
    ended: float = 0.0
    by: str = ""
    """``caller``, ``switch``, ``patience``, or a refusing status."""
    tries: int = 0


class Wire:
    """A UDP socket that stamps what it receives."""

    def __init__(self, host: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.setsockopt(socket.SOL_SOCKET, STAMPED, 1)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.host, self.port = self.socket.getsockname()

    def received(self) -> tuple[str, float] | None:
        """The next message and when the kernel got it."""
        try:
            data, control, _, _ = self.socket.recvmsg(65_535, 64)
        except BlockingIOError:
            return None
        at = time.time()
        for level, kind, value in control:
            if level == socket.SOL_SOCKET and kind == STAMPED and len(value) == 16:
                seconds, nanos = struct.unpack("qq", value)
                at = seconds + nanos / 1e9
        return data.decode("latin-1"), at


def header(text: str, name: str) -> str:
    """A header's value; Asterisk writes full names in fixed case."""
    start = text.find(f"\r\n{name}: ")
    if start < 0:
        return ""
    start += len(name) + 4
    return text[start : text.index("\r\n", start)]
