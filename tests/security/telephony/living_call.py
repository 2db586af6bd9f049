"""A caller of a carrier who hears music at the switch: a call that must not notice what strangers do meanwhile."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.polling import until
from tests.sip_peer import SDP, Message, SipPeer

CARRIER = "127.0.0.2"
NUMBER = "982191001000"
PACKET_S = 0.02
LONGEST_SILENCE_S = 2.0


@dataclass
class Heard:
    """What reached the caller's telephone: when each packet of sound came."""

    sound: socket.socket
    at: list[float] = field(default_factory=list)
    sequence: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        self.sound.settimeout(0.2)
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                packet = self.sound.recv(2_048)
                self.at.append(time.monotonic())
                self.sequence.append(struct.unpack("!H", packet[2:4])[0])

    def fluent(self) -> bool:
        """Whether all came that was due in the second that ends now."""
        since = time.monotonic() - 1.0
        return sum(at >= since for at in self.at) > 0.9 / PACKET_S

    def lost(self) -> int:
        """Packets the switch numbered and nobody got."""
        return sum((after - before - 1) % 65_536 for before, after in pairwise(self.sequence))


@dataclass
class LivingCall:
    """One that goes on."""

    peer: SipPeer
    answer: Message
    heard: Heard
    port: int

    def hears(self, since: float) -> None:
        """It never fell silent, nothing that was sent got lost, and it hears as before.

        How regularly packets come while both cores are busy says more about the machine than about the switch.
        """
        until(self.heard.fluent, 10, told=lambda: "the caller does not hear as before")
        longest = max(
            after - before for before, after in pairwise([since, *(at for at in self.heard.at if at > since)])
        )
        assert longest < LONGEST_SILENCE_S, f"{longest:.1f} s of silence"
        assert self.heard.lost() < 0.02 * len(self.heard.at)

    def ends_well(self) -> None:
        """The switch knows the call: it says yes to its end."""
        self.peer.bye(self.answer, self.port)
        found = until(self._answered_bye, 8)
        assert found == 200

    def _answered_bye(self) -> int:
        message = self.peer.receive()
        return message.status if message.header("CSeq").endswith("BYE") else 0


@contextlib.contextmanager
def living_call(port: int) -> Iterator[LivingCall]:
    """A call at a switch without an engine: its caller hears music."""
    with SipPeer(CARRIER) as peer, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sound:
        sound.bind((CARRIER, 0))
        heard = Heard(sound)
        thread = threading.Thread(target=heard.listen, daemon=True)
        peer.request(
            "INVITE",
            port,
            NUMBER,
            "982133334444",
            body=SDP.format(host=CARRIER).replace("39999", str(sound.getsockname()[1])),
        )
        answer = peer.final()
        assert answer.status == 200, answer.first
        peer.acknowledge(answer, port)
        thread.start()
        try:
            until(lambda: len(heard.at) > 10, 10, told=lambda: "no music")
            yield LivingCall(peer, answer, heard, port)
        finally:
            heard.over.set()
            thread.join()
