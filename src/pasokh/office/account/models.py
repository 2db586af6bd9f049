"""What is kept of ways in: factors, passkeys, signed-in browsers, links from mails, invitations, single sign-on.

Every row belongs to an organisation and is fenced. Before one is known, the database shows a transaction the single row
whose passkey id, token hash or domain it names (see migration 0002).
"""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.people.models import User
from pasokh.office.tenancy.models import TenantManager, TenantModel


class Credentials(TenantModel):
    """What a person proves who they are with, besides the password hash in `people_user`."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="credentials")
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.BigIntegerField(default=0)
    """0 = since the person was made."""
    one_time_secret = models.TextField(default="")
    """The authenticator app's secret, sealed; empty = none."""
    one_time_since = models.BigIntegerField(default=0)
    one_time_step = models.BigIntegerField(default=0)
    """The last step whose code was used: each is good once."""
    recovery = models.JSONField(default=list)
    """Keyed hashes of the unused recovery codes."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return str(self.user_id)


class Passkey(TenantModel):
    """A WebAuthn credential."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential = models.CharField(max_length=1400, unique=True)
    """The credential's id, base64url."""
    public = models.BinaryField()
    """Attested credential data: AAGUID, id, COSE public key."""
    counter = models.BigIntegerField(default=0)
    name = models.CharField(max_length=80)
    created_at = models.BigIntegerField()
    used_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unfenced: ClassVar[models.Manager["Passkey"]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class Browser(TenantModel):
    """A browser somebody is signed in with. Its session carries the mark; without this row the session is over."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browsers")
    mark = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80, default="")
    address = models.CharField(max_length=60, default="")
    how = models.CharField(max_length=20)
    """`password`, `passkey`, `sso`, with `+code`, `+passkey` or `+recovery` for a second step."""
    since = models.BigIntegerField()
    seen_at = models.BigIntegerField()
    duty = models.CharField(max_length=20, default="")
    """A `Duty` that comes before everything else; empty = none."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["user", "-seen_at"], name="browser_of")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.device}"


class Ticket(TenantModel):
    """A link from a mail: good once, until it expires."""

    kind = models.CharField(max_length=10)
    """A `TicketKind`."""
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tickets")
    address = models.CharField(max_length=254, default="")
    """The new mail address, for `mail`."""
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    used_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unfenced: ClassVar[models.Manager["Ticket"]] = models.Manager()
    """For links, before a scope exists: there the database alone decides what is seen."""

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class Invitation(TenantModel):
    """Somebody who is asked to join."""

    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=60)
    language = models.CharField(max_length=8, default="en")
    queues = models.JSONField(default=list)
    """Keys of the queues the person will serve."""
    invited_by = models.CharField(max_length=80)
    created_at = models.BigIntegerField()
    sent_at = models.BigIntegerField()
    sent = models.PositiveIntegerField(default=1)
    """How many times."""
    expires_at = models.BigIntegerField()
    accepted_at = models.BigIntegerField(default=0)
    accepted_as = models.CharField(max_length=60, default="")
    withdrawn_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unfenced: ClassVar[models.Manager["Invitation"]] = models.Manager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        indexes: ClassVar = [models.Index(fields=["organisation", "-id"], name="invitation_latest")]

    def __str__(self) -> str:
        return self.email


class SignInPolicy(TenantModel):
    """What the organisation asks of those who sign in."""

    demanded_of = models.JSONField(default=list)
    """Roles that need a second factor."""
    changed_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation"], name="one_sign_in_policy")]

    def __str__(self) -> str:
        return self.organisation_id


class SignOn(TenantModel):
    """The organisation's OpenID Connect provider."""

    is_on = models.BooleanField(default=False)
    issuer = models.CharField(max_length=300)
    client = models.CharField(max_length=300)
    secret = models.TextField(default="")
    """Sealed; empty = a public client."""
    domains = models.JSONField(default=list)
    """Mail domains whose people may come in this way."""
    makes_people = models.BooleanField(default=False)
    """Somebody unknown with an allowed address gets an account at their first sign-in."""
    role = models.CharField(max_length=60, default="agent")
    """What they become."""
    changed_at = models.BigIntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation"], name="one_sign_on")]

    def __str__(self) -> str:
        return self.issuer


class SignOnDomain(TenantModel):
    """Which organisation a mail domain leads to, when somebody signs in by address."""

    domain = models.CharField(max_length=253, unique=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unfenced: ClassVar[models.Manager["SignOnDomain"]] = models.Manager()

    def __str__(self) -> str:
        return self.domain


class Identity(TenantModel):
    """A person as the provider knows them: found by this from the second sign-in on, whatever their address becomes."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    since = models.BigIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "issuer", "subject"], name="identity_once")
        ]

    def __str__(self) -> str:
        return self.subject
