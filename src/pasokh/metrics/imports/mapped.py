"""Any table with a heading, by a mapping somebody made: which column says what, and what its words mean."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.legs import UNNUMBERED, Leg, Record, Refused, Span, between
from pasokh.metrics.imports.pieces import Cells, heading, table
from pasokh.metrics.imports.values import Order, instant, length
from pasokh.metrics.warehouse import check_source, settle

FIELDS = (
    "at",
    "answered_at",
    "ended_at",
    "id",
    "contact",
    "customer",
    "queue",
    "agent",
    "channel",
    "direction",
    "how",
    "wait",
    "talk",
    "hold",
    "wrap",
    "ring",
    "reason",
    "outcome",
)
"""What a column may say: three times, ids, texts, five lengths."""
LENGTHS = ("wait", "talk", "hold", "wrap", "ring")
HOWS = ("answered", "abandoned", "callback", "message", "key", "moved", "timeout", "no_agents", "lost", "other")
UNITS: Mapping[str, int] = {"s": 1000, "ms": 1, "m": 60_000}
_GUESS: Mapping[str, str] = {
    "at": r"call_?date|date/?time|start|begin|enter|queued?_?(at|time)|^time$|^date$|timestamp|created"
    r"|дата|початок|час_дзвінка|زمان|تاریخ|شروع",
    "answered_at": r"answer(ed)?_?(at|time|date)|connect(ed)?_?(at|time)|відповіли_о|زمان_پاسخ",
    "ended_at": r"end(ed)?_?(at|time|date)?$|hang_?up_?(at|time)|finish|disconnect|кінець|завершен|پایان",
    "id": r"^(call_?)?id$|uniqueid|call_?id|uuid|^№$|номер_дзвінка|شناسه",
    "contact": r"contact_?id|conversation|linkedid|session",
    "customer": r"caller|customer|phone|number|^src$|^from$|ani|cid|телефон|клієнт|абонент|مشتری|تلفن|شماره_تماس",
    "queue": r"queue|skill|group|campaign|line|черга|група|صف|گروه",
    "agent": r"agent|operator|user|employee|оператор|агент|співробітник|اپراتور|کارشناس",
    "channel": r"channel|media|канал|کانال",
    "direction": r"direction|type|напрям|جهت",
    "how": r"status|disposition|result|outcome|state|статус|результат|وضعیت|نتیجه",
    "wait": r"wait|queue_?(time|sec|duration)|hold_?time|очікуван|انتظار",
    "talk": r"talk|bill_?sec|conversation_?time|handle|розмов|тривал|مکالمه",
    "hold": r"^hold|on_?hold|утриман|نگهداری",
    "wrap": r"wrap|acw|after|post|обробк|پس_از_تماس",
    "ring": r"ring|alert|дзвон|زنگ",
    "reason": r"reason|topic|subject|тема|причин|دلیل|موضوع",
    "outcome": r"wrap_?(up)?_?code|result_?code|disposition_?code|підсумок|کد_نتیجه",
}
_SAYS: Mapping[str, str] = {
    "answered": r"answer|connect|complete|success|handled|served|відповід|прийнят|успішн|پاسخ داده|موفق",
    "abandoned": r"abandon|no.?answer|missed|lost.?call|hang|cancel|dropp|пропущ|втрачен|без відповіді|بی.?پاسخ|از دست",
    "callback": r"call.?back|передзвон|تماس مجدد",
    "message": r"voice.?mail|message|повідомл|پیام",
    "timeout": r"time.?out|overflow|час вийш|مهلت",
    "no_agents": r"busy|no.?agent|зайнят|مشغول",
    "moved": r"transfer|forward|переведен|переадрес|منتقل",
}
"""What words in a file probably mean, in order."""


class TableMapping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a table is read: `columns` names a field's column by its heading in small letters."""

    columns: dict[str, str]
    hows: dict[str, str] = {}
    """Words of the column `how`, in small letters → one of `HOWS`; others are refused."""
    order: Order = ""
    unit: Literal["s", "ms", "m"] = "s"
    incoming: tuple[str, ...] = ()
    """Words of the column `direction` that mean a call from outside; none = all are."""

    def check(self) -> None:
        """Raises ``mapping.*`` with the field to correct."""
        unknown = sorted(set(self.columns) - set(FIELDS))
        if unknown:
            raise PasokhError("mapping.unknown", field=unknown[0][:40], known=", ".join(FIELDS))
        if not self.columns.get("at"):
            raise PasokhError("mapping.time", field="at")
        wrong = sorted(set(self.hows.values()) - set(HOWS))
        if wrong:
            raise PasokhError("mapping.how", field="how", word=wrong[0][:40])


