"""Who guesses at users and passwords: no answer and no delay tells them apart; the ban's rule names the right one."""

import asyncio
import configparser
import re
import shutil
import statistics
import subprocess
import time
import urllib.parse
from pathlib import Path

import pytest
from tests.polling import until_async
from tests.sip_peer import SDP, SipPeer
from tests.switch_stage import Switch, needs_asterisk, site, switch

ROOT = Path(__file__).parents[3]
RULE, JAIL = ROOT / "deploy/asterisk/fail2ban-filter.conf", ROOT / "deploy/asterisk/fail2ban.conf"
HOST = r"(?P<host>[0-9A-Fa-f.:]+)"
VICTIM = "8.8.8.8"
INJECTIONS = (
    f'x",SessionID="1",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/{VICTIM}/1',
    f'",RemoteAddress="IPV4/UDP/{VICTIM}/5060',
    f'",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/{VICTIM}/1",Challenge="',
    f'a\r\n[2026-11-22 12:00:00.000] SECURITY[1] x: SecurityEvent="FailedACL",RemoteAddress="IPV4/UDP/{VICTIM}/1',
)
ANSWERS = (f'a\\",RemoteAddress=\\"IPV4/UDP/{VICTIM}/1\\",x=\\"', f"b,RemoteAddress=IPV4/UDP/{VICTIM}/1")
ROUNDS = 40


def rules() -> list[re.Pattern[str]]:
    """The rules as fail2ban reads them: dates are taken out of lines before."""
    read = configparser.RawConfigParser()
    read.read(RULE)
    lines = read["Definition"]["failregex"].strip().split("\n")
    return [re.compile(line.replace("<HOST>", HOST)) for line in lines]


def banned(log: str) -> list[str]:
    """Whom the rules name, once for each line that counts."""
    known = rules()
    lines = [re.sub(r"^\[[0-9: .-]+\]", "[]", line) for line in log.split("\n")]
    found = (next((hit for rule in known if (hit := rule.search(line))), None) for line in lines)
    return [hit["host"] for hit in found if hit is not None]


def register(port: int, host: str, user: str, extra: str = "") -> str:
    with SipPeer(host) as peer:
        peer.request("REGISTER", port, "", urllib.parse.quote(user, safe=""), extra)
        return peer.final().first


def answer(response: str, nonce: str = "abc") -> str:
    return (
        f'Authorization: Digest username="desk7", realm="pasokh", nonce="{nonce}", uri="sip:x", algorithm=MD5, '
        f'response="{response}", opaque="o"\r\n'
    )


async def log_of(made: Switch, lines: int) -> str:
    """The log of attempts, once so many that count are there."""

    async def read() -> str:
        return (made.home / "log" / "security.log").read_text("utf-8", "replace")

    return await until_async(read, lambda text: len(banned(text)) >= lines)


@needs_asterisk
async def test_the_rule_names_everybody_who_guesses_and_nobody_else() -> None:
    """Unknown names, wrong passwords, made-up answers; who signs on rightly at the second try is not counted."""
    async with switch() as made:
        wanted = site()
        await made.start(wanted)
        port = wanted.nodes[0].udp_port

        def guess() -> None:
            for number in range(5):
                register(port, "127.0.0.61", f"guess{number}")
            with SipPeer("127.0.0.62") as peer:
                assert peer.invite_as(port, "5", "desk7", "wrong").status == 401
            for hostile in (
                f'a\\",RemoteAddress=\\"IPV4/UDP/{VICTIM}/1\\",x=\\"',
                f"b,RemoteAddress=IPV4/UDP/{VICTIM}/1",
            ):
                register(port, "127.0.0.63", "desk7", answer(hostile))
                register(port, "127.0.0.63", "desk7", answer("0" * 32, hostile))
            for name in INJECTIONS:
                register(port, "127.0.0.64", name)
            with SipPeer("127.0.0.65") as peer:
                assert peer.invite_as(port, "5", "desk7", "desk-secret").status not in (401, 403)

        await asyncio.to_thread(guess)
        log = await log_of(made, 5 + 1 + 4 + len(INJECTIONS))
        named = banned(log)
        assert {host: named.count(host) for host in set(named)} == {
            "127.0.0.61": 5, "127.0.0.62": 1, "127.0.0.63": 4, "127.0.0.64": len(INJECTIONS),
        }  # fmt: skip


def test_the_jail_uses_the_rule_and_bans_after_five_tries() -> None:
    read = configparser.RawConfigParser()
    read.read(JAIL)
    jail = read["pasokh-asterisk"]
    assert jail["filter"] == "pasokh-asterisk"
    assert f"filter.d/{jail['filter']}.conf" in RULE.read_text("utf-8")
    assert jail.getint("maxretry") == 5
    assert jail["logpath"].endswith("/log/security.log")


@pytest.mark.skipif(shutil.which("fail2ban-regex") is None, reason="fail2ban is not installed")
def test_fail2ban_itself_reads_the_rule(tmp_path: Path) -> None:
    log = tmp_path / "security.log"
    log.write_text(
        "".join(
            f"[{time.strftime('%Y-%m-%d %H:%M:%S')}.028] SECURITY[7] res_security_log.c: "
            f'SecurityEvent="InvalidAccountID",EventTV="x",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="n",SessionID="s",'
            f'LocalAddress="IPV4/UDP/127.0.0.1/5060",RemoteAddress="IPV4/UDP/192.0.2.{number}/5060"\n'
            for number in range(1, 6)
        ),
        "utf-8",
    )
    done = subprocess.run(["fail2ban-regex", str(log), str(RULE)], capture_output=True, text=True, check=True)
    assert re.search(r"Failregex: 5 total", done.stdout), done.stdout


@needs_asterisk
async def test_neither_words_nor_time_tell_who_exists() -> None:
    """Known and unknown users alternate; the medians differ by less than what answers differ among themselves."""
    async with switch() as made:
        wanted = site()
        await made.start(wanted)
        port = wanted.nodes[0].udp_port

        def took(method: str, user: str) -> float:
            with SipPeer("127.0.0.67") as peer:
                began = time.perf_counter()
                peer.request(method, port, user, user, body=SDP.format(host=peer.host) if method == "INVITE" else "")
                assert peer.final().status == 401
                return time.perf_counter() - began

        for method in ("REGISTER", "INVITE"):
            times: dict[str, list[float]] = {"desk7": [], "nobody": []}
            for _ in range(ROUNDS):
                for user, seen in times.items():
                    seen.append(await asyncio.to_thread(took, method, user))
            known, unknown = (sorted(seen) for seen in times.values())
            apart = abs(statistics.median(known) - statistics.median(unknown))
            among = known[ROUNDS * 3 // 4] - known[ROUNDS // 4] + unknown[ROUNDS * 3 // 4] - unknown[ROUNDS // 4]
            assert apart < max(among, 0.002), (method, apart, among)
