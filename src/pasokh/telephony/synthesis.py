"""Sound from text by espeak-ng, and any recording as Asterisk plays it best, by sox: 8 kHz WAV and 16 kHz raw."""

import math
import re
import shutil
import subprocess
import sys
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from pasokh.kernel.errors import PasokhError

ESPEAK: Final = "espeak-ng"
SOX: Final = "sox"
PACKAGES: Final = "espeak-ng sox"
"""What to install on Debian."""
WIDE_RATE: Final = 16_000
TELEPHONE_RATE: Final = 8_000
SECONDS: Final = 60.0
"""A program that takes longer is stopped."""
SILENCE: Final = -903
"""Tenths of dB: the quietest 16 bits can hold."""
_SAMPLE_BYTES: Final = 2
_SPOKEN_ALIKE = str.maketrans({"\u02bc": "'", "\u2019": "'", "«": " ", "»": " ", "“": " ", "”": " "})
"""espeak-ng spells the Ukrainian apostrophe U+02BC out by its English name."""
_KINDS: Final = ((b"RIFF", "wav"), (b"fLaC", "flac"), (b"OggS", "ogg"))
_TRIMMED: Final = ("silence", "1", "0.01", "0.1%", "reverse", "silence", "1", "0.01", "0.1%", "reverse")
_ROOM: Final = ("pad", "0.02", "0.06")
"""So that words said one after the other neither touch nor drag."""


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a language is spoken: espeak-ng's voice, words a minute, pitch."""

    name: Annotated[str, Meta(pattern=r"\A[a-z]{2,3}(-[A-Za-z0-9]{1,12})*(\+[A-Za-z0-9]{1,20})?\Z")]
    pace: Annotated[int, Meta(ge=80, le=450)] = 155
    pitch: Annotated[int, Meta(ge=0, le=99)] = 45


VOICES: Final[Mapping[str, Voice]] = {"fa": Voice("fa", 145), "uk": Voice("uk", 150), "en": Voice("en-gb", 155)}


def check_programs() -> None:
    """Raises `PasokhError` ``prompts.no_program`` when espeak-ng or sox is not there."""
    for program in (ESPEAK, SOX):
        if shutil.which(program) is None:
            raise PasokhError("prompts.no_program", program=program, packages=PACKAGES)


def spoken(text: str, voice: Voice) -> bytes:
    """The text as a WAV of espeak-ng's own rate; raises `PasokhError` ``prompts.*``."""
    words = " ".join(text.translate(_SPOKEN_ALIKE).split())
    command = (
        ESPEAK,
        "-v",
        voice.name,
        "-s",
        str(voice.pace),
        "-p",
        str(voice.pitch),
        "-b",
        "1",
        "--stdin",
        "--stdout",
    )
    return _run(command, words.encode())


def wide(sound: bytes, kind: str = "wav", *, trim: bool) -> bytes:
    """Any sound as 16 kHz raw 16-bit samples of one channel, evenly loud; raises `PasokhError` ``prompts.*``."""
    effects = (*(_TRIMMED + _ROOM if trim else ()), "norm", "-3")
    raw = ("-t", "raw", "-r", str(WIDE_RATE), "-c", "1", "-b", "16", "-e", "signed-integer", "-")
    return _run((SOX, "-V1", "-t", kind, "-", *raw, *effects), sound)


def write_pair(samples: bytes, wav: Path, sln16: Path) -> None:
    """The two files Asterisk chooses between, from 16 kHz samples; raises `PasokhError` ``prompts.*``."""
    sln16.write_bytes(samples)
    raw = ("-t", "raw", "-r", str(WIDE_RATE), "-c", "1", "-b", "16", "-e", "signed-integer", "-")
    _run((SOX, "-V1", *raw, "-r", str(TELEPHONE_RATE), "-b", "16", "-t", "wav", str(wav)), samples)


class Level(NamedTuple):
    """How loud a sound is, in tenths of dB below full scale."""

    loudness: int
    """On average (RMS)."""
    peak: int


def level_of(sound: bytes, kind: str) -> Level:
    """How loud any sound is as it stands; raises `PasokhError` ``prompts.*``."""
    raw = ("-t", "raw", "-r", str(WIDE_RATE), "-c", "1", "-b", "16", "-e", "signed-integer", "-")
    samples = array("h", _run((SOX, "-V1", "-t", kind, "-", *raw), sound))
    if sys.byteorder == "big":
        samples.byteswap()
    if not samples:
        return Level(SILENCE, SILENCE)
    square = sum(sample * sample for sample in samples) / len(samples)
    return Level(_decibels(math.sqrt(square)), _decibels(max(abs(sample) for sample in samples)))


def _decibels(amplitude: float) -> int:
    return max(SILENCE, round(200 * math.log10(max(amplitude, 1) / 32_768)))


def length_seconds(samples: bytes) -> float:
    """How long 16 kHz samples last."""
    return len(samples) / (_SAMPLE_BYTES * WIDE_RATE)


def kind_of(sound: bytes) -> str:
    """What a recording is by its first bytes: wav, flac or ogg; raises `PasokhError` ``prompts.bad_recording``."""
    for magic, kind in _KINDS:
        if sound.startswith(magic):
            return kind
    raise PasokhError("prompts.bad_recording", field="recording", reason="WAV, FLAC, Ogg")


def _run(command: Sequence[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=SECONDS)
    except FileNotFoundError as error:
        raise PasokhError("prompts.no_program", program=command[0], packages=PACKAGES) from error
    except subprocess.TimeoutExpired as error:
        raise PasokhError("prompts.failed", program=command[0], reason=f"> {SECONDS:.0f} s") from error
    if done.returncode:
        reason = re.sub(r"\s+", " ", done.stderr.decode(errors="replace")).strip()[:200]
        raise PasokhError("prompts.failed", program=command[0], reason=reason or str(done.returncode))
    return done.stdout
