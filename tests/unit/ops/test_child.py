"""A child is started again when it dies, given up when it cannot live, stopped within a bound; it never outlives us."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tests.integration.ops.centre import alive
from tests.polling import until_async

from pasokh.kernel.errors import PasokhError
from pasokh.ops.child import Child, Program
from pasokh.ops.process import say_ready

READY = "from pasokh.ops.process import say_ready, die_with_parent; say_ready(hello='you'); "
FOREVER = "import signal\nwhile True: signal.pause()"


def child(code, said=None, **more):
    lines = said if said is not None else []
    program = Program("role", [sys.executable, "-c", code], dict(os.environ), first_pause=0.01, **more)
    return Child(program, lambda role, line: lines.append((role, line)))


async def until(question, seconds=20.0):
    async def look():
        return question()

    await until_async(look, seconds=seconds)


async def test_what_a_child_says_when_ready_is_known():
    c = child(READY + FOREVER)
    watch = asyncio.create_task(c.watch())
    await asyncio.wait_for(c.ready.wait(), 20)
    assert c.facts == {"hello": "you"}
    await c.stop()
    await asyncio.wait_for(watch, 20)
    assert not alive(c.pid)


async def test_a_killed_child_is_started_again():
    said = []
    c = child(READY + FOREVER, said)
    watch = asyncio.create_task(c.watch())
    await asyncio.wait_for(c.ready.wait(), 20)
    first = c.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: c.starts == 2)
    await asyncio.wait_for(c.ready.wait(), 20)
    assert c.pid != first
    assert any("SIGKILL" in line for _, line in said)
    await c.stop()
    await watch


async def test_a_child_that_never_gets_ready_is_given_up():
    said = []
    c = child("print('no licence'); raise SystemExit(3)", said, tries=2)
    with pytest.raises(PasokhError) as gave_up:
        await asyncio.wait_for(c.watch(), 30)
    assert gave_up.value.code == "supervisor.gave_up"
    assert gave_up.value.params["ended"] == "exit code 3"
    assert c.starts == 2
    assert ("role", "no licence") in said


async def test_a_child_that_hangs_while_starting_is_killed():
    c = child("import time; time.sleep(600)", ready_seconds=0.3, tries=1)
    with pytest.raises(PasokhError, match=r"supervisor\.gave_up"):
        await asyncio.wait_for(c.watch(), 20)
    assert not alive(c.pid)


async def test_a_child_that_ignores_the_request_to_stop_is_killed_with_its_own_children():
    code = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "from pasokh.ops.process import say_ready\nsay_ready(grandchild=str(p.pid))\n" + FOREVER
    )
    c = child(code, stop_seconds=0.3)
    watch = asyncio.create_task(c.watch())
    await asyncio.wait_for(c.ready.wait(), 20)
    await asyncio.wait_for(c.stop(), 10)
    await watch
    assert not alive(c.pid)
    await until(lambda: not alive(int(c.facts["grandchild"])))


async def test_stopping_does_not_wait_for_a_pause_to_end():
    c = child(READY + "raise SystemExit(1)")
    c.program = Program("role", c.program.arguments, c.program.environment, first_pause=600)
    watch = asyncio.create_task(c.watch())
    await until(c.ready.is_set)
    await until(lambda: c._process.returncode is not None)
    await c.stop()
    await asyncio.wait_for(watch, 10)


async def test_an_endless_line_does_not_end_the_watching():
    said = []
    c = child("print('x' * 3_000_000); print('after', flush=True); " + READY + FOREVER, said)
    watch = asyncio.create_task(c.watch())
    await asyncio.wait_for(c.ready.wait(), 20)
    await until(lambda: ("role", "after") in said)
    await c.stop()
    await watch


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children of a death on Linux only")
def test_children_die_with_a_supervisor_that_is_killed():
    code = (
        "import asyncio, os, sys\n"
        "from pasokh.ops.child import Child, Program\n"
        "inner = 'from pasokh.ops.process import die_with_parent, say_ready; die_with_parent(); say_ready();'\n"
        "inner += 'import signal\\nwhile True: signal.pause()'\n"
        "async def main():\n"
        "    c = Child(Program('r', [sys.executable, '-c', inner], dict(os.environ)), print)\n"
        "    t = asyncio.create_task(c.watch())\n"
        "    await c.ready.wait()\n"
        "    print(c.pid, flush=True)\n"
        "    await t\n"
        "asyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        pid = int(supervisor.stdout.readline())
        assert alive(pid)
        supervisor.kill()
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline, "the child outlived its supervisor"
        time.sleep(0.01)


def test_ready_says_nothing_without_a_supervisor(monkeypatch):
    monkeypatch.delenv("PASOKH_READY_FD", raising=False)
    say_ready(a="b")


def test_ready_is_said_once(monkeypatch):
    reading, writing = os.pipe()
    monkeypatch.setenv("PASOKH_READY_FD", str(writing))
    say_ready(a="b")
    say_ready(a="c")
    with os.fdopen(reading) as pipe:
        assert json.load(pipe) == {"a": "b"}
