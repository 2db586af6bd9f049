"""Forms of prompts: their texts, and recordings."""

from typing import Any

from django import forms

from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.office.fields import RefusableForm, WholeNumberField, label
from pasokh.office.telephony.forms import LTR
from pasokh.office.telephony.models import Prompt
from pasokh.office.telephony.rules import LONGEST_TEXT, PromptDraft

BUSY = "busy"


class PromptForm(RefusableForm):
    """A prompt: its key where it is new, its text in each language, whether it tells that nobody has time."""

    busy = forms.BooleanField(required=False, label=label("prompts.busy"), help_text=label("prompts.busy.help"))
    version = WholeNumberField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: Prompt | None) -> None:  # noqa: ANN401 - Django's
        texts = {f"text_{code}": text for code, text in (row.texts if row is not None else {}).items()}
        busy = row is not None and BUSY in row.tags
        super().__init__(data, initial={**texts, "busy": busy, "version": row.version if row is not None else 0})
        self._tags = [tag for tag in (row.tags if row is not None else []) if tag != BUSY]
        first: dict[str, forms.Field] = {}
        if row is None:
            first["key"] = forms.CharField(
                max_length=80, label=label("prompts.key"), help_text=label("prompts.key.help"),
                widget=forms.TextInput(attrs=LTR),
            )  # fmt: skip
        for code in LANGUAGES:
            widget = forms.Textarea(attrs={"rows": 3, "lang": code, "dir": "rtl" if code == "fa" else "ltr"})
            first[f"text_{code}"] = forms.CharField(
                required=False, max_length=LONGEST_TEXT, label=NAMES[code], widget=widget
            )
        self.fields = {**first, **self.fields}

    @property
    def text_fields(self) -> list[forms.BoundField]:
        """The text in each language."""
        return [self[f"text_{code}"] for code in LANGUAGES]

    def draft(self) -> PromptDraft:
        """What the valid form says."""
        given = self.cleaned_data
        texts: dict[str, str] = {code: given[f"text_{code}"] for code in LANGUAGES}
        return PromptDraft(texts, (*self._tags, *([BUSY] if given["busy"] else [])))


class SoundForm(RefusableForm):
    """A recording."""

    recording = forms.FileField(
        label=label("prompts.file"), help_text=label("prompts.file.help"),
        widget=forms.FileInput(attrs={"accept": ".wav,.flac,.ogg,audio/wav,audio/flac,audio/ogg"}),
    )  # fmt: skip
