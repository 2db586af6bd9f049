"""The least of a SIP user agent, over UDP on loopback: for tests that look at answers, not for calls with sound."""

import hashlib
import re
import socket
import time
import uuid
from dataclasses import dataclass
from typing import Self

_ANSWER_SECONDS = 8.0
SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio 39999 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)


@dataclass(frozen=True)
class Message:
    """A request or a response."""

    first: str
    headers: tuple[tuple[str, str], ...]
    source: tuple[str, int]
    body: str = ""

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    def header(self, name: str) -> str:
        """The first of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class SipPeer:
    """A UDP socket at an address of loopback that speaks SIP."""

    def __init__(self, host: str = "127.0.0.9", port: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        self.host, self.port = self.socket.getsockname()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def request(self, method: str, switch_port: int, to: str, sender: str, extra: str = "", body: str = "") -> str:
        """Send a request to ``to@127.0.0.1:port``; returns its call id."""
        call = uuid.uuid4().hex
        uri = f"sip:{to + '@' if to else ''}127.0.0.1:{switch_port}"
        meant = f"sip:{sender}@127.0.0.1:{switch_port}" if method == "REGISTER" else uri
        content = "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{call}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{sender}@127.0.0.1>;tag={call[:8]}\r\nTo: <{meant}>\r\n"
            f"Call-ID: {call}\r\nCSeq: 1 {method}\r\nContact: <sip:{sender}@{self.host}:{self.port}>\r\n"
            f"{extra}{content}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self.socket.sendto(text.encode(), ("127.0.0.1", switch_port))
        return call

    def invite(self, switch_port: int, to: str, sender: str = "982133334444") -> Message:
        """Call, and the final answer, acknowledged."""
        self.request("INVITE", switch_port, to, sender, body=SDP.format(host=self.host))
        answer = self.final()
        self.acknowledge(answer, switch_port)
        return answer

    def invite_as(self, switch_port: int, to: str, user: str, password: str) -> Message:
        """Call as a station: the challenge is answered."""
        self.request("INVITE", switch_port, to, user, body=SDP.format(host=self.host))
        challenge = self.final()
        self.acknowledge(challenge, switch_port)
        asked = dict(re.findall(r'(\w+)="([^"]*)"', challenge.header("WWW-Authenticate")))
        uri = f"sip:{to}@127.0.0.1:{switch_port}"
        ha1, ha2 = _md5(f"{user}:{asked['realm']}:{password}"), _md5(f"INVITE:{uri}")
        proof = _md5(f"{ha1}:{asked['nonce']}:00000001:c:auth:{ha2}")
        signed = (
            f'Authorization: Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
            f'uri="{uri}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", opaque="{asked.get("opaque", "")}", '
            f'response="{proof}"\r\n'
        )
        self.request("INVITE", switch_port, to, user, signed, SDP.format(host=self.host))
        answer = self.final()
        self.acknowledge(answer, switch_port)
        return answer

    def acknowledge(self, answer: Message, switch_port: int) -> None:
        """The ACK of an answer to an INVITE."""
        self._follow("ACK", answer, switch_port, 1)

    def bye(self, answer: Message, switch_port: int) -> None:
        """End an answered call."""
        self._follow("BYE", answer, switch_port, 2)

    def _follow(self, method: str, answer: Message, switch_port: int, number: int) -> None:
        contact = re.search(r"<(sip:[^>]+)>", answer.header("Contact"))
        uri = contact[1] if contact else f"sip:127.0.0.1:{switch_port}"
        via = answer.header("Via").split(";")[0]
        branch = re.search(r"branch=([^;]+)", answer.header("Via"))
        refused = method == "ACK" and answer.status >= 300
        mark = branch[1] if branch and refused else f"z9hG4bK{uuid.uuid4().hex}"
        passed = [value for name, value in answer.headers if name.lower() == "record-route"]
        ways = "" if refused else "".join(f"Route: {way}\r\n" for way in reversed(passed))
        text = (
            f"{method} {uri} SIP/2.0\r\nVia: {via};branch={mark}\r\nMax-Forwards: 70\r\n"
            f"From: {answer.header('From')}\r\nTo: {answer.header('To')}\r\n"
            f"Call-ID: {answer.header('Call-ID')}\r\nCSeq: {number} {method}\r\n{ways}"
            "Content-Length: 0\r\n\r\n"
        )
        self.socket.sendto(text.encode(), ("127.0.0.1", switch_port))

    def final(self) -> Message:
        """The next response that is final."""
        while True:
            message = self.receive()
            if message.status >= 200:
                return message

    def requested(self, method: str) -> Message:
        """The next request of that method."""
        while True:
            message = self.receive()
            if message.first.startswith(f"{method} "):
                return message

    def register(self, switch_port: int, user: str, password: str) -> Message:
        """Sign in as a station; the final answer."""
        self.request("REGISTER", switch_port, "", user)
        asked = dict(re.findall(r'(\w+)="([^"]*)"', self.final().header("WWW-Authenticate")))
        uri = f"sip:127.0.0.1:{switch_port}"
        ha1, ha2 = _md5(f"{user}:{asked['realm']}:{password}"), _md5(f"REGISTER:{uri}")
        proof = _md5(f"{ha1}:{asked['nonce']}:00000001:c:auth:{ha2}")
        signed = (
            f'Authorization: Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
            f'uri="{uri}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", opaque="{asked.get("opaque", "")}", '
            f'response="{proof}"\r\nExpires: 3600\r\n'
        )
        self.request("REGISTER", switch_port, "", user, signed)
        return self.final()

    def answer(self, request: Message, status: int, reason: str, body: str = "") -> None:
        """Answer a request, with a session description where there is a `body`."""
        kept = [
            f"{name}: {value}" for name, value in request.headers if name.lower() in {"via", "from", "call-id", "cseq"}
        ]
        lines = [
            f"SIP/2.0 {status} {reason}",
            *kept,
            f"To: {request.header('To')}{'' if ';tag=' in request.header('To') else ';tag=peer'}",
            f"Contact: <sip:{self.host}:{self.port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self.socket.sendto("\r\n".join(lines).encode(), request.source)

    def receive(self, seconds: float = _ANSWER_SECONDS) -> Message:
        """The next message; fails when none comes."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                data, source = self.socket.recvfrom(65_535)
            except TimeoutError:
                break
            if data.strip():
                text, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
                head = text.split("\r\n")
                pairs = [line.partition(":") for line in head[1:]]
                return Message(head[0], tuple((name.strip(), value.strip()) for name, _, value in pairs), source, body)
        raise AssertionError(f"no SIP message reached {self.host}:{self.port} in {seconds} s")
