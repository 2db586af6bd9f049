"""Where a person's browser telephone signs on: the own station, at the switch whose files lie in a home."""

from pathlib import Path

import msgspec
import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.live.phone_socket import Place
from pasokh.office.telephony.compiled import decoded
from pasokh.telephony.config.ini import parse

_DOCUMENT = "SELECT document::text FROM telephony_plantdocument WHERE organisation_id = %s AND document IS NOT NULL"
SIP_PATH = "/ws"


class OfficePhones:
    """`pasokh.live.phone_socket.Places` of the office; `dsn` acts as the engine's role.

    `url` names the proxy before several switches; empty = the switch of `home`, asked anew at every connection.
    """

    def __init__(self, dsn: str, home: Path, url: str = "") -> None:
        self._dsn, self._etc, self._url = dsn, home / "etc", url

    async def of(self, org: str, user: str) -> Place | None:
        """The browser station the person chose; raises ``store.unavailable``, ``phone.switch_away``."""
        try:
            async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=5) as connection:
                row = await (await connection.execute(_DOCUMENT, (org,))).fetchone()
        except psycopg.Error as error:
            raise PasokhError("store.unavailable") from error
        try:
            stations = decoded(row[0]).stations if row is not None else ()
        except msgspec.ValidationError as error:  # a newer release wrote it
            raise PasokhError("phone.switch_away") from error
        key = next((each.key for each in stations if each.chosen and (each.user, each.kind) == (user, "webrtc")), None)
        return None if key is None else Place(key, self._url or self._own())

    def _own(self) -> str:
        try:
            said = dict(parse((self._etc / "http.conf").read_text("utf-8"))[0].lines)
            host, port = said["bindaddr"], int(said["bindport"])
        except (OSError, KeyError, IndexError, ValueError) as error:
            raise PasokhError("phone.switch_away") from error
        return f"ws://{f'[{host}]' if ':' in host else host}:{port}{SIP_PATH}"
