"""diff → apply → verify on a real switch: what is read again, what is refused, what is undone."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from tests.polling import until_async
from tests.sip_peer import SipPeer
from tests.switch_stage import Switch, certificate, free_ports, needs_asterisk, short_folder, site, switch

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.apply import apply, verify
from pasokh.telephony.config.models import Certificate, Listen, Music, Site, Webrtc
from pasokh.telephony.config.verify import differences

pytestmark = needs_asterisk
KEEP = Path(__file__).parents[3] / "deploy/asterisk/keep.sh"
SECOND = Webrtc(key="olena", org="acme", password="another-secret", name="Олена")


async def bring(made: Switch, wanted: Site, *, restart: bool = False):
    return await apply(wanted, wanted.nodes[0], made.machine, made.asterisk, restart=restart)


async def has_endpoint(made: Switch, name: str) -> bool:
    return "Unable to find object" not in await made.asterisk.command(f"pjsip show endpoint {name}")


async def test_a_switch_that_does_not_run_gets_its_files_for_the_next_start():
    wanted = site()
    async with switch() as made:
        done = await bring(made, wanted)
        assert not done.running
        assert done.tried_seconds > 0
        assert made.etc.current() == made.files(wanted)
        with pytest.raises(PasokhError, match=r"asterisk\.not_running"):
            await verify(wanted, wanted.nodes[0], made.machine, made.asterisk)
        await made.asterisk.start(dies_with_parent=True)
        assert await verify(wanted, wanted.nodes[0], made.machine, made.asterisk) == ()
        again = await bring(made, wanted)
        assert again.plan.empty
        assert again.tried_seconds == 0.0, "nothing to try"


async def test_a_new_station_comes_while_calls_go_on_and_an_old_one_goes():
    """Only what changed is read again, and a call that is up stays up."""
    wanted = site()
    port = wanted.nodes[0].udp_port
    async with switch() as made:
        await made.start(wanted)
        pid = made.asterisk.pid
        with SipPeer("127.0.0.2") as carrier:
            answer = await asyncio.to_thread(carrier.invite, port, "982191001000")
            changed = replace(wanted, stations=(*wanted.stations[1:], SECOND))
            done = await bring(made, changed)
            assert done.running
            assert not done.plan.restart
            assert {line.split()[-1] for line in done.plan.reloads} >= {"res_pjsip.so"}
            assert "dialplan reload" not in done.plan.reloads
            assert await has_endpoint(made, "olena")
            assert not await has_endpoint(made, "neda")
            assert made.asterisk.pid == pid
            assert await made.asterisk.calls() == 1
            carrier.bye(answer, port)
            await until_async(made.asterisk.calls, lambda calls: calls == 0)


def broken(folder: Path, breakage: str) -> Certificate:
    made = certificate(folder)
    if breakage == "rubbish":
        Path(made.chain).write_text("rubbish")
    elif breakage == "another's key":
        other = folder / "other"
        other.mkdir()
        made = replace(made, key=certificate(other).key)
    elif breakage == "no file":
        made = replace(made, combined=str(folder / "nowhere.pem"))
    elif breakage == "unreadable":
        Path(made.combined).chmod(0o600)
    return made


@pytest.mark.parametrize(
    ("breakage", "code"),
    [
        ("rubbish", "asterisk.bad_certificate"),
        ("another's key", "asterisk.bad_certificate"),
        ("no file", "asterisk.bad_certificate"),
        pytest.param(
            "unreadable",
            "asterisk.trial_failed",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="Asterisk runs as ourselves here"),
        ),
        ("a module is missing", "asterisk.trial_failed"),
    ],
)
async def test_a_bad_configuration_never_reaches_the_running_switch(breakage, code, tmp_path):
    good = site()
    with short_folder() as folder:
        ports = free_ports(2)
        node = replace(
            good.nodes[0],
            certificate=broken(folder, breakage),
            tls_port=ports[0],
            https=Listen(address="127.0.0.1", port=ports[1]),
        )
        bad = replace(good, nodes=(node,))
        async with switch() as made:
            await made.start(good)
            before, pid = made.etc.current(), made.asterisk.pid
            machine = made.machine
            if breakage == "a module is missing":
                machine = replace(machine, modules=str(tmp_path))
            with pytest.raises(PasokhError) as caught:
                await apply(bad, bad.nodes[0], machine, made.asterisk, restart=True)
            assert caught.value.code == code
            assert made.etc.current() == before
            assert made.asterisk.pid == pid
            assert await verify(good, good.nodes[0], made.machine, made.asterisk) == ()


async def test_a_transport_changes_only_at_a_start_that_was_allowed_and_when_no_call_is_up():
    good = site()
    port = good.nodes[0].udp_port
    moved = replace(good, nodes=(replace(good.nodes[0], udp_port=free_ports(1)[0]),))
    async with switch() as made:
        await made.start(good)
        with pytest.raises(PasokhError, match=r"asterisk\.restart_needed"):
            await bring(made, moved)
        with SipPeer("127.0.0.2") as carrier:
            answer = await asyncio.to_thread(carrier.invite, port, "982191001000")
            with pytest.raises(PasokhError, match=r"asterisk\.calls_up"):
                await bring(made, moved, restart=True)
            assert await verify(good, good.nodes[0], made.machine, made.asterisk) == ()
            carrier.bye(answer, port)
            await until_async(made.asterisk.calls, lambda calls: calls == 0)
        pid = made.asterisk.pid
        done = await bring(made, moved, restart=True)
        assert done.running
        assert made.asterisk.pid != pid
        assert await verify(moved, moved.nodes[0], made.machine, made.asterisk) == ()


async def test_what_does_not_take_effect_is_undone():
    """The trial cannot know that another program holds the port: the switch comes back as it was."""
    good = site()
    async with switch() as made:
        await made.start(good)
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as holder:
            holder.bind(("127.0.0.1", 0))
            taken = replace(good, nodes=(replace(good.nodes[0], udp_port=holder.getsockname()[1]),))
            with pytest.raises(PasokhError) as caught:
                await bring(made, taken, restart=True)
        assert caught.value.code == "asterisk.rolled_back"
        assert "transport-udp" in str(caught.value)
        assert await verify(good, good.nodes[0], made.machine, made.asterisk) == ()


async def test_music_that_is_not_there_is_refused_for_callers_would_hear_nothing():
    good = site()
    silent = replace(good, music=(Music(key="gone", folder="/nonexistent/music"),))
    async with switch() as made:
        with pytest.raises(PasokhError, match=r"asterisk\.trial_failed"):
            await bring(made, silent)
        assert made.etc.current() == {}


def parent_of(pid: int | None) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def test_where_a_keeper_runs_asterisk_it_is_the_keeper_that_starts_it_again():
    good = site()
    moved = replace(good, nodes=(replace(good.nodes[0], udp_port=free_ports(1)[0]),))
    async with switch() as made:
        await bring(made, good)
        keeper = await asyncio.create_subprocess_exec(str(KEEP), str(made.home), start_new_session=True)
        try:
            await until_async(made.asterisk.adopt)
            assert made.asterisk.kept
            first = made.asterisk.pid
            await bring(made, moved, restart=True)
            assert made.asterisk.pid != first
            assert parent_of(made.asterisk.pid) == keeper.pid
            await made.asterisk.kill()
            await until_async(made.asterisk.adopt)
        finally:
            keeper.terminate()
            await keeper.wait()
        assert made.asterisk.pid is None


async def test_two_who_apply_at_once_take_turns():
    good = site()
    async with switch() as made:
        with made.etc.alone(), pytest.raises(PasokhError, match=r"asterisk\.being_changed"):
            await bring(made, good)


async def test_what_somebody_changed_by_hand_in_the_running_switch_is_noticed():
    good = site()
    async with switch() as made:
        await made.start(good)
        await made.asterisk.command("module unload app_record.so")
        await made.asterisk.command("dialplan remove context held")
        found = await differences(made.asterisk, made.files(good))
        assert "module app_record.so" in found
        assert "application record" in found
        assert "context held" in found
        await bring(made, good, restart=True)
        assert await verify(good, good.nodes[0], made.machine, made.asterisk) == (), (
            "and put right by applying it again"
        )


async def test_who_was_killed_between_the_files_and_the_reload_is_made_up_for():
    good = site()
    more = replace(good, stations=(*good.stations, SECOND))
    async with switch() as made:
        await made.start(good)
        made.write(more)
        assert not await has_endpoint(made, "olena")
        assert (await bring(made, more)).plan.empty
        assert await has_endpoint(made, "olena")
        transports = replace(more, nodes=(replace(good.nodes[0], udp_port=free_ports(1)[0]),))
        made.write(transports)
        with pytest.raises(PasokhError, match=r"asterisk\.differs"):
            await bring(made, transports)
        await bring(made, transports, restart=True)
        assert await verify(transports, transports.nodes[0], made.machine, made.asterisk) == ()


async def test_old_versions_go_and_a_folder_of_somebody_elses_is_left_alone():
    good = site()
    async with switch() as made:
        for number in range(8):
            made.etc.swap(made.etc.stage(made.files(replace(good, realm=f"realm{number}"))))
            made.etc.forget_old()
        assert len(list((made.home / "versions").iterdir())) == 5
        (made.home / "etc").unlink()
        (made.home / "etc").mkdir()
        with pytest.raises(PasokhError, match=r"asterisk\.foreign_folder"):
            made.etc.current()


def test_the_command_line_shows_applies_and_verifies():
    """`pasokh telephony diff|apply|verify` as a person uses it; no secret on the screen."""
    good = site()
    with short_folder() as folder:
        file = folder / "site.json"

        def pasokh(action: str, wanted: Site) -> subprocess.CompletedProcess[str]:
            file.write_bytes(msgspec.json.encode(wanted))
            words = ["telephony", action, "--site", str(file), "--home", str(folder / "asterisk")]
            return subprocess.run(
                [sys.executable, "-m", "pasokh.ops.cli", *words], capture_output=True, text=True, check=False
            )

        assert "new      pjsip.conf [neda] endpoint" in pasokh("diff", good).stdout
        applied = pasokh("apply", good)
        assert applied.returncode == 0, applied.stderr
        assert pasokh("diff", good).stdout == "Nothing differs.\n"
        changed = replace(good, stations=(replace(good.stations[0], name="Neda", password="quite-another"), SECOND))
        told = pasokh("diff", changed)
        assert "         password_digest: … -> …" in told.stdout
        assert '         callerid: "ندا رضایی" <neda> -> "Neda" <neda>' in told.stdout
        assert "removed  pjsip.conf [desk7] endpoint" in told.stdout
        for secret in ("browser-secret", "quite-another", "another-secret", "carrier"):
            assert secret not in told.stdout + told.stderr + applied.stdout
        refused = pasokh("verify", good)
        assert refused.returncode == 1
        assert "[asterisk.not_running]" in refused.stderr
