"""The form of a chat widget."""

from typing import Any

from django import forms

from pasokh.channels.webchat.options import LONGEST_GREETING, Asked, PrechatField, WidgetOptions, options_of
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.office.fields import LineField, label
from pasokh.office.filters import words
from pasokh.office.setup.forms import NamesForm
from pasokh.office.supervise.models import Widget
from pasokh.office.supervise.selectors import queue_names
from pasokh.office.tenancy.rules import cleaned_colour

_SWITCHES = ("rating", "transcript", "attachments", "offline_form")
_NO, _MAY, _MUST = "no", "may", "must"


class WidgetForm(NamesForm):
    """A widget: key, title in each language, queue, pages, look, questions before the chat, what customers may do."""

    queue = forms.ChoiceField(label=label("widgets.queue"))
    origins = forms.CharField(
        required=False,
        label=label("widgets.origins"),
        help_text=label("widgets.origins.help"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "placeholder": "https://shop.example"}),
    )
    colour = forms.CharField(
        required=False,
        max_length=40,
        label=label("widgets.colour"),
        widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "#0a7c80", "data-colour": ""}),
    )
    position = forms.ChoiceField(
        label=label("widgets.position"),
        choices=[("end", label("widgets.position.end")), ("start", label("widgets.position.start"))],
    )
    languages = forms.MultipleChoiceField(
        required=False,
        label=label("widgets.languages"),
        choices=[(code, NAMES[code]) for code in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )
    first_language = forms.ChoiceField(
        label=label("widgets.first_language"), choices=[(code, NAMES[code]) for code in LANGUAGES]
    )
    rating = forms.BooleanField(required=False, label=label("widgets.rating"))
    transcript = forms.BooleanField(required=False, label=label("widgets.transcript"))
    attachments = forms.BooleanField(required=False, label=label("widgets.attachments"))
    offline_form = forms.BooleanField(required=False, label=label("widgets.offline_form"))

    def __init__(self, data: Any = None, *, row: Widget | None) -> None:  # noqa: ANN401 - Django's
        key = row.key if row is not None else None
        super().__init__(data, key=key, names=row.title if row is not None else None, initial=_initial(row))
        for language in LANGUAGES:
            widget = forms.TextInput(attrs={"lang": language, "dir": "auto"})
            self.fields[f"greeting_{language}"] = LineField(
                required=False, max_length=LONGEST_GREETING, label=NAMES[language], widget=widget
            )
        often = [(each, label(f"widgets.ask.{each}")) for each in (_NO, _MAY, _MUST)]
        for question in Asked:
            self.fields[f"ask_{question.value}"] = forms.ChoiceField(
                choices=often, label=label(f"widgets.asked.{question.value}")
            )
        field = self.fields["queue"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each, words(names)) for each, names in queue_names().items()]

    @property
    def title_fields(self) -> list[forms.BoundField]:
        """The title in each language."""
        return [self[f"name_{language}"] for language in LANGUAGES]

    @property
    def greeting_fields(self) -> list[forms.BoundField]:
        """The greeting in each language."""
        return [self[f"greeting_{language}"] for language in LANGUAGES]

    @property
    def question_fields(self) -> list[forms.BoundField]:
        """One field a question."""
        return [self[f"ask_{question.value}"] for question in Asked]

    @property
    def switch_fields(self) -> list[forms.BoundField]:
        """What a customer may do."""
        return [self[name] for name in _SWITCHES]

    def field_for(self, name: str) -> str | None:
        """Where the errors of the domain's fields belong."""
        if name.startswith("title"):
            return name.replace("title", "name") if "_" in name else f"name_{LANGUAGES[0]}"
        return {"prechat": "ask_name"}.get(name) or super().field_for(name)

    def origins_typed(self) -> list[str]:
        """The addresses, one a line."""
        typed: str = self.cleaned_data["origins"]
        return typed.replace(",", "\n").split("\n")

    def options(self) -> WidgetOptions:
        """What the valid form says beside queue, title and pages; raises `setup.bad_colour`."""
        given = self.cleaned_data
        first, chosen = given["first_language"], given["languages"]
        return WidgetOptions(
            greeting={language: given[f"greeting_{language}"] for language in LANGUAGES},
            colour=cleaned_colour(given["colour"]),
            position=given["position"],
            prechat=tuple(
                PrechatField(question, given[f"ask_{question.value}"] == _MUST)
                for question in Asked
                if given[f"ask_{question.value}"] != _NO
            ),
            **{name: given[name] for name in _SWITCHES},
            languages=tuple(sorted(chosen, key=lambda language: (language != first, LANGUAGES.index(language)))),
        )


def _initial(row: Widget | None) -> dict[str, object]:
    options = options_of(row.options) if row is not None else WidgetOptions()
    asked = {field.key: _MUST if field.required else _MAY for field in options.prechat}
    return {
        "queue": row.queue.key if row is not None else "",
        "origins": "\n".join(row.origins) if row is not None else "",
        "colour": options.colour,
        "position": options.position,
        "languages": list(options.languages),
        "first_language": options.languages[0],
        **{name: getattr(options, name) for name in _SWITCHES},
        **{f"greeting_{language}": text for language, text in options.greeting.items()},
        **{f"ask_{question.value}": asked.get(question, _NO) for question in Asked},
    }
