"""Shapes that every API feature answers with."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.http import HttpRequest
from ninja import Schema

from pasokh.kernel.errors import PasokhError
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right


class ErrorOut(Schema):
    """What went wrong."""

    code: str
    field: str | None = None
    params: dict[str, str | int | float | bool | None]
    message: str


class Refusal(Schema):
    """Every answer that is not 2xx."""

    error: ErrorOut


REFUSALS: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404), Refusal)


type Operation[**P, R] = Callable[Concatenate[HttpRequest, P], R]


def requires[**P, R](right: Right) -> Callable[[Operation[P, R]], Operation[P, R]]:
    """Let only people with the right call an operation."""

    def guard(operation: Operation[P, R]) -> Operation[P, R]:
        @wraps(operation)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            if not signed_in(request).may(right):
                raise PasokhError("right.missing", right=right.value)
            return operation(request, *args, **kwargs)

        return cast("Operation[P, R]", guarded)

    return guard
