"""Files as people and attackers send them, made on the spot."""

import io
import struct
import zipfile
import zlib

from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600), **more: object) -> bytes:
    """A picture with something to see."""
    image = Image.new("RGB", size, (10, 124, 128))
    image.paste((217, 138, 0), (0, 0, size[0] // 2, size[1] // 3))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A JPEG lying on its side whose EXIF tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees
    exif[0x010E] = "SECRET-PLACE"
    return picture("JPEG", (800, 400), exif=exif)


def huge_png(side: int = 60_000) -> bytes:
    """A few bytes that would unpack to gigabytes of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    head = struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive(entries: dict[str, bytes], first: str = "") -> bytes:
    """A ZIP of names and contents; `first` = an OpenDocument's kind."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if first:
            made.writestr(zipfile.ZipInfo("mimetype"), first)
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    """Unpacks to a thousand times its size."""
    return archive({f"{n}.txt": b"\x00" * 20_000_000 for n in range(3)})


DOCX = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
XLSM = archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"", "xl/vbaProject.bin": b"macro"})
ODT = archive({"content.xml": b""}, first="application/vnd.oasis.opendocument.text")
