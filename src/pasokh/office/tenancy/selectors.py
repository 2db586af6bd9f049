"""Reads of the scope's organisation."""

from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Organisation


def own_organisation() -> Organisation:
    """The organisation of the open scope."""
    return Organisation.objects.get(pk=scope.required())
