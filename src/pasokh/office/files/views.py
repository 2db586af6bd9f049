"""Uploads and downloads. See docs/files.md; `pasokh.channels.files.gate` stands before these and refuses early."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from pasokh.channels.files.ports import LARGEST
from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.office.byte_ranges import NOT_SATISFIABLE, PARTIAL, range_of
from pasokh.office.errors import body_of, status_of
from pasokh.office.files.actions import VISITOR, do_keep_file
from pasokh.office.files.asking import Visitor, bears_token, staff_name, visitor_of
from pasokh.office.files.keeping import storage
from pasokh.office.files.models import File
from pasokh.office.files.rules import FileState
from pasokh.office.files.selectors import file_for_staff, file_for_visitor
from pasokh.office.files.uploading import BoundedUploadHandler
from pasokh.office.tenancy import scope

PIECE = 1 << 16
ENVELOPE = 64 * 1024
"""What a form may weigh around its file."""
_STATUS = {
    "file.too_large": 413, "file.kind": 415, "file.lies": 415, "file.active": 415, "file.bomb": 415, "file.broken": 415,
    "file.too_many": 429, "file.unknown": 404, "file.no_preview": 404, "file.gone": 410, "file.infected": 410,
    "file.scanning": 409, "file.not_kept": 503, "chat.origin": 403,
}  # fmt: skip
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@csrf_exempt
@require_POST
def upload_page(request: HttpRequest) -> HttpResponseBase:
    """Take one file in."""
    handler = BoundedUploadHandler(request)
    request.upload_handlers = [handler]
    if bears_token(request):
        return _upload(request, handler)
    return _upload_of_staff(request, handler)


@csrf_protect
def _upload_of_staff(request: HttpRequest, handler: BoundedUploadHandler) -> HttpResponseBase:
    return _upload(request, handler)


def _upload(request: HttpRequest, handler: BoundedUploadHandler) -> HttpResponseBase:
    def act(visitor: Visitor | None) -> HttpResponseBase:
        by = VISITOR if visitor is not None else staff_name(request)
        if int(request.headers.get("Content-Length") or 0) > LARGEST + ENVELOPE:
            raise PasokhError("file.too_large", field="file", most=LARGEST >> 20)
        given = request.FILES.get("file")
        if handler.too_large:
            raise PasokhError("file.too_large", field="file", most=LARGEST >> 20)
        if not isinstance(given, TemporaryUploadedFile):
            raise PasokhError("file.missing", field="file")
        with given:
            given.flush()
            contact = visitor.contact if visitor is not None else str(request.POST.get("contact", ""))
            inside = visitor is None and request.POST.get("audience", "customer") == "inside"
            source = Path(given.temporary_file_path())
            file = do_keep_file(storage(), source, str(given.name or ""), contact=contact, by=by, inside=inside)
        return JsonResponse(described(file), status=201)

    return _answered(request, act)


@require_GET
def file_page(request: HttpRequest, file: str) -> HttpResponseBase:
    """The file itself."""

    def act(visitor: Visitor | None) -> HttpResponseBase:
        found = _released(_asked(request, visitor, file))
        heard = found.media_type.startswith("audio/")
        return _content(request, found, found.digest, found.media_type, found.size, inline=bool(found.preview) or heard)

    return _answered(request, act)


@require_GET
def preview_page(request: HttpRequest, file: str) -> HttpResponseBase:
    """A small picture of it."""

    def act(visitor: Visitor | None) -> HttpResponseBase:
        found = _released(_asked(request, visitor, file))
        if not found.preview:
            raise PasokhError("file.no_preview")
        return _content(request, found, found.preview, "image/webp", None, inline=True)

    return _answered(request, act)


@require_GET
def state_page(request: HttpRequest, file: str) -> HttpResponseBase:
    """Whether the scanner has let it out."""

    def act(visitor: Visitor | None) -> HttpResponseBase:
        found = _asked(request, visitor, file)
        return JsonResponse({"id": found.id, "state": found.state})

    return _answered(request, act)


def described(file: File) -> dict[str, object]:
    """A file as JSON."""
    preview = {"width": file.width, "height": file.height} if file.preview else None
    return {
        "id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size, "preview": preview,
        "state": file.state,
    }  # fmt: skip


def _asked(request: HttpRequest, visitor: Visitor | None, number: str) -> File:
    if visitor is not None:
        return file_for_visitor(number, visitor.contact)
    staff_name(request)
    return file_for_staff(number)


def _released(file: File) -> File:
    if file.state == FileState.SCANNING:
        raise PasokhError("file.scanning", name=file.name)
    if file.state == FileState.INFECTED:
        raise PasokhError("file.infected", name=file.name)
    return file


def _content(
    request: HttpRequest, file: File, digest: str, media_type: str, size: int | None, *, inline: bool
) -> HttpResponseBase:
    try:
        part = range_of(request.headers.get("Range", ""), size) if size is not None else None
    except ValueError:
        return HttpResponse(status=NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    content = storage().open(file.organisation_id, digest)
    length = size
    if part is not None:
        content.seek(part[0])
        length = part[1] - part[0]
    pieces = _AsyncPieces(content, length) if isinstance(request, ASGIRequest) else _Pieces(content, length)
    response = StreamingHttpResponse(pieces, status=PARTIAL if part else 200, content_type=media_type)
    if media_type.startswith("text/"):
        response["Content-Type"] = f"{media_type}; charset=utf-8"
    if length is not None:
        response["Content-Length"] = str(length)
        response["Accept-Ranges"] = "bytes"
    if part is not None:
        response["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in "-_. " else "_" for c in file.name)
    way = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


class _Content:
    """So many bytes of a content (None = to its end), piece by piece; closed with the response, read or not."""

    def __init__(self, content: BinaryIO, length: int | None) -> None:
        self._content, self._left = content, length

    def _next(self) -> bytes:
        piece = self._content.read(PIECE if self._left is None else min(PIECE, self._left))
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Let the file go."""
        self._content.close()


