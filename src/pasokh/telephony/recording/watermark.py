"""Who took a recording out stands in its sound: a faint noise drawn from a number, found again in any cut of it.

The noise (±`STRENGTH` of 32,768, about −63 dB) repeats every `PERIOD` samples in both lanes. Looking for it, loud parts
count for little and silent ones for much, so that a minute of talk is enough; a lossless copy, cut anywhere, keeps it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO, Final

import soundfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PERIOD: Final = 8_192
STRENGTH: Final = 24
CERTAIN: Final = 8.0
"""Standard deviations above what chance gives."""
_BLOCK: Final = PERIOD * 16
_STEP: Final = 128
_QUIET: Final = 30.0


def mark(source: BinaryIO, target: BinaryIO, number: int, about: str) -> None:
    """Copy FLAC with the number's noise in it, and `about` in its comment."""
    import numpy as np  # noqa: PLC0415 - only who takes a recording out needs it

    noise = _noise(number) * STRENGTH
    with soundfile.SoundFile(source) as plain:
        tiled = np.tile(noise, _BLOCK // PERIOD)[:, None]
        with soundfile.SoundFile(
            target, "w", samplerate=plain.samplerate, channels=plain.channels, format="FLAC", subtype="PCM_16"
        ) as marked:
            marked.comment = about
            while len(block := plain.read(_BLOCK, dtype="int16", always_2d=True)):
                louder = np.clip(block.astype(np.int32) + tiled[: len(block)], -32_768, 32_767)
                marked.write(louder.astype(np.int16))


def found(source: BinaryIO, numbers: Iterable[int]) -> int | None:
    """Which of the numbers is in a sound file; None where none is for certain."""
    import numpy as np  # noqa: PLC0415

    with soundfile.SoundFile(source) as sound:
        folded = np.zeros(PERIOD)
        while len(block := sound.read(_BLOCK, dtype="int16", always_2d=True)):
            for lane in block.T.astype(np.float64):
                folded += _folded(lane)
    spectrum = np.fft.rfft(folded - folded.mean())
    best, who = CERTAIN, None
    for number in numbers:
        match = np.fft.irfft(spectrum * np.conj(np.fft.rfft(_noise(number))), PERIOD)
        certainty = float(match.max() / (match.std() or 1.0))
        if certainty > best:
            best, who = certainty, number
    return who


def _folded(lane: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """A block's periods upon one another, each short step weighed by how quiet it is."""
    import numpy as np  # noqa: PLC0415

    whole = np.zeros(-(-len(lane) // PERIOD) * PERIOD)
    whole[: len(lane)] = lane
    steps = whole.reshape(-1, _STEP)
    level = np.sqrt((steps**2).mean(axis=1, keepdims=True)) + _QUIET
    return (steps / level).reshape(-1, PERIOD).sum(axis=0)


def _noise(number: int) -> "NDArray[np.float64]":
    import numpy as np  # noqa: PLC0415

    return np.random.default_rng(number).choice((-1.0, 1.0), PERIOD)
