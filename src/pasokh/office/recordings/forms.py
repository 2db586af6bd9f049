"""The form of a rule about recordings."""

from typing import Any

from django import forms

from pasokh.i18n.catalogue import message
from pasokh.office.errors import language
from pasokh.office.fields import RefusableForm, WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.recordings.models import Rule
from pasokh.office.supervise.selectors import all_queues
from pasokh.office.tenancy.models import Client
from pasokh.telephony.recording.rules import LONGEST_DAYS, Consent, Policy


class RuleForm(RefusableForm):
    """For whom, whether, what callers hear, how long, who listens."""

    target = forms.ChoiceField(label=label("recordings.rule.target"))
    record = forms.BooleanField(required=False, label=label("recordings.rule.record"))
    consent = forms.ChoiceField(
        label=label("recordings.rule.consent"),
        choices=[(each.value, label(f"recordings.consent_rule.{each.value}")) for each in Consent],
        help_text=label("recordings.rule.consent.help"),
    )
    retention_days = WholeNumberField(least=1, most=LONGEST_DAYS, label=label("recordings.rule.days"))
    own = forms.BooleanField(required=False, label=label("recordings.rule.own"))

    def __init__(self, data: Any = None, row: Rule | None = None) -> None:  # noqa: ANN401 - Django's
        initial = {
            "target": f"{row.client}/{row.queue}" if row is not None else "",
            "record": row.record if row is not None else True,
            "consent": row.consent if row is not None else Consent.ANNOUNCE.value,
            "retention_days": row.retention_days if row is not None else 180,
            "own": row.own if row is not None else False,
        }
        super().__init__(data, initial=initial)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = targets()
        if row is not None:
            field.disabled = True

    def asked(self) -> tuple[str, str, Policy]:
        """What the valid form says: client, queue, policy."""
        given = self.cleaned_data
        client, _, queue = given["target"].partition("/")
        return client, queue, Policy(
            record=given["record"], consent=Consent(given["consent"]), retention_days=given["retention_days"] or 0,
            own=given["own"],
        )  # fmt: skip

    def field_for(self, name: str) -> str | None:
        """Client and queue are chosen as one."""
        return "target" if name in {"client", "queue"} else None


def targets() -> list[tuple[str, str]]:
    """Everybody, every client, every queue; ``CLIENT/QUEUE`` → words."""
    found = [("/", message("recordings.rule.everybody", language()))]
    queues = all_queues()
    for client in Client.objects.filter(archived_at=0).order_by("key"):
        found.append((f"{client.key}/", words(client.name) or client.key))
        found += [
            (f"{client.key}/{queue.key}", f"{words(client.name) or client.key} · {words(queue.name)}")
            for queue in queues
            if queue.client_id == client.pk
        ]
    return found
