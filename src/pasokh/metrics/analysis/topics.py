"""What customers write about (R37): words and phrases of their messages, those first that grew most.

A phrase is one to three words in a row that are not cut by a stop word at either end. It is counted once a contact.
How much it grew is the log odds against the period before, with a prior drawn from both (Monroe, Colaresi and Quinn
2008, "Fightin' Words"), in standard errors. Nothing personal is shown: words with digits, addresses and links are
passed over, as are the names given, and a phrase needs several different customers.
"""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from pasokh.i18n.text import normalise, search_key

FEWEST_CUSTOMERS: Final = 5
"""So many different customers must have written a phrase before anybody sees it."""
LONGEST_WORDS: Final = 3
LEAST_LETTERS: Final = 3
MOST_WORDS: Final = 400
"""Of one contact: a pasted log is no topic."""
PRIOR: Final = 50.0
"""How many contacts the prior weighs."""
_WORD = re.compile(r"[^\W_]+(?:['’ʼ\u200c-][^\W_]+)*")
_PRIVATE = re.compile(r"\S*(?:@|://|www\.)\S*|\S*[\d۰-۹٠-٩]\S*")


class Text(Struct, frozen=True):
    """What one customer wrote in one contact."""

    contact: str
    customer: str
    text: str
    names: tuple[str, ...] = ()
    """Words of people's names, never shown."""


class Topic(Struct, frozen=True):
    """A phrase: in how many contacts now and before, how it grew, and the contacts (the newest given first)."""

    phrase: str
    """As most people wrote it."""
    key: str
    """Folded: what the same phrase shares whatever the keyboard."""
    contacts: int
    before: int
    growth: float
    """Log odds in standard errors; above 2 is hardly chance."""
    examples: tuple[str, ...]


def topics(
    now: Sequence[Text], before: Sequence[Text], most: int = 30, fewest: int = FEWEST_CUSTOMERS, examples: int = 500
) -> list[Topic]:
    """The phrases of a period: those most written first, each contact counted once for the phrase that says most.

    A phrase that mostly stands inside a longer one is told by the longer one. `before` is a period of about the same
    length; growth is of the shares of contacts, so it need not be.
    """
    held, writers, spelt = _counted(now)
    earlier = Counter(key for text in before for key in phrases(text))
    shown = {key for key, people in writers.items() if len(people) >= fewest}
    shown -= _inside(held, shown)
    n, m = len(now), len(before)
    found = [
        Topic(
            _spelling(spelt[key]),
            key,
            len(held[key]),
            earlier[key],
            growth(len(held[key]), n, earlier[key], m),
            tuple(held[key][:examples]),
        )
        for key in shown
    ]
    return sorted(found, key=lambda topic: (-topic.contacts, -topic.growth, topic.key))[:most]


def growth(now: int, of_now: int, before: int, of_before: int) -> float:
    """How much a share grew, in standard errors of the log odds; 0 where one of the periods is empty."""
    if of_now == 0 or of_before == 0:
        return 0.0
    prior = PRIOR * (now + before + 0.5) / (of_now + of_before + 1)
    odds = math.log((now + prior) / (of_now + PRIOR - now - prior)) - math.log(
        (before + prior) / (of_before + PRIOR - before - prior)
    )
    return odds / math.sqrt(1 / (now + prior) + 1 / (before + prior))


def phrases(text: Text) -> dict[str, str]:
    """The phrases of a contact: folded → as written; each once."""
    barred = {key for name in text.names for key in search_key(name).split()}
    found: dict[str, str] = {}
    run: list[tuple[str, str]] = []
    left = MOST_WORDS
    for part in re.split(r"[\n.!?؟،,;؛:()«»\"]+", _PRIVATE.sub("\n", normalise_lines(text.text))):
        run.clear()
        for word in _WORD.findall(part):
            left -= 1
            if left < 0:
                return found
            key = search_key(word).replace(" ", "")
            if key in barred or not key.replace("'", "").replace("-", "").isalpha():
                run.clear()
                continue
            run.append((key, word))
            _note(found, run)
    return found


def pareto(counts: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """What most of it is: name, count, and the share of all up to and with it; the greatest first."""
    whole = sum(counts.values())
    rows, so_far = list[tuple[str, int, float]](), 0
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        so_far += count
        rows.append((name, count, so_far / whole if whole else 0.0))
    return rows


def normalise_lines(text: str) -> str:
    """Normalised line by line: a line's end ends a phrase."""
    return "\n".join(normalise(line) for line in text.splitlines())


@cache
def stop_words() -> frozenset[str]:
    """Of all three languages: people mix them."""
    lists = tomllib.loads(Path(__file__).with_name("stop_words.toml").read_text("utf-8"))
    return frozenset(search_key(word) for words in lists.values() for word in words.split())


def _note(found: dict[str, str], run: Sequence[tuple[str, str]]) -> None:
    """All phrases that end at the last word of a run."""
    stopped = stop_words()
    if run[-1][0] in stopped:
        return
    for length in range(1, min(LONGEST_WORDS, len(run)) + 1):
        words = run[-length:]
        if words[0][0] in stopped or (length == 1 and len(words[0][0]) < LEAST_LETTERS):
            continue
        found.setdefault(" ".join(key for key, _ in words), " ".join(word for _, word in words))


def _counted(now: Iterable[Text]) -> tuple[dict[str, list[str]], dict[str, set[str]], dict[str, Counter[str]]]:
    held: dict[str, list[str]] = {}
    writers: dict[str, set[str]] = {}
    spelt: dict[str, Counter[str]] = {}
    for text in now:
        for key, written in phrases(text).items():
            held.setdefault(key, []).append(text.contact)
            writers.setdefault(key, set()).add(text.customer or text.contact)
            spelt.setdefault(key, Counter())[written.casefold()] += 1
    return held, writers, spelt


def _inside(held: Mapping[str, Sequence[str]], shown: set[str]) -> set[str]:
    """Phrases of which two thirds stand in one longer phrase that is shown: the longer one tells of them."""
    gone = set()
    for longer in shown:
        words = longer.split()
        for length in range(1, len(words)):
            for begin in range(len(words) - length + 1):
                part = " ".join(words[begin : begin + length])
                if part in shown and len(held[longer]) * 3 >= len(held[part]) * 2:
                    gone.add(part)
    return gone


def _spelling(counts: Counter[str]) -> str:
    return min(counts, key=lambda word: (-counts[word], word))
