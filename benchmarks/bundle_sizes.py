"""Gzipped sizes of what a browser loads: widget (≤ 40 kB), desk, wallboard and pages with their shared parts, style.

python -m benchmarks.bundle_sizes; the front end must be built.
"""

import gzip
import json
import sys
from pathlib import Path

from benchmarks.machine import report

DIST = Path(__file__).resolve().parent.parent / "src/pasokh/office/static/dist"
WIDGET_LIMIT = 40_000
ENTRIES = {"desk": "src/desk/main.ts", "wall": "src/wall/main.ts", "pages": "src/pages/main.ts"}


def zipped(name: str) -> int:
    """Bytes of a built file as it travels."""
    return len(gzip.compress((DIST / name).read_bytes(), 9, mtime=0))


def needed(manifest: dict[str, dict[str, object]], entry: str) -> set[str]:
    """An entry's file and all that it imports before it runs."""
    imports = manifest[entry].get("imports", [])
    assert isinstance(imports, list)
    return {str(manifest[entry]["file"])}.union(*(needed(manifest, each) for each in imports))


def main() -> int:
    """Weigh; 1 when the widget is too heavy."""
    manifest = json.loads((DIST / "manifest.json").read_text("utf-8"))
    widget = zipped("widget.js")
    style = zipped("style.css")
    parts = {name: needed(manifest, entry) for name, entry in ENTRIES.items()}
    fonts = {path.name: path.stat().st_size for path in sorted((DIST / "fonts").glob("*.woff2"))}
    report(
        "bundle_sizes",
        widget_bytes=widget,
        scripts_bytes={name: sum(map(zipped, files)) for name, files in parts.items()},
        style_bytes=style,
        desk_page_bytes=style + sum(map(zipped, parts["desk"] | parts["pages"])),
        fonts_bytes=fonts,
        requests={name: len(files) for name, files in parts.items()},
        reach={"widget_bytes": WIDGET_LIMIT},
        reached=widget <= WIDGET_LIMIT,
    )
    return 0 if widget <= WIDGET_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
