"""What every page needs: language, direction, who is signed in and what they may open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from pasokh.i18n.languages import NAMES, direction
from pasokh.office.errors import language
from pasokh.office.notices.selectors import unread_count
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the navigation."""

    name: str
    url: str
    current: bool


_PLACES = (
    ("desk", Right.DESK),
    ("wall", Right.WALL),
    ("figures", Right.FIGURES),
    ("contacts", Right.CONTACTS),
    ("follow_ups", Right.CONTACTS),
    ("customers", Right.CONTACTS),
    ("recordings", Right.RECORDINGS),
    ("setup", Right.READ_SETUP),
)

_ALSO = {"setup": ("/setup/", "/agents/", "/queues/", "/audit/", "/hours/", "/styleguide/")}
"""Addresses of a place that do not begin with its own."""


def page(request: HttpRequest) -> dict[str, object]:
    """Context of every template: `language`, `direction`, `languages`, `me`, `zone`, `rights`, `navigation`."""
    user = getattr(request, "user", None)
    me = user if isinstance(user, User) else None
    return {
        "language": language(),
        "direction": direction(language()),
        "languages": NAMES,
        "me": me,
        "zone": timezone.get_current_timezone_name() if me is not None else "",
        "rights": {right.value: me is not None and me.may(right) for right in Right},
        "unread_notices": unread_count(me) if me is not None and scope.current() is not None else 0,
        "navigation": [
            Link(name, url := reverse(name), request.path.startswith(_ALSO.get(name, url)))
            for name, right in _PLACES
            if me is not None and me.may(right) and (name != "desk" or me.handles_contacts)
        ],
    }
