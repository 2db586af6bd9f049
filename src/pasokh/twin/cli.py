"""`pasokh simulate` and `pasokh replay`: arguments in, text and exit code out."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pasokh.twin.replay_report import replay_command
from pasokh.twin.report import Outcome, simulate_command
from pasokh.twin.sweep import CancelledError


def main(arguments: Sequence[str]) -> int:
    """Run one of the twin's commands; 0 done, 1 refused, 2 wrong usage, 3 differences found, 130 cancelled."""
    given = _parser().parse_args(list(arguments))
    quiet = given.as_json or not sys.stderr.isatty()
    try:
        if given.command == "simulate":
            outcome = simulate_command(
                given.scenario,
                given.replications,
                as_json=given.as_json,
                by=given.by,
                engine=given.engine,
                workers=given.workers,
                seed=given.seed,
                progress=None if quiet else _progress,
            )
        else:
            outcome = replay_command(
                given.log,
                policy=given.policy,
                staffing=given.staffing,
                as_json=given.as_json,
                replications=given.replications,
            )
    except (KeyboardInterrupt, CancelledError):
        return 130
    return _print(outcome)


def _print(outcome: Outcome) -> int:
    print(outcome.text, file=sys.stderr if outcome.code == 1 else sys.stdout)
    return outcome.code


def _progress(done: int, everything: int) -> None:
    end = "\n" if done == everything else ""
    print(f"\r{done}/{everything} replications", end=end, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pasokh")
    commands = parser.add_subparsers(dest="command", required=True)
    simulate = commands.add_parser("simulate", help="run a scenario (see docs/scenarios.md)")
    simulate.add_argument("scenario", type=Path, help="TOML file")
    simulate.add_argument("--replications", type=int, metavar="N", help="instead of the scenario's own")
    simulate.add_argument("--seed", type=int, help="instead of the scenario's own")
    simulate.add_argument("--by", choices=("total", "day", "interval"), default="total")
    simulate.add_argument("--engine", choices=("auto", "plain", "compiled"), default="auto")
    simulate.add_argument("--workers", type=int, metavar="N", help="processes; all cores unless given")
    simulate.add_argument("--json", dest="as_json", action="store_true")
    replay = commands.add_parser("replay", help="replay a log exported by `pasokh log export`")
    replay.add_argument("log", type=Path, help="JSON lines, .gz or not")
    replay.add_argument("--policy", type=Path, metavar="TOML", help="changed queues: what would have been")
    replay.add_argument("--staffing", type=Path, metavar="TOML", help="changed agents: what would have been")
    replay.add_argument("--replications", type=int, default=20, metavar="N", help="of the what-if")
    replay.add_argument("--json", dest="as_json", action="store_true")
    return parser
