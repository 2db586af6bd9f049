"""Writes of organisations and clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from pasokh.i18n.dates import zone
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Client, Organisation
from pasokh.office.tenancy.rules import (
    LONGEST_GREETING,
    LONGEST_NAME,
    OWN_CLIENT,
    check_client_key,
    check_organisation_id,
    cleaned_colour,
)
from pasokh.store import sync


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """What an administrator says of the organisation."""

    names: Mapping[str, str]
    zone: str
    language: str
    colour: str = ""


_FOUNDING: list[Callable[[], None]] = []


def at_founding(step: Callable[[], None]) -> None:
    """Let a feature give every new organisation what it begins with; called in its scope and transaction."""
    _FOUNDING.append(step)


def do_create_organisation(
    organisation: str, name: Mapping[str, str], *, zone: str, language: str, actor: str = "system"
) -> Organisation:
    """Create an organisation, its own client, and its shard, in one transaction; raises what its name's rules do."""
    check_organisation_id(organisation)
    name = _names(name)
    with scope.organisation_scope(organisation):
        if Organisation.objects.filter(pk=organisation).exists():
            raise PasokhError("tenancy.organisation_exists", field="id", organisation=organisation)
        created = Organisation.objects.create(
            id=organisation, name=name, zone=zone, language=language, created_at=clock.now()
        )
        Client.objects.create(organisation=created, key=OWN_CLIENT, name=name)
        for step in _FOUNDING:
            step()
        with connection.cursor() as cursor:
            sync.open_shard(cursor, organisation, organisation)
        do_record_change(
            actor, "organisation.create", f"organisation:{organisation}", None, {"name": name, "zone": zone}
        )
    return created


@transaction.atomic
def do_change_organisation(actor: str, draft: OrganisationDraft) -> Organisation:
    """Change the organisation of the scope.

    Raises `setup.no_name`, `time_zone.unknown`, `setup.unknown_language`, `setup.bad_colour`.
    """
    row = Organisation.objects.select_for_update().get(pk=scope.required())
    before = _described(row)
    try:
        zone(draft.zone)
    except PasokhError as error:
        raise PasokhError(error.code, **{**error.params, "field": "zone"}) from error
    if draft.language not in LANGUAGES:
        raise PasokhError("setup.unknown_language", field="language", value=draft.language[:16])
    row.name, row.zone = _names(draft.names), draft.zone
    row.language, row.colour = draft.language, cleaned_colour(draft.colour)
    if _described(row) != before:
        row.save()
        do_record_change(actor, "organisation.change", f"organisation:{row.pk}", before, _described(row))
    return row


@transaction.atomic
def do_save_client(actor: str, key: str, names: Mapping[str, str], greeting: Mapping[str, str] | None = None) -> Client:
    """Create a client business, or change its name and what its calls are answered with (None = as it is).

    Raises `setup.bad_key`, `setup.no_name`, `setup.long_name`, `client.long_greeting`.
    """
    check_client_key(key)
    row = Client.objects.select_for_update().filter(key=key).first()
    before = _client_said(row) if row else None
    row = row or Client(organisation_id=scope.required(), key=key)
    row.name = _names(names)
    if greeting is not None:
        row.greeting = _greeting(greeting)
    if before != _client_said(row):
        row.save()
        do_record_change(actor, "client.save", f"client:{key}", before, _client_said(row))
    return row


def _client_said(row: Client) -> dict[str, object]:
    return {"name": row.name, "greeting": row.greeting}


def _greeting(given: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {language: normalise(given.get(language, "")) for language in LANGUAGES}
    for language, text in kept.items():
        if len(text) > LONGEST_GREETING:
            raise PasokhError("client.long_greeting", field=f"greeting_{language}", longest=LONGEST_GREETING)
    return {language: text for language, text in kept.items() if text}


@transaction.atomic
def do_archive_client(actor: str, key: str) -> None:
    """Put a client away; raises `setup.own_client`, and `setup.client_in_use` while a queue belongs to it."""
    row = known_client(key)
    if key == OWN_CLIENT:
        raise PasokhError("setup.own_client", field="client")
    queue = row.queues.order_by("key").values_list("key", flat=True).first()
    if queue is not None:
        raise PasokhError("setup.client_in_use", field="client", queue=queue)
    Client.objects.filter(pk=row.pk).update(archived_at=clock.now())
    do_record_change(actor, "client.archive", f"client:{key}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_client(actor: str, key: str) -> None:
    """Take a client back into use."""
    row = known_client(key)
    if row.archived_at:
        Client.objects.filter(pk=row.pk).update(archived_at=0)
        do_record_change(actor, "client.restore", f"client:{key}", {"archived": True}, {"archived": False})


def known_client(key: str) -> Client:
    """The client, locked; raises `setup.unknown_client`."""
    row = Client.objects.select_for_update().filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("setup.unknown_client", field="client", value=key[:60])
    return row


def _names(names: Mapping[str, str]) -> dict[str, str]:
    """Names in one spelling, one a language at least; raises `setup.no_name`, `setup.long_name`."""
    kept: dict[str, str] = {language: normalise(names[language]) for language in LANGUAGES if names.get(language)}
    kept = {language: name for language, name in kept.items() if name}
    if not kept:
        raise PasokhError("setup.no_name", field="name")
    for language, name in kept.items():
        if len(name) > LONGEST_NAME:
            raise PasokhError("setup.long_name", field=f"name_{language}", longest=LONGEST_NAME)
    return kept


def _described(row: Organisation) -> dict[str, object]:
    return {"name": row.name, "zone": row.zone, "language": row.language, "colour": row.colour}
