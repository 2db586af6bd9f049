"""Asking other machines from a request: short, small, without following redirects."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, override
from urllib.parse import urlsplit

MOST_BYTES = 1_048_576


class Unreachable(Exception):  # noqa: N818 - a state of the other side
    """The other side did not answer, or not as promised; `status` is its HTTP status where it has one."""

    def __init__(self, why: str, status: int = 0, body: object = None) -> None:
        super().__init__(why)
        self.status, self.body = status, body


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing: an address is the one that was asked for."""


_OPENER = urllib.request.build_opener(_NoRedirect())


def fetch(url: str, seconds: float, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
    """The body of a 200 answer; raises `Unreachable`."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Unreachable("not http")
    given = {"User-Agent": "Pasokh", "Accept": "application/json, text/plain", **(headers or {})}
    request = urllib.request.Request(url, data, given)  # noqa: S310 - the scheme is checked
    try:
        with _OPENER.open(request, timeout=seconds) as answer:
            body: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        with error:
            raise Unreachable(f"HTTP {error.code}", error.code, _json_or_none(error.read(10_000))) from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    if len(body) > MOST_BYTES:
        raise Unreachable("too long")
    return body


def fetch_object(
    url: str, seconds: float, data: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object; raises `Unreachable`."""
    found = _json_or_none(fetch(url, seconds, data, headers))
    if not isinstance(found, dict):
        raise Unreachable("not a JSON object")
    return found


def _json_or_none(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
