"""Fields drawn by hand are what Django's templates draw, character for character but for empty lines."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from pasokh.office.form_html import FormRenderer

EVIL = "\"><script>'&"
CHOICES = [("", "–"), ("a", EVIL), (EVIL, mark_safe("<b>safe</b>")), (7, gettext_lazy("Yes"))]
WIDGETS = {
    "text": (forms.TextInput(attrs={"dir": "ltr", "required": True, "hidden": False, "placeholder": EVIL}), EVIL),
    "empty text": (forms.TextInput(), None),
    "no text": (forms.TextInput(), ""),
    "number": (forms.NumberInput(attrs={"min": 0, "max": 1_000_000}), 1_234_567),
    "zero": (forms.NumberInput(), 0),
    "e-mail": (forms.EmailInput(), "سلام@example.org"),
    "address": (forms.URLInput(), "https://example.org/?a=1&b=2"),
    "password": (forms.PasswordInput(), "secret"),
    "hidden": (forms.HiddenInput(), EVIL),
    "date": (forms.DateInput(), "2026-01-02"),
    "time": (forms.TimeInput(), "10:11"),
    "checked": (forms.CheckboxInput(), True),
    "unchecked": (forms.CheckboxInput(), False),
    "long": (forms.Textarea(attrs={"rows": 3}), f"one\n{EVIL}"),
    "no long text": (forms.Textarea(), None),
    "choice": (forms.Select(attrs={"data-x": EVIL}, choices=CHOICES), EVIL),
    "number chosen": (forms.Select(choices=CHOICES), 7),
    "nothing chosen": (forms.Select(choices=CHOICES), None),
    "groups": (forms.Select(choices=[("", "–"), (EVIL, CHOICES), ("other", [("b", "B")])]), "b"),
    "several": (forms.SelectMultiple(choices=CHOICES), ["a", "7"]),
    "radio": (forms.RadioSelect(choices=CHOICES), "a"),
    "boxes": (forms.CheckboxSelectMultiple(choices=CHOICES), ["a"]),
}


@pytest.mark.parametrize("kind", WIDGETS)
def test_a_widget_looks_as_django_draws_it(kind: str) -> None:
    widget, value = WIDGETS[kind]
    given = {"name": f"field{EVIL}", "value": value, "attrs": {"id": "id_field"}}
    drawn = widget.render(**given, renderer=FormRenderer())
    theirs = widget.render(**given, renderer=DjangoTemplates())
    assert drawn.replace("\n\n", "\n") == theirs.replace("\n\n", "\n")
    assert hasattr(drawn, "__html__")
