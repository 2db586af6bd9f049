"""Recordings for tests: sound as a switch leaves it, rows as the engine writes them, kept as the recorder does."""

import array
import asyncio
import math
import struct
import wave
from pathlib import Path

import psycopg
from tests.office_stage import Office

from pasokh.office.recordings.keeping import Recorder
from pasokh.ops.recordings import OfficeBooks
from pasokh.store import schema
from pasokh.telephony.recording.book import Begin, Sound
from pasokh.telephony.recording.rules import name_of
from pasokh.telephony.recording.spool import RATE, Spool
from pasokh.telephony.recording.vault import Vault


def tone(seconds: float, hertz: int, size: int = 8_000) -> array.array:
    """Samples of a tone, or of silence (0 Hz)."""
    return array.array("h", (int(size * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE))))


def write_side(folder: Path, name: str, side: str, samples: array.array, *, closed: bool = True) -> Path:
    """One side's file, complete or as a switch that died leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{side}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    if not closed:
        with path.open("r+b") as file:
            for at in (4, 40):
                file.seek(at)
                file.write(struct.pack("<I", 0))
    return path


class Hall:
    """A switch's spool, a vault, a recorder, and the engine's book beside an office."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.spool, self.vault = Spool(folder / "spool"), Vault(folder / "vault")
        self.recorder = Recorder(self.spool, self.vault, "node1", least_free=0)

    def book[T](self, act, org: str = "alpha") -> T:
        """What `act` says of an organisation's book."""

        async def work():
            books = OfficeBooks(self.office.dsn(schema.APP))
            try:
                return await act(books.of(org))
            finally:
                await books.close()

        return asyncio.run(work())

    def begin(self, org: str = "alpha", number: int = 1, **fields) -> tuple[str, Sound]:
        """A talk begins; `number` is the contact's."""
        interaction = f"{org}-c{number}.i1"
        known = {
            "recording": name_of(org, interaction, f"call-{number}"), "interaction": interaction,
            "contact": f"{org}-c{number}", "node": "node1", "queue": "help", "agent": f"{org}-agent",
            "number": "+989121234567", "default": True, "at": self.office.now,
        } | fields  # fmt: skip
        asked = Begin(**known)
        return asked.recording, self.book(lambda book: book.begin(asked), org)

    def sounded(self, name: str, seconds: float = 3.0, *, closed: bool = True) -> None:
        """Both sides have said something, each about half of the time."""
        half = tone(seconds / 2, 0)
        write_side(self.spool.folder, name, "from", tone(seconds / 2, 300) + half, closed=closed)
        write_side(self.spool.folder, name, "to", half + tone(seconds / 2, 500, 4_000), closed=closed)

    def round(self) -> None:
        """The recorder looks once."""
        with psycopg.connect(self.office.dsn(schema.ENGINE), autocommit=True) as connection:
            self.recorder(connection)

    def kept(self, org: str = "alpha", number: int = 1, seconds: float = 3.0, **fields) -> str:
        """A recording from its beginning to the vault."""
        name, sound = self.begin(org, number, **fields)
        assert sound is Sound.KEPT
        self.sounded(name, seconds)
        at = self.office.now + int(seconds * 1_000)
        self.book(lambda book: book.ended(name, at), org)
        self.round()
        return name
