"""The form of the dial policy: where calls may go, in words people understand."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError

from pasokh.i18n.countries import calling_code, countries
from pasokh.i18n.digits import localise, to_ascii
from pasokh.i18n.languages import as_language
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, text_of
from pasokh.office.fields import RefusableForm, WholeNumberField, label
from pasokh.office.telephony.compiled import DialConfig
from pasokh.office.telephony.forms import LTR, lines, telephone_field
from pasokh.office.telephony.money import CURRENCIES, read_amount, typed_amount
from pasokh.office.telephony.rules import as_dial, emergency_numbers
from pasokh.telephony.dial import ORDINARY, Price, read_number

KINDS = ("fixed", "mobile", "free", "shared", "voip", "uan", "personal", "pager", "voicemail", "premium", "satellite")
"""As people choose them; a number that may be either of the first two goes with both."""
NEAR = {
    "fa": ("IR", "AF", "TJ", "IQ", "TR", "AE", "DE"),
    "uk": ("UA", "PL", "MD", "RO", "DE", "CZ"),
    "en": ("GB", "US"),
}
MINUTES = 1_440
_PRICE = re.compile(r"(\+?[0-9][0-9 ()\-]*?)\s+([0-9][0-9.,\u066b\u066c]*)(?:\s+([0-9]{1,5})/([0-9]{1,5}))?")
"""A beginning, what a minute costs, and in which steps of seconds time is paid."""
_LONGEST_STEP = 3_600


class AmountField(forms.CharField):
    """An amount of money in any digits, as millionths; empty = None."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(required=False, max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """The millionths."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return read_amount(text, "amount")
        except PasokhError as error:
            raise ValidationError(text_of(error)) from error


