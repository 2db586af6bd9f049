"""The `pasokh` command."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pasokh import __doc__ as about
from pasokh.i18n.catalogue import has, message
from pasokh.i18n.dates import format_time, local
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.ops.recordings_command import recordings_actions, run_recordings
from pasokh.ops.settings import Settings, chosen_roles, load, with_listen, with_voice

type Command = Callable[[argparse.Namespace], int]

TWIN = ("simulate", "replay")
"""Commands of the twin's own command line."""
FIGURES = ("kpi", "import")
"""Commands of the figures' own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 = done, 1 = refused or failed (said on standard error), 2 = wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words and words[0] in TWIN:
            from pasokh.twin import cli as twin  # noqa: PLC0415

            return twin.main(words)
        if words and words[0] in FIGURES:
            from pasokh.ops import kpi  # noqa: PLC0415

            return kpi.main(words)
        parser = _parser()
        given = parser.parse_args(words)
        command: Command | None = getattr(given, "command", None)
        if command is None:
            parser.print_help()
            return 2
        return command(given)
    except PasokhError as error:
        said = message(error.code, "en", **error.params) if has(error.code) else str(error)
        print(f"pasokh: {said} [{error.code}]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pasokh", description=about)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, command: Command, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(command=command)
        return sub

    add("metrics", _metrics, "print the figures of every role that runs here, as Prometheus reads them")
    up = add("up", _up, "run the centre until Ctrl-C")
    up.add_argument("--host", help="address to listen on (PASOKH_HOST, 127.0.0.1)")
    up.add_argument("--port", type=int, help="port to listen on (PASOKH_PORT, 8000; 0 = any free one)")
    up.add_argument(
        "--roles",
        metavar="LIST",
        help="only these, with commas: db, switch, proxy, watchdog, engine, worker, connect, web, traffic",
    )
    up.add_argument("--demo-traffic", action="store_true", help="let drawn customers and agents work the demo centre")
    up.add_argument(
        "--voice",
        action=argparse.BooleanOptionalAction,
        help="run an Asterisk for telephone calls, or none (PASOKH_VOICE: on, off, auto = where it is installed)",
    )
    up.add_argument("--no-demo", action="store_true", help="make no demo organisation in an empty database")
    up.add_argument("--empty", action="store_true", help="the same, and print the link of the first set-up")
    up.add_argument("--no-migrate", action="store_true", help="leave the database's schema as it is")

    for name, command, about_it in (
        ("setup", _setup, "print the one-time link to set up an empty centre"),
        ("migrate", _migrate, "bring the database's schema up to date"),
        ("seed", _seed, "make the demo organisation, unless there is one"),
    ):
        add(name, command, about_it)

    doctor = add("doctor", _doctor, "is everything as it should be, and what to do if not")
    doctor.add_argument("--lang", choices=LANGUAGES, default="en")
    doctor.add_argument("--mail-to", metavar="ADDRESS", default="", help="send a test mail there as well")

    explain = add("explain", _explain, "tell in words why a contact waited and why it got this agent")
    explain.add_argument("contact", help="the contact's id")
    explain.add_argument("--org", help="its organisation, where there are several")
    explain.add_argument("--lang", choices=LANGUAGES, default="en")
    explain.add_argument("--zone", default="UTC", help="time zone of the times (UTC)")

    log = add("log", lambda _: _usage(log), "export a log, or verify its hash chain")
    actions = log.add_subparsers(title="actions", metavar="ACTION")
    export = actions.add_parser("export", help="write the whole log as JSON lines")
    export.add_argument("file", help="- = standard output; .gz is compressed")
    export.add_argument("--org", help="the organisation, where there are several")
    export.set_defaults(command=_log_export)
    verify = actions.add_parser(
        "verify", help="recompute the hash chain of an exported file, or of the database's logs"
    )
    verify.add_argument("file", nargs="?")
    verify.set_defaults(command=_log_verify)

    config = add("config", lambda _: _usage(config), "take the configuration out as one file, check one, or apply one")
    words = config.add_subparsers(title="actions", metavar="ACTION")
    for name, about_it in (
        ("export", "write the whole configuration to a file"),
        ("check", "say what a file would change, or everything that is wrong with it"),
        ("apply", "put a file into effect: all of it, or nothing"),
    ):
        action = words.add_parser(name, help=about_it, description=about_it)
        action.add_argument("file", help="- = standard output or input")
        action.add_argument("--org", help="the organisation, where there are several")
        if name != "export":
            action.add_argument("--removal", action="store_true", help="put away what the file does not name")
        action.set_defaults(command=_config, action=name)

    _drill_words(
        add("drill", _drill, "take an engine, the switch or a carrier away for a moment, and tell what became of calls")
    )

    telephony = add(
        "telephony", lambda _: _usage(telephony), "compare the telephone switch with the site, or change it"
    )
    _telephony_actions(telephony)

    recordings_actions(add("recordings", _recordings, "check, sweep and re-key what was recorded"))

    add("backup", _backup, "dump the database into a file; the centre may run").add_argument("file", type=Path)
    restore = add("restore", _restore, "put a dump in the place of the database; the centre must be stopped")
    restore.add_argument("file", type=Path)

    for name, about_it in (
        ("simulate", "run a scenario in the twin"),
        ("replay", "replay a recorded log: every assignment again, or what would have been"),
        ("kpi", "figures of a period, split and narrowed as wanted"),
        ("import", "facts from another centre's files: Asterisk's queue_log"),
    ):
        add(name, lambda _: 2, about_it)  # for the list: `main` hands these over whole
    return parser


def _drill_words(drill: argparse.ArgumentParser) -> None:
    drill.add_argument("kind", choices=("engine", "switch", "trunk"))
    drill.add_argument("trunk", nargs="?", default="", help="the carrier's key")
    drill.add_argument("--seconds", type=float, default=60.0, help="how long the carrier takes no calls (60)")
    drill.add_argument("--org", help="the organisation, where there are several")
    drill.add_argument("--yes", action="store_true", help="do not ask")
    drill.add_argument(
        "--with-calls", action="store_true", help="though customers are on the line: a switch drill loses them"
    )


def _telephony_actions(telephony: argparse.ArgumentParser) -> None:
    words = telephony.add_subparsers(title="actions", metavar="ACTION")
    for name, about_it in (
        ("diff", "say what would change in Asterisk's files, and what that means for calls"),
        ("apply", "try the new configuration, put it into effect, look whether it did; undo it if not"),
        ("verify", "ask the running Asterisk whether it has everything the site says"),
    ):
        action = words.add_parser(name, help=about_it, description=about_it)
        action.add_argument("--site", metavar="FILE", type=Path, help="the site as JSON (what the office says)")
        action.add_argument("--node", help="which of its nodes this machine is, where there are several")
        action.add_argument("--proxy", action="store_true", help="the SIP proxy before several nodes, not a node")
        action.add_argument("--home", metavar="DIR", type=Path, help="its folder (PASOKH_HOME/asterisk, …/kamailio)")
        if name == "apply":
            action.add_argument("--restart", action="store_true", help="allow a new start when no call is up")
        action.set_defaults(command=_telephony, action=name)


def _usage(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return 2


# -- running -----------------------------------------------------------------------------------------------------------
def _metrics(given: argparse.Namespace) -> int:  # noqa: ARG001 - the shape of every command
    from pasokh.ops.figures import gathered  # noqa: PLC0415

    text = asyncio.run(gathered(load()))
    print(text, end="")
    return 0 if text else 1


def _up(given: argparse.Namespace) -> int:
    from pasokh.ops.supervisor import Plan, Supervisor, only_one  # noqa: PLC0415 - each command loads what it needs

    named = given.voice is None and "switch" in (given.roles or "").replace(" ", "").split(",")
    settings = with_voice(with_listen(load(), given.host, given.port), named or given.voice)
    roles = chosen_roles(given.roles, settings, traffic=given.demo_traffic)
    plan = Plan(roles, prepare=not given.no_migrate, demo=not (given.no_demo or given.empty or given.no_migrate))
    if "web" in roles and settings.secret_is_own and not settings.embedded:
        print(f"pasokh: {message('up.own_secret', 'en', home=str(settings.home))}", file=sys.stderr)
    with only_one(settings):
        return asyncio.run(
            Supervisor(
                settings,
                plan,
                lambda url: _announce(
                    settings, url, plan.roles, plan.demo, _link(settings, url) if given.empty else ""
                ),
            ).run()
        )


def _link(settings: Settings, url: str) -> str:
    """The link of the first set-up; it is dead once there is an organisation."""
    from pasokh.office.welcome.links import welcome_token  # noqa: PLC0415
    from pasokh.ops.composition import wall_clock  # noqa: PLC0415

    return f"{url}/welcome/start/{welcome_token(settings.secret_key, wall_clock())}/"


def _setup(_: argparse.Namespace) -> int:
    import psycopg  # noqa: PLC0415

    from pasokh.ops.database import running_database  # noqa: PLC0415

    settings = load()
    with running_database(settings) as url, psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM shard_head").fetchone()
    if found is not None and found[0]:
        raise PasokhError("welcome.not_empty")
    print(f"{message('welcome.link', 'en')}\n  {_link(settings, settings.url(settings.port))}")
    return 0


def _announce(settings: Settings, url: str, roles: Sequence[str], demo: bool, link: str = "") -> None:
    """Where to click and how to sign in, in the three languages."""
    if "web" not in roles:
        print(message("up.ready_roles", "en", roles=", ".join(roles)), flush=True)
        return

    def thrice(key: str) -> str:
        return " · ".join(message(key, language) for language in LANGUAGES)

    places = {"login": "/login/", "desk": "/desk/", "wall": "/wall/", **({"shop": "/demo/shop/"} if demo else {})}
    lines = ["", thrice("up.ready"), ""]
    lines += [f"  {url + path:<40} {thrice(f'up.place.{name}')}" for name, path in places.items()]
    if demo:
        from pasokh.office import demo_people as people  # noqa: PLC0415

        lines += ["", f"  {thrice('up.accounts')}"]
        lines += [f"  {p.username:<12} {people.PASSWORD}   {p.role}, {p.language}" for p in people.STAFF]
        lines += _numbers(settings, thrice) if "switch" in roles else []
    if link:
        lines += ["", *(f"  {message('welcome.link', language)}" for language in LANGUAGES), f"  {link}"]
    print("\n".join([*lines, "", message("up.stop", "en"), ""]), flush=True)


def _numbers(settings: Settings, thrice: Callable[[str], str]) -> list[str]:
    """What to call, and how from this machine."""
    from pasokh.office import demo_phones as phones  # noqa: PLC0415
    from pasokh.ops.switch.settings import node_of  # noqa: PLC0415

    node = node_of(settings.switch)
    lines = ["", f"  {thrice('up.numbers')}"]
    lines += [f"  {line.number:<16} {line.flow:<10} {', '.join(line.languages)}" for line in phones.LINES]
    if node.udp_port:
        command = phones.caller_command(node.address, node.udp_port, phones.LINES[0].number)
        lines += [f"  {thrice('up.call')}", f"    {command}"]
    return lines


def _migrate(_: argparse.Namespace) -> int:
    from pasokh.ops import composition  # noqa: PLC0415
    from pasokh.ops.database import running_database  # noqa: PLC0415

    with running_database(load()) as url:
        composition.prepare(url)
    return 0


def _seed(_: argparse.Namespace) -> int:
    from pasokh.ops import composition  # noqa: PLC0415
    from pasokh.ops.database import running_database  # noqa: PLC0415

    with running_database(load()) as url:
        composition.prepare(url, demo=True)
    return 0


# -- looking -----------------------------------------------------------------------------------------------------------
def _doctor(given: argparse.Namespace) -> int:
    from pasokh.ops.composition import wall_clock  # noqa: PLC0415
    from pasokh.ops.doctor import examine  # noqa: PLC0415

    marks = {"good": "✓", "warning": "!", "wrong": "✗"}
    worst = 0
    for finding in examine(load(), wall_clock, given.mail_to):
        print(f"{marks[finding.grade]} {finding.text(given.lang)}", flush=True)
        worst = max(worst, 1 if finding.grade == "wrong" else 0)
    return worst


def _explain(given: argparse.Namespace) -> int:
    from pasokh.ops.explain import explain_contact  # noqa: PLC0415
    from pasokh.ops.logs_of import one_log  # noqa: PLC0415

    async def told() -> None:
        async with one_log(load(), given.org) as (log, org):
            for line in await explain_contact(log, org, given.contact, given.lang):
                moment = format_time(local(line.at, given.zone), given.lang, seconds=True)
                print(f"{moment}  {line.text}")

    asyncio.run(told())
    return 0


def _log_export(given: argparse.Namespace) -> int:
    from pasokh.ops import logfile  # noqa: PLC0415
    from pasokh.ops.logs_of import one_log  # noqa: PLC0415

    async def exported() -> None:
        async with one_log(load(), given.org) as (log, org):
            end = await logfile.export(log, org, org, given.file)
            print(message("log.exported", "en", n=end.seq, hash=end.hash.hex()), file=sys.stderr)

    asyncio.run(exported())
    return 0


def _log_verify(given: argparse.Namespace) -> int:
    from pasokh.ops import logfile  # noqa: PLC0415
    from pasokh.ops.backup import verify_logs  # noqa: PLC0415
    from pasokh.ops.database import running_database  # noqa: PLC0415

    if given.file:
        end = logfile.verify(given.file)
        print(message("log.verified", "en", n=end.seq, hash=end.hash.hex()))
        return 0
    with running_database(load()) as url:
        for shard, length in verify_logs(url).items():
            print(f"{shard}: " + message("log.verified_shard", "en", n=length))
    return 0


def _config(given: argparse.Namespace) -> int:
    from pasokh.ops import configuration_file  # noqa: PLC0415

    if given.action == "export":
        configuration_file.export(load(), given.org, given.file)
        return 0
    applying = given.action == "apply"
    done = configuration_file.bring(load(), given.org, given.file, apply=applying, with_removal=given.removal)
    return 0 if done else 1


def _drill(given: argparse.Namespace) -> int:
    from pasokh.ops import drill  # noqa: PLC0415

    if (given.kind == "trunk") != bool(given.trunk):
        raise PasokhError("drill.which_trunk")

    def agreed(question: str) -> bool:
        return given.yes or input(f"{question} ").strip().lower() == "yes"

    report = asyncio.run(
        drill.run(load(), given.kind, given.org, given.trunk, given.seconds, with_calls=given.with_calls, agreed=agreed)
    )
    if report is None:
        return 1
    for line in report.lines():
        print(line)
    return 0 if report.kind == "switch" or not (report.lost or report.counts.get("doubled")) else 1


def _telephony(given: argparse.Namespace) -> int:
    from pasokh.ops import telephony  # noqa: PLC0415
    from pasokh.ops.switch.source import OfficeSource  # noqa: PLC0415
    from pasokh.telephony.config.source import SiteFile, SiteSource  # noqa: PLC0415

    home = given.home or load().home / ("kamailio" if given.proxy else "asterisk")
    source: SiteSource = SiteFile(given.site) if given.site else OfficeSource(load())
    restart = getattr(given, "restart", False)
    if given.proxy:
        proxy = telephony.ProxyTarget.of(source, home)
        if given.action == "verify":
            return _lacking(proxy.lacking())
        return _lines(proxy.run(given.action, restart=restart))
    target = telephony.Target.of(source, given.node, home)
    if given.action == "verify":
        return _lacking(telephony.lacking(target))
    return _lines(telephony.run(given.action, target, restart=restart))


def _recordings(given: argparse.Namespace) -> int:
    from pasokh.ops.database import running_database  # noqa: PLC0415

    settings = load()
    with running_database(settings) as url:
        os.environ.update(settings.environment(url, settings.url(settings.port)))
        return run_recordings(given, url)


def _lines(told: Iterable[str]) -> int:
    for line in told:
        print(line)
    return 0


def _lacking(found: Sequence[str]) -> int:
    for each in found:
        print(message("telephony.lacks", "en", what=each), file=sys.stderr)
    if not found:
        print(message("telephony.good", "en"))
    return 1 if found else 0


# -- keeping -----------------------------------------------------------------------------------------------------------
def _backup(given: argparse.Namespace) -> int:
    from pasokh.ops import backup  # noqa: PLC0415
    from pasokh.ops.database import running_database  # noqa: PLC0415

    with running_database(load()) as url:
        size = backup.backup(url, given.file)
    print(message("backup.done", "en", file=str(given.file), kib=size // 1024))
    return 0


def _restore(given: argparse.Namespace) -> int:
    from pasokh.ops import backup  # noqa: PLC0415
    from pasokh.ops.database import running_database  # noqa: PLC0415
    from pasokh.ops.prepared import forget  # noqa: PLC0415

    settings = load()
    forget(settings)
    with running_database(settings) as url:
        kept = backup.restore(url, given.file, time.strftime("%Y%m%d_%H%M%S", time.gmtime()))
    print(message("backup.restored", "en", file=str(given.file), kept=kept))
    return 0


if __name__ == "__main__":
    sys.exit(main())
