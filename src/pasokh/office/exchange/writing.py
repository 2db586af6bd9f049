"""Writes the configuration as a file that people read, compare and keep: stable order, comments, nothing secret."""

from typing import Any

import yaml

from pasokh.office.exchange.plan import FORMAT
from pasokh.office.exchange.sections import Section, sections

_HEAD = """\
# The configuration of a Pasokh contact centre. Edit it, check it and bring it back:
#   pasokh config check FILE      pasokh config apply FILE      or: Administration → Configuration file
# Keys name things and never change. What a file leaves out stays as it is.
"""
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_DUMPER):  # type: ignore[misc,valid-type]
    """Texts of several lines stand as they are."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's signature
        """Everything is written out: nothing refers to anything."""
        return True


def _text(dumper: Any, value: str) -> Any:  # noqa: ANN401 - PyYAML has no types
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def exported() -> str:
    """The whole configuration of the scope's organisation."""
    parts = [_HEAD, f"format: {FORMAT}\n"]
    parts += [_written(section) for section in sections()]
    return "\n".join(parts)


def _written(section: Section) -> str:
    items = section.read()
    body = items.get("", {}) if section.single else items
    return f"# {section.about}\n{dumped({section.name: body})}"


def dumped(value: Any) -> str:  # noqa: ANN401 - any JSON
    """YAML of plain values, in the order they have."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=100
    )
    return text
