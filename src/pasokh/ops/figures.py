"""Figures of a process to whoever gathers them: a Unix socket beside its home, and Prometheus' text over it.

Each role writes its text to whoever connects to ``run/figures/ROLE.sock`` and closes. The supervisor gathers them all
at one address on loopback (``PASOKH_METRICS``); `pasokh metrics` prints the same without any address.
"""

import asyncio
import contextlib
import os
import resource
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from pasokh.kernel.figures import Figures, merged
from pasokh.ops.settings import ROLES, Settings

GATHER_SECONDS = 2.0
LARGEST = 8 * 1024 * 1024
PROCESS = {
    "cpu_seconds": "Processor time used by this process.",
    "memory_bytes": "Memory this process holds in RAM.",
    "open_files": "File descriptors this process has open.",
    "threads": "Threads of this process.",
    "started_seconds": "When this process began, seconds since 1970.",
}
_STARTED = time.time()


WORKER = {
    "rounds": "Rounds of the worker.",
    "round_ms": "How long a round took, ms.",
    "behind_events": "Events that a projection has not taken in yet, by projection.",
    "failures": "Organisations whose history could not be brought further in a round.",
}
FACTS = {
    "rounds": "Rounds of the facts' role.",
    "round_ms": "How long a round took, ms.",
    "events": "Events folded into facts.",
    "sealed_days": "Days of facts put into files, those corrected again included.",
    "failures": "Organisations whose facts could not be brought further in a round.",
}
WEB = {
    "requests": "HTTP requests, by method, kind of address and class of status.",
    "request_ms": "From a request's head to its answer's head, by kind of address, ms.",
    "sockets": "Sockets of browsers that are open, by kind (live, phone).",
    "loop_lag_ms": "How much later than planned the event loop ran a timer, ms.",
}
SWITCH = {
    "asterisk_up": "Whether this machine's Asterisk runs.",
    "asterisk_starts": "Times this keeper started Asterisk.",
    "troubles": "Documents and prompts that could not be put into effect.",
    "trunks": "Carriers, by state (up, down, unasked).",
    "stations": "Telephones, by state (up, down).",
    "refused_sign_ons": "Attempts of telephones and strangers that Asterisk refused.",
}


def worker_figures() -> Figures:
    """Of the worker."""
    return Figures("pasokh_worker_", WORKER, {"behind_events"})


def facts_figures() -> Figures:
    """Of the facts."""
    return Figures("pasokh_facts_", FACTS)


def web_figures() -> Figures:
    """Of the web."""
    return Figures("pasokh_web_", WEB, {"sockets"})


def switch_figures() -> Figures:
    """Of the switch's keeper."""
    return Figures("pasokh_switch_", SWITCH, {"asterisk_up", "troubles", "trunks", "stations"})


def process_figures() -> Figures:
    """What every process knows of itself, read when it is asked."""
    made = Figures("pasokh_process_", PROCESS, PROCESS.keys() - {"cpu_seconds"})

    def look() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        made.forget("cpu_seconds")
        made.count("cpu_seconds", round(used.ru_utime + used.ru_stime, 3))
        made.set("started_seconds", round(_STARTED, 3))
        made.set("threads", threading.active_count())
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            made.set("memory_bytes", pages * os.sysconf("SC_PAGE_SIZE"))
            made.set("open_files", len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - names only, and nothing to resolve

    made.before_reading.append(look)
    return made


def place(settings: Settings, role: str) -> Path:
    """The socket of a role."""
    return settings.run_home / "figures" / f"{role}.sock"


def _free(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)


@asynccontextmanager
async def told(path: Path, *figures: Figures) -> AsyncIterator[None]:
    """Tell figures while the context lasts, in the loop that counts them. What cannot be told stops nothing."""
    every = (process_figures(), *figures)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write("".join(each.prometheus() for each in every).encode())
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    try:
        _free(path)
        server = await asyncio.start_unix_server(answer, path)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        server.close()
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - one quick system call, in a loop


@contextmanager
def told_by_thread(path: Path, *figures: Figures) -> Iterator[None]:
    """The same for a role without a loop; its figures must be readable from another thread."""
    every = (process_figures(), *figures)
    try:
        _free(path)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(str(path))
        server.listen(4)
    except OSError:
        yield
        return

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            # Another thread counts meanwhile: what changed under the reader is read again with the next question.
            with peer, contextlib.suppress(OSError, RuntimeError):
                peer.settimeout(GATHER_SECONDS)
                peer.sendall("".join(each.prometheus() for each in every).encode())

    thread = threading.Thread(target=serve, name="figures", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(GATHER_SECONDS)
        path.unlink(missing_ok=True)


# -- gathering ---------------------------------------------------------------------------------------------------------
async def gathered(settings: Settings, own: Mapping[str, str] | None = None) -> str:
    """The figures of every role of this home that tells them, besides `own`."""
    texts = dict(own or {})
    roles = [role for role in ROLES if place(settings, role).exists()]
    answers = await asyncio.gather(*(_ask(place(settings, role)) for role in roles))
    texts |= {role: text for role, text in zip(roles, answers, strict=True) if text}
    return merged(texts)


async def _ask(path: Path) -> str:
    """A role's text; empty where nobody answers."""
    try:
        async with asyncio.timeout(GATHER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                return (await reader.read(-1))[:LARGEST].decode("utf-8", "replace")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return ""


@asynccontextmanager
async def gathering(
    settings: Settings, own: Callable[[], Mapping[str, str]], say: Callable[[str], None]
) -> AsyncIterator[None]:
    """``http://PASOKH_METRICS/metrics`` while the context lasts; nothing where it is not set or taken."""
    if not settings.metrics:
        yield
        return

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
            async with asyncio.timeout(GATHER_SECONDS * 3):
                asked = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[0].split(b" ")
                if asked[:1] != [b"GET"] or asked[1:2] not in ([b"/metrics"], [b"/metrics?"]):
                    status, body = "404 Not Found", b"/metrics\n"
                else:
                    status, body = "200 OK", (await gathered(settings, own())).encode()
                kind = "text/plain; version=0.0.4; charset=utf-8"
                head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    host, _, port = settings.metrics.rpartition(":")
    try:
        server = await asyncio.start_server(answer, host.strip("[]"), int(port), limit=16_384)
    except OSError as error:
        say(f"figures are not told at {settings.metrics}: {error.strerror or error}")
        yield
        return
    try:
        yield
    finally:
        server.close()
