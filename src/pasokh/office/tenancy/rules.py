"""What an organisation and its clients may be called. Pure."""

import re

from pasokh.i18n.digits import to_ascii
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError

OWN_CLIENT = "own"
"""The client that is the organisation itself."""
LONGEST_GREETING = 200
"""Letters of what a client's calls are answered with: one breath."""
LONGEST_NAME = 80
_COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})")
_CLIENT = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def check_organisation_id(text: str) -> None:
    """Raises `tenancy.bad_organisation` unless the id is 1–40 of a–z, 0–9 and hyphens."""
    if not _ORGANISATION.fullmatch(text):
        raise PasokhError("tenancy.bad_organisation", field="id", value=text[:40])


def check_client_key(text: str) -> None:
    """Raises `setup.bad_key` unless it is 1–60 of a–z, 0–9, point, underscore and hyphen."""
    if not _CLIENT.fullmatch(text):
        raise PasokhError("setup.bad_key", field="key", value=text[:60])


def cleaned_colour(text: str, field: str = "colour") -> str:
    """A colour as `#rrggbb`, or "" for none; raises `setup.bad_colour`."""
    typed = to_ascii(strip_invisible(text)).strip().lower()
    if not typed:
        return ""
    found = _COLOUR.fullmatch(typed)
    if found is None:
        raise PasokhError("setup.bad_colour", field=field, value=text[:40])
    digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
    return f"#{digits}"
