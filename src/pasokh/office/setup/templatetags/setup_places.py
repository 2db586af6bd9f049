"""The navigation of administration as a template tag."""

from typing import Any

from django import template

from pasokh.office.setup.places import Shown, shown_groups

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context: dict[str, Any]) -> list[tuple[str, list[Shown]]]:
    """The groups and places that the reader may open: ``{% places as groups %}``."""
    return shown_groups(context["request"])
