"""Forms of people."""

from typing import Any

from django import forms

from pasokh.acd.model import Capacity
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.office.fields import Choices, LineField, RefusableForm, WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.people.actions import PersonDraft
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.people.selectors import agent_config, role_names, team_names
from pasokh.office.supervise.selectors import all_queues, skill_names


class PersonForm(RefusableForm):
    """A person: name, role, language, skills with levels, queues, capacity."""

    name = LineField(max_length=200, label=label("field.name"))
    email = forms.CharField(
        required=False,
        max_length=254,
        label=label("field.email"),
        help_text=label("setup.people.email.help"),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=label("field.role"))
    language = forms.ChoiceField(label=label("field.language"), choices=[(code, NAMES[code]) for code in LANGUAGES])
    is_active = forms.BooleanField(required=False, label=label("field.is_active"))
    handles_contacts = forms.BooleanField(required=False, label=label("field.handles_contacts"))
    team = forms.ChoiceField(required=False, label=label("field.team"))
    queues = forms.MultipleChoiceField(required=False, label=label("field.queues"), widget=forms.CheckboxSelectMultiple)
    voice = WholeNumberField(least=0, most=1, label=label("field.capacity_voice"))
    text = WholeNumberField(least=0, most=50, label=label("field.capacity_text"))
    mail = WholeNumberField(least=0, most=200, label=label("field.capacity_mail"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, person: User | None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial=_initial(person))
        self._skills = skill_names(archived=False)
        kept = agent_config(person).skills if person is not None else {}
        self._archived = {key: level for key, level in kept.items() if key not in self._skills}
        team = person.team.key if person is not None and person.team is not None else ""
        self._choices("role", [(key, words(names)) for key, names in role_names(person.role if person else "").items()])
        self._choices("team", [("", "–"), *((key, words(names)) for key, names in team_names(team).items())])
        self._choices("queues", [(queue.key, words(queue.name)) for queue in all_queues()])
        for key, names in self._skills.items():
            self.fields[f"skill_{key}"] = WholeNumberField(least=1, most=100, required=False, label=words(names))
        if person is None:
            self.fields = {"username": _username(), "password": _password(), **self.fields}

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def skill_fields(self) -> list[forms.BoundField]:
        """One field a skill: its level, empty = not skilled."""
        return [self[f"skill_{key}"] for key in self._skills]

    def field_for(self, name: str) -> str | None:
        """Where the errors of the core's fields belong."""
        return {"agent.queues": "queues", "agent": "is_active", "rights": "role"}.get(name)

    def draft(self) -> PersonDraft:
        """What the valid form says."""
        given = self.cleaned_data
        return PersonDraft(
            name=given["name"],
            role=given["role"],
            email=given["email"],
            language=given["language"],
            is_active=given["is_active"],
            handles_contacts=given["handles_contacts"],
            skills=self._archived
            | {key: given[f"skill_{key}"] for key in self._skills if given[f"skill_{key}"] is not None},
            queues=given["queues"],
            team=given["team"],
            capacity=Capacity(voice=given["voice"], text=given["text"], mail=given["mail"]),
        )


def _username() -> forms.Field:
    return forms.CharField(max_length=60, label=label("field.username"), widget=forms.TextInput(attrs={"dir": "ltr"}))


def _password() -> forms.Field:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"})
    return forms.CharField(
        max_length=200,
        strip=False,
        required=False,
        label=label("field.password"),
        help_text=label("setup.people.password.help"),
        widget=widget,
    )


def _initial(person: User | None) -> dict[str, object]:
    if person is None:
        return {
            "role": Role.AGENT.value, "is_active": True, "handles_contacts": True, "voice": 1, "text": 3, "mail": 5,
        }  # fmt: skip
    config = agent_config(person)
    return {
        "name": person.name,
        "role": person.role,
        "email": person.email,
        "language": person.language,
        "is_active": person.is_active,
        "handles_contacts": person.handles_contacts,
        "team": person.team.key if person.team is not None else "",
        "queues": list(config.queues),
        "voice": person.voice,
        "text": person.text,
        "mail": person.mail,
        "version": person.changed_at,
        **{f"skill_{key}": level for key, level in config.skills.items()},
    }
