"""The machine a figure was taken on, and percentiles: what every benchmark's JSON names."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path


def machine() -> dict[str, object]:
    """Processor, cores this process may use, memory, system."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": model,
        "cores": cores,
        "memory_gib": round(memory, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of sorted values; None when there are none."""
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)] if ordered else None


def spread(values: Sequence[float]) -> dict[str, float | int | None]:
    """Count, median, p95, p99 and maximum."""
    ordered = sorted(values)
    marks = {name: percentile(ordered, share) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    rounded = {name: round(value, 3) if value is not None else None for name, value in marks.items()}
    return {"n": len(ordered), **rounded, "max": round(ordered[-1], 3) if ordered else None}


def report(name: str, **figures: object) -> None:
    """One JSON object to stdout."""
    json.dump({"benchmark": name, "machine": machine(), **figures}, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")
