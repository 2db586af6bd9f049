"""Small pictures that drawn customers send: kept as any visitor's upload is."""

import asyncio
import tempfile
from pathlib import Path

from pasokh.acd.model import Attachment

_SIZE = (240, 180)
_COLOURS = ("#0e7a75", "#b5532a", "#4d6bb3", "#8a6d1d", "#7a4b8f")


async def keep_picture(org: str, contact: str, number: int) -> Attachment | None:
    """Draw and keep a picture for a contact; None where a scanner would have to look at it first.

    Django must be set up.
    """
    return await asyncio.to_thread(_keep, org, contact, number)


def _keep(org: str, contact: str, number: int) -> Attachment | None:
    from django.db import connection  # noqa: PLC0415
    from PIL import Image, ImageDraw  # noqa: PLC0415

    from pasokh.office.files.actions import do_keep_file  # noqa: PLC0415
    from pasokh.office.files.keeping import is_scanned, storage  # noqa: PLC0415
    from pasokh.office.tenancy.scope import organisation_scope  # noqa: PLC0415

    if is_scanned():
        return None
    with tempfile.TemporaryDirectory(prefix="pasokh-traffic-") as folder:
        source = Path(folder) / "parcel.png"
        image = Image.new("RGB", _SIZE, "#f3efe6")
        pen = ImageDraw.Draw(image)
        colour = _COLOURS[number % len(_COLOURS)]
        pen.rectangle((50, 40, 190, 150), fill=colour, outline="#333333", width=3)
        pen.line((120, 40, 120, 150), fill="#f3efe6", width=8)
        pen.line((60 + number % 60, 60, 100 + number % 60, 130), fill="#333333", width=4)
        image.save(source)
        try:
            with organisation_scope(org):
                file = do_keep_file(storage(), source, "parcel.png", contact=contact, by="traffic")
                type(file).objects.filter(pk=file.pk).update(attached_at=file.at)
                return Attachment(file.id, file.name, file.media_type, file.size)
        finally:
            connection.close()
