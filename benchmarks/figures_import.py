"""A queue_log brought in: lines a second of one core, and whether memory stays where it is when the log grows."""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pasokh.metrics.imports.queue_log import QueueLog
from pasokh.metrics.warehouse import Limits, Warehouse

BEGIN = 1_790_000_000


def write(path: Path, lines: int) -> None:
    """Calls of three queues: answered, given up, rung in vain; the same for the same number."""
    draw, at, written, number = random.Random(1), BEGIN, 0, 0
    with path.open("w") as out:
        while written < lines:
            at += draw.choice((0, 0, 1, 1, 2))
            number += 1
            call, queue = f"{at}.{number}", draw.choice(("support", "sales", "billing"))
            wait, talk = int(draw.expovariate(1 / 25)), int(draw.expovariate(1 / 180))
            agent, again = f"PJSIP/{100 + draw.randrange(80)}", f"PJSIP/{100 + draw.randrange(80)}"
            out.write(f"{at}|{call}|{queue}|NONE|ENTERQUEUE||98912{draw.randrange(10**7):07d}|1\n")
            written += 1
            if draw.random() < 0.1:
                out.write(f"{at + wait}|{call}|{queue}|NONE|ABANDON|1|1|{wait}\n")
                written += 1
                continue
            if draw.random() < 0.2:
                out.write(f"{at + wait}|{call}|{queue}|{again}|RINGNOANSWER|15000\n")
                written += 1
            end = draw.choice(("COMPLETEAGENT", "COMPLETECALLER"))
            out.write(f"{at + wait}|{call}|{queue}|{agent}|CONNECT|{wait}|{call}x|4\n")
            out.write(f"{at + wait + talk}|{call}|{queue}|{agent}|{end}|{wait}|{talk}|1\n")
            written += 2


def bring(path: Path) -> dict[str, float]:
    """Import in this process with one thread; seconds of processor and wall, peak memory."""
    with tempfile.TemporaryDirectory(prefix="pasokh-import-") as folder:
        warehouse = Warehouse(Path(folder), Limits(memory="1GB", threads=1))
        begun, used = time.perf_counter(), time.process_time()
        report = QueueLog(warehouse, "bench", "Asia/Tehran").take(path)
        return {
            "lines": report.lines, "seconds": time.perf_counter() - begun, "cpu": time.process_time() - used,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }  # fmt: skip


def main() -> int:
    """Measure two sizes, each in a process of its own; 0 where 200,000 lines a second and memory within a quarter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--bring", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bring is not None:
        print(json.dumps(bring(given.bring)))
        return 0
    found = []
    with tempfile.TemporaryDirectory(prefix="pasokh-queue-log-") as folder:
        for lines in (given.lines, given.lines * 4):
            path = Path(folder) / "queue_log"
            write(path, lines)
            command = [sys.executable, "-m", "benchmarks.figures_import", "--bring", str(path)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found.append(json.loads(done.stdout.splitlines()[-1]))
    small, large = found
    rate = large["lines"] / large["cpu"]
    figures = {
        "lines": large["lines"], "lines_per_cpu_second": round(rate), "seconds": round(large["seconds"], 1),
        "peak_mib": large["peak_mib"], "peak_mib_of_a_quarter": small["peak_mib"],
    }  # fmt: skip
    print(json.dumps(figures))
    return 0 if rate >= 200_000 and large["peak_mib"] <= 1.25 * small["peak_mib"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
