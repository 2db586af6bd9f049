"""The form of a planned break."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pasokh.i18n.dates import WEEKDAYS, week_days
from pasokh.kernel.errors import PasokhError
from pasokh.office.day.actions import LONGEST_NAME, BreakDraft
from pasokh.office.errors import language, text_of
from pasokh.office.fields import LineField, RefusableForm, label
from pasokh.office.filters import words
from pasokh.office.follow_ups.rules import parse_time
from pasokh.office.people.models import User
from pasokh.office.people.selectors import team_names


class TimeOfDayField(forms.Field):
    """A time of day in any digits, as minutes after midnight."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """The minutes; None where nothing was typed."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            hours, minutes = parse_time(text)
        except PasokhError as error:
            raise ValidationError(text_of(error)) from error
        return hours * 60 + minutes


class BreakForm(RefusableForm):
    """A break that comes back every week."""

    who = forms.ChoiceField(label=label("break.field.who"))
    name = LineField(max_length=LONGEST_NAME, label=label("break.field.name"))
    begins = TimeOfDayField(label=label("break.field.begins"))
    ends = TimeOfDayField(label=label("break.field.ends"))
    weekdays = forms.TypedMultipleChoiceField(
        coerce=int, label=label("break.field.weekdays"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data)
        spoken = language()
        who, days = self.fields["who"], self.fields["weekdays"]
        if isinstance(who, forms.ChoiceField) and isinstance(days, forms.ChoiceField):
            people = User.objects.filter(is_active=True, handles_contacts=True).order_by("name")
            who.choices = [
                *((f"team:{key}", words(names)) for key, names in team_names().items()),
                *((f"user:{username}", name) for username, name in people.values_list("username", "name")),
            ]
            days.choices = [(day, WEEKDAYS.get(spoken, WEEKDAYS["en"])[day]) for day in week_days(spoken)]
        for name in ("begins", "ends"):
            self.fields[name].widget.attrs.update({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"})

    def draft(self) -> BreakDraft:
        """What the valid form says."""
        given = self.cleaned_data
        return BreakDraft(given["who"], tuple(given["weekdays"]), given["begins"], given["ends"], given["name"])
