"""The form of the address that mails come from."""

from typing import Any

from django import forms
from django.conf import settings

from pasokh.office.fields import LineField, RefusableForm, label
from pasokh.office.post.models import Sender


def _address(**kwargs: Any) -> forms.CharField:  # noqa: ANN401 - Django's
    attributes = {"dir": "ltr", "inputmode": "email", "autocapitalize": "none", "autocomplete": "off"}
    return forms.CharField(required=False, max_length=254, widget=forms.TextInput(attrs=attributes), **kwargs)


class SenderForm(RefusableForm):
    """Address, name, where answers go."""

    address = _address(label=label("field.post_address"))
    name = LineField(
        required=False, max_length=200, label=label("field.post_name"), help_text=label("field.post_name.help")
    )
    reply_to = _address(label=label("field.post_reply_to"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, sender: Sender | None) -> None:  # noqa: ANN401 - Django's
        known: dict[str, str | int] = {"version": 0}
        if sender is not None:
            known |= {"address": sender.address, "name": sender.name, "reply_to": sender.reply_to}
            known["version"] = sender.changed_at
        super().__init__(data, initial=known)
        self.fields["address"].help_text = label("field.post_address.help", default=settings.CONFIGURATION.mail_from)
