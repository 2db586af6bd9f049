"""Sealed files: AES-256-GCM in pieces, so that any part is read without the rest and no altered byte is ever played.

A file is ``MAGIC``, then pieces of `PIECE` bytes of plain text (the last one shorter, perhaps empty), each with its
tag. A piece is bound to the file's name, its place and whether it is the last: exchanged, left out and cut off ones are
noticed. Every file has a key of its own, so its nonces may simply count; that key is kept wrapped by a client's.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pasokh.kernel.errors import PasokhError

MAGIC: Final = b"PASOKH-SEALED-1\n"
PIECE: Final = 1 << 16
TAG: Final = 16
NONCE: Final = 12
KEY_BYTES: Final = 32


def fresh_key() -> bytes:
    """A key for AES-256."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def wrap(key: bytes, by: bytes, name: str) -> bytes:
    """A file's key under a client's, of use for the file of that name only."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(by).encrypt(nonce, key, _about(name))


def unwrap(wrapped: bytes, by: bytes, name: str) -> bytes:
    """The file's key; raises `PasokhError` ``recording.wrong_key``."""
    try:
        return AESGCM(by).decrypt(wrapped[:NONCE], wrapped[NONCE:], _about(name))
    except (InvalidTag, ValueError) as error:
        raise PasokhError("recording.wrong_key", recording=name) from error


def seal(source: BinaryIO, target: BinaryIO, key: bytes, name: str) -> int:
    """Encrypt all of `source` into `target`; gives the bytes of plain text. The key must never be used again."""
    box, place, size = AESGCM(key), 0, 0
    target.write(MAGIC)
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        last = not following
        target.write(box.encrypt(_nonce(place), piece, _about(name, last=last)))
        place, size = place + 1, size + len(piece)
        if last:
            return size
        piece = following


class Opened:
    """A sealed file, read from anywhere; raises `PasokhError` ``recording.tampered`` for what is not as it was."""

    def __init__(self, file: BinaryIO, key: bytes, name: str) -> None:
        self._file, self._box, self._name = file, AESGCM(key), name
        file.seek(0, os.SEEK_END)
        body = file.tell() - len(MAGIC)
        file.seek(0)
        self._pieces = -(-body // (PIECE + TAG))
        self.size = body - self._pieces * TAG
        """Bytes of plain text."""
        if file.read(len(MAGIC)) != MAGIC or self._pieces < 1 or not 0 <= self.size <= self._pieces * PIECE:
            raise PasokhError("recording.tampered", recording=name)
        self._piece(self._pieces - 1)  # a file cut off between two pieces is noticed before anything is played

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The plain text from `start` up to `end`, in pieces."""
        start, end = max(0, start), min(end, self.size)
        while start < end:
            place, offset = divmod(start, PIECE)
            found = self._piece(place)[offset : offset + end - start]
            start += len(found)
            yield found

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _piece(self, place: int) -> bytes:
        self._file.seek(len(MAGIC) + place * (PIECE + TAG))
        sealed = self._file.read(PIECE + TAG)
        try:
            return self._box.decrypt(_nonce(place), sealed, _about(self._name, last=place == self._pieces - 1))
        except (InvalidTag, ValueError) as error:
            raise PasokhError("recording.tampered", recording=self._name) from error


def _nonce(place: int) -> bytes:
    return place.to_bytes(NONCE)


def _about(name: str, *, last: bool = False) -> bytes:
    return f"{name}\n{int(last)}".encode()
