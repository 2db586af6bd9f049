"""Lists the benchmarks, or runs one and keeps its figures with the machine they were measured on.

A benchmark is a script beside this one; the first line of its docstring says what it measures. It prints one JSON
object (alone or as the last line of its output) and exits 0 when it reached its figure. The object is written to
``var/bench/NAME-TIME.json`` with machine, cores, Python and commit added.
"""

import ast
import json
import subprocess
import sys
import time
from pathlib import Path

from machine import machine

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = ROOT / "var/bench"


def benchmarks() -> dict[str, str]:
    """Name → what it measures."""
    found = {}
    for path in sorted(HERE.glob("*.py")):
        if path.stem == "run" or path.stem.startswith("_"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        runnable = any(isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body)
        if runnable:
            found[path.stem] = (ast.get_docstring(tree) or "").split("\n")[0]
    return found


def last_object(output: str) -> dict[str, object] | None:
    """The JSON object a benchmark printed: all of its output, or what begins at the last line that opens one."""
    lines = output.strip().split("\n")
    for start in [0, *reversed(range(len(lines)))]:
        if not lines[start].startswith("{"):
            continue
        try:
            found = json.loads("\n".join(lines[start:]))
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return None


def run(name: str, arguments: list[str]) -> int:
    """Run one; its exit code, or 1 when it printed no figures."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    if {"-h", "--help"} & {*arguments}:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    figures = last_object(done.stdout)
    if figures is None:
        print(done.stdout, end="")
        print(f"bench: {name} printed no figures (exit code {done.returncode})", file=sys.stderr)
        return done.returncode or 1
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    result = {
        "benchmark": name,
        "machine": machine(),
        **figures,
        "arguments": arguments,
        "reached": done.returncode == 0,
        "seconds": round(time.monotonic() - began, 1),
        "commit": commit.stdout.strip(),
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    text = json.dumps(result, indent=2, ensure_ascii=False)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    path.write_text(text + "\n", "utf-8")
    print(text)
    print(f"bench: written to {path.relative_to(ROOT)}", file=sys.stderr)
    return done.returncode


def main() -> int:
    """List without a name; run the named one, or all of them one after another (`all`)."""
    known = benchmarks()
    if len(sys.argv) < 2:
        width = max(map(len, known), default=0)
        for name, about in known.items():
            print(f"{name:<{width}}  {about}")
        print("\nRun one: ./dev bench NAME [arguments] (which: ./dev bench NAME --help); all in turn: ./dev bench all")
        print("Each prints one JSON object, keeps it in var/bench, and ends with 1 when it did not reach its figure.")
        return 0
    name, arguments = sys.argv[1], sys.argv[2:]
    if name in {"-h", "--help"}:
        print(__doc__)
        return 0
    if name == "all":
        return max((run(each, arguments) for each in known), default=0)
    if name not in known:
        print(f"bench: there is no benchmark {name!r}; known: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    return run(name, arguments)


if __name__ == "__main__":
    sys.exit(main())
