"""Sound and keys of a telephone in the test's hand: RTP of A-law, keys as RFC 4733 says, pressed whenever it wants."""

import math
import queue
import random
import re
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

from tests.sip_peer import Message, SipPeer
from tests.telephony.asterisk import TONE_HZ, tone
from tests.telephony.sipp import alaw

PACKET, STEP_S = 160, 0.02
KEYS = "0123456789*#ABCD"
KEY_PACKETS, KEY_ENDS, EVENT_TYPE, ALAW_TYPE = 6, 3, 101, 8
SILENCE = bytes([0xD5]) * PACKET


def _linear(byte: int) -> int:
    byte ^= 0x55
    size, segment = (byte & 0x0F) << 4, (byte >> 4) & 7
    size = size + 8 if segment == 0 else (size + 0x108) << (segment - 1)
    return size if byte & 0x80 else -size


_LINEAR = [_linear(byte) for byte in range(256)]


class LineVoice:
    """One end of a talk. Use as a context; `to` begins it. `heard`: (instant, loudness 0–1) of each packet."""

    def __init__(self, host: str, hertz: int = TONE_HZ) -> None:
        self.host = host
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        self.hertz = hertz
        self.heard: list[tuple[float, float]] = []
        self._spoken = alaw(iter(tone(1.0, hertz)))
        self._there: tuple[str, int] | None = None
        self._pressed: queue.Queue[str] = queue.Queue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk, name=f"voice of {host}")

    @property
    def offer(self) -> str:
        """The session description that asks for sound here."""
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\n"
            f"m=audio {self.port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(10)
        self._socket.close()

    def to(self, description: str) -> None:
        """Talk with whoever is described."""
        host = re.search(r"c=IN IP4 (\S+)", description)
        port = re.search(r"m=audio ([0-9]+)", description)
        assert host, description
        assert port, description
        self._there = (host[1], int(port[1]))
        if self._thread.ident is None:
            self._thread.start()

    def press(self, keys: str) -> None:
        """Press them, one after the other, as soon as the ones before are done."""
        for key in keys:
            self._pressed.put(key)

    def loud_s(self, since: float, least: float = 0.02) -> float:
        """How many seconds of sound, not silence, came since an instant of `time.monotonic`."""
        return STEP_S * sum(1 for at, loudness in list(self.heard) if at >= since and loudness >= least)

    def _talk(self) -> None:
        number, stamp, source = random.getrandbits(15), random.getrandbits(31), random.getrandbits(32)
        begun, sent, place, begins = time.monotonic(), 0, 0, stamp
        pressing: list[tuple[int, int, int, int]] = []
        while not self._over.wait(max(0.0, begun + sent * STEP_S - time.monotonic())):
            self._listen()
            if not pressing and not self._pressed.empty():
                pressing = _packets_of(KEYS.index(self._pressed.get()))
            if pressing:
                event, flags, length, mark = pressing.pop(0)
                if event >= 0:
                    kind = EVENT_TYPE | (0x80 if mark else 0)
                    begins = stamp if mark else begins  # all packets of a key tell when it went down
                    self._send(kind, number, begins, source, struct.pack("!BBH", event, flags, length))
                else:
                    self._send(ALAW_TYPE, number, stamp, source, SILENCE)
            else:
                self._send(ALAW_TYPE, number, stamp, source, self._spoken[place : place + PACKET])
                place = (place + PACKET) % len(self._spoken)
            number, stamp, sent = (number + 1) & 0xFFFF, (stamp + PACKET) & 0xFFFFFFFF, sent + 1

    def _send(self, kind: int, number: int, stamp: int, source: int, body: bytes) -> None:
        if self._there is not None:
            self._socket.sendto(struct.pack("!BBHII", 0x80, kind, number, stamp, source) + body, self._there)

    def _listen(self) -> None:
        while True:
            try:
                data = self._socket.recv(2_048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if len(data) > 12 and data[1] & 0x7F == ALAW_TYPE:
                squares = sum(_LINEAR[byte] ** 2 for byte in data[12:])
                self.heard.append((time.monotonic(), math.sqrt(squares / (len(data) - 12)) / 32_768))


def _packets_of(event: int) -> list[tuple[int, int, int, int]]:
    """Of one key: event, flags with volume, duration so far, whether it is the first; −1 = a pause after it."""
    pressed = [(event, 10, PACKET * (n + 1), int(n == 0)) for n in range(KEY_PACKETS)]
    let_go = [(event, 0x80 | 10, PACKET * (KEY_PACKETS + n), 0) for n in range(KEY_ENDS)]
    return [*pressed, *let_go, *[(-1, 0, 0, 0)] * 6]


class StreetCaller:
    """Somebody who calls from outside, speaks, hears and presses keys. Use as a context: the call is up in it."""

    def __init__(
        self, switch_port: int, number: str, sender: str = "+982155501", host: str = "127.0.0.2", hertz: int = TONE_HZ
    ) -> None:
        self._port, self._number, self._sender = switch_port, number, sender
        self._peer = SipPeer(host)
        self.voice = LineVoice(host, hertz)
        self.over = threading.Event()
        """The other side ended the call."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="street")
        self._answer: Message | None = None

    def __enter__(self) -> Self:
        self.called_at = time.monotonic()
        self._peer.request("INVITE", self._port, self._number, self._sender, body=self.voice.offer)
        self._answer = self._peer.final()
        self._peer.acknowledge(self._answer, self._port)
        assert self._answer.status == 200, self._answer.first
        self.voice.to(self._answer.body)
        self._thread.start()
        return self

    def press(self, keys: str) -> None:
        """Press keys now."""
        self.voice.press(keys)

    def hang_up(self) -> None:
        """End the call."""
        if self._answer is not None and not self.over.is_set():
            self._peer.bye(self._answer, self._port)
            self.over.set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join(10)
        self.voice.__exit__(kind, error, trace)
        self._peer.socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                message = self._peer.receive(0.2)
            except AssertionError:  # nothing came
                continue
            method = message.first.split(" ")[0]
            if method == "BYE":
                self.over.set()
            if method in {"BYE", "OPTIONS"}:
                self._peer.answer(message, 200, "OK")
            elif method in {"INVITE", "UPDATE"}:
                self.voice.to(message.body)
                self._peer.answer(message, 200, "OK", self.voice.offer)
