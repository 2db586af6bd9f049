"""Reads a scenario from TOML: whatever is wrong becomes one `PasokhError` with field, line and what to do."""

import re
import tomllib
from pathlib import Path

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.twin.recording import Recorded, read_empirical, read_recording
from pasokh.twin.scenario import Empirical, Scenario, Spans
from pasokh.twin.scenario_check import RefusalError, check

LARGEST_BYTES = 16 * 1024 * 1024


class Loaded(msgspec.Struct, frozen=True):
    """A scenario with everything it refers to: what a simulation runs on. Picklable."""

    scenario: Scenario
    recorded: dict[int, Recorded] = {}
    """Recorded contacts by index in `scenario.arrivals`."""


def read_scenario(path: Path) -> Loaded:
    """The scenario of a TOML file; raises `PasokhError` `scenario.*`."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise PasokhError("scenario.file_too_large", path=str(path), limit_bytes=LARGEST_BYTES)
        data = path.read_bytes()
    except OSError as e:
        raise PasokhError("scenario.unreadable", path=str(path), problem=e.strerror or str(e)) from e
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data[: e.start].count(b"\n") + 1
        raise PasokhError("scenario.not_utf8", path=str(path), line=line, fix="save the file as UTF-8 text") from e
    return parse_scenario(text, path.parent)


def parse_scenario(text: str, folder: Path) -> Loaded:
    """The scenario of a TOML text whose files lie in `folder`; raises `PasokhError` `scenario.*`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        place = re.search(r"at line (\d+), column (\d+)", str(e))
        raise PasokhError(
            "scenario.syntax",
            line=int(place[1]) if place else text.count("\n") + 1,
            column=int(place[2]) if place else 0,
            problem=re.sub(r" \(at .*", "", str(e)),
            fix="correct the TOML at this place",
        ) from e
    try:
        scenario = msgspec.convert(data, Scenario)
    except msgspec.ValidationError as e:
        raise _refused(str(e), text) from e
    try:
        check(scenario)
        return _load(scenario, folder)
    except RefusalError as e:
        raise PasokhError(e.code, field=e.field, line=line_of(text, e.field), problem=e.problem, fix=e.fix) from e


def load(scenario: Scenario, folder: Path = Path()) -> Loaded:
    """A scenario made in code, checked and with its files; raises `PasokhError` `scenario.*`."""
    try:
        check(scenario)
        return _load(scenario, folder)
    except RefusalError as e:
        raise PasokhError(e.code, field=e.field, problem=e.problem, fix=e.fix) from e


def _load(scenario: Scenario, folder: Path) -> Loaded:
    recorded = {
        k: read_recording(stream.recorded, folder, scenario.zone, f"arrivals[{k}].recorded")
        for k, stream in enumerate(scenario.arrivals)
        if stream.recorded is not None
    }
    for k, found in recorded.items():
        classes = next(len(q.policy.classes) for q in scenario.queues if q.id == scenario.arrivals[k].queue)
        if max(found.priority, default=0) >= classes:
            raise RefusalError(
                "scenario.recording",
                f"arrivals[{k}].recorded.priority",
                f"class {max(found.priority)} recorded, the queue's policy has {classes} classes",
                "add classes to the queue's policy or correct the recording",
            )
    starts = {r.start for r in recorded.values() if r.start is not None}
    if len(starts) > 1:
        raise RefusalError(
            "scenario.recording",
            "arrivals",
            f"recordings begin on different dates: {', '.join(sorted(map(str, starts)))}",
            "give the same `only_dates` everywhere",
        )
    start = starts.pop() if starts else scenario.start

    def fill(spans: Spans, field: str) -> Spans:
        return read_empirical(spans, folder, field) if isinstance(spans, Empirical) else spans

    replace = msgspec.structs.replace
    return Loaded(
        replace(
            scenario,
            start=start,
            service=tuple(
                replace(t, spans=fill(t.spans, f"service[{k}].spans")) for k, t in enumerate(scenario.service)
            ),
            wrap_up=tuple(
                replace(t, spans=fill(t.spans, f"wrap_up[{k}].spans")) for k, t in enumerate(scenario.wrap_up)
            ),
            patience=tuple(
                replace(t, spans=fill(t.spans, f"patience[{k}].spans")) for k, t in enumerate(scenario.patience)
            ),
            groups=tuple(
                replace(g, answer=fill(g.answer, f"groups[{k}].answer")) for k, g in enumerate(scenario.groups)
            ),
        ),
        recorded,
    )


def _refused(message: str, text: str) -> PasokhError:
    """What msgspec says, as an error with field and line."""
    match = re.fullmatch(r"(?s)(.*?)(?: - at `(?:key in )?\$?\.?(.*)`)?", message)
    problem, field = (match[1], match[2] or "") if match else (message, "")
    unknown = re.search(r"unknown field `(.*)`", problem)
    missing = re.search(r"missing required field `(.*)`", problem)
    line = line_of(text, field)
    if unknown:
        name = f"{field}.{unknown[1]}".lstrip(".")
        return PasokhError(
            "scenario.unknown_field",
            field=name,
            line=line_of(text, name),
            problem="no such field",
            fix="remove it or correct its name; docs/scenarios.md lists the fields",
        )
    if missing:
        return PasokhError(
            "scenario.missing_field",
            field=f"{field}.{missing[1]}".lstrip("."),
            line=line,
            problem="required, yet not given",
            fix=f"add `{missing[1]} = …`",
        )
    return PasokhError(
        "scenario.field",
        field=field or "(whole file)",
        line=line,
        problem=problem,
        fix="change the value; docs/scenarios.md says what the field takes",
    )


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"'.]+)\s*=")


def line_of(text: str, field: str) -> int | None:
    """The line where a field path such as ``queues[1].policy.classes[0]`` stands, or the nearest table above it."""
    wanted = re.findall(r"[^.\[\]]+", field)
    best: tuple[int, int] | None = None
    here: list[str] = []
    counts: dict[str, int] = {}
    for number, row in enumerate(text.splitlines(), 1):
        header = _HEADER.match(row)
        if header:
            here = []
            names = [part.strip(" \"'") for part in header[2].split(".")]
            for depth, name in enumerate(names):
                here.append(name)
                path = ".".join(here)
                if header[1] == "[[" and depth == len(names) - 1:
                    counts[path] = counts.get(path, -1) + 1
                    for below in [key for key in counts if key.startswith(path + ".")]:
                        del counts[below]
                if path in counts:
                    here.append(str(counts[path]))
            found = here
        else:
            key = _KEY.match(row)
            if not key:
                continue
            found = here + [part.strip("\"'") for part in key[1].split(".")]
        shared = 0
        while shared < min(len(found), len(wanted)) and found[shared] == wanted[shared]:
            shared += 1
        if shared == len(found) and shared > 0 and (best is None or shared > best[0]):
            best = (shared, number)
    return best[1] if best else None
