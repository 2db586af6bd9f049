"""SIP phones for tests, played by SIPp: a caller who speaks and presses hold, and desks that answer or do not."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.telephony.asterisk import TONE_HZ, Asterisk, tone

CALLER_HOST, DESK_HOST = "127.0.0.2", "127.0.0.3"

_SDP = """
v=0
o=sipp 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
a={direction}
"""
_ASK = """{method} {to} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+982155501@[local_ip]:[local_port]>;tag=[pid]c[call_number]
{header}
Call-ID: [call_id]
CSeq: {number} {method_of}
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
{body}"""
_REPLY = """SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
{body}"""
_TAG = ";tag=[pid]a[call_number]"
_EMPTY = "Content-Length: 0\n\n"


def _with_sdp(direction: str = "sendrecv", version: int = 1) -> str:
    sdp = _SDP.format(direction=direction, version=version)
    return f"Content-Type: application/sdp\nContent-Length: [len]\n{sdp}"


def _send(text: str) -> str:
    return f'<send retrans="500"><![CDATA[\n{text}]]></send>\n'


def _ask(method: str, number: int, body: str = _EMPTY, *, first: bool = False, of: str = "") -> str:
    to = "sip:[service]@[remote_ip]:[remote_port]" if first else "[next_url]"
    # behind a proxy, what follows goes by it; without one the line vanishes
    header = "To: <sip:[service]@[remote_ip]:[remote_port]>" if first else "[last_To:]\n[routes]"
    text = _ASK.format(method=method, to=to, header=header, number=number, method_of=of or method, body=body)
    return _send(text).replace(' retrans="500"', "" if method == "ACK" else ' retrans="500"')


def _reply(status: str, body: str = _EMPTY, tag: str = _TAG) -> str:
    text = _send(_REPLY.format(status=status, tag=tag, body=body))
    return text if status.startswith(("2", "4", "6")) and tag else text.replace(' retrans="500"', "")


_PROVISIONAL = "".join(f'<recv response="{code}" optional="true"/>\n' for code in (100, 180, 183))
_OK = '<recv response="200" rrs="true"/>\n'
_RINGS = '<recv request="INVITE"/>\n' + _reply("180 Ringing")

_SPEECH = '<nop><action><exec rtp_stream="{speech},-1,8,PCMA/8000"/></action></nop>\n'
CALLING = ("caller", "speaks")
SPEAKING = (*CALLING, "talks")

SCENARIOS = {
    "caller": (
        _ask("INVITE", 1, _with_sdp(), first=True)
        + _PROVISIONAL
        + _OK
        + _ask("ACK", 1)
        + '<nop><action><exec rtp_stream="{speech},-1,8,PCMA/8000"/></action></nop>\n<pause milliseconds="1500"/>\n'
        + _ask("INVITE", 2, _with_sdp("sendonly", 2))
        + _PROVISIONAL
        + _OK
        + _ask("ACK", 2)
        + '<pause milliseconds="300"/>\n'
        + _ask("INVITE", 3, _with_sdp("sendrecv", 3))
        + _PROVISIONAL
        + _OK
        + _ask("ACK", 3)
        + '<pause milliseconds="700"/>\n'
        + _ask("BYE", 4)
        + '<recv response="200"/>\n'
    ),
    "answers": (
        _RINGS
        + _reply("200 OK", _with_sdp())
        + '<recv request="ACK"/>\n<recv request="BYE"/>\n'
        + _reply("200 OK", tag="")
    ),
    "speaks": (
        _ask("INVITE", 1, _with_sdp(), first=True)
        + _PROVISIONAL
        + _OK
        + _ask("ACK", 1)
        + _SPEECH
        + '<pause milliseconds="{hold_ms}"/>\n'
        + _ask("BYE", 2)
        + '<recv response="200"/>\n'
    ),
    "talks": (
        _RINGS
        + _reply("200 OK", _with_sdp())
        + '<recv request="ACK"/>\n'
        + _SPEECH
        + '<recv request="BYE"/>\n'
        + _reply("200 OK", tag="")
    ),
    "busy": _RINGS + _reply("486 Busy Here") + '<recv request="ACK"/>\n',
    "declines": _RINGS + _reply("603 Decline") + '<recv request="ACK"/>\n',
    "rings": (
        _RINGS
        + '<recv request="CANCEL"/>\n'
        + _reply("200 OK", tag="")
        + _send(
            _REPLY.format(status="487 Request Terminated", tag=_TAG, body=_EMPTY).replace(
                "[last_CSeq:]", "CSeq: [cseq] INVITE"
            )
        )
        + '<recv request="ACK"/>\n'
    ),
}


def alaw(samples: Iterator[int]) -> bytes:
    """G.711 A-law of 16-bit samples."""

    def one(sample: int) -> int:
        sign, size = (0x80, sample) if sample >= 0 else (0, -sample - 1)
        size >>= 4
        segment = max(size.bit_length() - 4, 0)
        mantissa = size >> max(segment - 1, 0) & 0x0F
        return (sign | segment << 4 | mantissa) ^ 0x55

    return bytes(one(sample) for sample in samples)


@dataclass
class Sipp:
    """A phone under way."""

    process: subprocess.Popen[bytes]
    folder: Path

    def told(self) -> str:
        """What it wrote."""
        return "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("*.log")))

    def finish(self, seconds: float = 20.0) -> None:
        """It did all that its scenario says."""
        assert self.process.wait(seconds) == 0, self.told()


def available() -> str:
    """Why there is none; empty when there is."""
    return "" if shutil.which("sipp") else "SIPp is not installed (sip-tester)"


@contextlib.contextmanager
def phone(
    asterisk: Asterisk, manner: str, number: str = "s", *, hold_ms: int = 3_000, calls: int = 1, hertz: int = TONE_HZ
) -> Iterator[Sipp]:
    """So many calls of a manner in `SCENARIOS`; who ``speaks`` hangs up after `hold_ms`."""
    comes = manner in CALLING
    folder = asterisk.run / f"sipp-{manner}-{os.urandom(4).hex()}"
    folder.mkdir()
    (folder / "speech.al").write_bytes(alaw(iter(tone(3.0, hertz))))
    scenario = SCENARIOS[manner].replace("{speech}", str(folder / "speech.al")).replace("{hold_ms}", str(hold_ms))
    if manner in SPEAKING:
        scenario = scenario.replace("[media_port]", "[rtpstream_audio_port]")
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{manner}">\n{scenario}</scenario>\n'
    (folder / "scenario.xml").write_text(xml, "utf-8")
    host = CALLER_HOST if comes else DESK_HOST
    asked = ["sipp", "-sf", "scenario.xml", "-i", host, "-mi", host, "-m", str(calls), "-nostdin", "-trace_err"]
    asked += ["-mp", str(_even_port(host)), "-timeout", f"{60 + hold_ms // 1_000}s", "-timeout_error", "-r", "8"]
    if comes:
        asked += ["-s", number, f"127.0.0.1:{asterisk.sip}"]
    else:
        asked += ["-p", str(asterisk.desk)]
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            asked, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=os.environ | {"TERM": "dumb"}
        )
    try:
        yield Sipp(process, folder)
    finally:
        process.kill()
        process.wait(10)


def _even_port(host: str) -> int:
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port % 2 == 0 and port < 65_000:
            return port
