"""Sessions in the database, each reachable only by its key: a transaction names one key and sees one row."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction
from django.utils import timezone

from pasokh.office.people.models import Session
from pasokh.office.tenancy.scope import set_local

_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseStore):
    """Django's database sessions behind row-level security on `app.session`."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Our own table."""
        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; empty when it is unknown or expired."""
        if not self.session_key:
            return super().load()
        with transaction.atomic():
            set_local("app.session", self.session_key)
            return super().load()

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        with transaction.atomic():
            set_local("app.session", session_key)
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        """Write the session under its key."""
        if self.session_key is None:
            self.create()
            return
        with transaction.atomic():
            set_local("app.session", self.session_key)
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session."""
        key = session_key or self.session_key
        if key is None:
            return
        with transaction.atomic():
            set_local("app.session", key)
            super().delete(key)

    @classmethod
    def clear_expired(cls) -> None:
        """Forget every expired session; a policy of its own shows those to all."""
        Session.objects.filter(expire_date__lt=timezone.now()).delete()

    def _validate_session_key(self, key: str | None) -> bool:
        """Only keys that this class could have made; a cookie may hold anything."""
        return bool(key) and _KEY.fullmatch(str(key)) is not None
