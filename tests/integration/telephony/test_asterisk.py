"""One Asterisk of ours: started, adopted by somebody else, killed, gone with its parent where that was asked."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.polling import until
from tests.switch_stage import Switch, needs_asterisk, short_folder, site, switch

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import AriServer, Asterisk, Program

pytestmark = needs_asterisk


async def test_it_starts_is_adopted_by_the_next_who_comes_and_stops():
    async with switch() as made:
        await made.start(site())
        other = Asterisk(made.program, made.home)
        assert await other.adopt()
        assert other.pid == made.asterisk.pid
        assert (await other.ask("asterisk/ping"))["asterisk_id"] == "02:00:00:00:00:01"
        with pytest.raises(PasokhError, match=r"asterisk\.running"):
            await other.start()
        await other.stop()
        assert made.asterisk.pid is None
        await made.asterisk.stop()
        await made.asterisk.stop()


async def test_after_a_crash_it_starts_again_on_the_same_folder():
    async with switch() as made:
        await made.start(site())
        await made.asterisk.kill()
        assert made.asterisk.pid is None
        assert not await made.asterisk.adopt()
        with pytest.raises(PasokhError, match=r"asterisk\.not_running"):
            await made.asterisk.command("core show uptime")
        with pytest.raises(PasokhError, match=r"asterisk\.not_running"):
            await made.asterisk.calls()
        await made.asterisk.start(dies_with_parent=True)
        assert "System uptime" in await made.asterisk.command("core show uptime")


async def test_a_pid_file_that_names_somebody_else_is_nobody():
    async with switch() as made:
        made.write(site())
        made.asterisk.prepare()
        (made.home / "run" / "asterisk.pid").write_text(str(os.getpid()))
        assert made.asterisk.pid is None
        await made.asterisk.stop()


async def test_without_files_or_with_files_that_do_not_work_it_says_why():
    async with switch() as made:
        with pytest.raises(PasokhError, match=r"asterisk\.no_configuration"):
            await made.asterisk.start()
        files = made.files(site())
        files["modules.conf"] += "require = res_nowhere.so\n"
        made.etc.swap(made.etc.stage(files))
        with pytest.raises(PasokhError) as caught:
            await made.asterisk.start(dies_with_parent=True)
        assert caught.value.code == "asterisk.not_started"
        assert made.asterisk.pid is None


CHILD = """
import asyncio, sys, threading
from pathlib import Path
from pasokh.telephony.asterisk import Asterisk, Program

async def main():
    asterisk = Asterisk(Program.find(), Path(sys.argv[1]))
    await asterisk.start(dies_with_parent=sys.argv[2] == "yes")
    print(asterisk.pid, flush=True)
    threading.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("together", [True, False])
async def test_it_outlives_who_started_it_unless_asked_not_to(together):
    """Calls survive a supervisor that crashes; a test run leaves nothing behind."""
    async with switch() as made:
        made.write(site())

        def crash() -> int:
            words = [sys.executable, "-c", CHILD, str(made.home), "yes" if together else "no"]
            with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
                assert child.stdout is not None
                pid = int(child.stdout.readline())
                child.send_signal(signal.SIGKILL)
            return pid

        pid = await asyncio.to_thread(crash)
        if together:
            await asyncio.to_thread(until, lambda: made.asterisk.pid is None)
        else:
            assert await made.asterisk.adopt()
            assert made.asterisk.pid == pid


async def test_in_a_private_folder_it_runs_as_whoever_started_it():
    """Where its own account cannot get to, a checkout in somebody's home for example."""
    with short_folder() as folder:
        private = folder / "private"
        private.mkdir(mode=0o700)
        made = Switch(private / "asterisk")
        try:
            await made.start(site())
            assert owner_of(made.asterisk.pid) == os.geteuid()
        finally:
            await made.asterisk.stop()


def owner_of(pid: int | None) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


async def test_its_version_is_new_enough():
    assert int((await Program.find().version()).split(".")[0]) >= 22


def test_where_its_ari_is_stands_in_its_files_and_the_password_in_no_text(tmp_path: Path):
    (tmp_path / "http.conf").write_text("[general]\nbindaddr = 127.0.0.1\nbindport = 8088\n")
    (tmp_path / "ari.conf").write_text("[general]\nenabled = yes\n\n[pasokh]\ntype = user\npassword = s3cret\n")
    address = AriServer.of(tmp_path)
    assert (address.host, address.port, address.password) == ("127.0.0.1", 8088, "s3cret")
    assert "s3cret" not in repr(address)
