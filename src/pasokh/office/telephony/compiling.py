"""Keeps the compiled document of the scope's organisation true: called last in every change."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

import msgspec
from django.db import connection, transaction
from django.db.models import F
from django.db.models.signals import post_save

from pasokh.flows.nodes import Flow as FlowConfig
from pasokh.flows.surroundings import Prompt as PromptConfig
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.people.models import User
from pasokh.office.telephony import rules
from pasokh.office.telephony.compiled import (
    CompiledNumber,
    CompiledStation,
    CompiledTrunk,
    DialConfig,
    Document,
    Sound,
    StationKind,
    check_document,
    plain,
)
from pasokh.office.telephony.models import (
    BlockedNumber,
    DialPolicy,
    FlowVersion,
    Number,
    PlantDocument,
    Prompt,
    PromptSound,
    Station,
    Trunk,
)
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Client, Organisation

_held: ContextVar[list[bool] | None] = ContextVar("pasokh_compiling", default=None)
_FIRST = """
INSERT INTO telephony_plantdocument (organisation_id, version, changed_at) VALUES (%s, 0, %s)
ON CONFLICT (organisation_id) DO NOTHING
"""


@contextmanager
def compiled_once() -> Iterator[None]:
    """Of all changes within it the document is compiled once, at the end: what is wrong is refused there, all of it."""
    if _held.get() is not None:
        yield
        return
    asked: list[bool] = []
    with transaction.atomic():
        token = _held.set(asked)
        try:
            yield
        finally:
            _held.reset(token)
        if asked:
            recompile()


def recompile() -> None:
    """Bring the document in line with the rows.

    Raises ``site.*`` where a switch could not have it, with ``field`` as the form calls it, and ``what`` it is of.

    Writers of one organisation take turns by the document's row, so that none compiles what another has just changed.
    """
    held = _held.get()
    if held is not None:
        held.append(True)
        return
    org = scope.required()
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [org, clock.now()])
    row = PlantDocument.objects.select_for_update().get(pk=org)
    compiled = compile_document()
    try:
        check_document(compiled)
    except PasokhError as error:
        what, _, name = str(error.params.get("field", "")).partition(".")
        raise PasokhError(
            error.code, **{**error.params, "what": f"{what}.{name}", "field": name.partition(".")[2]}
        ) from error
    document = plain(compiled)
    if row.document != document:
        row.document, row.version, row.changed_at = document, row.version + 1, clock.now()
        row.save()


def compile_document() -> Document:
    """The document the rows stand for."""
    active = Trunk.objects.filter(is_active=True).order_by("key")
    trunks = {row.pk: row for row in active if row.sealed or not row.config.username}
    return Document(
        org=scope.required(),
        zone=Organisation.objects.values_list("zone", flat=True).get(),
        dial=dial_config(),
        trunks=tuple(CompiledTrunk(key=row.site_key, config=row.config, sealed=row.sealed) for row in trunks.values()),
        numbers=_numbers(trunks),
        stations=_stations(),
        clients=dict(Client.objects.order_by("key").values_list("key", "name")),
        flows=published_flows(),
        prompts=prompt_configs(),
        sounds=tuple(
            Sound(key=key, language=language, digest=digest)
            for key, language, digest in PromptSound.objects.order_by("prompt__key", "language").values_list(
                "prompt__key", "language", "digest"
            )
        ),
        blocked=tuple(
            BlockedNumber.objects.exclude(pattern=rules.ANONYMOUS).order_by("pattern").values_list("pattern", flat=True)
        ),
        refuses_anonymous=BlockedNumber.objects.filter(pattern=rules.ANONYMOUS).exists(),
    )


def dial_config() -> DialConfig:
    """Where the organisation may call: nowhere until somebody says so."""
    row = DialPolicy.objects.first()
    if row is not None:
        return row.config
    organisation = Organisation.objects.get()
    return rules.first_dial_config(organisation.zone, organisation.language)


def published_flows() -> dict[str, FlowConfig]:
    """Every flow in use, as published."""
    latest = FlowVersion.objects.filter(flow__archived_at=0, version=F("flow__published"))
    return {
        row.flow.key: msgspec.convert(row.definition, FlowConfig)
        for row in latest.select_related("flow").order_by("flow__key")
    }


def prompt_configs() -> dict[str, PromptConfig]:
    """Every prompt as the checker and the engine know it."""
    recorded: dict[str, set[str]] = {}
    for key, language in PromptSound.objects.values_list("prompt__key", "language"):
        recorded.setdefault(key, set()).add(language)
    return {
        row.key: rules.as_prompt(row.texts, row.tags, recorded.get(row.key, ()))
        for row in Prompt.objects.order_by("key")
    }


def follow_people() -> None:
    """From now on the document follows accounts, a new zone and clients' names at once."""
    post_save.connect(_person_saved, sender=User, dispatch_uid="telephony.people")
    post_save.connect(_organisation_saved, sender=Organisation, dispatch_uid="telephony.organisation")
    post_save.connect(_client_saved, sender=Client, dispatch_uid="telephony.clients")


def _client_saved(sender: type[Client], instance: Client, **given: Any) -> None:  # noqa: ANN401, ARG001 - Django's
    there = PlantDocument.objects.filter(organisation=instance.organisation_id).exists()
    if scope.current() == instance.organisation_id and there:
        recompile()


def _person_saved(sender: type[User], instance: User, **given: Any) -> None:  # noqa: ANN401, ARG001 - Django's
    if scope.current() == instance.organisation_id and Station.objects.filter(user=instance).exists():
        recompile()


def _organisation_saved(sender: type[Organisation], instance: Organisation, **given: Any) -> None:  # noqa: ANN401, ARG001 - Django's
    if scope.current() == instance.pk and PlantDocument.objects.exists():
        recompile()


def _numbers(trunks: dict[int, Trunk]) -> tuple[CompiledNumber, ...]:
    rows = Number.objects.filter(is_active=True, flow__published__gt=0, flow__archived_at=0)
    return tuple(
        CompiledNumber(
            did=row.did,
            client=row.client.key,
            flow=row.flow.key,
            last_resort=row.last_resort.key,
            languages=tuple(row.languages),
            recorded=row.recorded,
            also=tuple(row.also),
            trunks=tuple(sorted(trunks[each.pk].site_key for each in row.trunks.all() if each.pk in trunks)),
        )
        for row in rows.select_related("client", "flow", "last_resort").prefetch_related("trunks").order_by("did")
        if not row.trunks.all() or any(each.pk in trunks for each in row.trunks.all())
    )


def _stations() -> tuple[CompiledStation, ...]:
    rows = Station.objects.filter(user__is_active=True).select_related("user").order_by("key")
    return tuple(
        CompiledStation(
            key=row.site_key,
            user=row.user.username,
            kind=cast("StationKind", row.kind),
            name=(row.name or row.user.name)[:80],
            sealed=row.sealed,
            number=row.number,
            chosen=row.is_chosen,
            language=row.user.language,
            config=row.config,
        )
        for row in rows
    )
