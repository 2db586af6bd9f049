"""The places of administration: each feature adds its own, here they become groups with counts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.urls import reverse

from pasokh.office.people.models import User
from pasokh.office.people.rules import Right


class Group(StrEnum):
    """A heading of administration's home; texts `setup.group.…`."""

    CENTRE = "centre"
    PEOPLE = "people"
    ROUTING = "routing"
    CONTACTS = "contacts"
    CHANNELS = "channels"
    TELEPHONY = "telephony"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Place:
    """A page of administration. Texts: `setup.place.NAME` and, on the home page, `setup.place.NAME.help`."""

    name: str
    """The name of its address, without arguments."""
    group: Group
    right: Right
    count: Callable[[], int] | None = None
    """How many things there are; asked on the home page only."""
    order: int = 50
    """Place within the group."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as one person sees it."""

    name: str
    url: str
    current: bool
    count: int | None


_PLACES: dict[str, Place] = {}


def add_place(place: Place) -> None:
    """Add a place, once at start-up, from a feature's `AppConfig.ready`."""
    _PLACES[place.name] = place


def shown_groups(request: HttpRequest, *, counted: bool = False) -> list[tuple[str, list[Shown]]]:
    """The groups with the places that this person may open; empty groups are left out."""
    user = request.user
    if not isinstance(user, User):
        return []
    groups: list[tuple[str, list[Shown]]] = []
    for group in Group:
        found = [place for place in _PLACES.values() if place.group is group and user.may(place.right)]
        places = [_shown(place, request, counted) for place in sorted(found, key=lambda p: (p.order, p.name))]
        if places:
            groups.append((group.value, places))
    return groups


def _shown(place: Place, request: HttpRequest, counted: bool) -> Shown:
    url = reverse(place.name)
    count = place.count() if counted and place.count is not None else None
    return Shown(place.name, url, request.path.startswith(url), count)
