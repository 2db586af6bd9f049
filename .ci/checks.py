"""Checks no linter makes: module sizes, addresses that belong to one machine, texts in all languages.

Run by ./dev check. Prints what is wrong and exits 1 if anything is.
"""

import re
import subprocess
import sys
from pathlib import Path

import error_codes

from pasokh.i18n import catalogue

ROOT = Path(__file__).resolve().parents[1]
MOST, MANY = 600, 400
"""Lines of a module: the limit, and what is worth a warning."""
CODE = {".py", ".ts", ".css", ".html"}
LOCAL_PATH = re.compile(r"(?<![\w.<>-])/(?:root|home/[a-z]\w*|Users/\w+|" + "work" + r")/[\w.-]")
LOCAL_PATH_FREE = {".ci/checks.py"}
OWN_BUNDLES = {"shop.css"}
"""Style sheets that no page of the office loads."""


def tracked() -> list[Path]:
    """Files under version control, and new ones that would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def sizes(files: list[Path]) -> tuple[list[str], list[str]]:
    """Modules that are too long, and those that are getting there."""
    wrong, warnings = [], []
    for path in files:
        if path.suffix not in CODE or "migrations" in path.parts:
            continue
        lines = path.read_text("utf-8").count("\n")
        if lines > MOST:
            wrong.append(f"{path.relative_to(ROOT)}: {lines} lines; split it (at most {MOST})")
        elif lines > MANY:
            warnings.append(f"{path.relative_to(ROOT)}: {lines} lines; {MANY} is the aim")
    return wrong, warnings


def addresses(files: list[Path]) -> list[str]:
    """Lock files that name where packages came from, and paths that exist on one machine only."""
    wrong = []
    for path in files:
        name = str(path.relative_to(ROOT))
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if path.name == "package-lock.json" and '"resolved"' in text:
            wrong.append(f"{name}: names download addresses; run npm config set omit-lockfile-registry-resolved true")
        if path.suffix == ".lock" and ("://" in text or "--index" in text or "--find-links" in text):
            wrong.append(f"{name}: names a package index")
        if name not in LOCAL_PATH_FREE and path.suffix != ".lock":
            found = LOCAL_PATH.search(text)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                wrong.append(f"{name}:{line}: the path {found[0]}… belongs to one machine")
    return wrong


def gettext(files: list[Path]) -> list[str]:
    """Texts of the templates that a language lacks, has doubtful, or has not compiled."""
    wrong = []
    for path in files:
        if path.suffix != ".po":
            continue
        name = str(path.relative_to(ROOT))
        text = path.read_text("utf-8")
        for entry in text.split("\n\n")[1:]:
            if "#~" in entry or "msgid " not in entry:
                continue
            identity = re.search(r'msgid "(.*)"', entry)
            if "#, fuzzy" in entry or re.search(r'msgstr(\[\d\])? ""(?!\n")', entry):
                wrong.append(f"{name}: no text for {identity[1] if identity else '?'!r}")
        compiled = path.with_suffix(".mo")
        if not compiled.exists():
            wrong.append(f"{name}: not compiled")
    return wrong


def classes(files: list[Path]) -> list[str]:
    """Classes that two style sheets of the office give a look of their own: one would reach the other's elements."""
    owners: dict[str, set[str]] = {}
    for path in files:
        if path.suffix == ".css" and path.parent.name == "design" and path.name not in OWN_BUNDLES:
            for name in re.findall(r"(?m)^\.([a-z][\w-]*)\s*[,{]", (ROOT / path).read_text("utf-8")):
                owners.setdefault(name, set()).add(path.name)
    return [
        f"{', '.join(sorted(names))}: .{name} has a look in each; give one another name"
        for name, names in sorted(owners.items())
        if len(names) > 1
    ]


def main() -> int:
    """Run all; 1 if anything is wrong."""
    files = tracked()
    wrong, warnings = sizes(files)
    wrong += addresses(files) + gettext(files) + classes(files) + catalogue.problems() + error_codes.problems()
    for line in warnings:
        print(f"warning: {line}")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
