"""Line icons on a 24 × 24 grid, drawn in `icons.json` for pages and front end alike (`ui/src/design/icons.ts`)."""

import json
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

from django.utils.safestring import SafeString, mark_safe


@cache
def drawing(name: str) -> SafeString:
    """The picture of an icon; raises KeyError for a name that is none."""
    icons = _icons()
    mirror = " mirror" if name in icons["pointing"] else ""
    return mark_safe(  # noqa: S308 - own drawings, no one's input
        f'<svg class="icon{mirror}" viewBox="0 0 24 24" aria-hidden="true">{icons["drawn"][name]}</svg>'
    )


class _Icons(TypedDict):
    pointing: list[str]
    """Those that point somewhere and turn round in right-to-left pages."""
    drawn: dict[str, str]


@cache
def _icons() -> _Icons:
    return cast("_Icons", json.loads(Path(__file__).with_name("icons.json").read_text("utf-8")))
