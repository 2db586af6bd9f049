"""The style guide: everything a screen is made of, to be looked at."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pasokh.i18n.catalogue import message
from pasokh.office.errors import language
from pasokh.office.people.access import needs
from pasokh.office.people.rules import Right
from pasokh.office.styleguide import rules


@needs(Right.READ_SETUP)
@require_GET
def styleguide_page(request: HttpRequest) -> HttpResponse:
    """Tokens and components in all states; sends and stores nothing."""
    return render(
        request,
        "styleguide/page.html",
        {
            "sections": rules.SECTIONS,
            "pairs": rules.PAIRS,
            "grounds": rules.GROUNDS,
            "measures": rules.MEASURES,
            "sizes": rules.SIZES,
            "languages_of_text": rules.TEXTS,
            "tints": range(6),
            "worries": ("calm", "warn", "alarm"),
            "form": _Example(),
            "refused": _refused(),
        },
    )


class _Example(forms.Form):
    """Fields as every form has them; never sent."""

    name = forms.CharField(required=False)
    queue = forms.ChoiceField(required=False)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    days = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    open = forms.BooleanField(required=False, initial=True)

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data, prefix="refused" if data is not None else "example")
        choices = [(str(n), message(f"styleguide.choice.{n}", language())) for n in (1, 2, 3)]
        for name in ("queue", "days"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.label = message(f"styleguide.field.{name}", language())
        self.fields["name"].help_text = message("styleguide.field.name.help", language())


def _refused() -> _Example:
    """The form after a refusal: what was typed stands, the error says what to do."""
    form = _Example({"refused-name": "12O", "refused-queue": "1"})
    form.is_valid()
    form.add_error("name", message("styleguide.field.name.error", language()))
    return form
