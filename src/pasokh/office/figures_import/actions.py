"""Importing a file that was brought, and taking it back: each is recorded with who did it."""

from django.core.files.uploadedfile import UploadedFile

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.keeping import Report
from pasokh.metrics.imports.mapped import Mappings, TableMapping
from pasokh.metrics.imports.reading import ENCODINGS
from pasokh.metrics.imports.sources import imported
from pasokh.metrics.warehouse import Warehouse
from pasokh.office.audit.actions import do_record_change
from pasokh.office.figures_import import uploads
from pasokh.office.figures_import.reading import KINDS, taker
from pasokh.office.figures_import.uploads import Upload


def do_bring(facts: Warehouse, file: "UploadedFile[bytes] | None", kind: str, source: str, encoding: str) -> Upload:
    """Keep a file until somebody has seen how it is understood; raises ``import.*`` with the field."""
    if file is None:
        raise PasokhError("import.choose_file", field="file")
    if kind not in KINDS:
        raise PasokhError("import.kind", field="kind")
    if encoding not in ("", *ENCODINGS):
        raise PasokhError("import.encoding_unknown", field="encoding")
    return uploads.keep(facts, str(file.name or ""), kind, source or kind, encoding, file.chunks())


def do_import(
    actor: str, facts: Warehouse, upload: Upload, zone: str, mapping: TableMapping | None, keep_as: str = ""
) -> Report:
    """Import a file that waits, and let it go; `keep_as` keeps the mapping under a name."""
    if mapping is not None and keep_as:
        Mappings(facts.folder).save(keep_as, mapping)
    report = taker(facts, upload, zone, mapping).take(upload.file, upload.about.encoding)
    if not report.known:
        told = {"file": report.file, "kind": upload.about.kind, "records": report.events, "days": len(report.days),
                "left_out": sum(each.lines for each in report.bad)}  # fmt: skip
        do_record_change(actor, "figures.import", f"figures:{upload.about.source}", None, told)
    uploads.forget(facts, upload.id)
    return report


def do_undo(actor: str, facts: Warehouse, source: str, digest: str) -> tuple[str, int]:
    """Take an import back; returns the file's name and how many days were made anew. Raises ``import.not_known``."""
    for each in imported(facts):
        for kept in each.kept():
            if (each.source, kept.digest) == (source, digest):
                days = each.undo(digest)
                do_record_change(actor, "figures.import_undo", f"figures:{source}", {"file": kept.name}, None)
                return kept.name, len(days)
    raise PasokhError("import.not_known", field="file", file=digest[:12])
