"""The outbox of mails and the address an organisation sends from."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.post.rules import MailState
from pasokh.office.tenancy.models import TenantManager, TenantModel


class Mail(TenantModel):
    """One outgoing mail. Its text is erased once it is sent: it may hold a link that opens something."""

    key = models.CharField(max_length=160)
    """The caller's: the same key is the same mail."""
    message_id = models.CharField(max_length=200)
    """Derived from the key, so that a mail sent twice can be known as one by whoever receives it."""
    recipient = models.EmailField(max_length=254)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=250)
    text = models.TextField(default="")
    html = models.TextField(default="")
    state = models.CharField(max_length=12, default=MailState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.BigIntegerField()
    """When it is tried next; while it is being sent, when another process may try it again."""
    created_at = models.BigIntegerField()
    sent_at = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=400, default="", blank=True)
    """What the mail server, or the way to it, last said against it."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="mail_key")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=["waiting", "sending"]), name="mail_due"),
            models.Index(fields=["organisation", "-id"], name="mail_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"


class MailFile(TenantModel):
    """A file that goes with a mail; erased with the mail's text once that is sent or given up for good."""

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        pass

    def __str__(self) -> str:
        return self.name


class Sender(TenantModel):
    """Where an organisation's mails say they come from; without a row, the installation's address."""

    address = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, default="", blank=True)
    """Shown beside the address; empty = the organisation's name."""
    reply_to = models.EmailField(max_length=254, default="", blank=True)
    changed_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation"], name="sender_once")]

    def __str__(self) -> str:
        return self.address


class Letter(TenantModel):
    """A message left to be answered by e-mail, as long as it is open: where its answers go."""

    interaction = models.CharField(max_length=80)
    contact = models.CharField(max_length=80)
    address = models.EmailField(max_length=254)
    language = models.CharField(max_length=16, default="", blank=True)
    asked = models.TextField(default="", blank=True)
    """What the customer wrote; an answer quotes it."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "interaction"], name="letter_once")]

    def __str__(self) -> str:
        return self.interaction
