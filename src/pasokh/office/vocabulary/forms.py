"""Forms of outcomes and reasons."""

from collections.abc import Mapping
from typing import Any

from django import forms

from pasokh.office.fields import WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.setup.forms import NamesForm
from pasokh.office.supervise.models import Outcome, Reason
from pasokh.office.vocabulary.actions import OutcomeDraft, ReasonDraft
from pasokh.office.vocabulary.rules import LONGEST_BAND_S
from pasokh.office.vocabulary.selectors import in_tree_order

_INDENT = "\u2003"


class _BranchForm(NamesForm):
    """A term of a tree."""

    parent = forms.ChoiceField(required=False, label=label("setup.parent"), help_text=label("setup.parent.help"))

    def __init__(
        self,
        data: Any,  # noqa: ANN401 - Django's
        *,
        model: type[Outcome] | type[Reason],
        row: Any,  # noqa: ANN401 - one of the model, or None
        initial: Mapping[str, object],
    ) -> None:
        key = row.key if row is not None else None
        parent = row.parent.key if row is not None and row.parent is not None else ""
        super().__init__(
            data, key=key, names=row.name if row is not None else None, initial={"parent": parent, **initial}
        )
        choices: list[tuple[str, Any]] = [("", label("setup.parent.none"))]
        for each, depth in in_tree_order(Outcome) if model is Outcome else in_tree_order(Reason):
            if each.key != key and (not each.archived_at or each.key == parent):
                choices.append((each.key, f"{_INDENT * depth}{words(each.name)}"))
        field = self.fields["parent"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class OutcomeForm(_BranchForm):
    """An outcome: names, place in the tree, whether it needs a follow-up."""

    needs_follow_up = forms.BooleanField(
        required=False, label=label("setup.outcomes.needs_follow_up"), help_text=label("setup.outcomes.follow_up.help")
    )

    def __init__(self, data: Any, row: Outcome | None) -> None:  # noqa: ANN401 - Django's
        flag = {"needs_follow_up": row.needs_follow_up} if row is not None else {}
        super().__init__(data, model=Outcome, row=row, initial=flag)

    def draft(self) -> OutcomeDraft:
        """What the valid form says."""
        return OutcomeDraft(self.names(), self.cleaned_data["parent"], self.cleaned_data["needs_follow_up"])


class ReasonForm(_BranchForm):
    """A reason: names, place in the tree, band of a normal handling time."""

    band_low_s = WholeNumberField(
        most=LONGEST_BAND_S, required=False, label=label("setup.reasons.low"), help_text=label("setup.reasons.low.help")
    )
    band_high_s = WholeNumberField(
        most=LONGEST_BAND_S,
        required=False,
        label=label("setup.reasons.high"),
        help_text=label("setup.reasons.high.help"),
    )

    def __init__(self, data: Any, row: Reason | None) -> None:  # noqa: ANN401 - Django's
        band = {"band_low_s": row.band_low_s, "band_high_s": row.band_high_s} if row is not None else {}
        super().__init__(data, model=Reason, row=row, initial=band)

    def draft(self) -> ReasonDraft:
        """What the valid form says."""
        given = self.cleaned_data
        return ReasonDraft(self.names(), given["parent"], given["band_low_s"], given["band_high_s"])
