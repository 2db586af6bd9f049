"""Writes docs/errors.md from the codes the source raises and their English sentences; run by ./dev format."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pasokh.i18n.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/pasokh"
PAGE = ROOT / "docs/errors.md"
RAISED = {"PasokhError", "Refusal", "SwitchRefusedError", "SwitchReplacedError", "SwitchUnavailableError"}
SPOKEN = {"message", "words", "label", "_say", "thrice"}
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
HEAD = """# Error codes

Every refusal of Pasokh carries a stable code and named fields: `PasokhError(code, field=…)`, in JSON
`{"error": {"code", "params", "message"}}`, on the command line `[code]`. Nothing has changed when one is raised.
Messages are translated (fa, uk, en); the English ones stand below, fields in braces. `./dev format` writes this page
from the source; a test holds that no code is missing.
"""


def codes() -> dict[str, set[str]]:
    """Code → packages that raise it."""
    found: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        package = path.relative_to(SOURCE).parts[0]
        tree = ast.parse(path.read_text("utf-8"))
        for code in _raised(tree):
            found.setdefault(code, set()).add(package)
        for code in _named(tree):
            others.setdefault(code, set()).add(package)
    areas = {code.split(".")[0] for code in found}
    for code, packages in others.items():  # handed on: `check(…, "setup.unknown_skill")`
        if code in catalogue("en") and code.split(".")[0] in areas and code not in found:
            found[code] = packages
    return found


def page() -> str:
    """The whole page."""
    found = codes()
    lines = [HEAD]
    area = ""
    for code in sorted(found):
        if code.split(".")[0] != area:
            area = code.split(".")[0]
            lines += ["", f"## {area}", "| code | means | from |", "|---|---|---|"]
        text = catalogue("en").get(code, "")
        said = text["other"] if isinstance(text, dict) else text
        lines.append(f"| `{code}` | {said.replace('|', '/')} | {', '.join(sorted(found[code]))} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _raised(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in RAISED and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.fullmatch(part.value):
                    # The beginning of a code that is made (`f"setup.unknown_{kind}"`) stands for all that begin so.
                    made = part.value.endswith("_")
                    yield from (c for c in catalogue("en") if c.startswith(part.value)) if made else (part.value,)


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) not in SPOKEN:
            for part in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.fullmatch(part.value):
                    yield part.value


def problems() -> list[str]:
    """Codes without a sentence, or missing on the page."""
    written = PAGE.read_text("utf-8") if PAGE.exists() else ""
    found = sorted(codes())
    wrong = [f"{code}: no message in the catalogues" for code in found if code not in catalogue("en")]
    wrong += [f"{code}: not in docs/errors.md; run ./dev format" for code in found if f"`{code}`" not in written]
    return wrong


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.exit(0)
