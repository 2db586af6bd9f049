"""Forms of the first set-up."""

from typing import Any

from django import forms

from pasokh.i18n.dates import zone_names
from pasokh.i18n.languages import NAMES
from pasokh.office.errors import language
from pasokh.office.fields import LineField, RefusableForm, label
from pasokh.office.hours.forms import COUNTRIES, USUAL_ZONES
from pasokh.office.welcome.actions import WEEKS


class FoundingForm(RefusableForm):
    """Organisation and first administrator."""

    name = LineField(max_length=80, label=label("welcome.field.name"))
    key = forms.SlugField(
        max_length=40,
        label=label("welcome.field.key"),
        help_text=label("welcome.field.key.help"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    zone = forms.ChoiceField(label=label("hours.field.zone"))
    language = forms.ChoiceField(label=label("field.language"), choices=list(NAMES.items()))
    person = LineField(max_length=200, label=label("welcome.field.person"))
    username = forms.CharField(
        max_length=60,
        label=label("field.username"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "username"}),
    )
    password = forms.CharField(
        max_length=200,
        label=label("field.password"),
        widget=forms.PasswordInput(render_value=True, attrs={"dir": "ltr", "autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None) -> None:  # noqa: ANN401 - Django's
        usual = {"fa": "Asia/Tehran", "uk": "Europe/Kyiv"}.get(language(), "UTC")
        super().__init__(data, initial={"zone": usual, "language": language(), "key": "centre"})
        zone = self.fields["zone"]
        if isinstance(zone, forms.ChoiceField):
            zones = dict.fromkeys([*USUAL_ZONES, *zone_names()])
            zone.choices = [(name, name) for name in zones]

    def field_for(self, name: str) -> str | None:
        """The organisation's id is called key here."""
        return "key" if name in {"id", "organisation"} else None


class QueueStep(RefusableForm):
    """The first queue and its hours."""

    name = LineField(max_length=80, label=label("welcome.field.queue"))
    week = forms.ChoiceField(label=label("hours.week"), widget=forms.RadioSelect)
    countries = forms.MultipleChoiceField(
        required=False, label=label("hours.field.countries"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial=initial)
        for name, choices in (
            ("week", [(week, label(f"welcome.week.{week}")) for week in WEEKS]),
            ("countries", [(code, label(f"hours.country.{code}")) for code in COUNTRIES]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


class WidgetStep(RefusableForm):
    """Where the widget may stand."""

    origin = forms.CharField(
        required=False,
        max_length=300,
        label=label("welcome.field.origin"),
        help_text=label("welcome.field.origin.help"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "https://www.example.org"}),
    )

    def field_for(self, name: str) -> str | None:  # noqa: ARG002 - there is one field
        """Every refusal is about the address."""
        return "origin"