class DialForm(RefusableForm):
    """Countries, kinds of numbers, exceptions, caps, what it may cost, and what callers get without an engine."""

    region = forms.ChoiceField(label=label("dial.region"), help_text=label("dial.region.help"))
    countries = forms.MultipleChoiceField(
        required=False, label=label("dial.countries"), widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        required=False, label=label("dial.kinds"), choices=[(kind, label(f"dial.kind.{kind}")) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    exactly = forms.CharField(
        required=False, max_length=20_000, label=label("dial.exactly"), help_text=label("dial.exactly.help"),
        widget=forms.Textarea(attrs={**LTR, "rows": 3}),
    )  # fmt: skip
    denied = forms.CharField(
        required=False, max_length=20_000, label=label("dial.denied_prefixes"), help_text=label("dial.denied.help"),
        widget=forms.Textarea(attrs={**LTR, "rows": 3, "placeholder": "+98909"}),
    )  # fmt: skip
    max_calls = WholeNumberField(most=100_000, label=label("dial.max_calls"))
    max_minutes = WholeNumberField(least=1, most=MINUTES, label=label("dial.max_minutes"))
    max_forwards = WholeNumberField(
        most=10, label=label("dial.max_forwards"), help_text=label("dial.max_forwards.help")
    )
    currency = forms.ChoiceField(label=label("dial.currency"))
    spend_a_day = AmountField(label=label("dial.spend_a_day"), help_text=label("dial.spend.help"))
    spend_a_month = AmountField(label=label("dial.spend_a_month"))
    calendar = forms.ChoiceField(
        label=label("dial.calendar"),
        choices=[("jalali", label("dial.calendar.jalali")), ("gregorian", label("dial.calendar.gregorian"))],
    )  # fmt: skip
    cut = forms.BooleanField(required=False, label=label("dial.cut"), help_text=label("dial.cut.help"))
    prices = forms.CharField(
        required=False, max_length=20_000, label=label("dial.prices"), help_text=label("dial.prices.help"),
        widget=forms.Textarea(attrs={**LTR, "rows": 3, "placeholder": "+9821 350 60/60"}),
    )  # fmt: skip
    caller_id = forms.ChoiceField(required=False, label=label("dial.caller_id"))
    held_minutes = WholeNumberField(most=120, label=label("dial.held_minutes"), help_text=label("dial.held.help"))
    overflow = telephone_field("dial.overflow", "dial.overflow.help", required=False)
    version = WholeNumberField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        config: DialConfig,
        version: int,
        numbers: Sequence[tuple[str, str]],
    ) -> None:
        policy = config.policy
        super().__init__(
            data,
            initial={
                "region": policy.region,
                "countries": list(policy.countries),
                "kinds": [kind for kind in KINDS if kind in policy.kinds],
                "exactly": "\n".join(policy.exactly),
                "denied": "\n".join(policy.denied),
                "max_calls": policy.max_calls,
                "max_minutes": -(-policy.max_seconds // 60),
                "max_forwards": policy.max_forwards,
                "currency": policy.currency,
                "spend_a_day": None if policy.spend_a_day is None else typed_amount(policy.spend_a_day),
                "spend_a_month": None if policy.spend_a_month is None else typed_amount(policy.spend_a_month),
                "calendar": policy.calendar,
                "cut": policy.cut,
                "prices": "\n".join(_typed_price(each) for each in policy.prices),
                "caller_id": config.caller_id,
                "held_minutes": config.held.minutes,
                "overflow": f"+{config.held.overflow}" if config.held.overflow else "",
                "version": version,
            },
        )
        self._config = config
        spoken = as_language(language()) or "en"
        named = [(code, f"{name} ({localise(calling_code(code), spoken)})") for code, name in countries(spoken)]
        near = list(dict.fromkeys((*policy.countries, *NEAR[spoken])))
        first = [pair for code in near for pair in named if pair[0] == code]
        rest = [pair for pair in named if pair[0] not in near]
        for name, choices in (
            ("region", [*first, *rest]),
            ("countries", [*first, *rest]),
            ("caller_id", [("", label("dial.caller_id.first")), *numbers]),
            (
                "currency",
                [
                    (code, label(f"money.{code}") if code in CURRENCIES else code)
                    for code in dict.fromkeys((*CURRENCIES, policy.currency))
                ],
            ),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField | forms.MultipleChoiceField):
                field.choices = choices

    def field_for(self, name: str) -> str | None:
        """Where the errors of the domain's fields belong."""
        parts = [part.partition("[")[0] for part in name.split(".")]
        known = {"max_seconds": "max_minutes", "held": "overflow", "number": "overflow"}
        for part in reversed(parts):
            if (found := known.get(part, part)) in self.fields:
                return found
        return None

    def config(self) -> DialConfig:
        """What the valid form says; raises `telephony.bad_field`, ``dial.*``."""
        given = self.cleaned_data
        region = given["region"]
        kinds = [kind for kind in KINDS if kind in given["kinds"]]
        if "fixed" in kinds or "mobile" in kinds:
            kinds.append("fixed_or_mobile")
        old = self._config
        minutes = given["max_minutes"]
        kept = -(-old.policy.max_seconds // 60) == minutes
        policy = {
            **msgspec.to_builtins(old.policy),
            "region": region,
            "countries": given["countries"],
            "kinds": sorted(kinds, key=[*ORDINARY, *KINDS].index),
            "exactly": [_number(text, region, "exactly") for text in lines(given["exactly"])],
            "denied": [_prefix(text, "denied") for text in lines(given["denied"])],
            "max_calls": given["max_calls"],
            "max_seconds": old.policy.max_seconds if kept else minutes * 60,
            "max_forwards": given["max_forwards"],
            "currency": given["currency"],
            "calendar": given["calendar"],
            "cut": given["cut"],
            "spend_a_day": given["spend_a_day"],
            "spend_a_month": given["spend_a_month"],
            "prices": [_price(text) for text in lines(given["prices"])],
        }
        overflow = _number(given["overflow"], region, "overflow").removeprefix("+") if given["overflow"] else ""
        return as_dial({
            **msgspec.to_builtins(old),
            "policy": policy,
            "emergency": list(old.emergency) if region == old.policy.region else list(emergency_numbers(region)),
            "caller_id": given["caller_id"],
            "held": {**msgspec.to_builtins(old.held), "minutes": given["held_minutes"], "overflow": overflow},
        })  # fmt: skip


def _number(text: str, region: str, field: str) -> str:
    try:
        return read_number(text, region).number
    except PasokhError as error:
        raise PasokhError(error.code, **{**error.params, "field": field}) from error


def _prefix(text: str, field: str) -> str:
    plain = to_ascii(strip_invisible(text)).translate({ord(c): None for c in " -().*"})
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    if not plain.startswith("+") or not plain[1:].isdigit() or plain[1] == "0" or len(plain) > 16:
        raise PasokhError("dial.bad_prefix", field=field, value=text[:40])
    return plain


def _price(text: str) -> dict[str, object]:
    found = _PRICE.fullmatch(to_ascii(strip_invisible(text)).strip())
    if found is None:
        raise PasokhError("dial.bad_price", field="prices", value=text[:40])
    prefix, amount, first, step = found.groups()
    spans = [int(span) if span else None for span in (first, step)]
    if any(span is not None and not 1 <= span <= _LONGEST_STEP for span in spans):
        raise PasokhError("dial.bad_price", field="prices", value=text[:40])
    return {
        "prefix": _prefix(prefix, "prices"), "a_minute": read_amount(amount, "prices"),
        "first_s": spans[0] or 60, "step_s": spans[1] or 60,
    }  # fmt: skip


def _typed_price(price: Price) -> str:
    steps = "" if (price.first_s, price.step_s) == (60, 60) else f" {price.first_s}/{price.step_s}"
    return f"{price.prefix} {typed_amount(price.a_minute)}{steps}"
