"""A list of administration: what is searched for, which page of it, and the addresses of the pages beside it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from pasokh.i18n.digits import parse_int
from pasokh.kernel.errors import PasokhError

PAGE = 50
FARTHEST = 1_000_000
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list."""

    rows: Sequence[T]
    total: int
    number: int
    last: int
    first_row: int
    previous: str
    """Address of the page before, "" at the start."""
    following: str


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """The filters of a query string, cut to what a person would type."""
    return {name: request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in names}


def page_of[T](request: HttpRequest, count: int, rows: Callable[[int, int], Sequence[T]]) -> Page[T]:
    """The page that `?page=` asks for, the last one when it asks beyond; `rows(start, end)` reads it."""
    last = max(1, math.ceil(count / PAGE))
    number = min(max(_number(request.GET.get("page", "1")), 1), last)
    start = (number - 1) * PAGE
    query = {name: str(value) for name, value in request.GET.items() if name != "page" and value}
    return Page(
        rows=rows(start, start + PAGE),
        total=count,
        number=number,
        last=last,
        first_row=start + 1 if count else 0,
        previous=_address(query, number - 1) if number > 1 else "",
        following=_address(query, number + 1) if number < last else "",
    )


def page_of_rows[M: Model](request: HttpRequest, rows: QuerySet[M]) -> Page[M]:
    """The page of a query."""
    return page_of(request, rows.count(), lambda start, end: list(rows[start:end]))


def page_of_list[T](request: HttpRequest, rows: Sequence[T]) -> Page[T]:
    """The page of a list at hand."""
    return page_of(request, len(rows), lambda start, end: rows[start:end])


def _address(query: Mapping[str, str], number: int) -> str:
    return "?" + urlencode({**query, "page": number})


def _number(text: str) -> int:
    try:
        return min(parse_int(text), FARTHEST)
    except PasokhError:
        return 1
