"""A private Asterisk for one test run: own directory, loopback only, ports nobody else has.

`install` says why there is none. Everything in its configuration is what the port's conformance suite needs: the
application's way in (`from-trunk`), what happens without it (`held`), and phones that are Local channels of a second
application, so that a test can answer, press keys and hang up without a SIP phone.
"""

import contextlib
import math
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.polling import until

from pasokh.telephony.variables import CHANNEL_VARIABLES

PATHS = Path("/usr/local/lib/asterisk/paths.sh")
"""Where the installer tells what it installed."""
OLDEST = 22
"""REST over the events' websocket came with it."""
APP = "pasokh-acme"
PHONES = "phones"
"""The application that plays the people."""
USER, PASSWORD = "pasokh", "conformance"
MUSIC = "default"
RTP_PORTS = 200
VARIABLES = (*CHANNEL_VARIABLES, "PASOKH_NOTE")

MODULES = """
res_sorcery_config res_sorcery_memory res_sorcery_astdb res_timing_timerfd res_http_websocket res_websocket_client
res_crypto res_rtp_asterisk res_pjproject res_pjsip res_pjsip_pubsub res_pjsip_session res_pjsip_sdp_rtp
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_nat res_pjsip_rfc3326
res_pjsip_caller_id res_pjsip_dtmf_info res_pjsip_header_funcs res_pjsip_refer res_pjsip_diversion chan_pjsip
pbx_config app_dial app_echo app_playback app_verbose app_stack app_senddtmf bridge_builtin_features
bridge_builtin_interval_features bridge_holding bridge_native_rtp bridge_simple bridge_softmix chan_bridge_media
codec_alaw codec_ulaw codec_resample format_wav format_pcm format_sln func_callerid func_channel func_cut
func_groupcount func_logic func_periodic_hook func_strings func_talkdetect func_timeout func_uri app_chanspy
app_mixmonitor res_musiconhold res_stasis res_stasis_answer res_stasis_playback res_stasis_recording
res_stasis_snoop app_stasis res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges
res_ari_channels res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
"""

SOUNDS = {"short": 0.3, "second": 1.0, "long": 20.0}
"""What can be played, and how many seconds it takes."""
RATE = 8_000
TONE_HZ = 440

EMPTY = ["acl", "cdr", "cel", "chan_websocket", "features", "manager", "queues", "udptl", "websocket_client"]

FILES = {
    "asterisk": """
[directories]
astetcdir => {run}/etc
astmoddir => {modules}
astvarlibdir => {run}/lib
astdbdir => {run}/lib
astkeydir => {run}/lib
astdatadir => {data}
astagidir => {run}/lib/agi-bin
astspooldir => {run}/spool
astrundir => {run}/run
astlogdir => {run}/log
astsbindir => /usr/sbin
[options]
systemname = test
entityid = 02:00:00:00:00:01
""",
    "ari": """
[general]
enabled = yes
channelvars = {variables}
[{user}]
type = user
password = {password}
""",
    "http": """
[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = {http}
sessionlimit = 64
""",
    "indications": """
[general]
country = us
[us]
description = US
ringcadence = 2000,4000
dial = 350+440
busy = 480+620/500,0/500
ring = 440+480/2000,0/4000
congestion = 480+620/250,0/250
""",
    "logger": """
[logfiles]
messages => notice,warning,error
""",
    "musiconhold": """
[default]
mode = files
directory = {run}/music
""",
    "rtp": """
[general]
rtpstart = {rtp}
rtpend = {rtp_end}
""",
    "stasis": "[threadpool]\ninitial_size = 5\nmax_size = 50\n",
    "pjproject": "[startup]\nlog_level = default\n",
    "pjsip": """
[global]
type = global
endpoint_identifier_order = ip,username
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{sip}
[trunk]
type = endpoint
context = from-trunk
disallow = all
allow = alaw
direct_media = no
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
send_connected_line = no
aors = trunk
[trunk]
type = aor
[trunk]
type = identify
endpoint = trunk
match = 127.0.0.2
[desk]
type = endpoint
context = nowhere
disallow = all
allow = alaw
direct_media = no
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
send_connected_line = no
aors = desk
[desk]
type = aor
contact = sip:desk@127.0.0.3:{desk}
[away]
type = endpoint
context = nowhere
disallow = all
allow = alaw
aors = away
[away]
type = aor
max_contacts = 1
""",
    "extensions": """
[from-trunk]
exten => _X.,1,Set(PASOKH_ORG=acme)
 same => n,Set(PASOKH_ROLE=caller)
 same => n,Set(PASOKH_CALL=${{UNIQUEID}})
 same => n,Set(PASOKH_NUMBER=${{EXTEN}})
 same => n,Goto(application,${{EXTEN}},1)
[application]
exten => _X.,1,Stasis({app},${{EXTEN}},${{PASOKH_CALL}})
 same => n,Goto(held,s,1)
[held]
exten => s,1,Answer(,i)
 same => n,StartMusicOnHold()
 same => n(again),Wait(0.2)
 same => n,Stasis({app},${{PASOKH_NUMBER}},${{PASOKH_CALL}})
 same => n,Goto(again)
[elsewhere]
exten => s,1,Answer(,i)
 same => n,Wait(3600)
[phones]
exten => answers,1,Ringing()
 same => n,Stasis({phones})
exten => rings,1,Ringing()
 same => n,Wait(3600)
exten => busy,1,Busy()
exten => declines,1,Hangup(21)
exten => broken,1,Hangup(34)
""",
}


