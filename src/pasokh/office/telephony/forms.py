"""Forms of flows, numbers and carriers."""

from collections.abc import Sequence
from typing import Any

from django import forms

from pasokh.flows.examples import example_flows
from pasokh.i18n.digits import to_ascii
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.i18n.text import strip_invisible
from pasokh.office.errors import language
from pasokh.office.fields import WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.setup.forms import NamesForm
from pasokh.office.telephony.models import Flow, Number, Trunk
from pasokh.office.telephony.rules import NumberDraft, TrunkDraft, as_trunk

LTR = {"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
FIRST_EXAMPLE = "simple"
_CODECS = {
    "opus": "Opus", "g722": "G.722", "alaw": "G.711 A-law", "ulaw": "G.711 µ-law", "gsm": "GSM", "speex": "Speex",
    "g729": "G.729",
}  # fmt: skip
"""As telephone people call them, in every language."""


class FlowForm(NamesForm):
    """A new flow: what it starts from, its languages, its key and names."""

    start = forms.ChoiceField(label=label("flow.new.from"), help_text=label("flow.new.from.help"))
    languages = forms.MultipleChoiceField(
        required=False,
        label=label("flow.new.languages"),
        help_text=label("flow.new.languages.help"),
        choices=[(code, NAMES[code]) for code in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, flows: Sequence[Flow]) -> None:  # noqa: ANN401 - Django's
        super().__init__(data, key=None, initial={"languages": list(LANGUAGES), "start": f"example:{FIRST_EXAMPLE}"})
        self.fields["key"].help_text = label("flow.key.help")
        examples = sorted(example_flows().values(), key=lambda flow: (flow.id != FIRST_EXAMPLE, flow.id))
        field = self.fields["start"]
        if isinstance(field, forms.ChoiceField):
            own = [(f"flow:{row.key}", words(row.name) or row.key) for row in flows]
            field.choices = [
                (
                    label("flow.new.examples"),
                    [(f"example:{flow.id}", words(flow.name) or flow.id) for flow in examples],
                ),
                *([(label("flow.new.own"), own)] if own else []),
            ]

    @property
    def name_fields(self) -> list[forms.BoundField]:
        """The name in each language."""
        return [self[f"name_{code}"] for code in LANGUAGES]


class NumberForm(NamesForm):
    """A number: the number itself, whose it is, which flow answers, languages, recording, carriers."""

    client = forms.ChoiceField(label=label("numbers.client"), help_text=label("numbers.client.help"))
    flow = forms.ChoiceField(label=label("numbers.flow"), help_text=label("numbers.flow.help"))
    last_resort = forms.ChoiceField(label=label("numbers.last_resort"), help_text=label("numbers.last_resort.help"))
    languages = forms.MultipleChoiceField(
        required=False,
        label=label("numbers.languages"),
        help_text=label("numbers.languages.help"),
        choices=[(code, NAMES[code]) for code in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )
    first_language = forms.ChoiceField(
        required=False,
        label=label("numbers.first_language"),
        choices=[("", label("numbers.as_flow")), *((code, NAMES[code]) for code in LANGUAGES)],
    )
    recorded = forms.BooleanField(required=False, label=label("numbers.recorded"))
    trunks = forms.MultipleChoiceField(
        required=False, label=label("numbers.trunks"), help_text=label("numbers.trunks.help"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    also = forms.CharField(
        required=False, max_length=600, label=label("numbers.also"), help_text=label("numbers.also.help"),
        widget=forms.Textarea(attrs={**LTR, "rows": 2}),
    )  # fmt: skip
    version = WholeNumberField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        row: Number | None,
        clients: Sequence[tuple[str, str]],
        flows: Sequence[tuple[str, str]],
        queues: Sequence[tuple[str, str]],
        trunks: Sequence[tuple[str, str]],
    ) -> None:
        names = row.name if row is not None else None
        super().__init__(data, key=row.did if row is not None else None, names=names, initial=_number_initial(row))
        if row is None:
            self.fields["key"] = telephone_field("numbers.number", "numbers.number.help")
        for name, choices in (("client", clients), ("flow", flows), ("last_resort", queues), ("trunks", trunks)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField | forms.MultipleChoiceField):
                field.choices = list(choices)

    @property
    def name_fields(self) -> list[forms.BoundField]:
        """The name in each language."""
        return [self[f"name_{code}"] for code in LANGUAGES]

    def field_for(self, name: str) -> str | None:
        """Where the errors of the domain's fields belong."""
        return {"number": "key" if "key" in self.fields else None, "value": "flow"}.get(name) or super().field_for(name)

    def draft(self) -> NumberDraft:
        """What the valid form says."""
        given = self.cleaned_data
        first = given["first_language"]
        spoken = given["languages"]
        return NumberDraft(
            client=given["client"],
            flow=given["flow"],
            last_resort=given["last_resort"],
            names=self.names() or None,
            languages=tuple(sorted({*spoken, *([first] if first else [])}, key=lambda code: _order(code, first))),
            recorded=given["recorded"],
            also=tuple(lines(given["also"])),
            trunks=tuple(given["trunks"]),
        )


class TrunkForm(NamesForm):
    """A carrier: where it is, how calls are secured, what we show it, in which order it is tried."""

    host = forms.CharField(
        max_length=253, label=label("trunks.host"), help_text=label("trunks.host.help"),
        widget=forms.TextInput(attrs={**LTR, "placeholder": "sip.carrier.example"}),
    )  # fmt: skip
    order = WholeNumberField(least=1, most=99, label=label("trunks.order"), help_text=label("trunks.order.help"))
    transport = forms.ChoiceField(
        label=label("trunks.transport"),
        choices=[(each, label(f"trunks.transport.{each}")) for each in ("tls", "tcp", "udp")],
    )
    srtp = forms.BooleanField(required=False, label=label("trunks.srtp"), help_text=label("trunks.srtp.help"))
    username = forms.CharField(
        required=False, max_length=80, label=label("trunks.username"), help_text=label("trunks.username.help"),
        widget=forms.TextInput(attrs=LTR),
    )  # fmt: skip
    password = forms.CharField(
        required=False, max_length=128, strip=False, label=label("trunks.password"),
        help_text=label("trunks.password.help"),
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "new-password"}, render_value=True),
    )  # fmt: skip
    registers = forms.BooleanField(required=False, label=label("trunks.registers"))
    port = WholeNumberField(
        required=False, most=65_535, label=label("trunks.port"), help_text=label("trunks.port.help")
    )
    networks = forms.CharField(
        required=False, max_length=2_000, label=label("trunks.networks"), help_text=label("trunks.networks.help"),
        widget=forms.Textarea(attrs={**LTR, "rows": 2, "placeholder": "198.51.100.0/24"}),
    )  # fmt: skip
    dials = forms.ChoiceField(
        label=label("trunks.dials"),
        choices=[(each, label(f"trunks.dials.{each}")) for each in ("plus", "plain", "zeros", "national")],
    )
    country = forms.CharField(
        required=False, max_length=4, label=label("trunks.country"), help_text=label("trunks.country.help"),
        widget=forms.TextInput(attrs={**LTR, "inputmode": "numeric", "placeholder": "98"}),
    )  # fmt: skip
    max_calls = WholeNumberField(least=1, most=100_000, label=label("trunks.max_calls"))
    qualify_seconds = WholeNumberField(
        most=3_600, label=label("trunks.qualify"), help_text=label("trunks.qualify.help")
    )
    codecs = forms.MultipleChoiceField(
        label=label("trunks.codecs"),
        choices=[(key, f"\u2068{name}\u2069") for key, name in _CODECS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    version = WholeNumberField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: Trunk | None) -> None:  # noqa: ANN401 - Django's
        key = row.key if row is not None else None
        config = row.config if row is not None else as_trunk({"host": "x"})
        said: dict[str, object] = {name: getattr(config, name) for name in config.__struct_fields__}
        said |= {
            "host": config.host if row is not None else "",
            "port": config.port or "",
            "networks": "\n".join(config.networks),
            "codecs": list(config.codecs),
            "version": row.version if row is not None else 0,
        }
        self.has_password = bool(row.sealed) if row is not None else False
        super().__init__(data, key=key, names=row.name if row is not None else None, initial=said)
        self._config = config
        if self.has_password:
            self.fields["password"].help_text = label("trunks.password.kept")

    @property
    def name_fields(self) -> list[forms.BoundField]:
        """The name in each language."""
        return [self[f"name_{code}"] for code in LANGUAGES]

    def field_for(self, name: str) -> str | None:
        """Where the errors of the domain's fields belong."""
        first = name.split(".", maxsplit=1)[0].partition("[")[0]
        found = {"credentials": "username", "trunks": "host"}.get(first, first if first in self.fields else None)
        return found or super().field_for(name)

    def draft(self) -> TrunkDraft:
        """What the valid form says; raises `telephony.bad_field`."""
        given = self.cleaned_data
        plain = {
            name: given[name]
            for name in ("order", "transport", "srtp", "registers", "dials", "max_calls", "qualify_seconds", "codecs")
        }
        config = as_trunk({
            **{name: list(value) if isinstance(value := getattr(self._config, name), tuple) else value
               for name in ("identity", "dtmf", "nodes")},
            **plain,
            "host": to_ascii(strip_invisible(given["host"])).strip(),
            "port": given["port"] or 0,
            "username": strip_invisible(given["username"]).strip(),
            "networks": lines(given["networks"]),
            "country": to_ascii(strip_invisible(given["country"])).strip().removeprefix("+"),
        })  # fmt: skip
        password = given["password"]
        if not config.username:
            password = ""
        elif not password and self.has_password:
            password = None
        return TrunkDraft(self.names(), config, password)


def telephone_field(name: str, help_text: str, *, required: bool = True) -> forms.CharField:
    """A telephone number as people write it, in any digits."""
    return forms.CharField(
        max_length=60, required=required, label=label(name), help_text=label(help_text),
        widget=forms.TextInput(attrs={**LTR, "inputmode": "tel"}),
    )  # fmt: skip


def lines(text: str) -> list[str]:
    """What stands on the lines of a text, or between commas; Latin digits."""
    plain = to_ascii(strip_invisible(text)).replace(",", "\n").replace("،", "\n").replace(";", "\n")
    return [line.strip() for line in plain.split("\n") if line.strip()]


def in_words(names: dict[str, str], key: str) -> str:
    """A name with its key, where there is a name."""
    return words(names) if names else key


def spoken(codes: Sequence[str]) -> str:
    """Languages by name."""
    comma = "، " if language() == "fa" else ", "
    return comma.join(f"\u2068{NAMES.get(code, code)}\u2069" for code in codes)  # type: ignore[call-overload]


def _order(code: str, first: str) -> tuple[bool, int]:
    return (code != first, LANGUAGES.index(code) if code in LANGUAGES else len(LANGUAGES))


def _number_initial(row: Number | None) -> dict[str, object]:
    if row is None:
        return {"version": 0}
    return {
        "client": row.client.key,
        "flow": row.flow.key,
        "last_resort": row.last_resort.key,
        "languages": row.languages,
        "first_language": row.languages[0] if row.languages else "",
        "recorded": row.recorded,
        "trunks": list(row.trunks.values_list("key", flat=True)),
        "also": "\n".join(row.also),
        "version": row.version,
    }
