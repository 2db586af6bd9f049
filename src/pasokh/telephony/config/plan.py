"""What differs between the files in use and those to be, for people, and what Asterisk must do about it. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct

from pasokh.telephony.config.ini import Section, parse

SECRET: Final = frozenset({"password", "password_digest", "auth_password", "secret"})
"""Settings whose values are shown to nobody."""
HIDDEN: Final = "…"
RELOADS: Final[dict[str, tuple[str, ...]]] = {
    "pjsip.conf": (
        "module reload res_pjsip.so",
        "module reload res_pjsip_acl.so",
        "module reload res_pjsip_endpoint_identifier_ip.so",
        "module reload res_pjsip_outbound_registration.so",
    ),
    "extensions.conf": ("dialplan reload",),
    "musiconhold.conf": ("moh reload",),
    "rtp.conf": ("module reload res_rtp_asterisk.so",),
    "http.conf": ("module reload http",),
    "ari.conf": ("module reload res_ari.so",),
    "prometheus.conf": ("module reload res_prometheus.so",),
    "logger.conf": ("logger reload",),
    "acl.conf": ("module reload acl",),
    "cdr.conf": ("module reload cdr",),
    "cel.conf": ("module reload cel",),
    "cel_custom.conf": ("module reload cel_custom.so",),
    "features.conf": ("module reload features",),
    "indications.conf": ("module reload indications",),
    "manager.conf": ("manager reload",),
    "udptl.conf": ("module reload udptl",),
    "websocket_client.conf": ("module reload res_websocket_client.so",),
}
"""How a file is read again while calls go on; any other is read at the start only."""
FIXED_KINDS: Final = frozenset({"transport", "system"})
"""Sections of pjsip.conf that are read at the start only."""

type Kind = Literal["new", "changed", "removed"]
type _Key = tuple[str, str, int]


class Line(Struct, frozen=True):
    """A setting before and after; "" = it is not there. Secrets are hidden."""

    name: str
    before: str
    after: str


class Change(Struct, frozen=True):
    """A section that differs."""

    file: str
    section: str
    kind: str
    """What pjsip.conf calls its type; "" elsewhere."""
    state: Kind
    lines: tuple[Line, ...]


class Plan(Struct, frozen=True):
    """Everything that differs."""

    changes: tuple[Change, ...]
    reloads: tuple[str, ...]
    """Commands for a running Asterisk, in order."""
    restart: tuple[str, ...]
    """Files whose changes need a new start; empty = none does."""

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.changes


def plan(before: Mapping[str, str], after: Mapping[str, str]) -> Plan:
    """The difference, file by file and section by section, in the order of their names."""
    changes: list[Change] = []
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            changes += _changes(name, before.get(name, ""), after.get(name, ""))
    files = sorted({change.file for change in changes})
    fixed = {
        change.file
        for change in changes
        if change.file not in RELOADS or (change.file == "pjsip.conf" and change.kind in FIXED_KINDS)
    }
    reloads = tuple(command for name in files if name not in fixed for command in RELOADS.get(name, ()))
    return Plan(tuple(changes), reloads, tuple(sorted(fixed)))


def _changes(file: str, before: str, after: str) -> Iterator[Change]:
    old, new = _sections(before), _sections(after)
    found = False
    for key in dict.fromkeys((*old, *new)):
        a, b = old.get(key), new.get(key)
        if a == b:
            continue
        found = True
        state: Kind = "changed" if a and b else "new" if b else "removed"
        lines = tuple(_lines(a, b)) if a and b else ()
        yield Change(file, key[0], key[1], state, lines)
    if not found:  # only the order, or lines outside any section
        yield Change(file, "", "", "changed" if before and after else "new" if after else "removed", ())


def _sections(text: str) -> dict[_Key, Section]:
    """Sections by name, type and how many of the same came before."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[_Key, Section] = {}
    for section in parse(text):
        found[section.name, section.kind, seen[section.name, section.kind]] = section
        seen[section.name, section.kind] += 1
    return found


def _lines(before: Section, after: Section) -> Iterator[Line]:
    """Settings that differ; one that stands several times is compared as a whole."""
    old, new = _values(before), _values(after)
    for name in dict.fromkeys((*old, *new)):
        gone = [each for each in old[name] if each not in new[name]]
        come = [each for each in new[name] if each not in old[name]]
        if old[name] != new[name] and not gone and not come:
            gone, come = old[name], new[name]
        for place in range(max(len(gone), len(come))):
            a = gone[place] if place < len(gone) else ""
            b = come[place] if place < len(come) else ""
            yield Line(name, _shown(name, a), _shown(name, b))


def _values(section: Section) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in section.lines:
        found[name].append(value)
    return found


def _shown(name: str, value: str) -> str:
    return HIDDEN if value and name in SECRET else value
