"""What the style guide shows: every token of `ui/src/design/tokens.css`, by kind. A test holds that none is missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour on a ground, as screens use them; `least` is the contrast WCAG 2.2 AA asks for."""

    ink: str
    ground: str
    least: float = 4.5

    @property
    def is_text(self) -> bool:
        """Words; otherwise the edge or the meaning of a shape."""
        return self.least > 3


SECTIONS = (
    "colour", "type", "space", "motion", "icons", "buttons", "fields", "marks", "notices", "boxes", "tables",
    "navigation", "dialogs", "desk", "wall",
)  # fmt: skip
"""In the order of the page; texts `styleguide.SECTION` and `styleguide.SECTION.when`."""

PAIRS = (
    Pair("ink", "surface"), Pair("ink", "bg"), Pair("ink", "raised"), Pair("ink", "hover"), Pair("ink", "note"),
    Pair("ink-2", "surface"), Pair("ink-2", "sunken"),
    Pair("ink-3", "surface"), Pair("ink-3", "bg"), Pair("ink-3", "sunken"), Pair("ink-3", "hover"),
    Pair("accent-text", "surface"), Pair("accent-text", "bg"), Pair("accent-text", "accent-soft"),
    Pair("on-accent", "accent"), Pair("on-accent", "accent-hover"), Pair("on-bubble", "bubble"),
    Pair("ok-text", "surface"), Pair("ok-text", "ok-soft"),
    Pair("warn-text", "surface"), Pair("warn-text", "warn-soft"),
    Pair("alarm-text", "surface"), Pair("alarm-text", "alarm-soft"), Pair("on-alarm", "alarm"),
    Pair("field-line", "surface", 3), Pair("accent", "surface", 3), Pair("ok", "surface", 3),
    Pair("alarm", "surface", 3),
)  # fmt: skip

GROUNDS = (
    "bg", "surface", "raised", "sunken", "hover", "line", "line-strong", "field-line", "accent-line", "warn",
    "warn-line", "alarm-line", "note", "note-line",
)  # fmt: skip
"""Colours whose contrast says nothing: grounds, lines of decoration, and saffron, which never stands alone."""

SIZES = tuple(f"size-{n}" for n in range(1, 8))
TEXTS = ("fa", "uk", "en")

MEASURES = {
    "space": tuple(f"s{n}" for n in range(1, 9)),
    "corner": ("r1", "r2", "r3", "r4", "round"),
    "shadow": ("shadow-1", "shadow-2", "shadow-3", "ring"),
    "motion": ("quick", "calm"),
}

ELSEWHERE = frozenset({"font", "leading", "ease"})
"""Tokens that are seen in the text and movements themselves."""
