"""`python -m pasokh.engine --dsn DSN`: one engine process by itself. SIGTERM and SIGINT end it gracefully."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence

from pasokh.engine.run import EngineSettings, run


def main(arguments: Sequence[str] | None = None) -> None:
    """Run an engine until a signal asks it to stop."""
    parser = argparse.ArgumentParser(prog="pasokh.engine", description=__doc__)
    parser.add_argument("--dsn", required=True, help="PostgreSQL connection string of the engine's role")
    parser.add_argument("--owner", default=f"{socket.gethostname()}:{os.getpid()}", help="unique name of this process")
    parser.add_argument("--shard", action="append", default=[], help="lead only this shard (repeatable; default: all)")
    parser.add_argument("--guard-ms", type=float, help="report code that holds the event loop longer")
    parser.add_argument("--metrics", action="store_true", help="print metrics on leaving")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    only = frozenset(chosen.shard)
    settings = EngineSettings(
        dsn=chosen.dsn,
        owner=chosen.owner,
        wanted=lambda shard: not only or shard in only,
        guard_ms=chosen.guard_ms,
    )
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_until_signalled(settings))
    if chosen.metrics:
        sys.stdout.write(settings.metrics.prometheus())


def _new_loop() -> asyncio.AbstractEventLoop:
    """A uvloop where it exists: half the latency of a turn's round trips."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - not installed on every platform

    return uvloop.new_event_loop()


async def _until_signalled(settings: EngineSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(settings, stop)


if __name__ == "__main__":
    main()
