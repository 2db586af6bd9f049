"""Inbox keys: one thing asked once has one key, whoever carries it and however often."""

from pasokh.store.asking import key_of

__all__ = ["key_of", "message_key"]


def message_key(kind: str, person: str, message: str) -> str:
    """The key of posting a message: its own id within its author (`visitor` + contact, or `staff` + user)."""
    return key_of(kind, person, "m", message)