class _Pieces(_Content):
    """In pieces, for tests and WSGI."""

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._next():
            yield piece


class _AsyncPieces(_Content):
    """The same under ASGI, where nothing may block. No `__iter__` here: Django would take that instead."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(self._next):
            yield piece


def _answered(request: HttpRequest, act: Callable[[Visitor | None], HttpResponseBase]) -> HttpResponseBase:
    """What `act` answers, in the scope of whoever asks, refusals as JSON; readable for the visitor's page alone."""
    visitor: Visitor | None = None
    try:
        if bears_token(request):
            visitor = visitor_of(request)
        with _scope_of(visitor), transaction.atomic():
            response = act(visitor)
    except PasokhError as error:
        response = _refused(request, error, visitor)
    if visitor is not None:
        if request.headers.get("Origin"):
            response["Access-Control-Allow-Origin"] = visitor.origin
        response["Vary"] = "Origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin" if visitor is None else "cross-origin"
    return response


def _scope_of(visitor: Visitor | None) -> AbstractContextManager[object]:
    return nullcontext() if visitor is None else scope.organisation_scope(visitor.organisation)


def _refused(request: HttpRequest, error: PasokhError, visitor: Visitor | None) -> HttpResponse:
    spoken = as_language(request.headers.get("Accept-Language", "")[:2]) if visitor is not None else None
    if spoken is not None:
        with override(spoken):
            response = JsonResponse(body_of(error), status=_status(error.code))
    else:
        response = JsonResponse(body_of(error), status=_status(error.code))
    response["Cache-Control"] = "no-store"
    if error.code == "file.too_many":
        response["Retry-After"] = str(error.params["seconds"])
    return response


def _status(code: str) -> int:
    return 401 if code.startswith("token.") else _STATUS.get(code, status_of(code))
