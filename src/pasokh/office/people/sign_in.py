"""From a name to a person before any organisation is known; the doors themselves are in `account`.

Row-level security hides every user until the organisation is set, which only the user's row tells. So there is one
narrow door: the policy `lookup_username` on `people_user` shows a transaction the one row whose username it names in
`app.login`. Nothing else of the organisation can be read that way, and the request role can do no more than that.
"""

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from pasokh.office.people.models import User
from pasokh.office.tenancy import scope


class OrganisationBackend(BaseBackend):
    """Finds users within the scope's organisation; used by Django's sessions."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        username: str | None = None,
        password: str | None = None,
        **kwargs: object,  # noqa: ARG002
    ) -> User | None:
        """The active user with this name and password, in the open scope; takes as long for an unknown one."""
        user = User.objects.filter(username=username or "").first() if scope.current() else None
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password or "") and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The active user with this id, in the open scope."""
        if scope.current() is None:
            return None
        user = User.objects.select_related("organisation").filter(pk=user_id).first()
        return user if user is not None and user.is_active else None


def organisation_of(username: str) -> str | None:
    """The organisation of a username, through the policy's narrow door."""
    if not username:
        return None
    with transaction.atomic():
        scope.set_local("app.login", username)
        return User.unfenced.filter(username=username).values_list("organisation_id", flat=True).first()
