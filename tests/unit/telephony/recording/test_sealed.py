"""No altered, exchanged, moved, cut off or foreign byte of a sealed recording is ever played."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.recording.sealed import MAGIC, PIECE, TAG, Opened, fresh_key, seal, unwrap, wrap

NAME = "r-" + "0" * 32
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 777)


def sealed(plain: bytes, key: bytes, name: str = NAME) -> bytes:
    target = io.BytesIO()
    assert seal(io.BytesIO(plain), target, key, name) == len(plain)
    return target.getvalue()


def whole(data: bytes, key: bytes, name: str = NAME) -> bytes:
    opened = Opened(io.BytesIO(data), key, name)
    return b"".join(opened.read(0, opened.size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back_whole(size):
    plain, key = os.urandom(size), fresh_key()
    data = sealed(plain, key)
    assert whole(data, key) == plain
    assert size < 16 or plain[:16] not in data


@settings(max_examples=60, deadline=None)
@given(size=st.sampled_from(SIZES), start=st.integers(0, 3 * PIECE), length=st.integers(0, 3 * PIECE))
def test_any_part_is_read_alone(size, start, length):
    plain, key = os.urandom(size), fresh_key()
    opened = Opened(io.BytesIO(sealed(plain, key)), key, NAME)
    assert b"".join(opened.read(start, start + length)) == plain[start : start + length]


@settings(max_examples=80, deadline=None)
@given(place=st.integers(0, 2 * (PIECE + TAG) + len(MAGIC) + 100), bit=st.integers(0, 7))
def test_a_single_bit_is_noticed(place, bit):
    plain, key = os.urandom(2 * PIECE + 100), fresh_key()
    data = bytearray(sealed(plain, key))
    data[place] ^= 1 << bit
    with pytest.raises(PasokhError) as refused:
        whole(bytes(data), key)
    assert refused.value.code == "recording.tampered"


def pieces(data: bytes) -> list[bytes]:
    body = data[len(MAGIC) :]
    return [body[at : at + PIECE + TAG] for at in range(0, len(body), PIECE + TAG)]


@pytest.mark.parametrize(
    "change",
    [
        lambda p, _: p[:-1],
        lambda p, _: [p[1], p[0], p[2]],
        lambda p, _: [*p, p[-1]],
        lambda p, _: [p[0], p[0], p[2]],
        lambda p, other: [p[0], other[1], p[2]],
        lambda p, _: [*p[:2], p[2][:-1]],
        lambda p, _: [],
    ],
    ids=["cut at a piece", "swapped", "longer", "doubled", "from another file", "cut within", "nothing"],
)
def test_pieces_stay_where_they_are(change):
    key = fresh_key()
    mine = pieces(sealed(os.urandom(2 * PIECE + 50), key))
    other = pieces(sealed(os.urandom(2 * PIECE + 50), fresh_key()))
    with pytest.raises(PasokhError) as refused:
        whole(MAGIC + b"".join(change(mine, other)), key)
    assert refused.value.code == "recording.tampered"


def test_another_key_or_name_opens_nothing():
    key = fresh_key()
    data = sealed(b"card number", key)
    for wrong_key, name in ((fresh_key(), NAME), (key, NAME[:-1] + "1")):
        with pytest.raises(PasokhError):
            whole(data, wrong_key, name)


def test_a_files_key_is_of_use_under_its_clients_key_and_its_name_only():
    client, key = fresh_key(), fresh_key()
    wrapped = wrap(key, client, NAME)
    assert unwrap(wrapped, client, NAME) == key
    for broken in (
        (wrapped, fresh_key(), NAME),
        (wrapped, client, "r-other"),
        (wrapped[:-1], client, NAME),
        (b"", client, NAME),
    ):
        with pytest.raises(PasokhError) as refused:
            unwrap(*broken)
        assert refused.value.code == "recording.wrong_key"


@pytest.mark.parametrize("data", [b"", b"RIFF", MAGIC, MAGIC + b"\0" * (TAG - 1), bytes(range(256)) * 20])
def test_what_is_no_sealed_file_is_refused(data):
    with pytest.raises(PasokhError):
        Opened(io.BytesIO(data), fresh_key(), NAME)
