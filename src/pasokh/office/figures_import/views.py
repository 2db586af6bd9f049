"""Imports: what came, bring a file, see how it is understood, import it, take it back."""

import csv
import io
import tempfile
from itertools import islice
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.cells import harmless
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.mapped import FIELDS, HOWS, UNITS, Mappings, TableMapping
from pasokh.metrics.imports.reading import ENCODINGS
from pasokh.metrics.imports.sources import imported
from pasokh.metrics.imports.taking import Taking
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.figures import store
from pasokh.office.figures.shell import page_of
from pasokh.office.figures_import import actions, uploads
from pasokh.office.figures_import.reading import KINDS, TABLE, columns, look, read_mapping, taker
from pasokh.office.figures_import.uploads import LARGEST, Upload
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right

PLACE = "figures_import"
MOST_BAD_LINES = 10_000
"""In a page's file; `pasokh import … --bad-lines` writes all."""


@never_cache
@needs(Right.EXCHANGE)
@require_http_methods(["GET", "POST"])
def imports_page(request: HttpRequest) -> HttpResponse:
    """What was imported, and a form to bring a file."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            upload = actions.do_bring(
                store.facts(), file if isinstance(file, UploadedFile) else None, request.POST.get("kind", ""),
                request.POST.get("source", "").strip(), request.POST.get("encoding", ""),
            )  # fmt: skip
            return redirect("figures_import_look", upload.id)
        except PasokhError as error:
            errors[str(error.params.get("field", "file"))] = text_of(error)
            status = status_of(error.code)
    rows = [
        {"source": source.source, "kind": source.about.kind, "kept": kept, "bad": sum(b.lines for b in kept.bad)}
        for source in imported(store.facts())
        for kept in source.kept()
    ]
    return render(
        request,
        "figures_import/imports.html",
        page_of(request, PLACE, rows=rows, kinds=KINDS, encodings=ENCODINGS, errors=errors, typed=request.POST,
                most_mb=LARGEST >> 20),
        status=status,
    )  # fmt: skip


@never_cache
@needs(Right.EXCHANGE)
@require_http_methods(["GET", "POST"])
def look_page(request: HttpRequest, upload: str) -> HttpResponse:
    """How a file is understood: its first records, what is wrong with which line; of a table also its mapping."""
    facts = store.facts()
    found = uploads.get(facts, upload)
    zone, spoken = timezone.get_current_timezone_name(), language()
    context: dict[str, object] = {"upload": found, "errors": {}, "zone": zone}
    mapping: TableMapping | None = None
    try:
        if found.about.kind == TABLE:
            mapping = _mapped(request, found, zone, context)
        source = taker(facts, found, zone, mapping)
        if request.method == "POST" and request.POST.get("do") == "import":
            keep_as = request.POST.get("keep_as", "").strip()
            report = actions.do_import(actor_of(request), facts, found, zone, mapping, keep_as)
            bad = sum(each.lines for each in report.bad)
            code = "figures.import.known" if report.known else "figures.import.done"
            said = message(code, spoken, file=report.file, n=report.events, days=len(report.days), bad=bad)
            (messages.warning if bad else messages.success)(request, said)
            return redirect(PLACE)
        context["look"] = look(source, found) if isinstance(source, Taking) else None
    except PasokhError as error:
        context["errors"] = {str(error.params.get("field", "file")): text_of(error)}
        return render(
            request, "figures_import/look.html", page_of(request, PLACE, **context), status=status_of(error.code)
        )
    return render(request, "figures_import/look.html", page_of(request, PLACE, **context))


def _mapped(request: HttpRequest, upload: Upload, zone: str, context: dict[str, object]) -> TableMapping:
    """The mapping of the form, the one kept under the name asked for, or a guess; its form goes into `context`."""
    kept = Mappings(store.facts().folder)
    asked = request.GET.get("mapping", "")
    given = kept.get(asked) if request.method == "GET" and asked in kept.names() else None
    with tempfile.TemporaryDirectory() as name:
        if request.method == "POST":
            given = read_mapping(request.POST.dict(), ())
        table = columns(upload, zone, given, Path(name))
        mapping = read_mapping(request.POST.dict(), table.words) if request.method == "POST" else table.mapping
    context |= {
        "fields": [(field, mapping.columns.get(field, "")) for field in FIELDS],
        "columns": table.names,
        "words": [(number, word, mapping.hows.get(word, "")) for number, word in enumerate(table.words)],
        "hows": HOWS,
        "orders": ("dmy", "mdy", "ymd"),
        "units": tuple(UNITS),
        "mapping": mapping,
        "incoming": ", ".join(mapping.incoming),
        "mappings": kept.names(),
        "asked": asked,
        "keep_as": request.POST.get("keep_as", ""),
    }
    missing = sorted({column for column in mapping.columns.values() if column not in table.names})
    if missing:
        raise PasokhError("mapping.column", field="mapping", column=missing[0][:60])
    mapping.check()
    return mapping


@needs(Right.EXCHANGE)
@require_POST
def drop_page(request: HttpRequest, upload: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Forget a file that was brought."""
    uploads.forget(store.facts(), upload)
    return redirect(PLACE)


@needs(Right.EXCHANGE)
@require_POST
def undo_page(request: HttpRequest) -> HttpResponse:
    """Take an import back."""
    source, digest = request.POST.get("source", ""), request.POST.get("digest", "")
    name, days = actions.do_undo(actor_of(request), store.facts(), source, digest)
    messages.success(request, message("figures.import.undone", language(), file=name, days=days))
    return redirect(PLACE)


@needs(Right.EXCHANGE)
def bad_lines_file(request: HttpRequest, source: str, digest: str) -> HttpResponse:  # noqa: ARG001 - Django's
    """The first lines that were left out, with their reasons, as a table."""
    found = next((each for each in imported(store.facts()) if each.source == source), None)
    if found is None or digest not in found.files():
        raise PasokhError("import.not_known", field="file", file=digest[:12])
    spoken = language()
    out = io.StringIO()
    writer = csv.writer(out)
    for line, reason, text in islice(found.bad_lines(digest), MOST_BAD_LINES):
        writer.writerow((line, message(f"import.bad.{reason}", spoken), harmless(text)))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="left-out-{source}-{digest[:8]}.csv"'
    return response
