"""Whether a running Asterisk has what its files say: asked of Asterisk itself, not of its files."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from pasokh.telephony.asterisk import Asterisk
from pasokh.telephony.config.ini import parse

_ENDPOINT: Final = re.compile(r"^ *Endpoint: +([^<\s/]+)", re.MULTILINE)
_TRANSPORT: Final = re.compile(r"^ *Transport: +([^<\s]\S*) +\w+ +\d+ +\d+ +(\S+)", re.MULTILINE)
_MODULE: Final = re.compile(r"^(\S+\.so)\s.*\bRunning\b", re.MULTILINE)
_CONTEXT: Final = re.compile(r"^\[ Context '([^']+)' created by 'pbx_config' \]", re.MULTILINE)
_STEP: Final = re.compile(r"\[extensions\.conf:\d+\]")
_APPLICATION: Final = re.compile(r"(?:^(?:n|[^,]+,1)(?:\(\w+\))?,|\]\?)([A-Z][A-Za-z]+)\(")
_FUNCTION: Final = re.compile(r"(?:\$\{|Set\()([A-Z_]+)\(")
_KNOWN_APPLICATION: Final = re.compile(r"^ *([A-Za-z]+): ", re.MULTILINE)
_KNOWN_FUNCTION: Final = re.compile(r"^([A-Z0-9_]+) ", re.MULTILINE)
_HTTPS: Final = re.compile(r"HTTPS Server Enabled", re.IGNORECASE)


class Expected(Struct, frozen=True):
    """What must be there."""

    endpoints: frozenset[str]
    transports: frozenset[str]
    """Name and address: a moved one keeps its name."""
    modules: frozenset[str]
    contexts: frozenset[str]
    steps: int
    """Priorities of the dialplan."""
    applications: frozenset[str]
    functions: frozenset[str]
    """What the dialplan uses, in lower case: one that no module brings ends a call where it stands."""
    https: bool


def expected(files: Mapping[str, str]) -> Expected:
    """What rendered files promise."""
    pjsip = parse(files["pjsip.conf"])
    dialplan = [section for section in parse(files["extensions.conf"]) if section.name != "general"]
    modules = [line for section in parse(files["modules.conf"]) for line in section.lines]
    http = dict(parse(files["http.conf"])[0].lines)
    return Expected(
        endpoints=frozenset(section.name for section in pjsip if section.kind == "endpoint"),
        transports=frozenset(
            f"{section.name} {dict(section.lines)['bind']}" for section in pjsip if section.kind == "transport"
        ),
        modules=frozenset(name for how, name in modules if how in {"require", "load"}),
        contexts=frozenset(section.name for section in dialplan if section.lines),
        applications=frozenset(
            name.lower() for section in dialplan for _, step in section.lines for name in _APPLICATION.findall(step)
        ),
        functions=frozenset(
            name.lower() for section in dialplan for _, step in section.lines for name in _FUNCTION.findall(step)
        ),
        steps=sum(1 for section in dialplan for how, _ in section.lines if how in {"exten", "same"}),
        https=http.get("tlsenable") == "yes",
    )


async def differences(asterisk: Asterisk, files: Mapping[str, str]) -> tuple[str, ...]:
    """What the running Asterisk lacks or has besides; empty = all is as it should be."""
    wanted = expected(files)
    found: list[str] = []
    # Not from ARI: it remembers endpoints that were removed.
    listed = set(_ENDPOINT.findall(await asterisk.command("pjsip list endpoints")))
    found += _unlike("endpoint", wanted.endpoints, listed)
    bound = {" ".join(each) for each in _TRANSPORT.findall(await asterisk.command("pjsip show transports"))}
    found += _unlike("transport", wanted.transports, bound)
    running = set(_MODULE.findall(await asterisk.command("module show")))
    found += [f"module {name}" for name in sorted(wanted.modules - running)]
    dialplan = await asterisk.command("dialplan show")
    found += _unlike("context", wanted.contexts, set(_CONTEXT.findall(dialplan)))
    if (steps := len(_STEP.findall(dialplan))) != wanted.steps:
        found.append(f"dialplan {steps}/{wanted.steps}")
    known = {name.lower() for name in _KNOWN_APPLICATION.findall(await asterisk.command("core show applications"))}
    found += [f"application {name}" for name in sorted(wanted.applications - known)]
    known = {name.lower() for name in _KNOWN_FUNCTION.findall(await asterisk.command("core show functions"))}
    found += [f"function {name}" for name in sorted(wanted.functions - known)]
    if wanted.https and not _HTTPS.search(await asterisk.command("http show status")):
        found.append("https")
    return tuple(found)


def _unlike(kind: str, wanted: frozenset[str], found: set[str]) -> list[str]:
    """Names that are missing, and with a minus those that should have gone."""
    return [
        *(f"{kind} {name}" for name in sorted(wanted - found)),
        *(f"{kind} -{name}" for name in sorted(found - wanted)),
    ]
