"""Two sides become one stereo FLAC: customer left, agent right; measured on the way for levels and the waveform.

FLAC because it is exact, plays in every browser, and takes a fortieth of Opus' processor time for half more bytes
(docs/adr/0015). It is read and written in blocks, so that an hour takes no more memory than a minute.
"""

import array
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import soundfile

from pasokh.telephony.recording.rules import Heard
from pasokh.telephony.recording.spool import HEAD, RATE, SIDES, WIDTH, Side

BLOCK: Final = RATE
"""A second."""
LANES: Final = 2
MOST_PEAKS: Final = 1_200
"""Columns of a waveform, at most two for each of them."""
MEDIA_TYPE: Final = "audio/flac"


@dataclass(slots=True)
class Measured:
    """What was heard, and how it looks."""

    samples: int = 0
    loudest: list[int] = field(default_factory=lambda: [0, 0])
    columns: list[list[int]] = field(default_factory=lambda: [[], []])
    """The greatest amplitude of each step, per side."""

    def peaks(self) -> bytes:
        """Two lanes of one byte a column, each with the same number: amplitude on a scale that shows speech."""
        step = max(1, -(-len(self.columns[0]) // MOST_PEAKS))
        lanes = [[max(lane[at : at + step]) for at in range(0, len(lane), step)] for lane in self.columns]
        return b"".join(bytes(_shown(peak) for peak in lane) for lane in lanes)


def to_stereo(sides: dict[str, Side], target: BinaryIO) -> tuple[Heard, bytes]:
    """Write FLAC into `target` (which can seek); gives what was heard and its waveform.

    Sides that were closed ended together, so the shorter one begins later; sides cut off began together.
    """
    measured = Measured()
    length = max(side.samples for side in sides.values())
    cut_off = not all(side.closed for side in sides.values())
    sources = [_blocks(sides.get(name), length, at_end=cut_off) for name in SIDES]  # a side that is not there is silent
    with soundfile.SoundFile(
        target, "w", samplerate=RATE, channels=LANES, format="FLAC", subtype="PCM_16", closefd=False
    ) as flac:
        for customer, agent in zip(*sources, strict=True):
            _measure(measured, (customer, agent))
            both = array.array("h", bytes(len(customer) * WIDTH * LANES))
            both[0::2], both[1::2] = customer, agent
            flac.buffer_write(both.tobytes(), dtype="int16")
    target.flush()
    heard = Heard(
        measured.samples * 1_000 // RATE, (measured.loudest[0], measured.loudest[1]), cut_off, len(sides)
    )  # fmt: skip
    return heard, measured.peaks()


def _blocks(side: Side | None, length: int, *, at_end: bool) -> Iterator[array.array[int]]:
    """`length` samples of a side in blocks, with silence where it lacks some."""
    missing = length - (side.samples if side is not None else 0)
    before = missing if side is not None and not at_end else 0
    left = length
    if side is None:
        while left > 0:
            size = min(BLOCK, left)
            yield array.array("h", bytes(size * WIDTH))
            left -= size
        return
    with side.path.open("rb") as file:
        file.seek(HEAD)
        while left > 0:
            size = min(BLOCK, left)
            silent = min(before, size)
            data = bytes(silent * WIDTH) + file.read((size - silent) * WIDTH)
            block = array.array("h", data[: len(data) // WIDTH * WIDTH].ljust(size * WIDTH, b"\0"))
            if sys.byteorder == "big":
                block.byteswap()
            before -= silent
            left -= size
            yield block


_STEPS_A_BLOCK: Final = 8


def _measure(measured: Measured, blocks: tuple[array.array[int], array.array[int]]) -> None:
    size = len(blocks[0])
    measured.samples += size
    step = BLOCK // _STEPS_A_BLOCK
    for place, block in enumerate(blocks):
        level = math.isqrt(int(math.sumprod(block, block)) // size)
        measured.loudest[place] = max(measured.loudest[place], level)
        for at in range(0, size, step):
            part = block[at : at + step]
            loudest, lowest = max(part), min(part)
            measured.columns[place].append(max(loudest, -lowest))


def _shown(peak: int) -> int:
    """A square root's scale: speech is visible, noise is not."""
    return min(255, math.isqrt(peak * 2) if peak > 0 else 0)
