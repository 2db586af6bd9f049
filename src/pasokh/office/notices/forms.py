"""The form of how notices reach a person."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pasokh.i18n.digits import to_ascii
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import text_of
from pasokh.office.fields import RefusableForm, label
from pasokh.office.notices.rules import Choice, Email, Kind, QuietHours
from pasokh.office.notices.selectors import Choices

_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.٫](\d\d))?")


class TimeOfDayField(forms.Field):
    """A time of day in any digits (22:30, ۲۲:۳۰, 7) as minutes."""

    def to_python(self, value: object) -> int | None:
        """Minutes of the day; None where nothing was typed."""
        text = to_ascii(str(value if value is not None else "").strip())
        if not text:
            return None
        found = _TIME.fullmatch(text)
        if found is None or int(found[2] or 0) > 59:
            raise ValidationError(text_of(PasokhError("notice.bad_time", value=text[:20])))
        return int(found[1]) * 60 + int(found[2] or 0)


class ChoicesForm(RefusableForm):
    """Every kind with desktop, sound and e-mail; quiet hours."""

    quiet = forms.BooleanField(required=False, label=label("notices.quiet"))

    def __init__(self, data: Any = None, *, choices: Choices) -> None:  # noqa: ANN401 - Django's
        known: dict[str, object] = {"quiet": choices.quiet is not None}
        hours = choices.quiet or QuietHours(22 * 60, 7 * 60)
        known |= {"quiet_start": _clock(hours.start), "quiet_end": _clock(hours.end)}
        for kind, choice in choices.kinds.items():
            known |= {f"{kind}_desktop": choice.desktop, f"{kind}_sound": choice.sound}
            known[f"{kind}_email"] = choice.email.value
        super().__init__(data, initial=known)
        attributes = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off", "maxlength": "5"}
        for name in ("quiet_start", "quiet_end"):
            widget = forms.TextInput(attrs=attributes)
            self.fields[name] = TimeOfDayField(required=False, label=label(f"notices.{name}"), widget=widget)
        for kind in Kind:
            self.fields[f"{kind}_desktop"] = forms.BooleanField(required=False, label=label("notices.desktop"))
            self.fields[f"{kind}_sound"] = forms.BooleanField(required=False, label=label("notices.sound"))
            self.fields[f"{kind}_email"] = forms.ChoiceField(
                label=label("notices.email"), choices=[(e.value, label(f"notices.email.{e}")) for e in Email]
            )

    def rows(self) -> list[dict[str, object]]:
        """The kinds with their three fields, for the template."""
        return [
            {"kind": kind.value, **{part: self[f"{kind}_{part}"] for part in ("desktop", "sound", "email")}}
            for kind in Kind
        ]

    def kinds(self) -> dict[Kind, Choice]:
        """The choices of the valid form."""
        given = self.cleaned_data
        return {
            kind: Choice(given[f"{kind}_desktop"], given[f"{kind}_sound"], Email(given[f"{kind}_email"]))
            for kind in Kind
        }

    def clean(self) -> dict[str, Any]:
        """Quiet hours need both ends."""
        given: dict[str, Any] = super().clean() or {}
        for name in ("quiet_start", "quiet_end") if given.get("quiet") else ():
            if name not in self.errors and given.get(name) is None:
                self.add_error(name, text_of(PasokhError("notice.no_time")))
        return given

    def hours(self) -> QuietHours | None:
        """The quiet hours of the valid form."""
        given = self.cleaned_data
        return QuietHours(given["quiet_start"], given["quiet_end"]) if given["quiet"] else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
