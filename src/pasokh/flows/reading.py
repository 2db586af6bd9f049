"""Reads a flow from TOML or JSON: whatever is wrong becomes one `PasokhError` naming the field and what to do."""

import re
import tomllib

import msgspec

from pasokh.flows.nodes import Flow
from pasokh.kernel.errors import PasokhError

LARGEST = 1_000_000
_PLACE = re.compile(r"at line (\d+), column (\d+)")


def parse_flow(text: str) -> Flow:
    """The flow of a TOML text, or of JSON when it begins with a brace; raises `PasokhError` ``flow.*``."""
    if len(text) > LARGEST:
        raise PasokhError("flow.too_large", field="flow", most=LARGEST)
    try:
        data = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        place = _PLACE.search(str(error))
        raise PasokhError(
            "flow.syntax",
            field="flow",
            line=int(place[1]) if place else 1,
            problem=re.sub(r" \(at .*", "", str(error))[:200],
        ) from error
    return as_flow(data)


def as_flow(data: object) -> Flow:
    """The flow plain data stand for; raises `PasokhError` ``flow.*``."""
    try:
        return msgspec.convert(data, Flow)
    except msgspec.ValidationError as error:
        raise refused(str(error)) from error
    except RecursionError as error:
        raise PasokhError("flow.field", field="flow", problem="nested too deep") from error


def to_json(flow: Flow) -> str:
    """The flow as JSON text that `parse_flow` reads back."""
    return msgspec.json.format(msgspec.json.encode(flow), indent=2).decode()


def refused(message: str) -> PasokhError:
    """A validation error of msgspec as a refusal naming the field."""
    match = re.fullmatch(r"(?s)(.*?)(?: - at `(?:key in )?\$?\.?(.*)`)?", message)
    problem, field = (match[1], match[2] or "") if match else (message, "")
    for pattern, code in (
        (r"unknown field `(.*)`", "flow.unknown_field"),
        (r"missing required field `(.*)`", "flow.missing_field"),
    ):
        named = re.search(pattern, problem)
        if named:
            return PasokhError(code, field=f"{field}.{named[1]}".lstrip(".")[:200])
    return PasokhError("flow.field", field=field[:200] or "flow", problem=problem[:200])
