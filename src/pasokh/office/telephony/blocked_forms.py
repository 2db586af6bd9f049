"""The form that keeps callers out."""

from django import forms

from pasokh.i18n.digits import to_ascii
from pasokh.i18n.text import strip_invisible
from pasokh.office.fields import LineField, RefusableForm, WholeNumberField, label
from pasokh.office.telephony.forms import LTR
from pasokh.office.telephony.rules import ANONYMOUS, LONGEST_WHY

NUMBER, BEGINNING = "number", "beginning"
DAYS = (0, 1, 7, 30, 365)


class BlockForm(RefusableForm):
    """Who is kept out: a number, a beginning, or everybody who withholds theirs; why, and until when."""

    what = forms.ChoiceField(
        label=label("blocked.what"),
        choices=[(each, label(f"blocked.what.{each}")) for each in (NUMBER, BEGINNING, ANONYMOUS)],
    )
    number = forms.CharField(
        required=False, max_length=60, label=label("blocked.number"), help_text=label("blocked.number.help"),
        widget=forms.TextInput(attrs={**LTR, "inputmode": "tel"}),
    )  # fmt: skip
    why = LineField(
        required=False, max_length=LONGEST_WHY, label=label("blocked.why"), help_text=label("blocked.why.help"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    how_long = forms.ChoiceField(
        required=False, label=label("blocked.how_long"),
        choices=[(str(days), label(f"blocked.days.{days}")) for days in DAYS],
    )  # fmt: skip
    until_at = WholeNumberField(required=False, most=2**53, widget=forms.HiddenInput)
    """An instant, where a block that was lifted is put back."""

    def field_for(self, name: str) -> str | None:
        """Where the errors of the domain's fields belong."""
        return {"pattern": "number", "until": "how_long"}.get(name)

    def pattern(self) -> str:
        """Who, as it is kept."""
        what, number = self.cleaned_data["what"], to_ascii(strip_invisible(self.cleaned_data["number"])).strip()
        if what == ANONYMOUS:
            return ANONYMOUS
        return f"{number.rstrip('*')}*" if what == BEGINNING else number

    def days(self) -> int:
        """For how long; 0 = no end is named."""
        return int(self.cleaned_data["how_long"] or 0)

    def until(self) -> int:
        """The end of a block that is put back; 0 = for good."""
        return self.cleaned_data["until_at"] or 0
