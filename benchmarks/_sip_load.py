"""Callers and desk telephones on two UDP sockets: places calls at a rate, answers as agents, times by the kernel.

`python -m benchmarks._sip_load --switch PORT --agents 150` is a process by itself, so that the load does not share an
interpreter with what is measured. It reads orders from stdin, one JSON object a line, and answers each with one line:

* ``{"do": "register", "password": P}`` — every telephone, by digest
* ``{"do": "run", "number": N, "rate": R, "seconds": S, "hold_s": H, "patience_s": P}`` → what became of each call
* ``{"do": "mixed", "numbers": [N, …], "hold_s": [from, to], "ring_s": [from, to], …}`` → the same with chance in it;
  ``{"do": "enough"}`` ends it early

A call's set-up time is from handing its INVITE to the kernel until the kernel received the INVITE to an agent (socket
timestamps), joined by the caller's number in From.
"""

import argparse
import hashlib
import heapq
import json
import random
import re
import selectors
import sys
import time
from collections import deque
from typing import Any

from benchmarks._sip_media import CALLER_HOST, DESK_HOST, SWITCH_HOST, Media
from benchmarks._sip_wire import Call, Wire, header

T1_S = 0.5
_DIGEST = re.compile(r'(\w+)="([^"]*)"')
_NUMBER = re.compile(r"sip:([^@;>]+)@")
_URI = re.compile(r"<([^>]+)>")
_MEDIA = re.compile(r"m=audio (\d+) ")


