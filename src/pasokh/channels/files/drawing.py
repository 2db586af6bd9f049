"""Makes one preview and ends: ``python -m pasokh.channels.files.drawing SOURCE TARGET``. The child of `previews`.

Decoders of pictures are where attackers look first, so this process has little memory, little time, no children and
opens only the formats that are let in. It prints ``WIDTH HEIGHT``; any failure is an exit code that is not 0.
"""

import resource
import sys
from pathlib import Path

MEMORY = 1_024 * 1024 * 1024
SECONDS = 8
MOST_PIXELS = 50_000_000
SIDE = 640
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def main() -> int:
    """Draw the preview."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - before the limits it would be counted, after the fork it is not

    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024 * 1024, 8 * 1024 * 1024))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return 3
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        shown = ImageOps.exif_transpose(picture)
        shown.thumbnail((SIDE, SIDE))
        flat = shown.convert("RGBA" if shown.has_transparency_data else "RGB")
    clean = Image.new(flat.mode, flat.size)
    clean.paste(flat)  # the pixels alone: no EXIF, no comment, no colour profile
    clean.save(target, "WEBP", quality=80, method=2)
    print(flat.width, flat.height)
    return 0


if __name__ == "__main__":
    sys.exit(main())
