"""`pasokh import`: facts from another centre's files, what was imported, and taking an import back."""

import argparse
import csv
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import zone
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.keeping import Report
from pasokh.metrics.imports.mapped import MappedTable, Mappings, TableMapping, guess, parsed
from pasokh.metrics.imports.queue_log import QueueLog
from pasokh.metrics.imports.reading import ENCODINGS
from pasokh.metrics.imports.sources import SOURCES, imported
from pasokh.metrics.imports.taking import Taking
from pasokh.metrics.warehouse import Warehouse
from pasokh.ops.settings import Settings
from pasokh.ops.warehouses import warehouse

KINDS: Mapping[str, str] = {
    "queue-log": "Asterisk's queue_log: files, packed or not, or table dumps",
    "asterisk-cdr": "Asterisk's call detail records: Master.csv, or the table written out",
    "asterisk-cel": "Asterisk's channel event log: Master.csv, or the table written out",
    "freeswitch": "FreeSWITCH's records (XML, JSON) and FusionPBX's table",
    "vicidial": "VICIdial's closer, outbound and agent logs, written out with their headings",
    "amazon-connect": "Amazon Connect's contact records (JSON)",
    "genesys-cloud": "Genesys Cloud's conversation details (JSON)",
    "csv": "any table with a heading, by a mapping (--map), or by what its headings look like",
}


def commands(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the kinds of files, ``list`` and ``undo``."""
    for name, says in KINDS.items():
        parser = forms.add_parser(name, description=says, help=says)
        parser.add_argument("file", nargs="+", type=Path)
        parser.add_argument("--zone", default="", help="time zone the centre works in (that of this machine)")
        usual = "asterisk" if name == "queue-log" else name
        parser.add_argument("--source", default=usual, help=f"a name for where it comes from ({usual})")
        parser.add_argument("--encoding", default="", choices=("", *ENCODINGS), help="where it cannot be guessed")
        parser.add_argument("--bad-lines", type=Path, metavar="FILE", help="write every line left out, with reasons")
        parser.add_argument("--org", default="", help="the organisation, where there are several")
        parser.set_defaults(run=_take, kind=name)
        if name == "csv":
            parser.add_argument("--map", default="", metavar="NAME|FILE", help="a mapping's name, or a file with one")
            parser.add_argument("--save-map", default="", metavar="NAME", help="keep the mapping under this name")
            parser.add_argument("--show-map", action="store_true", help="print the mapping and import nothing")
    listed = forms.add_parser("list", description="the files that were imported")
    listed.set_defaults(run=_list)
    undo = forms.add_parser("undo", description="take an import back: facts are as if the file had never come")
    undo.add_argument("file", help="its name, or the beginning of its digest, as `pasokh import list` shows it")
    undo.set_defaults(run=_undo)
    for parser in (listed, undo):
        parser.add_argument("--source", default="", help="only this source")
        parser.add_argument("--org", default="", help="the organisation, where there are several")


def _zone(given: argparse.Namespace) -> str:
    name: str = given.zone or own_zone()
    zone(name)
    return name


def _source(facts: Warehouse, given: argparse.Namespace, name: str) -> QueueLog | Taking | None:
    """Whoever takes files of the kind; None where only the mapping was wanted."""
    if given.kind == "queue-log":
        return QueueLog(facts, given.source, name)
    if given.kind != "csv":
        return Taking(facts, given.source, name, SOURCES[given.kind])
    kept = Mappings(facts.folder)
    mapping = _mapping(kept, given, name)
    if given.save_map:
        kept.save(given.save_map, mapping)
    if given.show_map:
        print(msgspec.json.format(msgspec.json.encode(mapping), indent=2).decode())
        return None
    return Taking(facts, given.source, name, MappedTable(mapping))


def _mapping(kept: Mappings, given: argparse.Namespace, name: str) -> TableMapping:
    if not given.map:
        return guess(given.file[0], ZoneInfo(name))
    file = Path(given.map)
    return parsed(file.read_bytes()) if file.suffix == ".json" and file.exists() else kept.get(given.map)


def _take(settings: Settings, given: argparse.Namespace) -> int:
    facts = warehouse(settings, given.org)
    source = _source(facts, given, _zone(given))
    if source is None:
        return 0
    bad = 0
    for file in given.file:
        begun = time.monotonic()
        report = source.take(file, given.encoding)
        _tell(report, time.monotonic() - begun)
        bad += sum(each.lines for each in report.bad)
    if given.bad_lines is not None:
        with given.bad_lines.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("file", "line", "reason", "text"))
            for digest, kept in source.files().items():
                writer.writerows((kept, *row) for row in source.bad_lines(digest))
    if bad and given.bad_lines is None:
        print(message("import.bad_hint", "en"), file=sys.stderr)
    return 0


def _wanted(facts: Warehouse, name: str) -> list[QueueLog | Taking]:
    return [each for each in imported(facts) if name in ("", each.source)]


def _list(settings: Settings, given: argparse.Namespace) -> int:
    for source in _wanted(warehouse(settings, given.org), given.source):
        for kept in source.kept():
            bad = sum(each.lines for each in kept.bad)
            print(message("import.listed", "en", source=source.source, digest=kept.digest[:12], file=kept.name,
                          events=kept.events, bad=bad))  # fmt: skip
    return 0


def _undo(settings: Settings, given: argparse.Namespace) -> int:
    facts, wanted = warehouse(settings, given.org), given.file
    found = [
        (source, kept)
        for source in _wanted(facts, given.source)
        for kept in source.kept()
        if wanted == kept.name or (len(wanted) >= 6 and kept.digest.startswith(wanted))
    ]
    if len(found) != 1:
        code = "import.not_known" if not found else "import.which"
        raise PasokhError(code, field="file", file=wanted[:80])
    source, kept = found[0]
    days = source.undo(kept.digest)
    print(message("import.undone", "en", file=kept.name, days=len(days)))
    return 0


def _tell(report: Report, seconds: float) -> None:
    if report.known:
        print(message("import.known", "en", file=report.file))
        return
    said = {"file": report.file, "lines": report.lines, "events": report.events, "visits": report.visits}
    print(
        message("import.done", "en", **said, contacts=report.contacts, days=len(report.days), seconds=f"{seconds:.1f}")
    )
    if report.cut_off:
        print(message("import.cut_off", "en", file=report.file))
    for each in report.bad:
        reason = message(f"import.bad.{each.reason}", "en")
        print(message("import.bad", "en", lines=each.lines, reason=reason, line=each.first_line, example=each.example))


def own_zone() -> str:
    """The machine's time zone by name; UTC where it does not say."""
    link = Path("/etc/localtime")
    try:
        name = str(link.resolve()).partition("zoneinfo/")[2]
        zone(name)
    except (PasokhError, OSError):
        return "UTC" if datetime.now(UTC).astimezone().utcoffset() == timedelta(0) else _refuse_zone()
    return name


def _refuse_zone() -> str:
    raise PasokhError("import.zone", field="zone")
