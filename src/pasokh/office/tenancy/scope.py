"""Which organisation the running code acts for. Two fences hang on it: the ORM manager's, and the database's."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections, transaction

from pasokh.kernel.errors import PasokhError

_current: ContextVar[str | None] = ContextVar("pasokh_organisation", default=None)


def current() -> str | None:
    """The organisation of the open scope, or None outside."""
    return _current.get()


def required() -> str:
    """The organisation of the open scope; raises `tenancy.no_scope` outside."""
    org = _current.get()
    if org is None:
        raise PasokhError("tenancy.no_scope")
    return org


@contextmanager
def organisation_scope(org: str, using: str = "default") -> Iterator[None]:
    """One transaction in which only rows of `org` exist; the setting ends with it, so no pool can leak it.

    A scope within a scope of the same organisation is a savepoint; of another one raises `tenancy.other_scope`.
    """
    outer = _current.get()
    if not org or (outer is not None and outer != org):
        raise PasokhError("tenancy.other_scope", organisation=org)
    token = _current.set(org)
    try:
        with transaction.atomic(using=using):
            if outer is None:
                set_local("app.org", org, using)
            yield
    finally:
        _current.reset(token)


def set_local(name: str, value: str, using: str = "default") -> None:
    """Set a parameter for the running transaction only; raises `tenancy.no_transaction` outside of one."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise PasokhError("tenancy.no_transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
