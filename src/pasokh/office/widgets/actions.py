"""Writes of chat widgets."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec
from django.db import IntegrityError, transaction

from pasokh.channels.webchat.options import LONGEST_GREETING, WidgetOptions, options_of
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.actions import do_record_change
from pasokh.office.supervise.actions import known_queue
from pasokh.office.supervise.models import Widget
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.tenancy import scope

MOST_ORIGINS = 50
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]+\]")


@transaction.atomic
def do_save_widget(
    actor: str,
    key: str,
    queue_key: str,
    *,
    origins: Sequence[str],
    title: Mapping[str, str],
    options: WidgetOptions | None = None,
) -> Widget:
    """Create a chat widget or change it; `options` None leaves those it has.

    Raises `setup.bad_key`, `setup.unknown_queue`, `setup.no_name`, `widget.bad_origin`, `widget.no_language`,
    `widget.asked_twice`, and `widget.key_taken` where another organisation has the key.
    """
    check_key(key)
    queue = known_queue(queue_key)
    row = Widget.objects.select_for_update().filter(key=key).first()
    before = described(row) if row else None
    row = row or Widget(organisation_id=scope.required(), key=key)
    row.queue, row.title = queue, cleaned_names(title, "title")
    row.origins = cleaned_origins(origins)
    if options is not None:
        row.options = msgspec.to_builtins(cleaned_options(options))
    if described(row) != before:
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise PasokhError("widget.key_taken", field="key", value=key) from error
        do_record_change(actor, "widget.save", f"widget:{key}", before, described(row))
    return row


@transaction.atomic
def do_switch_widget(actor: str, key: str, is_active: bool) -> None:
    """Let a widget appear on its pages, or no more; raises `widget.unknown`."""
    row = known_widget(key)
    if row.is_active != is_active:
        Widget.objects.filter(pk=row.pk).update(is_active=is_active)
        action = "widget.restore" if is_active else "widget.archive"
        do_record_change(actor, action, f"widget:{key}", {"is_active": row.is_active}, {"is_active": is_active})


def known_widget(key: str) -> Widget:
    """The widget of the scope's organisation; raises `widget.unknown`."""
    row = Widget.objects.select_related("queue").filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("widget.unknown", field="key", value=key[:60])
    return row


def cleaned_origins(origins: Sequence[str]) -> list[str]:
    """Addresses of pages as browsers send them, `scheme://host[:port]`, once each.

    A path behind the host is dropped: an origin has none. Raises `widget.bad_origin`, `widget.many_origins`.
    """
    kept: dict[str, None] = {}
    for given in origins:
        text = normalise(given).rstrip("/").lower()
        if text:
            kept[_origin(text)] = None
    if len(kept) > MOST_ORIGINS:
        raise PasokhError("widget.many_origins", field="origins", most=MOST_ORIGINS)
    return list(kept)


def cleaned_options(options: WidgetOptions) -> WidgetOptions:
    """The options in one spelling; raises `widget.no_language`, `widget.asked_twice`, `widget.long_greeting`."""
    if not options.languages:
        raise PasokhError("widget.no_language", field="languages")
    asked = [field.key for field in options.prechat]
    if len(set(asked)) != len(asked):
        raise PasokhError("widget.asked_twice", field="prechat")
    greeting = {language: normalise(text) for language, text in options.greeting.items() if normalise(text)}
    for language, text in greeting.items():
        if len(text) > LONGEST_GREETING:
            raise PasokhError("widget.long_greeting", field=f"greeting_{language}", longest=LONGEST_GREETING)
    return msgspec.structs.replace(
        options, greeting=greeting, colour=options.colour.lower(), languages=tuple(dict.fromkeys(options.languages))
    )


def described(row: Widget) -> dict[str, object]:
    """A widget as audit events show it."""
    said: dict[str, object] = {"queue": row.queue.key, "origins": row.origins, "title": row.title}
    return said | {"options": msgspec.to_builtins(options_of(row.options))}


def _origin(text: str) -> str:
    refused = PasokhError("widget.bad_origin", field="origins", value=text[:80])
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise refused from error
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        raise refused
    try:
        host = host if ":" in host else host.encode("idna").decode()
    except UnicodeError as error:
        raise refused from error
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        raise refused
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, default} else "")
