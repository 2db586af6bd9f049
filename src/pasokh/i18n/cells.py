"""Cells of tables that people open in a spreadsheet, which would run what looks like a formula."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate it."""
    return text.startswith(_FORMULA)


def harmless(text: str) -> str:
    """The text as a cell that is only read: what looks like a formula gets an apostrophe in front."""
    return f"'{text}" if is_formula(text) else text
