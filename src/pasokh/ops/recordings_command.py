"""`pasokh recordings check | sweep | rotate-keys | whose FILE`, and what doctor says of recordings."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import psycopg

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.ops.database import acting_as
from pasokh.store import schema

SEEN_MS = 60_000
type Found = tuple[Literal["good", "warning", "wrong"], str, dict[str, object]]
_NODES = "SELECT name, free_bytes, refusing, waiting, strays, seen_at FROM recordings_node ORDER BY name"
_LOST = "SELECT count(*) FROM recordings_recording WHERE state = 'lost' AND started_at > %s"


def recordings_actions(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    words = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, about in (
        ("check", "open every recording to its last byte; exit code 1 when one cannot be played"),
        ("sweep", "delete what is due, remove files nobody needs, say what is missing"),
        ("rotate-keys", "give clients new keys; no file is touched"),
        ("whose", "say who took out the recording that a file is a copy or a cut of"),
    ):
        action = words.add_parser(name, help=about, description=about)
        if name == "rotate-keys":
            action.add_argument("--client", default="", help="only this client's")
        if name == "whose":
            action.add_argument("file", type=Path)
        action.set_defaults(action=name)


def run_recordings(given: argparse.Namespace, url: str) -> int:
    """Do it and say what was done; the exit code."""
    match given.action:
        case "check":
            told = check(url)
        case "sweep":
            told = sweep(url)
        case "rotate-keys":
            told = rotate_keys(url, given.client)
        case _:
            told = whose(url, given.file)
    lines = 0
    for line in told:
        print(line)
        lines += 1
    if given.action == "check" and not lines:
        print(message("recordings.cli.good", "en"))
    return 1 if given.action == "check" and lines else 0


def _set_up(url: str) -> None:
    import django  # noqa: PLC0415

    os.environ["PASOKH_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "pasokh.office.settings"
    django.setup()


def check(url: str) -> Iterator[str]:
    """Open every recording to its last byte; one line for each that cannot be played."""
    _set_up(url)
    from pasokh.office.recordings.sweeping import check as look  # noqa: PLC0415
    from pasokh.office.recordings.vault import vault  # noqa: PLC0415

    for org in _organisations(url):
        for wrong in look(org, vault()):
            yield f"{org} {wrong.recording} [{wrong.code}]"


def sweep(url: str) -> Iterator[str]:
    """Delete what is due, remove sealed files nobody needs, count what is missing."""
    _set_up(url)
    from pasokh.office.recordings.sweeping import delete_due  # noqa: PLC0415
    from pasokh.office.recordings.sweeping import sweep as clear  # noqa: PLC0415
    from pasokh.office.recordings.vault import vault  # noqa: PLC0415

    with psycopg.connect(acting_as(url, schema.ENGINE), autocommit=True) as connection:
        yield message("recordings.cli.deleted", "en", n=delete_due(connection, vault()))
    for org in _organisations(url):
        done = clear(org, vault())
        yield message(
            "recordings.cli.swept", "en", org=org, removed=done.files_removed, missing=done.files_missing
        )  # fmt: skip


def rotate_keys(url: str, client: str) -> Iterator[str]:
    """New keys for clients (one, or all); recordings' keys are wrapped anew."""
    _set_up(url)
    from pasokh.office.recordings.actions import do_rotate_keys  # noqa: PLC0415
    from pasokh.office.tenancy.scope import organisation_scope  # noqa: PLC0415

    for org in _organisations(url):
        with organisation_scope(org):
            yield message("recordings.cli.rotated", "en", org=org, n=do_rotate_keys("system", client))


def whose(url: str, file: Path) -> Iterator[str]:
    """Who took out the recording that a file is a copy or a cut of."""
    _set_up(url)
    from pasokh.office.recordings.models import Access  # noqa: PLC0415
    from pasokh.office.tenancy.scope import organisation_scope  # noqa: PLC0415
    from pasokh.telephony.recording.watermark import found  # noqa: PLC0415

    taken: dict[int, str] = {}
    for org in _organisations(url):
        with organisation_scope(org):
            for access in Access.objects.filter(what="download"):
                taken[access.mark] = f"{org} {access.recording_id} {access.by} {access.at} {access.why}"
    try:
        with file.open("rb") as sound:
            number = found(sound, taken)
    except (OSError, RuntimeError) as error:
        raise PasokhError("recording.unreadable", file=str(file), reason=str(error)[:200]) from error
    yield taken[number] if number is not None else message("recordings.cli.unmarked", "en")


def examine_recordings(connection: psycopg.Connection[Any], now: Instant) -> Iterator[Found]:
    """What doctor says: room on every node, what waits, what is missing."""
    there = connection.execute("SELECT to_regclass('recordings_node')").fetchone()
    if there is None or there[0] is None:
        return
    for name, free, refusing, waiting, strays, seen_at in connection.execute(_NODES).fetchall():
        fields: dict[str, object] = {
            "node": name, "free_gib": free >> 30, "waiting": waiting, "strays": strays,
            "seconds": (now - seen_at) // 1000,
        }  # fmt: skip
        if now - seen_at > SEEN_MS:
            yield "warning", "recordings.unattended", fields
        elif refusing:
            yield "wrong", "recordings.full", fields
        elif strays:
            yield "warning", "recordings.strays", fields
        else:
            yield "good", "recordings", fields
    lost = connection.execute(_LOST, (now - 7 * 86_400_000,)).fetchone()
    if lost is not None and lost[0]:
        yield "warning", "recordings.lost", {"n": lost[0]}


def _organisations(url: str) -> list[str]:
    with psycopg.connect(acting_as(url, schema.ENGINE), autocommit=True) as connection:
        return [org for (org,) in connection.execute("SELECT org FROM shard_head ORDER BY org").fetchall()]
