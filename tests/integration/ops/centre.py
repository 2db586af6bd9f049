"""A whole centre as `pasokh up` runs it, in a home of its own, on a port the system chooses."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.polling import until

START_SECONDS = 100
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("PASOKH_", "DJANGO_"))}


class Centre:
    """Start, ask, kill, stop. A context manager that leaves no process and no file behind."""

    def __init__(self, **settings):
        self.home = Path(tempfile.mkdtemp(prefix="pasokh-up-"))
        self.home.chmod(0o755)  # the database's account must get in
        self.environment = {**CLEAN, **settings, "PASOKH_HOME": str(self.home)}
        self.process = None
        self.url = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
        pids = [*self.children().values(), *([self.process.pid] if self.process else [])]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)
        shutil.rmtree((self.home / "db").resolve(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def log(self):
        return (self.home / "up.log").read_text()

    def start(self, *arguments):
        """Run `pasokh up` until it says it is ready; returns how long that took."""
        begun = time.monotonic()
        with (self.home / "up.log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pasokh.ops.cli", "up", "--port", "0", *arguments],
                env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        ready = r"^(Ctrl-C stops everything|Running: )"
        self.until(lambda: re.search(ready, self.log, re.MULTILINE) or self.process.poll() is not None, START_SECONDS)
        assert self.process.poll() is None, self.log
        found = re.search(r"http://127\.0\.0\.1:\d+", self.log)
        self.url = found[0] if found else ""
        return time.monotonic() - begun

    def stop(self):
        """Ask it to stop; the exit code."""
        self.process.terminate()
        return self.process.wait(60)

    def children(self):
        """Role → process id, as the supervisor keeps them."""
        found = {}
        for path in (self.home / "run").glob("up-*.json"):
            with contextlib.suppress(ValueError):
                found |= json.loads(path.read_text())["children"]
        return found

    def run(self, *arguments, said=""):
        """A `pasokh` command beside the running centre; `said` is typed."""
        return subprocess.run(
            [sys.executable, "-m", "pasokh.ops.cli", *arguments],
            env=self.environment, input=said, capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip

    def program(self, *arguments):
        """A Python program in this centre's environment, with pipes; ends when its input does."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, path, body=None, **headers):
        """Status and text of a request; None while nobody answers."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (OSError, urllib.error.URLError):
            return None

    def until(self, question, seconds=40):
        """Wait until it is true."""
        return until(question, seconds, told=lambda: self.log)


def alive(pid):
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
