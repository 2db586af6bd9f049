"""The sound of the calls that `_sip_load` places: spoken, and counted where it comes."""

import socket
import struct
import time

CALLER_HOST, DESK_HOST, SWITCH_HOST = "127.0.0.2", "127.0.0.3", "127.0.0.1"
BUFFER = 8 << 20
RTP_PACKET_S = 0.02
RTP_BYTES = 160


class Media:
    """Sound of all calls on two sockets: a packet every 20 ms to each of the switch's ports, and what comes counted."""

    def __init__(self) -> None:
        self.wires = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for wire, host in zip(self.wires, (CALLER_HOST, DESK_HOST), strict=True):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            wire.bind((host, 0))
            wire.setblocking(False)
        self.due = time.time()
        self.forget()

    def forget(self) -> None:
        """Before a new run."""
        self.legs: list[list[int]] = [[], []]
        self.heard: dict[tuple[int, int], list[float]] = {}
        """Side and port of the switch → packets, when the first and the latest came, longest gap in seconds."""
        self.sequence = 0
        self.late = 0

    def begin(self, side: int, port: int, _: str) -> None:
        """Speak to a port of the switch from now on."""
        if port not in self.legs[side]:
            self.legs[side].append(port)

    def speak(self) -> None:
        """Everybody's next packet, when it is time."""
        now = time.time()
        if now < self.due:
            return
        if now - self.due > RTP_PACKET_S:
            self.late += 1
            self.due = now
        self.due += RTP_PACKET_S
        self.sequence = (self.sequence + 1) & 0xFFFF
        packet = (
            struct.pack("!BBHII", 0x80, 8, self.sequence, self.sequence * RTP_BYTES & 0xFFFFFFFF, 77)
            + SPEECH[self.sequence % 50]
        )
        for wire, ports in zip(self.wires, self.legs, strict=True):
            for port in ports:
                try:
                    wire.sendto(packet, (SWITCH_HOST, port))
                except BlockingIOError:
                    self.late += 1

    def hear(self) -> None:
        """Count what came."""
        for side, wire in enumerate(self.wires):
            while True:
                try:
                    _, source = wire.recvfrom(2_048)
                except BlockingIOError:
                    break
                now = time.time()
                known = self.heard.get((side, source[1]))
                if known is None:
                    self.heard[side, source[1]] = [1, now, now, 0.0]
                else:
                    known[0] += 1
                    known[3] = max(known[3], now - known[2])
                    known[2] = now

    def told(self) -> dict[str, object]:
        """Packets a second and longest gap of every leg that was heard."""
        legs = [
            {"side": side, "per_second": (n - 1) / (last - first) if last > first else 0.0, "gap_ms": gap * 1_000}
            for (side, _), (n, first, last, gap) in self.heard.items()
        ]
        return {"legs": legs, "late": self.late}


def _speech() -> list[bytes]:
    """A second of a tone in A-law, in packets."""
    tone = bytes(0x55 ^ (0x80 if n % 18 < 9 else 0x00) ^ (0x20 + (n * 7) % 16) for n in range(8_000))
    return [tone[n * RTP_BYTES : (n + 1) * RTP_BYTES] for n in range(50)]


SPEECH = _speech()