@dataclass(frozen=True)
class Installation:
    """The Asterisk of this machine."""

    binary: str
    modules: str
    data: str


def installation() -> Installation | str:
    """What is installed, or why nothing usable is."""
    if not PATHS.is_file():
        return "Asterisk is not installed"
    known = dict(line.split("=", 1) for line in PATHS.read_text("utf-8").splitlines() if "=" in line)
    binary = known["ASTERISK_BIN"]
    if not os.access(binary, os.X_OK):
        return f"{binary} cannot be run"
    said = subprocess.run([binary, "-V"], capture_output=True, text=True, check=False, timeout=20).stdout
    version = re.match(r"Asterisk (\d+)\.", said)
    if version is None or int(version[1]) < OLDEST:
        return f"Asterisk {OLDEST} is needed; there is {said.strip() or 'none'}"
    return Installation(binary, known["ASTERISK_MODDIR"], known["ASTERISK_DATADIR"])


def _free(kind: socket.SocketKind, host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _rtp_base() -> int:
    """The beginning of a block of UDP ports, none of which is taken now."""
    while True:
        base = _free(socket.SOCK_DGRAM) & ~1
        if base + RTP_PORTS > 65_000:
            continue
        with contextlib.ExitStack() as held:
            try:
                for port in range(base, base + RTP_PORTS):
                    held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("127.0.0.1", port))
            except OSError:
                continue
        return base


@dataclass
class Asterisk:
    """A running one."""

    installed: Installation
    run: Path
    http: int
    sip: int
    desk: int
    rtp: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Of ARI, without the path of a resource."""
        return f"http://127.0.0.1:{self.http}/ari"

    def sound(self, name: str) -> str:
        """How `play` names one of `SOUNDS`."""
        return f"sound:{self.run}/sounds/{name}"

    @property
    def recordings(self) -> Path:
        """Where finished recordings lie."""
        return self.run / "spool/recording"

    def start(self) -> None:
        """Start it and wait until it takes calls."""
        with (self.run / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [self.installed.binary, "-C", str(self.run / "etc/asterisk.conf"), "-f", "-g"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until(lambda: "fully booted" in self.cli("core waitfullybooted"), 30, told=self.log)

    def cli(self, command: str) -> str:
        """What the console answers."""
        asked = [self.installed.binary, "-C", str(self.run / "etc/asterisk.conf"), "-rx", command]
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=20).stdout

    def log(self) -> str:
        """The end of what it wrote."""
        texts = [path.read_text("utf-8", "replace")[-4_000:] for path in (self.run / "log/messages",) if path.exists()]
        return "\n".join([*texts, (self.run / "output").read_text("utf-8", "replace")[-1_000:]])

    def kill(self) -> None:
        """As a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it; the directory stays."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Let it stand still."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process = None


def tone(seconds: float, hertz: int = TONE_HZ) -> list[int]:
    """16-bit samples of a tone, or of silence (0 Hz)."""
    return [int(9_000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE))]


def write_tone(path: Path, seconds: float, hertz: int = TONE_HZ) -> None:
    """A WAV file with a tone in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in tone(seconds, hertz)))


def _write(asterisk: Asterisk) -> None:
    for folder in ("etc", "lib/keys", "run", "log", "spool/recording", "spool/monitor", "spool/outgoing", "spool/tmp"):
        (asterisk.run / folder).mkdir(parents=True, exist_ok=True)
    facts = {
        "run": asterisk.run,
        "modules": asterisk.installed.modules,
        "data": asterisk.installed.data,
        "http": asterisk.http,
        "sip": asterisk.sip,
        "desk": asterisk.desk,
        "rtp": asterisk.rtp,
        "rtp_end": asterisk.rtp + RTP_PORTS - 1,
        "user": USER,
        "password": PASSWORD,
        "variables": ",".join(VARIABLES),
        "app": APP,
        "phones": PHONES,
    }
    texts = {name: text.format(**facts) for name, text in FILES.items()}
    texts |= dict.fromkeys(EMPTY, "")
    texts["modules"] = "[modules]\nautoload = no\n" + "".join(f"load = {module}.so\n" for module in MODULES.split())
    for name, text in texts.items():
        (asterisk.run / f"etc/{name}.conf").write_text(text, "utf-8")
    for name, seconds in SOUNDS.items():
        write_tone(asterisk.run / f"sounds/{name}.wav", seconds)
    write_tone(asterisk.run / "sounds/quiet.wav", 5.0, 0)
    write_tone(asterisk.run / "music/tone.wav", 5.0, 220)


@contextlib.contextmanager
def private_asterisk(installed: Installation) -> Iterator[Asterisk]:
    """One that runs while the context lasts."""
    run = Path(tempfile.mkdtemp(prefix="pasokh-asterisk-"))
    udp = socket.SOCK_DGRAM
    asterisk = Asterisk(installed, run, _free(socket.SOCK_STREAM), _free(udp), _free(udp, "127.0.0.3"), _rtp_base())
    _write(asterisk)
    try:
        asterisk.start()
        yield asterisk
    finally:
        asterisk.stop()
        shutil.rmtree(run, ignore_errors=True)
