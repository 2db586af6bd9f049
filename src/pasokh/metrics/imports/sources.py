"""The kinds of files that calls come from, by the name they have on the command line, and what was imported."""

from collections.abc import Mapping

from pasokh.metrics.imports.amazon_connect import AmazonConnect
from pasokh.metrics.imports.asterisk_cdr import AsteriskCdr
from pasokh.metrics.imports.asterisk_cel import AsteriskCel
from pasokh.metrics.imports.freeswitch import FreeSwitch
from pasokh.metrics.imports.genesys_cloud import GenesysCloud
from pasokh.metrics.imports.keeping import about
from pasokh.metrics.imports.legs import Source
from pasokh.metrics.imports.mapped import MappedTable, TableMapping
from pasokh.metrics.imports.queue_log import KIND, QueueLog
from pasokh.metrics.imports.taking import Taking
from pasokh.metrics.imports.vicidial import ViciDial
from pasokh.metrics.warehouse import Warehouse

SOURCES: Mapping[str, Source] = {
    each.name: each
    for each in (AsteriskCdr(), AsteriskCel(), FreeSwitch(), ViciDial(), AmazonConnect(), GenesysCloud())
}


def imported(facts: Warehouse) -> list[QueueLog | Taking]:
    """The sources that something was imported from, in order of their names."""
    folder, found = facts.folder / ".imports", list[QueueLog | Taking]()
    for each in sorted(folder.iterdir()) if folder.is_dir() else []:
        known = about(each)
        if known is None:
            continue
        if known.kind == KIND:
            found.append(QueueLog(facts, each.name, known.zone))
        else:  # rows of a table were understood when they came: whichever mapping there is now changes nothing
            kind = SOURCES.get(known.kind) or MappedTable(TableMapping(columns={"at": "-"}))
            found.append(Taking(facts, each.name, known.zone, kind))
    return found
