"""Hands commands to the engine in the caller's transaction: rows, audit event and command stand or fall together."""

import uuid

import msgspec
from django.db import connection

from pasokh.kernel.messages import Command
from pasokh.office.tenancy import scope
from pasokh.store import sync


def submit(command: Command, actor: str, key: str | None = None) -> str:
    """Put a command into the shard of the scope's organisation; returns its key.

    Raises what `pasokh.store.ports.Inbox.submit` raises. The answer comes later, into the inbox.
    """
    org = scope.required()
    key = key or f"office.{uuid.uuid4()}"
    with connection.cursor() as cursor:
        sync.submit(cursor, org, org, key, actor, msgspec.json.encode(command))
    return key
