"""`pasokh kpi` and `pasokh import`: figures of a centre's facts, and facts from elsewhere."""

import argparse
import asyncio
import gzip
import re
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import psycopg

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import parse_date, zone
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.cluster import ENGINES, statement, with_files
from pasokh.metrics.kpi import catalogue, measure
from pasokh.metrics.own_log import Written, write_facts
from pasokh.metrics.question import CYCLES, STEPS, Period, Question
from pasokh.metrics.writing import FORMATS, written
from pasokh.ops import imports
from pasokh.ops.imports import own_zone
from pasokh.ops.settings import Settings, load
from pasokh.ops.warehouses import followed, warehouse, warehouse_now
from pasokh.store import schema
from pasokh.twin.replay_log import decode_rows

USUAL = "sl.answered_or_abandoned@20s,queue.entered,queue.answered,queue.abandoned,asa.answered,aht"
USUAL_DAYS = 30
_ORG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_WRITTEN_OUT = {"parquet", "xlsx"}
"""Formats nobody reads in a terminal."""


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands; raises `PasokhError` for what is refused."""
    parser = argparse.ArgumentParser(prog="pasokh")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    kpi = commands.add_parser("kpi", description="figures of a period, split and narrowed as wanted")
    kpi.add_argument(
        "--kpi", default=USUAL, metavar="LIST", help=f"names with commas, name[:version][@x[/s]] ({USUAL})"
    )
    kpi.add_argument("--from", dest="first", default="", metavar="DAY", help="first day (30 days before the last)")
    kpi.add_argument("--to", dest="last", default="", metavar="DAY", help="last day (the last with facts)")
    splits = ", ".join((*STEPS, *CYCLES, "queue", "agent", "client", "channel"))
    kpi.add_argument("--by", default="", metavar="LIST", help=f"{splits} …")
    kpi.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE[,VALUE]", help="only these")
    kpi.add_argument("--format", choices=FORMATS, default="table")
    kpi.add_argument("--out", type=Path, help="write here instead of to the terminal")
    kpi.add_argument("--lang", choices=LANGUAGES, default="en")
    kpi.add_argument("--org", default="", help="the organisation, where there are several")
    kpi.add_argument("--list", action="store_true", help="list the catalogue")
    kpi.add_argument(
        "--sql", default="", metavar="ENGINE", help=f"print the statement for a cluster: {', '.join(ENGINES)}"
    )
    kpi.add_argument(
        "--facts-at", default="", metavar="PLACE", help="where that engine sees the facts (their folder here)"
    )
    kpi.set_defaults(run=_kpi)
    bring = commands.add_parser("import", description="facts from another centre's files")
    forms = bring.add_subparsers(metavar="FORMAT", required=True)
    imports.commands(forms)
    own = forms.add_parser("own-log", description="Pasokh's own log: a file of `pasokh log export`, or the database's")
    own.add_argument("file", nargs="?", type=Path, help="the exported log; none = the database's")
    own.add_argument("--zone", default="", help="time zone the centre works in (that of this machine)")
    own.add_argument("--org", default="", help="the organisation, where there are several")
    own.set_defaults(run=_own_log)
    given = parser.parse_args(list(arguments))
    code: int = given.run(load(), given)
    return code


# -- figures -----------------------------------------------------------------------------------------------------------
def _kpi(settings: Settings, given: argparse.Namespace) -> int:
    if given.list:
        for versions in catalogue().values():
            for each in versions:
                defaults = f"@{'/'.join(each.params.values())}" if each.params else ""
                words = f"{each.name[given.lang]}: {each.says[given.lang]}"
                print(f"{each.id}:{each.version}{defaults}  {words}  [{each.source}]")
        return 0
    facts = warehouse_now(settings, given.org)
    known = facts.days()
    if known is None:
        raise PasokhError("facts.none", folder=str(facts.folder))
    last = _day(given.last, "to", given.lang) if given.last else known[1]
    first = (
        _day(given.first, "from", given.lang) if given.first else max(known[0], last - timedelta(days=USUAL_DAYS - 1))
    )
    question = Question(
        measures=tuple(measure(name) for name in given.kpi.split(",") if name.strip()),
        period=Period(first, last),
        by=tuple(name.strip() for name in given.by.split(",") if name.strip()),
        where=tuple(_where(text) for text in given.where),
        now=time.time_ns() // 1_000_000,
    )
    if given.sql:
        print(
            statement(question, given.sql, given.facts_at or str(facts.folder.absolute()), with_files(facts, question))
        )
        return 0
    data = written(facts.ask(question), given.format, given.lang)
    if given.out is not None:
        given.out.write_bytes(data)
        return 0
    if given.format in _WRITTEN_OUT and sys.stdout.isatty():
        raise PasokhError("kpi.terminal", field="out", format=given.format)
    sys.stdout.buffer.write(data)
    return 0


def _day(text: str, field: str, language: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        try:
            return parse_date(text, language)
        except PasokhError as error:
            raise PasokhError(error.code, field=field, **error.params) from error


def _where(text: str) -> tuple[str, tuple[str, ...]]:
    column, mark, values = text.partition("=")
    if not mark:
        raise PasokhError("kpi.where", field="where", text=text[:80])
    return column.strip(), tuple(value.strip() for value in values.split(","))


# -- facts from elsewhere ----------------------------------------------------------------------------------------------
def _own_log(settings: Settings, given: argparse.Namespace) -> int:
    if given.file is None:
        return _rebuild(settings, given.org or None, given.zone)
    name = given.zone or own_zone()
    zone(name)
    org = warehouse(settings, given.org).folder.name
    if org in followed(settings):
        raise PasokhError("import.own_followed", field="file", org=org)
    return _fold(settings, org, given.file, name)


def _rebuild(settings: Settings, org: str | None, name: str) -> int:
    """Make the facts of the database's log anew."""
    from pasokh.metrics.today.rebuilding import rebuild  # noqa: PLC0415
    from pasokh.ops.composition import wall_clock  # noqa: PLC0415
    from pasokh.ops.database import acting_as, running_database  # noqa: PLC0415
    from pasokh.ops.logs_of import one_log  # noqa: PLC0415
    from pasokh.ops.zones import OfficeZones  # noqa: PLC0415

    async def found() -> str:
        async with one_log(settings, org) as (_, one):
            return one

    begun = time.monotonic()
    with running_database(settings) as url:
        one = asyncio.run(found())
        name = name or asyncio.run(OfficeZones(acting_as(url, schema.APP)).zone(one))
        zone(name)
        with psycopg.connect(acting_as(url, schema.ENGINE), autocommit=True) as connection:
            made = rebuild(connection, warehouse(settings, one), one, name, wall_clock())
    _told(made, begun)
    return 0


def _fold(settings: Settings, org: str, file: Path, name: str) -> int:
    begun = time.monotonic()
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
            events = ((row.event, row.at) for row in decode_rows(lines))
            made = write_facts(warehouse(settings, org), events, name)
    except (OSError, EOFError) as error:
        raise PasokhError("import.unreadable", field="file", file=str(file), reason=str(error)) from error
    _told(made, begun)
    return 0


def _told(made: Written, begun: float) -> None:
    seconds = f"{time.monotonic() - begun:.1f}"
    print(message("import.own", "en", events=made.events, **made.rows, seconds=seconds))
