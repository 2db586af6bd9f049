"""Reads of ways in."""

from dataclasses import dataclass

from pasokh.office import clock
from pasokh.office.account.models import Browser, Credentials, Identity, Invitation, Passkey, SignInPolicy, SignOn
from pasokh.office.account.rules import SESSION_LIFE, Duty
from pasokh.office.people.models import User
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can show besides a password, and whether their role has to."""

    one_time: bool
    passkeys: int
    recovery_codes: int
    demanded: bool

    @property
    def second_step(self) -> bool:
        """Whether a password alone does not let them in."""
        return self.one_time or (self.demanded and self.passkeys > 0)

    @property
    def enough(self) -> bool:
        """Whether they have what their role demands."""
        return not self.demanded or self.one_time or self.passkeys > 0


def credentials_of(user: User, *, lock: bool = False) -> Credentials:
    """The person's credentials; an unsaved row with nothing where none were kept."""
    rows = Credentials.objects.select_for_update() if lock else Credentials.objects
    return rows.filter(user=user).first() or Credentials(organisation_id=scope.required(), user=user)


def factors_of(user: User) -> Factors:
    """What the person can show."""
    kept = credentials_of(user)
    return Factors(
        one_time=bool(kept.one_time_secret),
        passkeys=Passkey.objects.filter(user=user).count(),
        recovery_codes=len(kept.recovery),
        demanded=user.role in demanded_roles(),
    )


def demanded_roles() -> list[str]:
    """Roles that need a second factor."""
    return list(SignInPolicy.objects.values_list("demanded_of", flat=True).first() or [])


def duty_of(user: User) -> str:
    """What the person has to do before anything else; empty = nothing."""
    if credentials_of(user).must_change_password and user.has_usable_password():
        return Duty.PASSWORD.value
    return "" if factors_of(user).enough else Duty.SECOND_FACTOR.value


def passkeys_of(user: User) -> list[Passkey]:
    """The person's passkeys, the oldest first."""
    return list(Passkey.objects.filter(user=user).order_by("id"))


def browsers_of(user: User) -> list[Browser]:
    """Where the person is signed in, the latest seen first."""
    rows = Browser.objects.filter(user=user, since__gt=clock.now() - SESSION_LIFE)
    return list(rows.order_by("-seen_at", "-id"))


def has_identity(user: User) -> bool:
    """Whether the person has come in by single sign-on."""
    return Identity.objects.filter(user=user).exists()


def sign_on() -> SignOn | None:
    """The organisation's provider, on or off."""
    return SignOn.objects.first()


def invitations(before: int | None, most: int) -> list[Invitation]:
    """The latest invitations, those with ids below `before`."""
    rows = Invitation.objects.order_by("-id")
    return list((rows if before is None else rows.filter(id__lt=before))[:most])
