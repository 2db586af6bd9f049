"""Forms of the doors, the account, and what administrators set."""

from typing import Any

from django import forms

from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.office.account.models import SignOn
from pasokh.office.account.selectors import demanded_roles
from pasokh.office.fields import Choices, LineField, RefusableForm, label
from pasokh.office.filters import words
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.people.selectors import role_names
from pasokh.office.supervise.selectors import all_queues

_LANGUAGES = [(code, NAMES[code]) for code in LANGUAGES]


def _latin(**attrs: object) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", **attrs})


def _password(key: str, autocomplete: str, **kwargs: Any) -> forms.CharField:  # noqa: ANN401 - Django's
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "dir": "ltr"}, render_value=False)
    return forms.CharField(max_length=200, strip=False, label=label(key), widget=widget, **kwargs)


def _mail(**kwargs: Any) -> forms.CharField:  # noqa: ANN401 - Django's
    kwargs.setdefault("label", label("field.email"))
    return forms.CharField(max_length=254, widget=_latin(inputmode="email", autocomplete="email"), **kwargs)


class SignInForm(RefusableForm):
    """Name and password."""

    username = forms.CharField(max_length=60, label=label("field.username"), widget=_latin(autocomplete="username"))
    password = _password("field.password", "current-password")


class CodeForm(RefusableForm):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(
        max_length=40,
        label=label("account.field.code"),
        widget=_latin(inputmode="text", autocomplete="one-time-code", autofocus=True),
    )


class WhoForm(RefusableForm):
    """Username or mail address."""

    who = forms.CharField(
        max_length=254, label=label("account.field.who"), widget=_latin(autocomplete="username", inputmode="email")
    )


class OrganisationForm(RefusableForm):
    """Mail address or organisation: whose provider."""

    who = forms.CharField(
        max_length=254,
        label=label("account.field.organisation"),
        widget=_latin(autocomplete="email", inputmode="email"),
    )


class _TwiceForm(RefusableForm):
    def clean(self) -> dict[str, Any]:
        """The password twice, the same."""
        given: dict[str, Any] = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", str(label("account.passwords_differ")))
        return given


class NewPasswordForm(_TwiceForm):
    """A new password by a mail's link."""

    new = _password("account.field.new", "new-password", help_text=label("account.password.help"))
    again = _password("account.field.again", "new-password")


class ChangePasswordForm(_TwiceForm):
    """A new password in place of the old one."""

    old = _password("account.field.old", "current-password")
    new = _password("account.field.new", "new-password", help_text=label("account.password.help"))
    again = _password("account.field.again", "new-password")


class ConfirmForm(RefusableForm):
    """The password once more."""

    password = _password("field.password", "current-password")


class ProfileForm(RefusableForm):
    """What a person says of themselves."""

    name = LineField(max_length=200, label=label("field.name"))
    email = _mail(required=False, help_text=label("account.email.help"))
    language = forms.ChoiceField(label=label("field.language"), choices=_LANGUAGES)

    def __init__(self, data: Any = None, *, user: User) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial={"name": user.name, "email": user.email, "language": user.language})


class AcceptForm(_TwiceForm):
    """Somebody joins."""

    username = forms.CharField(
        max_length=60,
        label=label("field.username"),
        help_text=label("account.username.help"),
        widget=_latin(autocomplete="username"),
    )
    name = LineField(max_length=200, label=label("field.name"))
    language = forms.ChoiceField(label=label("field.language"), choices=_LANGUAGES)
    new = _password("account.field.new", "new-password", help_text=label("account.password.help"))
    again = _password("account.field.again", "new-password")

    def field_for(self, name: str) -> str | None:
        """`do_create_user` calls it the password."""
        return "new" if name == "password" else None


class InviteForm(RefusableForm):
    """Whom to ask."""

    name = LineField(max_length=200, label=label("field.name"))
    email = _mail()
    role = forms.ChoiceField(label=label("field.role"))
    language = forms.ChoiceField(label=label("field.language"), choices=_LANGUAGES)
    queues = forms.MultipleChoiceField(
        required=False,
        label=label("field.queues"),
        widget=forms.CheckboxSelectMultiple,
        help_text=label("account.invite.queues.help"),
    )

    def __init__(self, data: Any = None, *, language: str) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial={"role": Role.AGENT.value, "language": language})
        _choose(self, "role", role_choices())
        _choose(self, "queues", [(queue.key, words(queue.name)) for queue in all_queues()])

    def field_for(self, name: str) -> str | None:
        """A role beyond one's own is refused at the role."""
        return "role" if name == "rights" else None


class DemandForm(RefusableForm):
    """Which roles need a second factor."""

    roles = forms.MultipleChoiceField(
        required=False, label=label("account.demand.roles"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial={"roles": demanded_roles()})
        _choose(self, "roles", role_choices())


class SignOnForm(RefusableForm):
    """The provider of single sign-on."""

    is_on = forms.BooleanField(required=False, label=label("account.sso.is_on"))
    issuer = forms.CharField(
        max_length=300, label=label("account.sso.issuer"), help_text=label("account.sso.issuer.help"),
        widget=_latin(inputmode="url", placeholder="https://login.example.org"),
    )  # fmt: skip
    client = forms.CharField(max_length=300, required=False, label=label("account.sso.client"), widget=_latin())
    secret = forms.CharField(
        max_length=500,
        required=False,
        strip=True,
        label=label("account.sso.secret"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    no_secret = forms.BooleanField(required=False, label=label("account.sso.no_secret"))
    domains = forms.CharField(
        max_length=5_000,
        required=False,
        label=label("account.sso.domains"),
        help_text=label("account.sso.domains.help"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
    )  # fmt: skip
    makes_people = forms.BooleanField(required=False, label=label("account.sso.makes_people"))
    role = forms.ChoiceField(label=label("account.sso.role"))

    def __init__(self, data: Any = None, *, row: SignOn | None) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, initial=_provider(row))
        _choose(self, "role", role_choices(row.role if row else ""))
        self.has_secret = bool(row and row.secret)
        if self.has_secret:
            self.fields["secret"].help_text = label("account.sso.secret.kept")

    def field_for(self, name: str) -> str | None:
        """A role beyond one's own is refused at the role."""
        return "role" if name == "rights" else None

    def secret_given(self) -> str | None:
        """The secret as `SignOnDraft` wants it."""
        if self.cleaned_data["no_secret"]:
            return ""
        typed: str = self.cleaned_data["secret"]
        return typed or None


def role_choices(kept: str = "") -> Choices:
    """Every role by its name."""
    return [(key, words(names)) for key, names in role_names(kept).items()]


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _provider(row: SignOn | None) -> dict[str, object]:
    if row is None:
        return {"role": Role.AGENT.value}
    return {
        "is_on": row.is_on,
        "issuer": row.issuer,
        "client": row.client,
        "domains": "\n".join(row.domains),
        "makes_people": row.makes_people,
        "role": row.role,
    }
