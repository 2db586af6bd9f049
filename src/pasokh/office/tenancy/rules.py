"""What an organisation may be called. Pure."""

import re

from pasokh.kernel.errors import PasokhError

_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def check_organisation_id(text: str) -> None:
    """Raises `tenancy.bad_organisation` unless the id is 1–40 of a–z, 0–9 and hyphens."""
    if not _ORGANISATION.fullmatch(text):
        raise PasokhError("tenancy.bad_organisation", field="id", value=text[:40])
