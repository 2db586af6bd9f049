"""Mixing directions safely: isolate names, numbers and codes; find characters that could disguise text."""

FSI = "\u2068"
LRI = "\u2066"
PDI = "\u2069"

_OVERRIDES = frozenset("\u202a\u202b\u202d\u202e")
_ISOLATES = frozenset("\u2066\u2067\u2068")


def isolate(text: str) -> str:
    """The text in a first-strong isolate, so that its direction cannot disturb its neighbours."""
    return f"{FSI}{balanced(text)}{PDI}"


def isolate_ltr(text: str) -> str:
    """The text in a left-to-right isolate: telephone numbers, codes, addresses."""
    return f"{LRI}{balanced(text)}{PDI}"


def has_override(text: str) -> bool:
    """Whether the text holds embeddings or overrides (U+202A, B, D, E) or unbalanced isolates."""
    return balanced(text) != text


def balanced(text: str) -> str:
    """The text without embeddings and overrides, every isolate closed and none closed twice."""
    if not any(c in _OVERRIDES or c in _ISOLATES or c in "\u202c\u2069" for c in text):
        return text
    kept: list[str] = []
    depth = 0
    for character in text:
        if character in _OVERRIDES or character == "\u202c":
            continue
        if character in _ISOLATES:
            depth += 1
        elif character == PDI:
            if not depth:
                continue
            depth -= 1
        kept.append(character)
    return "".join(kept) + PDI * depth
