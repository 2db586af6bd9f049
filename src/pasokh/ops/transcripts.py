"""Transcripts into the office's outbox of mails, for the web chat, which knows no Django."""

import asyncio
from collections.abc import Sequence

from pasokh.channels.webchat.ports import Said
from pasokh.i18n.dates import format_date, format_instant, local


class OfficePost:
    """A `Post`: the mail is written by the office's own action, in a thread; Django must be set up."""

    async def transcript(self, org: str, address: str, language: str, said: Sequence[Said], key: str) -> None:
        """Put a transcript into the outbox; raises ``mail.*``."""
        await asyncio.to_thread(_write, org, address, language, said, key)


def _write(org: str, address: str, language: str, said: Sequence[Said], key: str) -> None:
    from django.db import connections  # noqa: PLC0415 - Django is set up by now

    from pasokh.office.post.actions import do_send_mail  # noqa: PLC0415
    from pasokh.office.post.letters import Line  # noqa: PLC0415
    from pasokh.office.post.selectors import sender_name  # noqa: PLC0415
    from pasokh.office.tenancy.models import Organisation  # noqa: PLC0415
    from pasokh.office.tenancy.scope import organisation_scope  # noqa: PLC0415

    try:
        with organisation_scope(org):
            zone = Organisation.objects.get(pk=org).zone
            context = {
                "organisation": sender_name(language),
                "day": format_date(local(said[0].at, zone).date(), language, "long"),
                "lines": [Line(each.text, each.by, format_instant(each.at, zone, language)) for each in said],
            }
            do_send_mail(address, "transcript", language, context, key=key)
    finally:
        connections.close_all()  # this thread may never be used again
