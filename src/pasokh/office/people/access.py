"""The guard of views: who may not enter is sent to the door, or told so."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import refusal, wants_json
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs[**P](right: Right) -> Callable[[View[P]], View[P]]:
    """Let only people with the right into a view; `request.user` is a `User` inside."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = request.user
            if not isinstance(user, User):
                if wants_json(request):
                    return refusal(request, PasokhError("sign_in.required"))
                return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
            if not user.may(right):
                raise PasokhError("right.missing", right=right.value)
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return guard


def signed_in(request: HttpRequest) -> User:
    """The person; raises `sign_in.required`."""
    if not isinstance(request.user, User):
        raise PasokhError("sign_in.required")
    return request.user


def actor_of(request: HttpRequest) -> str:
    """The person as audit events and commands name them."""
    return f"user:{signed_in(request).username}"
