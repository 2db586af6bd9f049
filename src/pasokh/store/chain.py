"""The hash chain over a log: anyone who holds the rows can recompute it.

hash(n) = SHA-256( hash(n − 1) ‖ canonical(row n) ), hash(0) = 32 zero bytes. canonical(row) is the UTF-8 JSON array
``[shard, seq, org, client, stream, epoch, type, schema, occurred_at, actor, cause, data]`` without spaces, with object
keys sorted by code point, and whole numbers below 2**63 written in full: the fewest digits that name the number, then
zeros, no fraction, no exponent. So it survives a `jsonb` column.
"""

from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Draft, Head, Row

_encoder = msgspec.json.Encoder(order="sorted")
_decode = msgspec.json.Decoder().decode
_EXACT = 1 << 63


def link(previous: bytes, shard: str, org: str, epoch: int, seq: int, event: Draft | Row) -> bytes:
    """The hash of an event at its place in the chain."""
    return sha256(
        previous
        + _encoder.encode(
            (
                shard,
                seq,
                org,
                event.client,
                event.stream,
                epoch,
                event.type,
                event.schema,
                event.occurred_at,
                event.actor,
                event.cause,
                _plain(_decode(event.data)),
            )
        )
    ).digest()


def check(rows: Iterable[Row], start: Head) -> Head:
    """Follow rows from `start`; returns the new end. Raises ``store.chain_broken`` at the first that does not fit."""
    seq, previous = start.seq, start.hash
    for row in rows:
        seq += 1
        if row.seq != seq:
            raise PasokhError("store.chain_broken", shard=row.shard, seq=seq, reason="missing")
        if link(previous, row.shard, row.org, row.epoch, seq, row) != row.hash:
            raise PasokhError("store.chain_broken", shard=row.shard, seq=seq, reason="altered")
        previous = row.hash
    return Head(seq, previous)


def _plain(value: object) -> object:
    """Numbers in the one form that JSON text, `jsonb` and Python agree on."""
    if isinstance(value, float):
        return int(Decimal(repr(value))) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, int) and abs(value) >= _EXACT:
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
