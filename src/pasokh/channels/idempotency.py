"""Inbox keys: one thing asked once has one key, whoever carries it and however often."""

import hashlib


def key_of(*parts: str) -> str:
    """A key that no other parts give."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()


def message_key(kind: str, person: str, message: str) -> str:
    """The key of posting a message: its own id within its author (`visitor` + contact, or `staff` + user)."""
    return key_of(kind, person, "m", message)
