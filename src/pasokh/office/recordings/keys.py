"""Clients' keys: made when first needed, sealed with the centre's secret, opened only to wrap and unwrap."""

import base64

from django.db import IntegrityError, transaction

from pasokh.office import clock
from pasokh.office.account.sealing import seal, unseal
from pasokh.office.recordings.models import ClientKey, Recording
from pasokh.office.tenancy import scope
from pasokh.telephony.recording.sealed import fresh_key, unwrap, wrap


def key_in_use(client: str) -> ClientKey:
    """The client's key, made if there is none."""
    found = ClientKey.objects.filter(client=client, retired_at=0).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return do_make_key(client)
    except IntegrityError:  # somebody else made one meanwhile
        return ClientKey.objects.get(client=client, retired_at=0)


def do_make_key(client: str) -> ClientKey:
    """A fresh one."""
    sealed = seal(base64.b64encode(fresh_key()))
    return ClientKey.objects.create(
        organisation_id=scope.required(), client=client, sealed=sealed, made_at=clock.now()
    )  # fmt: skip


def opened(key: ClientKey) -> bytes:
    """The key itself; raises `account.sealed_elsewhere`."""
    return base64.b64decode(unseal(key.sealed))


def wrapped_for(name: str, client: str) -> tuple[bytes, bytes, ClientKey]:
    """A fresh key for a recording's file: itself, wrapped, and what wrapped it."""
    key, by = fresh_key(), key_in_use(client)
    return key, wrap(key, opened(by), name), by


def file_key(row: Recording) -> bytes:
    """The key of a kept recording's file; raises `recording.wrong_key`."""
    by = opened(row.key) if row.key is not None else b""
    return unwrap(bytes(row.wrapped_key), by, row.id)
