"""Previews of pictures, each drawn by a child process that may crash, hang or swell without harm."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pasokh.kernel.errors import PasokhError

SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


def draw_preview(source: Path, target: Path, seconds: float = SECONDS) -> Size:
    """Write a WebP of at most 640 × 640 without metadata to `target`.

    Raises `file.broken` when the picture cannot be read within the limits: too many pixels, damaged, too slow.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "pasokh.channels.files.drawing", str(source), str(target)],
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PYTHONWARNINGS": "ignore"},
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise PasokhError("file.broken", field="file", kind="image") from error
    words = done.stdout.split()
    if done.returncode != 0 or len(words) != 2:
        target.unlink(missing_ok=True)
        raise PasokhError("file.broken", field="file", kind="image")
    return Size(int(words[0]), int(words[1]))
