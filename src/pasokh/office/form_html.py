"""Draws fields of forms directly: Django's own way runs a template per field and per choice, hundreds on a page."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


class FormRenderer(DjangoTemplates):
    """Inputs, text areas, selects by hand, as Django's templates draw them but for empty lines; all else by those."""

    def render(self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> str:
        """The HTML of a widget."""
        draw = _DRAWN.get(template_name)
        if draw is None:
            return str(super().render(template_name, dict(context), request))
        return draw(context["widget"])


def _attributes(widget: Mapping[str, Any]) -> SafeString:
    drawn = []
    for name, value in widget["attrs"].items():
        if value is True:
            drawn.append(f" {conditional_escape(name)}")
        elif value is not False:
            drawn.append(f' {conditional_escape(name)}="{_text(value)}"')
    return mark_safe("".join(drawn))  # noqa: S308 - escaped above


def _text(value: object) -> SafeString:
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else format_html(' value="{}"', _text(widget["value"]))
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, _attributes(widget))


def _textarea(widget: Mapping[str, Any]) -> SafeString:
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget), _text(widget["value"] or "")
    )


def _select(widget: Mapping[str, Any]) -> SafeString:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        for each in options:
            label = conditional_escape(each["label"])
            parts.append(f'\n  <option value="{_text(each["value"])}"{_attributes(each)}>{label}</option>')
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return mark_safe("".join(parts))  # noqa: S308 - escaped above


_INPUTS = ("input", "text", "number", "email", "url", "password", "hidden", "date", "time", "checkbox", "search", "tel")
_DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in _INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
