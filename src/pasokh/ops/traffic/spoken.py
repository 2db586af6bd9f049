"""Canned answers as drawn agents say them."""

from pasokh.office.demo_words import ANSWERS, SHOP

_PARTS = (
    ("hello",),
    ("number", "wait", "photo", "address"),
    ("tomorrow", "replace", "call", "refund"),
    ("anything", "bye"),
)
"""Shortcuts for the beginning, the first question, the answer, and the end of a talk."""


def spoken(part: int, language: str, number: int, customer: str, agent: str) -> str:
    """The canned answer for a part of the talk with its holes filled."""
    wanted = _PARTS[part][number % len(_PARTS[part])]
    text = next(each.texts[language] for each in ANSWERS if each.shortcut == wanted)
    return text.format(customer=customer, agent=agent, order="4821903", organisation=SHOP[language])
