"""The event log as a file: one JSON object a line, in order, hash chain included, so that anyone can verify it."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, cast

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.store import chain
from pasokh.store.ports import Head, Log, Row

PAGE = 2_000


class _Line(msgspec.Struct):
    """A row as written: `data` as the JSON object it is, `hash` in hexadecimal."""

    shard: str
    seq: int
    org: str
    client: str
    stream: str
    version: int
    epoch: int
    type: str
    schema: int
    occurred_at: int
    recorded_at: int
    actor: str
    cause: str
    data: msgspec.Raw
    hash: str


_decoder = msgspec.json.Decoder(_Line)


async def export(log: Log, org: str, shard: str, path: str) -> Head:
    """Write a shard's whole log to a file (``-`` = standard output, ``.gz`` = compressed); returns where it ends."""
    end = Head()
    with _writing(path) as file:
        while rows := await log.read(org, shard, end.seq, PAGE):
            end = chain.check(rows, end)
            file.writelines(_encode(row) for row in rows)
    return end


def read(path: str) -> Iterator[Row]:
    """The rows of an exported log; raises ``log.bad_line`` with the line's number."""
    with _reading(path) as file:
        for number, text in enumerate(file, 1):
            try:
                line = _decoder.decode(text)
                digest = bytes.fromhex(line.hash)
            except (msgspec.MsgspecError, ValueError) as error:
                raise PasokhError("log.bad_line", file=path, line=number, reason=str(error)[:200]) from error
            fields = {name: getattr(line, name) for name in Row.__struct_fields__ if name not in {"data", "hash"}}
            yield Row(**fields, data=bytes(line.data), hash=digest)


def verify(path: str) -> Head:
    """Recompute the hash chain of an exported log; raises ``store.chain_broken`` or ``log.bad_line``."""
    end = Head()
    for row in read(path):
        end = chain.check([row], end)
    return end


def _encode(row: Row) -> bytes:
    fields = {name: getattr(row, name) for name in Row.__struct_fields__}
    return msgspec.json.encode({**fields, "data": msgspec.Raw(row.data), "hash": row.hash.hex()}) + b"\n"


@contextmanager
def _writing(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = Path(f"{path}.part")
    with _opened(unfinished, "wb", compressed=path.endswith(".gz")) as file:
        yield file
    unfinished.replace(path)


@contextmanager
def _reading(path: str) -> Iterator[IO[bytes]]:
    try:
        file = _opened(Path(path), "rb", compressed=path.endswith(".gz"))
    except OSError as error:
        raise PasokhError("log.unreadable", file=path, reason=error.strerror or "") from error
    with file:
        yield file


def _opened(path: Path, mode: Literal["rb", "wb"], *, compressed: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, mode)) if compressed else path.open(mode)
