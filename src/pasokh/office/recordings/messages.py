"""Messages that callers left, from the switch's folders into the files of their contacts.

Left in a flow, a message is in the log already and its file only has to follow. Left while no engine was there, it is a
file that names the call, the number called and the caller: it becomes a contact of the number's last resort.
"""

import contextlib
import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psycopg
from django.db import transaction

from pasokh.acd.commands import OpenContact, PostMessage
from pasokh.acd.model import Attachment, Channel
from pasokh.channels.files.ports import Storage
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, Millis
from pasokh.office import clock
from pasokh.office.desk.models import Message
from pasokh.office.files.actions import do_keep_file
from pasokh.office.files.models import File
from pasokh.office.inbox import submit
from pasokh.office.rounds import organisations
from pasokh.office.telephony.models import Number
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.telephony.recording.spool import complete

log = logging.getLogger(__name__)

BY: Final = "caller"
NAME: Final = "voicemail.wav"
AGAIN_MS: Millis = 2 * SECOND
LATER_MS: Millis = 5 * MINUTE
"""What could not be kept is tried again, and what the log does not know yet is looked for again, after so long."""
STRAY_MS: Millis = HOUR
_IN_FLOW = re.compile(r"(v-[A-Za-z0-9.-]{1,38})\.message\.wav")
_ALONE = re.compile(r"([A-Za-z0-9.-]{1,36})_([0-9]{3,15})_([0-9]{0,15})\.wav")


class LeftMessages:
    """One node's messages. `spool` is where ARI records; messages without an engine lie in ``voicemail`` beside it."""

    def __init__(self, spool: Path, kept_in: Storage) -> None:
        self._spool, self._alone, self._kept_in = spool, spool.parent / "voicemail", kept_in
        self._again: dict[Path, Instant] = {}

    def __call__(self, connection: psycopg.Connection) -> None:
        """One round: every complete message finds its contact, or is looked at again later."""
        now = clock.now()
        pending = [path for path in _files(self._spool, "v-*.message.wav") if self._again.get(path, 0) <= now]
        alone = [path for path in _files(self._alone, "*/*.wav") if self._again.get(path, 0) <= now]
        self._again = {path: at for path, at in self._again.items() if path.exists()}
        known = list(organisations(connection)) if pending or alone else []
        for path in pending:
            self._attend(path, now, known)
        for path in alone:
            self._attend(path, now, [org for org in known if org == path.parent.name])

    def _attend(self, path: Path, now: Instant, orgs: Iterable[str]) -> None:
        self._again[path] = now + AGAIN_MS
        match = _IN_FLOW.fullmatch(path.name) or _ALONE.fullmatch(path.name)
        if match is None or not complete(path, now):
            return
        try:
            if any(self._kept(path, match, org) for org in orgs):
                path.unlink()
                self._again.pop(path, None)
                return
        except PasokhError as error:
            log.error("a caller's message waits: %s %s", path.name, error)  # noqa: TRY400 - the code says it all
        if now - path.stat().st_mtime_ns // 1_000_000 > STRAY_MS:
            log.warning("nobody knows a caller's message: %s", path.name)
            self._again[path] = now + LATER_MS

    def _kept(self, path: Path, match: re.Match[str], org: str) -> bool:
        """Whether the organisation has it now."""
        with organisation_scope(org), transaction.atomic():
            return self._of_flow(path, match[1]) if match.re is _IN_FLOW else self._without_engine(path, match)

    def _of_flow(self, path: Path, name: str) -> bool:
        if File.objects.filter(pk=name).exists():
            return True
        recent = Message.objects.filter(at__gte=clock.now() - 7 * DAY, attachments__contains=[{"id": name}])
        contact = recent.values_list("contact", flat=True).first()
        if contact is None:
            return False
        self._keep(path, name, contact)
        return True

    def _without_engine(self, path: Path, match: re.Match[str]) -> bool:
        call, did, caller = match.groups()
        number = Number.objects.select_related("last_resort").filter(did=did).first()
        if number is None:
            return False
        name, interaction, contact = f"vm-{call}", f"{call}.held", f"{call}.held.c"
        if File.objects.filter(pk=name).exists():
            return True
        file = self._keep(path, name, contact)
        who = f"+{caller}" if caller else "anonymous"
        language = number.languages[0] if number.languages else ""
        submit(
            OpenContact(
                contact, interaction, Channel.EMAIL, number.last_resort.key, address=who, language=language,
                kind="message",
            ),
            "switch",
            f"voicemail:{call}:open",
        )  # fmt: skip
        attached = Attachment(name, NAME, file.media_type, file.size)
        posted = PostMessage(
            interaction, f"{interaction}.file", "customer", caller or "anonymous", "", attachments=(attached,)
        )
        submit(posted, "switch", f"voicemail:{call}:post")
        return True

    def _keep(self, path: Path, name: str, contact: str) -> File:
        file = do_keep_file(self._kept_in, path, NAME, contact=contact, by=BY, inside=True, name_it=name)
        file.attached_at = clock.now()
        file.save(update_fields=["attached_at"])
        return file


def _files(folder: Path, pattern: str) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(folder.glob(pattern))
    return []
