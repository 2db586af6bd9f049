"""Forms of administration: names in every language, the organisation, and the base of all named things."""

from collections.abc import Mapping
from typing import Any

from django import forms

from pasokh.i18n.dates import zone_names
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.office.fields import LineField, RefusableForm, label
from pasokh.office.supervise.rules import LONGEST_NAME
from pasokh.office.tenancy.actions import OrganisationDraft
from pasokh.office.tenancy.models import Organisation
from pasokh.office.tenancy.rules import LONGEST_GREETING


class NamesForm(RefusableForm):
    """A key where the thing is new, and its name in each language."""

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        key: str | None,
        names: dict[str, str] | None = None,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        shown = {f"name_{language}": name for language, name in (names or {}).items()}
        super().__init__(data, initial={**shown, **(initial or {})})
        first: dict[str, forms.Field] = {}
        if key is None:
            first["key"] = key_field()
        first |= {f"name_{language}": name_field(language) for language in LANGUAGES}
        self.fields = {**first, **self.fields}

    def names(self) -> dict[str, str]:
        """The names of the valid form."""
        given = {language: self.cleaned_data[f"name_{language}"] for language in LANGUAGES}
        return {language: name for language, name in given.items() if name}

    def field_for(self, name: str) -> str | None:
        """A missing name belongs to the first language."""
        return {"name": f"name_{LANGUAGES[0]}", "title": f"name_{LANGUAGES[0]}"}.get(name)


class ClientForm(NamesForm):
    """A client's names, and what agents answer its calls with."""

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        key: str | None,
        names: dict[str, str] | None = None,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, key=key, names=names, initial=initial)
        for language in LANGUAGES:
            self.fields[f"greeting_{language}"] = LineField(
                max_length=LONGEST_GREETING, required=False, label=label(f"setup.client.greeting.{language}"),
                help_text=label("setup.client.greeting.help") if language == LANGUAGES[0] else "",
                widget=forms.TextInput(attrs={"lang": language, "dir": "auto"}),
            )  # fmt: skip

    def greeting(self) -> dict[str, str]:
        """What the valid form says of it, by language."""
        return {language: self.cleaned_data[f"greeting_{language}"] for language in LANGUAGES}

    def field_for(self, name: str) -> str | None:
        """A greeting that is too long belongs to its language."""
        return name if name in self.fields else super().field_for(name)


class OrganisationForm(NamesForm):
    """Name, time zone, language, colour."""

    zone = forms.ChoiceField(label=label("setup.organisation.zone"), help_text=label("setup.organisation.zone.help"))
    language = forms.ChoiceField(
        label=label("setup.organisation.language"), choices=[(code, NAMES[code]) for code in LANGUAGES]
    )
    colour = forms.CharField(
        required=False,
        max_length=40,
        label=label("setup.organisation.colour"),
        help_text=label("setup.organisation.colour.help"),
        widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "#0a7c80", "data-colour": ""}),
    )

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:  # noqa: ANN401 - Django's
        known = {"zone": organisation.zone, "language": organisation.language, "colour": organisation.colour}
        super().__init__(data, key=organisation.pk, names=organisation.name, initial=known)
        zones = sorted({*zone_names(), organisation.zone})
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(name, name.replace("_", " ")) for name in zones]

    def draft(self) -> OrganisationDraft:
        """What the valid form says."""
        given = self.cleaned_data
        return OrganisationDraft(self.names(), given["zone"], given["language"], given["colour"])


def key_field() -> forms.CharField:
    """The key of a new thing."""
    return forms.CharField(
        max_length=60,
        label=label("field.key"),
        help_text=label("setup.key.help"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off"}),
    )


def name_field(language: str) -> LineField:
    """A name in one language, labelled with the language's own name."""
    widget = forms.TextInput(attrs={"lang": language, "dir": "auto"})
    return LineField(max_length=LONGEST_NAME, required=False, label=NAMES[language], widget=widget)  # type: ignore[index]
