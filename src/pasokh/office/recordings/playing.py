"""A sealed recording as a browser asks for it: any range, decrypted on the way, never on the disk."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from pasokh.kernel.errors import PasokhError
from pasokh.office.byte_ranges import NOT_SATISFIABLE, PARTIAL, range_of
from pasokh.office.recordings.keys import file_key
from pasokh.office.recordings.models import Recording
from pasokh.office.recordings.vault import vault
from pasokh.telephony.recording.sealed import Opened
from pasokh.telephony.recording.sound import MEDIA_TYPE


def open_sealed(row: Recording) -> Opened:
    """The recording's sound; raises `recording.gone`, `recording.tampered`, `recording.wrong_key`."""
    file = vault().open(row.organisation_id, row.id)
    try:
        return Opened(file, file_key(row), row.id)
    except PasokhError:
        file.close()
        raise


def sound_response(request: HttpRequest, row: Recording) -> HttpResponseBase:
    """The recording, or the part asked for."""
    opened = open_sealed(row)
    etag = f'"{row.digest}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        asked = ""
    try:
        part = range_of(asked, opened.size)
    except ValueError:
        opened.close()
        response: HttpResponseBase = HttpResponse(status=NOT_SATISFIABLE)
        response["Content-Range"] = f"bytes */{opened.size}"
        return _headed(response, etag)
    start, end = part or (0, opened.size)
    pieces = _AsyncPart(opened, start, end) if isinstance(request, ASGIRequest) else _Part(opened, start, end)
    response = StreamingHttpResponse(pieces, status=PARTIAL if part else 200, content_type=MEDIA_TYPE)
    response["Content-Length"] = str(end - start)
    if part:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{opened.size}"
    return _headed(response, etag)


def _headed(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


class _Part:
    """A range in pieces, closed with the response whether or not anybody read it."""

    def __init__(self, opened: Opened, start: int, end: int) -> None:
        self._opened, self._start, self._end = opened, start, end

    def __iter__(self) -> Iterator[bytes]:
        yield from self._opened.read(self._start, self._end)

    def close(self) -> None:
        """Let the file go."""
        self._opened.close()


class _AsyncPart(_Part):
    """The same under ASGI, where nothing may block."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = self._opened.read(self._start, self._end)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
