"""The form of a customer."""

from typing import Any

from django import forms

from pasokh.i18n.languages import NAMES
from pasokh.office.crm.models import Customer
from pasokh.office.crm.rules import CLASSES
from pasokh.office.fields import LineField, RefusableForm, label


class CustomerForm(RefusableForm):
    """What staff know of a customer."""

    name = LineField(max_length=200, required=False, label=label("customer.field.name"))
    needs = LineField(max_length=200, required=False, label=label("customer.field.needs"))
    language = forms.ChoiceField(required=False, label=label("customer.field.language"))
    vip = forms.ChoiceField(
        required=False,
        label=label("customer.field.vip"),
        choices=[(value, label(f"customer.class.{value or 'none'}")) for value in CLASSES],
    )
    notes = forms.CharField(
        required=False,
        max_length=10_000,
        label=label("customer.field.notes"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, customer: Customer) -> None:  # noqa: ANN401 - Django's
        known = {name: getattr(customer, name) for name in ("name", "needs", "language", "vip", "notes")}
        super().__init__(data, initial={**known, "version": customer.changed_at})
        languages: dict[str, str] = {"": "–", **{str(code): name for code, name in NAMES.items()}}
        if customer.language:
            languages.setdefault(customer.language, customer.language)
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(languages.items())
        for name in ("name", "needs"):
            self.fields[name].widget.attrs["dir"] = "auto"

    def changes(self) -> dict[str, str]:
        """What the valid form says."""
        return {name: str(self.cleaned_data[name]) for name in ("name", "needs", "language", "vip", "notes")}
