"""What every page of figures has: the places beside each other, and the words of an empty centre."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from pasokh.office.figures import store
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right


@dataclass(frozen=True, slots=True)
class Tab:
    """A place of the figures: the name of its address, which is ``figures.tab.NAME`` in words."""

    name: str
    right: Right
    order: int


_TABS: list[Tab] = []


def add_tab(tab: Tab) -> None:
    """Let a feature put its place among the figures; the same name again replaces it."""
    _TABS[:] = sorted([*(each for each in _TABS if each.name != tab.name), tab], key=lambda each: each.order)


def tabs_of(request: HttpRequest, current: str) -> list[dict[str, object]]:
    """The places somebody may open: address, words, whether it is this one."""
    person = signed_in(request)
    return [
        {"name": tab.name, "url": reverse(tab.name), "current": tab.name == current}
        for tab in _TABS
        if person.may(tab.right)
    ]


def page_of(request: HttpRequest, current: str, **more: object) -> dict[str, object]:
    """The context of a page of figures: `tabs`, whether there are any facts, and what the page adds."""
    return {"tabs": tabs_of(request, current), "has_facts": store.facts().days() is not None, **more}
