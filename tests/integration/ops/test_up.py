"""`pasokh up` serves, survives the death of every part, stops cleanly, and leaves nothing behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest
from tests.integration.ops.centre import Centre, alive

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def centre():
    with Centre() as made:
        yield made


def open_chat(centre, start):
    """A visitor of the demo shop starts a chat; the contact's id once the centre has let them in."""
    body = {"key": "demo-shop", "start": start, "language": "fa", "name": "نیما", "text": "سلام", "message": "m1"}

    def ask():
        answer = centre.ask("/chat/v1/start", body, origin=centre.url)
        return answer if answer is not None and answer[0] == 200 else None

    return json.loads(centre.until(ask)[1])["contact"]


def database_pid(centre):
    return int((centre.home / "db/data/postmaster.pid").resolve().read_text().split("\n")[0])


def test_a_centre_from_the_first_start_to_the_last(centre):
    centre.start()
    assert centre.ask("/login/")[0] == 200
    assert centre.ask("/demo/shop/")[0] == 200
    assert "agent1" in centre.log
    assert (centre.home / "secret_key").stat().st_mode & 0o777 == 0o600
    contact = open_chat(centre, "a" * 24)

    # every part is killed in turn; each comes back by itself, and nothing that was answered is lost
    for role in ("web", "connect", "engine", "worker", "facts", "db"):
        before = centre.children()
        os.kill(before[role], signal.SIGKILL)
        centre.until(lambda role=role, before=before: centre.children().get(role) != before[role])
        centre.until(lambda: (centre.ask("/login/") or (0,))[0] == 200)
        assert open_chat(centre, "a" * 24) == contact, "a repeated start is the same contact"
    second = open_chat(centre, "b" * 24)
    assert second != contact
    os.kill(database_pid(centre), signal.SIGKILL)
    third = open_chat(centre, "c" * 24)

    told = centre.run("explain", third, "--lang", "fa")
    assert told.returncode == 0, told.stderr
    assert len(told.stdout.splitlines()) >= 1
    unknown = centre.run("explain", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "[explain.no_contact]" in unknown.stderr

    found = centre.run("doctor")
    assert "leases" not in found.stderr
    assert re.search(r"✓ .*logs with \d+ events hold", found.stdout), found.stdout
    assert "✓ Every organisation sees its own rows only" in found.stdout

    exported = centre.home / "log.jsonl.gz"
    assert centre.run("log", "export", str(exported)).returncode == 0
    assert centre.run("log", "verify", str(exported)).returncode == 0
    replayed = centre.run("replay", str(exported))
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr

    saved = centre.run("backup", str(centre.home / "centre.dump"))
    assert saved.returncode == 0, saved.stderr
    refused = centre.run("restore", str(centre.home / "centre.dump"))
    assert "[backup.in_use]" in refused.stderr

    children, postgres = centre.children(), database_pid(centre)
    assert centre.stop() == 0
    assert not [role for role, pid in children.items() if alive(pid)]
    assert not alive(postgres)

    restored = centre.run("restore", str(centre.home / "centre.dump"))
    assert restored.returncode == 0, restored.stderr
    centre.start()
    assert open_chat(centre, "b" * 24) == second

    # a supervisor that is killed takes everything with it, and the next start finds its way
    children, postgres = centre.children(), database_pid(centre)
    centre.process.kill()
    centre.process.wait(10)
    centre.until(lambda: not [pid for pid in children.values() if alive(pid)] and not alive(postgres))
    seconds = centre.start()
    assert seconds < 30
    assert open_chat(centre, "b" * 24) == second


def test_a_second_supervisor_of_the_same_home_is_refused(centre):
    (centre.home / "run").mkdir()
    hold = f"import fcntl, sys; f = open({str(centre.home / 'run/up.lock')!r}, 'a'); fcntl.flock(f, fcntl.LOCK_EX)"
    code = hold + "; print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        refused = centre.run("up", "--port", "0")
        assert refused.returncode == 1
        assert "[supervisor.running]" in refused.stderr


def test_a_taken_port_is_named(centre):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = centre.run("up", "--port", str(port))
    assert refused.returncode == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "[supervisor.port]" in refused.stderr
    assert not (centre.home / "db").exists(), "nothing was begun"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["up", "--roles", "engine"], "settings.no_database"),
        (["up", "--roles", "nothing"], "settings.unknown_role"),
        (["up", "--port", "99999"], "settings.bad_number"),
        (["log", "verify", "/nonexistent/log.jsonl"], "log.unreadable"),
    ],
)
def test_wrong_wishes_are_refused_with_their_code(centre, arguments, code):
    refused = centre.run(*arguments)
    assert refused.returncode == 1
    assert f"[{code}]" in refused.stderr
    assert "Traceback" not in refused.stderr
