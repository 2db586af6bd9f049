"""Forms of follow-ups."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from pasokh.i18n.bidi import balanced
from pasokh.i18n.dates import format_date, format_time, instant, local, parse_date
from pasokh.i18n.text import search_key
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office.desk.models import FollowUp
from pasokh.office.errors import language, text_of
from pasokh.office.fields import RefusableForm, label
from pasokh.office.follow_ups.actions import LONGEST_NOTE
from pasokh.office.follow_ups.rules import parse_time
from pasokh.office.people.models import User

_WORDS = {"today": 0, "امروز": 0, "сьогодні": 0, "tomorrow": 1, "فردا": 1, "завтра": 1, "پس فردا": 2, "післязавтра": 2}
_DAYS_BY_WORD = {search_key(word): days for word, days in _WORDS.items()}


class FollowUpForm(RefusableForm):
    """What is owed, by whom, until when; days in either calendar, or in words."""

    note = forms.CharField(
        label=label("follow_up.field.note"), widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}), strip=True
    )
    owner = forms.ChoiceField(label=label("follow_up.field.owner"))
    day = forms.CharField(
        max_length=40, label=label("follow_up.field.day"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    time = forms.CharField(
        max_length=10,
        label=label("follow_up.field.time"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}),
    )

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        now: Instant,
        person: User,
        row: FollowUp | None = None,
    ) -> None:
        self._now, self._zone = now, timezone.get_current_timezone_name()
        super().__init__(data, initial=self._start(person, row), prefix=None)
        owners = dict(User.objects.filter(is_active=True, handles_contacts=True).values_list("username", "name"))
        if row is not None:
            owners.setdefault(row.owner, row.owner)
        field = self.fields["owner"]
        if isinstance(field, forms.ChoiceField):
            field.choices = sorted(owners.items(), key=lambda item: search_key(str(item[1])))

    def _start(self, person: User, row: FollowUp | None) -> dict[str, object]:
        spoken = language()
        if row is not None:
            due = local(row.due_at, self._zone)
            day, time = format_date(due.date(), spoken, "medium"), format_time(due, spoken)
            return {"note": row.note, "owner": row.owner, "day": day, "time": time}
        tomorrow = local(self._now, self._zone) + timedelta(days=1)
        return {
            "owner": person.username,
            "day": format_date(tomorrow.date(), spoken, "medium"),
            "time": format_time(tomorrow.replace(hour=10, minute=0), spoken),
        }

    def clean_note(self) -> str:
        """The note, of bearable length and safe direction."""
        note = balanced(str(self.cleaned_data["note"]).replace("\x00", "").replace("\r\n", "\n")).strip()
        if len(note) > LONGEST_NOTE:
            refused = PasokhError("follow_up.note_too_long", most=LONGEST_NOTE, length=len(note))
            raise ValidationError(text_of(refused))
        return note

    def clean(self) -> dict[str, Any]:
        """Adds `due_at`."""
        given = super().clean() or self.cleaned_data
        day = time = None
        try:
            day = self._day(str(given.get("day", ""))) if "day" in given else None
        except PasokhError as error:
            self.add_error("day", text_of(error))
        try:
            time = parse_time(str(given["time"])) if "time" in given else None
        except PasokhError as error:
            self.add_error("time", text_of(error))
        if day is not None and time is not None:
            given["due_at"] = instant(datetime(day.year, day.month, day.day, *time, tzinfo=ZoneInfo(self._zone)))
            if given["due_at"] < self._now - 60_000:
                self.add_error("day", text_of(PasokhError("follow_up.due_past")))
        return given

    def _day(self, text: str) -> Any:  # noqa: ANN401 - a date
        days = _DAYS_BY_WORD.get(search_key(text))
        if days is not None:
            return local(self._now, self._zone).date() + timedelta(days=days)
        return parse_date(text, language())

    def field_for(self, name: str) -> str | None:
        """Where the errors of the core's fields belong."""
        return {"follow_up.owner": "owner", "due_at": "day"}.get(name)
