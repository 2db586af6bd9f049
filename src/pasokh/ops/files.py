"""Which files may go into a message, asked of the office's table by the live hub, which knows no Django."""

from collections.abc import Callable, Sequence

import psycopg

from pasokh.channels.files.ports import MOST_ATTACHED, Attached
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

_QUERY = "SELECT id, name, media_type, size, state, inside FROM files_file WHERE contact = %s AND id = ANY(%s)"
_USED = "UPDATE files_file SET attached_at = %s WHERE id = ANY(%s) AND attached_at = 0"


class OfficeFiles:
    """An `AttachedFiles` over the office's table; `dsn` acts as the web's role, so each look sees one organisation."""

    def __init__(self, dsn: str, clock: Callable[[], Instant]) -> None:
        self._dsn, self._clock = dsn, clock

    async def check(self, org: str, contact: str, ids: Sequence[str], *, inside: bool) -> tuple[Attached, ...]:
        """The files in the given order, marked as in use."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return ()
        if len(wanted) > MOST_ATTACHED:
            raise PasokhError("file.too_many_attached", most=MOST_ATTACHED)
        try:
            async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=5) as connection:
                await connection.execute("SELECT set_config('app.org', %s, true)", (org,))
                rows = await (await connection.execute(_QUERY, (contact, wanted))).fetchall()
                found = {row[0]: _checked(row, inside=inside) for row in rows}
                if len(found) < len(wanted):
                    raise PasokhError("file.unknown")
                await connection.execute(_USED, (self._clock(), wanted))
        except psycopg.Error as error:
            raise PasokhError("store.unavailable") from error
        return tuple(found[each] for each in wanted)


def _checked(row: tuple[str, str, str, int, str, bool], *, inside: bool) -> Attached:
    number, name, media_type, size, state, only_inside = row
    if only_inside and not inside:
        raise PasokhError("file.unknown")
    if state == "scanning":
        raise PasokhError("file.scanning", name=name)
    if state != "clean":
        raise PasokhError("file.infected", name=name)
    return Attached(number, name, media_type, size)
