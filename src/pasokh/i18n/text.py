"""Text as people type it: one spelling to store, one folded form to search, whatever the keyboard."""

import unicodedata

ZWNJ = "\u200c"

_ARABIC_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ە": "ه", "ہ": "ه", "ھ": "ه"})
_FOLDED = str.maketrans({
    "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ی", "ة": "ه", "ۀ": "ه", "ـ": None,
    "ґ": "г", "ʼ": "'", "’": "'", "‘": "'", "`": "'", "´": "'", "ё": "е",
})  # fmt: skip
_INVISIBLE = dict.fromkeys([
    0x00AD, 0x061C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A),
])  # fmt: skip
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def strip_invisible(text: str) -> str:
    """The text without zero-width, direction and soft-hyphen characters (joiners included)."""
    return text.translate(_INVISIBLE)


def normalise(text: str) -> str:
    """One spelling to store: NFC, Persian ی and ک for the Arabic letters, single spaces, ZWNJ inside words.

    Letters people tell apart (آ/ا, ة, ئ) are kept. Direction controls are removed; see `bidi`.
    """
    text = unicodedata.normalize("NFC", text).translate(_ARABIC_LETTERS)
    text = text.translate(dict.fromkeys(_INVISIBLE.keys() - {ord(ZWNJ)}))
    words = " ".join(text.split()).split(ZWNJ)
    kept = [word for word in words if word]
    joined = ZWNJ.join(kept)
    return joined.replace(f"{ZWNJ} ", " ").replace(f" {ZWNJ}", " ").strip()


def search_key(text: str) -> str:
    """The folded form two texts share when a person would call them the same word.

    Case, ي/ی, ك/ک, آ/ا, hamza seats, vowel marks, tatweel, ZWNJ, Ukrainian apostrophes, ґ/г and digits are
    folded. Compare keys with keys only; the key is not for display.
    """
    text = unicodedata.normalize("NFKC", text).translate(_ARABIC_LETTERS).casefold()
    text = text.translate(_FOLDED).translate(_DIGITS).translate(_INVISIBLE)
    decomposed = unicodedata.normalize("NFD", text.replace("й", "\ue000").replace("ї", "\ue001"))
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return " ".join(bare.replace("\ue000", "й").replace("\ue001", "ї").split())


def matches(query: str, text: str) -> bool:
    """Whether every word of the query occurs in the text, folded; its words may be joined (می‌روم, می روم)."""
    key = search_key(text)
    words = key.split()
    tails = ["".join(words[i:]) for i in range(len(words))]
    return all(word in key or any(tail.startswith(word) for tail in tails) for word in search_key(query).split())
