"""Words of a contact as its index keeps them, and of a query as it is looked up. Pure.

The index is a plain B-tree over (organisation, word, contact): row-level security lets the database use no other kind
for a tenant's query, because only comparisons of plain values are known not to leak what they see.
"""

import re

from pasokh.i18n.text import search_key

LONGEST_WORD = 40
MOST_WORDS = 200
"""Of one contact; what comes later is not found by its words."""
LONGEST_QUERY = 100
MOST_ASKED = 6
"""Words of a query that count; more narrow nothing down."""
BACKWARDS = "<"
"""Before a number written backwards, so that its last digits are a beginning too."""
LAST = "\U0010ffff"
_WORD = re.compile(r"[^\W_]+")
_LEAST_DIGITS = 4
_SPACED_NUMBER = re.compile(r"(?<=\d)[\s().\-]+(?=\d)")


def words_of(text: str) -> list[str]:
    """The folded words of a text, each once, in their order. Digits written in groups are one word."""
    key = search_key(text)
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(key)))


def number_words(text: str) -> list[str]:
    """The words of an address: those of the text, and a telephone number as one."""
    return words_of(_SPACED_NUMBER.sub("", search_key(text)))


def tokens_of(word: str) -> list[str]:
    """What is kept of a word: itself, and a number backwards as well."""
    if word.isdigit() and len(word) >= _LEAST_DIGITS:
        return [word, BACKWARDS + word[::-1]]
    return [word]


def query_words(query: str) -> list[str]:
    """What a person looks for."""
    query = query[:LONGEST_QUERY].replace("\x00", "")
    joined = _SPACED_NUMBER.sub("", search_key(query))
    words = words_of(joined)
    return sorted(words, key=len, reverse=True)[:MOST_ASKED]


def ranges_of(word: str) -> list[tuple[str, str]]:
    """The stretches of the index in which a word's contacts lie: those that begin with it, numbers ending in it."""
    found = [(word, word + LAST)]
    if word.isdigit() and len(word) >= _LEAST_DIGITS:
        backwards = BACKWARDS + word[::-1]
        found.append((backwards, backwards + LAST))
    return found


def forms_of(word: str) -> list[str]:
    """Patterns of LIKE that find the word in `Contact.search`, where every word stands between spaces."""
    found = [f"% {word}%"]
    if word.isdigit() and len(word) >= _LEAST_DIGITS:
        found.append(f"%{word} %")
    return found
