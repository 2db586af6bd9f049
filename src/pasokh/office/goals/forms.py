"""The forms of goals."""

from typing import Any

from django import forms

from pasokh.metrics.analysis.goals import SPANS
from pasokh.metrics.kpi import Measure, measure
from pasokh.office.errors import language
from pasokh.office.fields import RefusableForm, label
from pasokh.office.figures_analysis.choosing import (
    figures_to_choose,
    measure_of,
    read_value,
    typed_text,
    whose_to_choose,
)
from pasokh.office.goals.actions import GoalDraft
from pasokh.office.goals.models import Goal

_TEXT = {"dir": "auto", "autocomplete": "off"}


class GoalForm(RefusableForm):
    """A new goal."""

    kpi = forms.ChoiceField(label=label("alert.field.kpi"))
    threshold = forms.CharField(
        required=False, max_length=60, label=label("alert.field.threshold"), help_text=label("alert.help.threshold"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    whose = forms.ChoiceField(required=False, label=label("alert.field.whose"))
    span = forms.ChoiceField(label=label("goal.field.span"))
    better = forms.ChoiceField(label=label("goal.field.better"))
    target = forms.CharField(
        max_length=30, label=label("goal.field.target"), help_text=label("alert.help.value"),
        widget=forms.TextInput(attrs=_TEXT),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial={"span": "month", "better": "up"})
        spoken = language()
        self._choices("kpi", figures_to_choose(spoken, additive=True))
        self._choices("whose", whose_to_choose(spoken))
        self._choices("span", [(each, label(f"goal.span.{each}")) for each in SPANS])
        self._choices("better", [(each, label(f"goal.better.{each}")) for each in ("up", "down")])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def draft(self) -> GoalDraft:
        """What the valid form says; raises what the figure or the target has wrong."""
        given = self.cleaned_data
        about = measure_of(given["kpi"], given["threshold"])
        target = read_value(about.kpi.unit, given["target"], "target")
        return GoalDraft(about.name, given["whose"], given["span"], given["better"], target)


class TargetForm(RefusableForm):
    """Another target, from today on."""

    target = forms.CharField(
        max_length=30, label=label("goal.field.target"), help_text=label("goal.help.change"),
        widget=forms.TextInput(attrs=_TEXT),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, row: Goal) -> None:  # noqa: ANN401 - Django's
        self.about: Measure = measure(row.measure)
        last = row.aims.order_by("-since").first()
        typed = typed_text(self.about, last.target, language()) if last is not None else ""
        super().__init__(data, initial={"target": typed})

    def value(self) -> float:
        """The target of the valid form; raises what is wrong with it."""
        return read_value(self.about.kpi.unit, self.cleaned_data["target"], "target")
