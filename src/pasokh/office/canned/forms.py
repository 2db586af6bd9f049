"""The form of a canned answer."""

import re
from typing import Any

from django import forms

from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.office.canned.actions import AnswerDraft
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope
from pasokh.office.fields import LineField, RefusableForm, label
from pasokh.office.filters import words
from pasokh.office.people.selectors import team_names
from pasokh.office.supervise.selectors import queue_names


class AnswerForm(RefusableForm):
    """Shortcut, title, text in each language, who is offered it, tags."""

    shortcut = forms.CharField(label=label("canned.shortcut"), help_text=label("canned.shortcut.help"), max_length=200)
    title = LineField(label=label("canned.title"), max_length=400)
    scope = forms.ChoiceField(label=label("canned.scope"))
    team = forms.ChoiceField(required=False, label=label("canned.team"))
    queue = forms.ChoiceField(required=False, label=label("canned.queue"))
    tags = LineField(required=False, label=label("canned.tags"), help_text=label("canned.tags.help"), max_length=1_000)

    def __init__(self, data: Any = None, *, row: CannedAnswer | None, shared: bool) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial=_initial(row, shared))
        for language in LANGUAGES:
            widget = forms.Textarea(attrs={"rows": 5, "lang": language, "dir": "auto"})
            self.fields[f"text_{language}"] = forms.CharField(
                required=False, strip=False, label=NAMES[language], widget=widget
            )
        scopes = [each for each in Scope if shared or each is Scope.MINE]
        team = row.team.key if row is not None and row.team is not None else ""
        self._choices("scope", [(each.value, label(f"canned.scope.{each.value}")) for each in scopes])
        self._choices("team", [("", "–"), *((key, words(names)) for key, names in team_names(team).items())])
        self._choices("queue", [("", "–"), *((key, words(names)) for key, names in queue_names().items())])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def text_fields(self) -> list[forms.BoundField]:
        """The text in each language."""
        return [self[f"text_{language}"] for language in LANGUAGES]

    def field_for(self, name: str) -> str | None:
        """A text without a language belongs to the first."""
        return {"texts": f"text_{LANGUAGES[0]}"}.get(name)

    def draft(self) -> AnswerDraft:
        """What the valid form says."""
        given = self.cleaned_data
        return AnswerDraft(
            shortcut=given["shortcut"],
            title=given["title"],
            texts={language: given[f"text_{language}"] for language in LANGUAGES},
            scope=Scope(given["scope"]),
            team=given["team"],
            queue=given["queue"],
            tags=re.split(r"[,،;؛]", given["tags"]),
        )


def _initial(row: CannedAnswer | None, shared: bool) -> dict[str, object]:
    if row is None:
        return {"scope": (Scope.EVERYONE if shared else Scope.MINE).value}
    return {
        "shortcut": row.shortcut,
        "title": row.title,
        "scope": row.scope,
        "team": row.team.key if row.team is not None else "",
        "queue": row.queue.key if row.queue is not None else "",
        "tags": ", ".join(row.tags),
        **{f"text_{language}": text for language, text in row.texts.items()},
    }
