"""The form of a rule."""

from typing import Any, Literal

from django import forms

from pasokh.metrics.kpi import measure
from pasokh.office.errors import language
from pasokh.office.fields import RefusableForm, WholeNumberField, label
from pasokh.office.figure_alerts.actions import UNUSUAL
from pasokh.office.figure_alerts.models import AlertRule
from pasokh.office.figure_alerts.rules import Draft
from pasokh.office.figures.asked import short_name
from pasokh.office.figures_analysis.choosing import (
    figures_to_choose,
    measure_of,
    read_value,
    typed_text,
    whose_to_choose,
)


class RuleForm(RefusableForm):
    """Threshold or unusual, of which figure, of whom, on which side."""

    kind = forms.ChoiceField(label=label("alert.field.kind"))
    kpi = forms.ChoiceField(label=label("alert.field.kpi"))
    threshold = forms.CharField(
        required=False, max_length=60, label=label("alert.field.threshold"), help_text=label("alert.help.threshold"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    whose = forms.ChoiceField(required=False, label=label("alert.field.whose"))
    side = forms.ChoiceField(label=label("alert.field.side"))
    value = forms.CharField(
        required=False, max_length=30, label=label("alert.field.value"), help_text=label("alert.help.value"),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    span = forms.ChoiceField(label=label("alert.field.span"))
    fewest = WholeNumberField(
        least=1, most=1_000_000, label=label("alert.field.fewest"), help_text=label("alert.help.fewest")
    )
    sense = forms.ChoiceField(label=label("alert.field.sense"), help_text=label("alert.help.sense"))

    def __init__(self, data: Any = None, *, row: AlertRule | None = None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial=_initial(row))
        spoken = language()
        self._choices("kind", [(each, label(f"alert.kind.{each}")) for each in ("threshold", "unusual")])
        self._choices("kpi", figures_to_choose(spoken, additive=False))
        self._choices("whose", whose_to_choose(spoken))
        self._choices("side", [(each, label(f"alert.side.{each}")) for each in ("above", "below", "both")])
        self._choices("span", [(each, label(f"alert.span.{each}")) for each in ("day", "hour")])
        self._choices("sense", [(each, label(f"alert.sense.{each}")) for each in ("calm", "usual", "keen")])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def field_for(self, name: str) -> str | None:
        """Errors of a figure's split are about whom."""
        return {"by": "whose"}.get(name)

    def draft(self) -> Draft:
        """What the valid form says; raises what the figure or the value has wrong."""
        given = self.cleaned_data
        if given["kind"] == "unusual":
            side = given["side"]
            return Draft(kind="unusual", measure=given["kpi"], whose=given["whose"], side=side, sense=given["sense"])
        about = measure_of(given["kpi"], given["threshold"])
        value = read_value(about.kpi.unit, given["value"], "value") if given["value"].strip() else None
        limit_side: Literal["above", "below"] = "below" if given["side"] == "below" else "above"
        return Draft(kind="threshold", measure=about.name, whose=given["whose"], side=limit_side, value=value,
                     span=given["span"], fewest=given["fewest"], sense=given["sense"])  # fmt: skip


def _initial(row: AlertRule | None) -> dict[str, object]:
    if row is None:
        return {"kind": "unusual", "kpi": UNUSUAL[0], "side": "both", "span": "day", "fewest": "20", "sense": "usual"}
    about = measure(row.measure)
    return {
        "kind": row.kind, "kpi": about.kpi.id, "threshold": short_name(about).partition("@")[2], "whose": row.whose,
        "side": row.side, "value": typed_text(about, row.value, language()) if row.value is not None else "",
        "span": row.span, "fewest": str(row.fewest), "sense": row.sense,
    }  # fmt: skip