class _Row(Struct):
    """A row's texts by field, and its times."""

    at: int
    answered_at: int | None
    ended_at: int | None
    texts: dict[str, str]
    lengths: dict[str, int]


class MappedTable:
    """A table, read as a mapping says."""

    name = "csv"

    def __init__(self, mapping: TableMapping) -> None:
        mapping.check()
        self.mapping = mapping

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """See `Source`. Raises ``import.form`` where a column of the mapping is not there."""
        needs = [column for column in self.mapping.columns.values() if column]
        for found in table(path, (needs,)):
            yield found if isinstance(found, Refused) else self._record(*found, zone)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`. Rows of one contact are its legs in their order; all but the last were passed on."""
        rows = [msgspec.json.decode(each, type=_Row) for each in records]
        call = rows[0].texts["call"]
        for place, row in enumerate(rows):
            known, said = row.lengths, row.texts
            answered = said["how"] == "answered"
            ended = row.ended_at if row.ended_at is not None else row.answered_at
            wait = known.get("wait", between(row.at, row.answered_at if answered else ended))
            talk = known.get("talk")
            if talk is None:
                talk = max(0, between(row.answered_at or row.at + wait, row.ended_at) - known.get("hold", 0))
            more = place + 1 < len(rows)
            yield Leg(
                call=call,
                leg=f"{call}/{said.get('id') or place}",
                at_ms=row.at,
                queue=said.get("queue", ""),
                channel=said.get("channel", "").lower() or "voice",
                direction=said["direction"],
                customer=said.get("customer", ""),
                how=said["how"],
                agent=said.get("agent", "") if answered else "",
                offers=1 if answered else 0,
                wait_ms=wait,
                ring_ms=known.get("ring", 0),
                talk_ms=talk if answered else 0,
                hold_ms=known.get("hold", 0),
                holds=1 if known.get("hold") else 0,
                wrap_ms=known.get("wrap", 0),
                ended_by="transfer" if more and answered else "other",
                reason=said.get("reason", ""),
                outcome=said.get("outcome", ""),
            )

    def _record(self, line: int, cells: Cells, zone: ZoneInfo) -> Record | Refused:
        shown = ",".join(cells.values())
        columns, unit = self.mapping.columns, UNITS[self.mapping.unit]
        texts = {name: cells[column] for name, column in columns.items() if column}
        times: dict[str, int | None] = {}
        for name in ("at", "answered_at", "ended_at"):
            said = texts.pop(name, "")
            times[name] = instant(said, zone, self.mapping.order) if said else None
            if times[name] is None and (said or name == "at"):
                return Refused(line, "time", shown)
        lengths: dict[str, int] = {}
        for name in LENGTHS:
            if columns.get(name):
                found = length(texts.pop(name), unit)
                if found is None:
                    return Refused(line, "length", shown)
                lengths[name] = found
        how = self._how(texts, times, lengths)
        if not how:
            return Refused(line, "how", shown)
        inward = self.mapping.incoming
        texts["how"] = how
        texts["direction"] = "in" if not inward or texts.get("direction", "").lower() in inward else "out"
        at = times["at"] or 0
        texts["call"] = texts.get("contact") or texts.get("id") or f"{line}@{at}/{texts.get('customer', '')}"
        key = f"id/{texts['id']}" if texts.get("id") else UNNUMBERED + shown
        row = _Row(at, times["answered_at"], times["ended_at"], texts, lengths)
        return Record(line, texts["call"], key, at, msgspec.json.encode(row))

    def _how(self, texts: Mapping[str, str], times: Mapping[str, int | None], lengths: Mapping[str, int]) -> str:
        """How it ended: as its word says; without one, answered where somebody answered, talked or is named."""
        if self.mapping.columns.get("how"):
            return self.mapping.hows.get(texts.get("how", "").lower(), "")
        talked = lengths.get("talk", 0) if "talk" in lengths else None
        if talked is not None:
            return "answered" if talked else "abandoned"
        return "answered" if times["answered_at"] or texts.get("agent") else "abandoned"


# -- guessing ----------------------------------------------------------------------------------------------------------
def guess(path: Path, zone: ZoneInfo, rows: int = 200) -> TableMapping:
    """A mapping that fits the headings and the first rows; what cannot be told is left out."""
    _, names = heading(path)
    left, columns = list(names), dict[str, str]()
    sample = [found[1] for found in _first(path, names, rows) if not isinstance(found, Refused)]
    for field in FIELDS:
        fits = [name for name in left if re.search(_GUESS[field], name.replace(" ", "_"))]
        if field in ("at", "answered_at", "ended_at"):
            fits = [n for n in fits if _mostly([r[n] for r in sample if r[n]], lambda said: instant(said, zone))]
        elif field in LENGTHS:
            fits = [n for n in fits if _mostly([r[n] for r in sample if r[n]], length)]
        if fits:
            columns[field] = fits[0]
            left.remove(fits[0])
    if "at" not in columns:
        times = [n for n in left if _mostly([r[n] for r in sample], lambda said: instant(said, zone))]
        columns |= {"at": times[0]} if times else {}
    words = {row[columns["how"]].lower() for row in sample} if "how" in columns else set()
    directions = {row[columns["direction"]].lower() for row in sample} if "direction" in columns else set()
    incoming = tuple(sorted(w for w in directions if re.search(r"^in|вхід|ورودی", w)))
    return TableMapping(columns=columns, hows={word: meaning(word) for word in sorted(words)}, incoming=incoming)


def _mostly(texts: Sequence[str], read: Callable[[str], int | None]) -> bool:
    """Whether more than half of them can be read: a guess must survive some bad rows."""
    return 2 * sum(read(text) is not None for text in texts) > len(texts)


def words(path: Path, column: str, most: int = 200) -> tuple[str, ...]:
    """The different words of a column, in small letters; no more than `most`."""
    _, names = heading(path)
    found: dict[str, None] = {}
    for each in _first(path, names, 100_000):
        if not isinstance(each, Refused):
            found.setdefault(each[1].get(column, "").lower())
            if len(found) >= most:
                break
    return tuple(sorted(found))


def meaning(word: str) -> str:
    """What a word about a call's end probably means; ``other`` where nobody can tell."""
    return next((how for how, pattern in _SAYS.items() if re.search(pattern, word.lower())), "other")


def _first(path: Path, names: Sequence[str], rows: int) -> Iterator[tuple[int, Cells] | Refused]:
    for number, found in enumerate(table(path, (names,))):
        if number >= rows:
            return
        yield found


# -- saved -------------------------------------------------------------------------------------------------------------
class Mappings:
    """Mappings of one organisation by name, as files a person can read: ``FACTS/.imports/mappings/NAME.json``."""

    def __init__(self, facts: Path) -> None:
        self._folder = facts / ".imports" / "mappings"

    def names(self) -> list[str]:
        """What there is, in order."""
        return sorted(each.stem for each in self._folder.glob("*.json"))

    def get(self, name: str) -> TableMapping:
        """A mapping; raises ``mapping.not_there`` or, for one somebody broke, ``mapping.broken``."""
        check_source(name)
        file = self._folder / f"{name}.json"
        if not file.exists():
            raise PasokhError("mapping.not_there", field="mapping", name=name, known=", ".join(self.names()) or "—")
        return parsed(file.read_bytes())

    def save(self, name: str, mapping: TableMapping) -> None:
        """Keep a mapping under a name, in place of the one that was there."""
        check_source(name)
        mapping.check()
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{name}"
        part.write_bytes(msgspec.json.format(msgspec.json.encode(mapping), indent=2) + b"\n")
        settle(part, self._folder / f"{name}.json")


def parsed(data: bytes) -> TableMapping:
    """A mapping as it is written in a file; raises ``mapping.broken`` and what `TableMapping.check` raises."""
    try:
        mapping = msgspec.json.decode(data, type=TableMapping)
    except msgspec.DecodeError as error:
        raise PasokhError("mapping.broken", field="mapping", reason=str(error)[:200]) from error
    mapping.check()
    return mapping
