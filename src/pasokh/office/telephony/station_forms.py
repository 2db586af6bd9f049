"""The form of a person's telephone."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from django import forms

from pasokh.office.fields import LineField, RefusableForm, WholeNumberField, label
from pasokh.office.supervise.rules import LONGEST_NAME
from pasokh.office.telephony.compiled import StationKind
from pasokh.office.telephony.forms import LTR, lines, telephone_field
from pasokh.office.telephony.models import Station
from pasokh.office.telephony.rules import StationDraft, as_station

KINDS = ("webrtc", "desk", "mobile")


class StationForm(RefusableForm):
    """Whose telephone, of which kind; a desk phone's security, a mobile's number."""

    user = forms.ChoiceField(label=label("stations.person"))
    kind = forms.ChoiceField(
        label=label("stations.kind"), choices=[(kind, label(f"stations.kind.{kind}")) for kind in KINDS]
    )
    name = LineField(
        required=False, max_length=LONGEST_NAME, label=label("stations.name"), help_text=label("stations.name.help"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    number = telephone_field("stations.number", "stations.number.help", required=False)
    transport = forms.ChoiceField(
        label=label("trunks.transport"), help_text=label("stations.transport.help"),
        choices=[(each, label(f"trunks.transport.{each}")) for each in ("tls", "tcp", "udp")],
    )  # fmt: skip
    srtp = forms.BooleanField(required=False, label=label("trunks.srtp"), help_text=label("trunks.srtp.help"))
    networks = forms.CharField(
        required=False, max_length=2_000, label=label("stations.networks"), help_text=label("stations.networks.help"),
        widget=forms.Textarea(attrs={**LTR, "rows": 2, "placeholder": "192.0.2.0/24"}),
    )  # fmt: skip
    auto_answer = forms.BooleanField(
        required=False, label=label("stations.auto_answer"), help_text=label("stations.auto_answer.help")
    )
    whisper = forms.BooleanField(
        required=False, label=label("stations.whisper"), help_text=label("stations.whisper.help")
    )
    version = WholeNumberField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        row: Station | None,
        people: Sequence[tuple[str, str]],
        kind: str = "webrtc",
        person: str = "",
    ) -> None:
        config = row.config if row is not None else as_station({})
        super().__init__(
            data,
            initial={
                "user": row.user.username if row is not None else person,
                "kind": row.kind if row is not None else kind,
                "name": row.name if row is not None else "",
                "number": f"+{row.number}" if row is not None and row.number else "",
                "transport": config.transport,
                "srtp": config.srtp,
                "networks": "\n".join(config.networks),
                "auto_answer": config.auto_answer,
                "whisper": config.whisper,
                "version": row.version if row is not None else 0,
            },
        )
        if row is not None:
            del self.fields["kind"]
        self._row, self._config = row, config
        field = self.fields["user"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(people)

    def field_for(self, name: str) -> str | None:
        """Where the errors of the domain's fields belong."""
        first = name.split(".", maxsplit=1)[0].partition("[")[0]
        return {"key": "user"}.get(first, first if first in self.fields else None)

    def draft(self) -> StationDraft:
        """What the valid form says; raises `telephony.bad_field`."""
        given = self.cleaned_data
        kind = cast("StationKind", self._row.kind if self._row is not None else given["kind"])
        config = self._config
        if kind == "desk":
            config = as_station({
                "transport": given["transport"], "srtp": given["srtp"], "networks": lines(given["networks"]),
                "codecs": list(config.codecs),
            })  # fmt: skip
        answers = given["auto_answer"] and kind != "mobile"  # no carrier asks somebody's mobile to answer by itself
        config = msgspec.structs.replace(config, auto_answer=answers, whisper=given["whisper"])
        return StationDraft(given["user"], kind, given["name"], given["number"], config)
