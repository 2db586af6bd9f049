"""Writes of organisations and clients."""

from collections.abc import Mapping

from django.db import connection

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Client, Organisation
from pasokh.office.tenancy.rules import check_organisation_id
from pasokh.store import sync


def do_create_organisation(
    organisation: str, name: Mapping[str, str], *, zone: str, language: str, actor: str = "system"
) -> Organisation:
    """Create an organisation, its own client, and its shard, in one transaction."""
    check_organisation_id(organisation)
    with scope.organisation_scope(organisation):
        if Organisation.objects.filter(pk=organisation).exists():
            raise PasokhError("tenancy.organisation_exists", field="id", organisation=organisation)
        created = Organisation.objects.create(
            id=organisation, name=dict(name), zone=zone, language=language, created_at=clock.now()
        )
        Client.objects.create(organisation=created, key="own", name=dict(name))
        with connection.cursor() as cursor:
            sync.open_shard(cursor, organisation, organisation)
        do_record_change(
            actor, "organisation.create", f"organisation:{organisation}", None, {"name": dict(name), "zone": zone}
        )
    return created
