"""A caller on a line that loses and delays: real RTP with gaps and jitter, and RTCP that says what arrived."""

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.sip_peer import Message, SipPeer

PACKET_S = 0.02


@dataclass
class BadLine:
    """A call under way from 127.0.0.2; `lost` says which packets never leave, `late_s` how much later one does."""

    switch_port: int
    number: str
    lost: Callable[[int], bool] = lambda _: False
    late_s: Callable[[int], float] = lambda _: 0.0
    silent: bool = False
    tells: bool = False
    """Whether it sends RTCP receiver reports: `round_trip_s` of way, a quarter lost."""
    round_trip_s: float = 0.08
    sent: int = 0
    answer: Message = field(init=False)
    _over: threading.Event = field(default_factory=threading.Event)

    def call(self, peer: SipPeer, media: socket.socket) -> None:
        """Call, and take the answer."""
        host, port = media.getsockname()
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"
        )
        peer.request("INVITE", self.switch_port, self.number, "982133334444", body=body)
        self.answer = peer.final()
        peer.acknowledge(self.answer, self.switch_port)

    def speak(self, media: socket.socket, control: socket.socket, to: tuple[str, int]) -> None:
        """Packets in time until told otherwise."""
        begun, number = time.monotonic(), 0
        control.settimeout(0.001)
        while not self._over.is_set():
            if not self.silent and not self.lost(number):
                head = struct.pack("!BBHII", 0x80, 8, number & 0xFFFF, number * 160, 0x1234)
                if late := self.late_s(number):
                    self._over.wait(late)
                media.sendto(head + b"\xd5" * 160, to)
                self.sent += 1
            if self.tells:
                self._tell(control, (to[0], to[1] + 1))
            number += 1
            self._over.wait(max(0.0, begun + number * PACKET_S - time.monotonic()))

    def _tell(self, control: socket.socket, to: tuple[str, int]) -> None:
        """Answer a sender report of the switch as a phone does (RFC 3550, 6.4)."""
        try:
            told = control.recv(2_000)
        except (TimeoutError, BlockingIOError):
            return
        if len(told) < 28 or told[1] != 200:
            return
        ssrc, high, low = struct.unpack("!III", told[4:16])
        middle = ((high & 0xFFFF) << 16) | (low >> 16)
        # What has travelled a while is told as if it had been kept that much shorter.
        since = int(-self.round_trip_s * 65_536) & 0xFFFFFFFF
        block = struct.pack("!IIIIII", ssrc, (64 << 24) | 25, 1_000, 240, middle, since)
        control.sendto(struct.pack("!BBHI", 0x81, 201, 7, 0x1234) + block, to)

    def hang_up(self, peer: SipPeer) -> None:
        """Stop speaking, then say goodbye."""
        self._over.set()
        peer.bye(self.answer, self.switch_port)
        peer.final()


@contextlib.contextmanager
def calling(line: BadLine) -> Iterator[Callable[[], None]]:
    """The call while it lasts; what is given hangs up."""
    with SipPeer("127.0.0.2") as peer, contextlib.ExitStack() as held:
        media, control = _pair(held)
        thread = threading.Thread(target=_whole, args=(line, peer, media, control), daemon=True)
        thread.start()
        ended = False

        def hang_up() -> None:
            nonlocal ended
            if not ended:
                ended = True
                line._over.set()
                thread.join(10)
                line.hang_up(peer)

        try:
            yield hang_up
        finally:
            line._over.set()
            thread.join(10)


def _whole(line: BadLine, peer: SipPeer, media: socket.socket, control: socket.socket) -> None:
    line.call(peer, media)
    found = re.search(r"m=audio (\d+)", line.answer.body)
    assert found is not None, line.answer
    line.speak(media, control, ("127.0.0.1", int(found[1])))


def _pair(held: contextlib.ExitStack) -> tuple[socket.socket, socket.socket]:
    """Two neighbouring ports: RTP and RTCP."""
    while True:
        media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        media.bind(("127.0.0.2", 0))
        port = media.getsockname()[1]
        control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            if port % 2 == 0:
                control.bind(("127.0.0.2", port + 1))
                return held.enter_context(media), held.enter_context(control)
        except OSError:
            pass
        media.close()
        control.close()