class Load:
    """The whole load of one switch."""

    def __init__(self, switch: int, agents: int, *, media: bool) -> None:
        self.switch = (SWITCH_HOST, switch)
        self.callers, self.desks = Wire(CALLER_HOST), Wire(DESK_HOST)
        self.media = Media() if media else None
        self.agents = agents
        self.registered: set[str] = set()
        self.password = ""
        self.calls: dict[str, Call] = {}
        self.by_number: dict[str, Call] = {}
        self.desk_calls: dict[str, tuple[str, list[Any]]] = {}
        """Call-ID of an agent's leg → caller's number, its entry in `Call.rang`."""
        self.ringing: dict[str, str] = {}
        """Call-ID → INVITE of a telephone that is not taken yet."""
        self.orders: deque[str] = deque()
        self.chance = random.Random(1)
        self.strangers = 0
        """Legs to agents whose caller nobody knows: must stay 0."""
        self.timers: list[tuple[float, int, str, str]] = []
        self.serial = 0
        self.hold_s, self.ring_s, self.patience_s = (0.0, 0.0), (0.0, 0.0), 0.0
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.callers.socket, selectors.EVENT_READ, self.hear_caller)
        self.selector.register(self.desks.socket, selectors.EVENT_READ, self.hear_desk)
        if self.media is not None:
            for wire in self.media.wires:
                self.selector.register(wire, selectors.EVENT_READ, self.media.hear)

    # -- orders --------------------------------------------------------------------------------------------------------
    def register(self, password: str) -> dict[str, object]:
        """Let every telephone register."""
        self.password = password
        until = time.time() + 20
        missing = deque(f"a{number}" for number in range(self.agents))
        while len(self.registered) < self.agents and time.time() < until:
            for _ in range(min(20, len(missing))):
                self.ask_registration(missing[0])
                missing.rotate(-1)
            self.pump(0.1)
            missing = deque(agent for agent in missing if agent not in self.registered)
        return {"registered": len(self.registered)}

    def ask_registration(self, agent: str, challenge: str = "") -> None:
        """One REGISTER, signed where there was a challenge."""
        uri, signed = f"sip:{SWITCH_HOST}:{self.switch[1]}", ""
        if challenge:
            asked = dict(_DIGEST.findall(challenge))
            ha1 = _md5(f"{agent}:{asked['realm']}:{self.password}")
            proof = _md5(f"{ha1}:{asked['nonce']}:00000001:c:auth:{_md5(f'REGISTER:{uri}')}")
            signed = (
                f'Authorization: Digest username="{agent}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
                f'uri="{uri}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", opaque="{asked.get("opaque", "")}", '
                f'response="{proof}"\r\n'
            )
        self.serial += 1
        self.to_switch(
            self.desks,
            f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {DESK_HOST}:{self.desks.port};branch=z9hG4bKr{self.serial}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{agent}@{SWITCH_HOST}>;tag=r{agent}\r\nTo: <sip:{agent}@{SWITCH_HOST}>\r\n"
            f"Call-ID: r-{agent}\r\nCSeq: {self.serial} REGISTER\r\n"
            f"Contact: <sip:{agent}@{DESK_HOST}:{self.desks.port}>;expires=3600\r\n{signed}Content-Length: 0\r\n\r\n",
        )

    def run(
        self, number: str, rate: float, seconds: float, hold_s: float, patience_s: float, most: int = 0
    ) -> dict[str, object]:
        """So many calls a second for so long, then wait until the last is over; `most` calls in all."""
        return self.mixed([number], rate, seconds, [hold_s, hold_s], [0.0, 0.0], patience_s, most=most)

    def mixed(
        self,
        numbers: list[str],
        rate: float,
        seconds: float,
        hold_s: list[float],
        ring_s: list[float],
        patience_s: float,
        seed: int = 1,
        most: int = 0,
    ) -> dict[str, object]:
        """Calls to any of the numbers, telephones that ring and talks that last between two bounds."""
        self.chance = random.Random(seed)
        self.calls.clear()
        self.by_number.clear()
        self.desk_calls.clear()
        self.timers.clear()
        self.strangers = 0
        self.hold_s, self.ring_s, self.patience_s = (hold_s[0], hold_s[1]), (ring_s[0], ring_s[1]), patience_s
        if self.media is not None:
            self.media.forget()
        wanted = min(int(rate * seconds), most or 10**9)
        began = time.time() + 0.02
        for nth in range(wanted):
            if self.orders:  # enough
                self.orders.popleft()
                break
            due = began + nth / rate
            while (left := due - time.time()) > 0:
                self.pump(left)
            self.place(numbers[0] if len(numbers) == 1 else self.chance.choice(numbers))
            self.pump(0)
        over = time.time() + hold_s[1] + patience_s + 5
        while time.time() < over and any(not call.ended for call in self.calls.values()):
            self.pump(0.05)
        return self.told(time.time() - began)

    def told(self, seconds: float) -> dict[str, object]:
        """What became of every call."""
        calls = [
            {
                "number": call.number, "sent": call.sent, "answered": call.answered, "talked": call.talked,
                "ended": call.ended, "by": call.by, "rang": call.rang,
            }
            for call in self.calls.values()
        ]  # fmt: skip
        media = self.media.told() if self.media is not None else {}
        return {"calls": calls, "seconds": seconds, "strangers": self.strangers, **media}

    # -- time ----------------------------------------------------------------------------------------------------------
    def later(self, after_s: float, what: str, call: str) -> None:
        """Remind of something."""
        self.serial += 1
        heapq.heappush(self.timers, (time.time() + after_s, self.serial, what, call))

    def pump(self, seconds: float) -> None:
        """Hear what there is, for at most so long."""
        if self.timers:
            seconds = max(0.0, min(seconds, self.timers[0][0] - time.time()))
        if self.media is not None:
            seconds = max(0.0, min(seconds, self.media.due - time.time()))
        for key, _ in self.selector.select(seconds):
            key.data()
        now = time.time()
        while self.timers and self.timers[0][0] <= now:
            _, _, what, name = heapq.heappop(self.timers)
            call = self.calls.get(name)
            if what == "take":
                self.take(name)
            elif call is not None:
                self.remind(what, call)
        if self.media is not None:
            self.media.speak()

    def remind(self, what: str, call: Call) -> None:
        """Its time has come."""
        if what == "again" and not call.answered and not call.ended and call.tries < 4:
            self.invite(call)
        elif what == "over" and call.answered and call.talked and not call.ended:
            call.by = "caller"
            self.bye(call)
        elif what == "patience" and not call.talked and not call.ended:
            call.by = "patience"
            if call.answered:
                self.bye(call)
            else:
                call.ended = time.time()

    # -- callers -------------------------------------------------------------------------------------------------------
    def place(self, number: str) -> None:
        """A new caller."""
        self.serial += 1
        call = Call(f"+98215{self.serial:07d}", f"c{self.serial}-{self.callers.port}")
        call.to = number
        self.calls[call.id] = self.by_number[call.number] = call
        self.invite(call)
        self.later(self.patience_s, "patience", call.id)

    def invite(self, call: Call) -> None:
        """Its INVITE, again when nothing comes."""
        wire = self.callers
        port = self.media.wires[0].getsockname()[1] if self.media is not None else 39_998
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {wire.host}\r\ns=-\r\nc=IN IP4 {wire.host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        )
        uri = f"sip:{call.to}@{SWITCH_HOST}:{self.switch[1]}"
        text = (
            f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {wire.host}:{wire.port};branch=z9hG4bK{call.id}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{call.number}@{wire.host}>;tag=f{call.id}\r\nTo: <{uri}>\r\n"
            f"Call-ID: {call.id}\r\nCSeq: 1 INVITE\r\nContact: <sip:x@{wire.host}:{wire.port}>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        call.tries += 1
        call.sent = call.sent or time.time()
        self.to_switch(wire, text)
        self.later(T1_S * 2 ** (call.tries - 1), "again", call.id)

    def follow(self, call: Call, method: str, number: int, status_to: str) -> None:
        """A request within its dialogue."""
        wire = self.callers
        self.serial += 1
        self.to_switch(
            wire,
            f"{method} {call.contact} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {wire.host}:{wire.port};branch=z9hG4bK{self.serial}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{call.number}@{wire.host}>;tag=f{call.id}\r\nTo: {status_to}\r\n"
            f"Call-ID: {call.id}\r\nCSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n",
        )

    def bye(self, call: Call) -> None:
        """It hangs up."""
        call.ended = time.time()
        self.follow(call, "BYE", 2, call.to)

    def hear_caller(self) -> None:
        """Everything that came for callers."""
        while (got := self.callers.received()) is not None:
            text, at = got
            call = self.calls.get(header(text, "Call-ID"))
            if text.startswith("SIP/2.0 "):
                if call is not None:
                    self.answer_to_caller(call, text, at)
            elif text.startswith("BYE"):
                self.reply(self.callers, text, "200 OK")
                if call is not None and not call.ended:
                    call.ended, call.by = at, "switch"
            elif text.startswith("OPTIONS"):
                self.reply(self.callers, text, "200 OK")

    def answer_to_caller(self, call: Call, text: str, at: float) -> None:
        status, method = int(text[8:11]), header(text, "CSeq").partition(" ")[2]
        if method != "INVITE" or status < 200:
            return
        uri = _URI.search(header(text, "Contact"))
        if status < 300:
            call.contact = uri[1] if uri else call.contact
            call.to = header(text, "To")
            if not call.answered:
                call.answered = at
                if self.media is not None and (port := _MEDIA.search(text)):
                    self.media.begin(0, int(port[1]), call.id)
            self.follow(call, "ACK", 1, call.to)
            if call.ended:
                self.follow(call, "BYE", 2, call.to)  # it had given up meanwhile
        else:
            self.to_switch(
                self.callers,
                f"ACK sip:x@{SWITCH_HOST}:{self.switch[1]} SIP/2.0\r\n"
                f"Via: {header(text, 'Via').partition(';received')[0]}\r\nMax-Forwards: 70\r\n"
                f"From: {header(text, 'From')}\r\nTo: {header(text, 'To')}\r\n"
                f"Call-ID: {call.id}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
            )
            if not call.ended:
                call.ended, call.by = at, str(status)

    # -- telephones ----------------------------------------------------------------------------------------------------
    def hear_desk(self) -> None:
        """Everything that came for agents."""
        while (got := self.desks.received()) is not None:
            text, at = got
            if text.startswith("INVITE"):
                self.rings(text, at)
            elif text.startswith("ACK"):
                self.taken(header(text, "Call-ID"), at)
            elif text.startswith("SIP/2.0 "):
                self.registration(text)
            elif text.startswith("OPTIONS"):
                self.reply(self.desks, text, "200 OK")
            elif text.startswith(("BYE", "CANCEL")):
                self.reply(self.desks, text, "200 OK")
                self.let_go(header(text, "Call-ID"), at)

    def rings(self, text: str, at: float) -> None:
        """An agent's telephone is called, and answers."""
        name = header(text, "Call-ID")
        agent = _NUMBER.search(text[:200])
        if name not in self.desk_calls:
            shown = _NUMBER.search(header(text, "From"))
            number = shown[1] if shown else ""
            leg = [at, agent[1] if agent else "", 0.0, 0.0]
            self.desk_calls[name] = (number, leg)
            call = self.by_number.get(number)
            if call is None:
                self.strangers += 1
            else:
                call.rang.append(leg)
        self.ringing[name] = text
        if self.ring_s[1]:
            self.reply(self.desks, text, "180 Ringing")
            self.later(self.chance.uniform(*self.ring_s), "take", name)
        else:
            self.take(name)

    def take(self, name: str) -> None:
        """Whoever sits there picks up."""
        text = self.ringing.pop(name, "")
        if not text:
            return
        port = self.media.wires[1].getsockname()[1] if self.media is not None else 39_996
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {DESK_HOST}\r\ns=-\r\nc=IN IP4 {DESK_HOST}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        )
        self.reply(self.desks, text, "200 OK", body)
        if self.media is not None and (asked := _MEDIA.search(text)):
            self.media.begin(1, int(asked[1]), name)

    def taken(self, name: str, at: float) -> None:
        """The switch acknowledged an agent's answer: they talk."""
        number, leg = self.desk_calls.get(name, ("", []))
        call = self.by_number.get(number)
        if call is not None and not call.talked and not leg[3]:
            call.talked = leg[2] = at
            self.later(self.chance.uniform(*self.hold_s), "over", call.id)

    def let_go(self, name: str, at: float) -> None:
        """The switch ended an agent's leg, or called it back before it was taken."""
        number, leg = self.desk_calls.get(name, ("", []))
        if not leg or leg[3]:
            return
        leg[3] = at
        if text := self.ringing.pop(name, ""):
            self.reply(self.desks, text, "487 Request Terminated")
        call = self.by_number.get(number)
        if call is not None and not call.ended:
            call.talked = 0.0  # waits again: whether that was right, the log says

    def registration(self, text: str) -> None:
        """A REGISTER's answer."""
        if not header(text, "CSeq").endswith("REGISTER"):
            return
        agent = header(text, "Call-ID").removeprefix("r-")
        if text.startswith("SIP/2.0 401"):
            self.ask_registration(agent, header(text, "WWW-Authenticate"))
        elif text.startswith("SIP/2.0 200"):
            self.registered.add(agent)

    # -- the wire ------------------------------------------------------------------------------------------------------
    def to_switch(self, wire: Wire, text: str) -> None:
        """Out."""
        wire.socket.sendto(text.encode("latin-1"), self.switch)

    def reply(self, wire: Wire, text: str, status: str, body: str = "") -> None:
        """Answer a request."""
        kept = "".join(f"{name}: {header(text, name)}\r\n" for name in ("Via", "From", "Call-ID", "CSeq"))
        to = header(text, "To")
        if ";tag=" not in to:
            to += f";tag=d{header(text, 'Call-ID')[-12:]}"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.to_switch(
            wire,
            f"SIP/2.0 {status}\r\n{kept}To: {to}\r\nContact: <sip:d@{wire.host}:{wire.port}>\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n{body}",
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def main() -> None:
    """Do what stdin asks until it ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switch", type=int, required=True)
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--media", action="store_true")
    chosen = parser.parse_args()
    load = Load(chosen.switch, chosen.agents, media=chosen.media)
    sys.stdout.write(json.dumps({"callers": load.callers.port, "desks": load.desks.port}) + "\n")
    sys.stdout.flush()
    orders = load.orders
    load.selector.register(sys.stdin, selectors.EVENT_READ, lambda: orders.append(sys.stdin.readline()))
    while True:
        while not orders:  # telephones answer the switch's questions between the orders too
            load.pump(1.0)
        if not (line := orders.popleft()):
            return
        order = json.loads(line)
        done = getattr(load, order.pop("do"))(**order)
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
