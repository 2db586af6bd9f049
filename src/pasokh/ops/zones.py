"""The organisations' time zones, as the office keeps them, for an engine that knows no Django."""

import psycopg

from pasokh.i18n.dates import zone
from pasokh.kernel.errors import PasokhError


class OfficeZones:
    """Reads `tenancy_organisation` under row-level security, at each question: zones change rarely, questions too."""

    def __init__(self, dsn: str) -> None:
        """`dsn` acts as the role of the office's requests."""
        self._dsn = dsn

    async def zone(self, org: str) -> str:
        """The organisation's IANA zone; UTC when the office knows none that exists."""
        async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=5) as connection:
            await connection.execute("SELECT set_config('app.org', %s, true)", (org,))
            found = await (
                await connection.execute("SELECT zone FROM tenancy_organisation WHERE id = %s", (org,))
            ).fetchone()
        name = str(found[0]) if found and found[0] else "UTC"
        try:
            zone(name)
        except PasokhError:
            return "UTC"
        return name
