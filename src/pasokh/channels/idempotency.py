"""Inbox keys: one thing asked once has one key, whoever carries it and however often."""

from pasokh.store.asking import key_of


def message_key(kind: str, person: str, message: str) -> str:
    """The key of posting a message: its own id within its author (`visitor` + contact, or `staff` + user)."""
    return key_of(kind, person, "m", message)
