"""Forms of business hours: a line of text a day (`9:00–13:00, 14:00–18:00`), any digits, any dash."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pasokh.i18n.dates import WEEKDAYS, parse_date, week_days, zone_names
from pasokh.i18n.digits import localise, to_ascii
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, text_of
from pasokh.office.fields import LineField, RefusableForm, label
from pasokh.office.hours.models import Calendar
from pasokh.office.hours.rules import DAY_MINUTES, CalendarConfig, Day, Span, checked_spans
from pasokh.office.supervise.rules import LONGEST_NAME

COUNTRIES = ("IR", "UA")
USUAL_ZONES = ("Asia/Tehran", "Europe/Kyiv", "UTC")
_SEPARATOR = re.compile(r"[,،؛;\n]+|\s+(?:و|і|й|та|and)\s+")
_SPAN = re.compile(r"(\d{1,2})(?:[:.٫](\d{2}))?\s*(?:-|–|—|−|تا|до|to|till)\s*(\d{1,2})(?:[:.٫](\d{2}))?")


def read_spans(text: str) -> tuple[Span, ...]:
    """The spans of a typed line; empty = closed. An end at or before its start is on the next day.

    Raises `PasokhError` ``hours.bad_text`` and what `rules.checked_spans` raises.
    """
    cleaned = to_ascii(strip_invisible(text)).strip()
    found = []
    for part in (p.strip() for p in _SEPARATOR.split(cleaned)):
        if not part:
            continue
        match = _SPAN.fullmatch(part)
        if match is None:
            raise PasokhError("hours.bad_text", field="spans", value=part[:60])
        start = _minutes(match[1], match[2], part)
        end = _minutes(match[3], match[4], part)
        found.append(Span(start, end if end > start else end + DAY_MINUTES))
    return checked_spans(tuple(found), "spans")


def _minutes(hour: str, minute: str | None, part: str) -> int:
    found = int(hour) * 60 + int(minute or 0)
    if found > DAY_MINUTES or int(minute or 0) > 59:
        raise PasokhError("hours.bad_text", field="spans", value=part[:60])
    return found


def spans_text(spans: Sequence[Span], spoken: str) -> str:
    """Spans as they are typed, in the language's digits."""
    comma = "، " if spoken == "fa" else ", "
    return localise(comma.join(f"{_clock(s.start)}–{_clock(s.end)}" for s in spans), spoken)


def _clock(minutes: int) -> str:
    if minutes == DAY_MINUTES:
        return "24:00"
    return f"{minutes // 60 % 24}:{minutes % 60:02}"


class SpansField(forms.CharField):
    """A line of spans."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "data-spans": ""})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """The spans."""
        try:
            return read_spans(str(value or ""))
        except PasokhError as error:
            raise ValidationError(text_of(error)) from error

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """As typed, or the known spans in words."""
        return spans_text(value, language()) if isinstance(value, tuple) else value


class CalendarForm(RefusableForm):
    """A calendar: names, zone, the week, whose holidays are kept."""

    zone = forms.ChoiceField(label=label("hours.field.zone"))
    countries = forms.MultipleChoiceField(
        required=False, label=label("hours.field.countries"), widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, calendar: Calendar | None, zone: str) -> None:  # noqa: ANN401 - Django's
        base = calendar.config if calendar is not None else CalendarConfig(zone=zone)
        self.base = base
        initial: dict[str, object] = {f"day_{n}": spans for n, spans in enumerate(base.week)}
        initial |= {f"name_{k}": v for k, v in (calendar.name if calendar is not None else {}).items()}
        initial |= {"zone": base.zone, "countries": list(base.countries)}
        super().__init__(data, initial=initial | {"version": calendar.version if calendar is not None else 0})
        first: dict[str, forms.Field] = {}
        if calendar is None:
            widget = forms.TextInput(attrs={"dir": "ltr"})
            first["key"] = forms.CharField(max_length=60, label=label("field.key"), widget=widget)
        for spoken in LANGUAGES:
            attributes = forms.TextInput(attrs={"lang": spoken, "dir": "auto"})
            first[f"name_{spoken}"] = LineField(
                max_length=LONGEST_NAME, required=False, label=NAMES[spoken], widget=attributes
            )
        self.fields = {**first, **self.fields}
        for weekday in week_days(language()):
            self.fields[f"day_{weekday}"] = SpansField(label=WEEKDAYS[language()][weekday])
        zones = dict.fromkeys([base.zone, *USUAL_ZONES, *zone_names()])
        self._choices("zone", [(name, name) for name in zones])
        self._choices("countries", [(code, label(f"hours.country.{code}")) for code in COUNTRIES])

    def _choices(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    @property
    def name_fields(self) -> list[forms.BoundField]:
        """The names, one a language."""
        return [self[f"name_{spoken}"] for spoken in LANGUAGES]

    @property
    def day_fields(self) -> list[forms.BoundField]:
        """The weekdays in the language's order: Saturday first in Persian."""
        return [self[f"day_{weekday}"] for weekday in week_days(language())]

    def field_for(self, name: str) -> str | None:
        """Where the errors of names belong."""
        return "name_en" if name == "name" else None

    def names(self) -> dict[str, str]:
        """The names given."""
        return {spoken: self.cleaned_data[f"name_{spoken}"] for spoken in LANGUAGES}

    def config(self) -> CalendarConfig:
        """The calendar of the valid form; days of their own stay."""
        given = self.cleaned_data
        week = tuple(given[f"day_{weekday}"] for weekday in range(7))
        return CalendarConfig(given["zone"], week, tuple(given["countries"]), self.base.days)


class DayForm(RefusableForm):
    """One date with hours of its own."""

    date = forms.CharField(max_length=40, label=label("hours.field.date"))
    spans = SpansField(label=label("hours.field.spans"), help_text=label("hours.field.spans.help"))
    name = LineField(max_length=80, required=False, label=label("hours.field.day_name"))
    holiday = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def clean_date(self) -> str:
        """The date in ISO form, typed in any calendar."""
        try:
            return parse_date(self.cleaned_data["date"], language()).isoformat()
        except PasokhError as error:
            raise ValidationError(text_of(error)) from error

    def day(self) -> Day:
        """What holds on it."""
        given = self.cleaned_data
        return Day(given["spans"], given["name"], given["holiday"])
