"""The form of a reason for not being ready."""

from typing import Any

from django import forms

from pasokh.office.fields import label
from pasokh.office.pauses.actions import PauseDraft
from pasokh.office.pauses.models import Pause
from pasokh.office.setup.forms import NamesForm


class PauseForm(NamesForm):
    """Names, and whether the time is paid."""

    is_paid = forms.BooleanField(required=False, label=label("pauses.paid"), help_text=label("pauses.paid.help"))

    def __init__(self, data: Any, row: Pause | None) -> None:  # noqa: ANN401 - Django's
        super().__init__(
            data,
            key=row.key if row is not None else None,
            names=row.name if row is not None else None,
            initial={"is_paid": row.is_paid if row is not None else True},
        )

    def draft(self) -> PauseDraft:
        """What the valid form says."""
        return PauseDraft(self.names(), self.cleaned_data["is_paid"])
