"""Every scanner keeps the port's promises: the one in memory, and ClamAV's daemon where it is installed."""

import io
from collections.abc import Iterator

import pytest
from tests.clamd import EICAR, PROGRAM, clamd

from pasokh.channels.files.clamd import scanner_of
from pasokh.channels.files.memory import MemoryScanner
from pasokh.channels.files.ports import LARGEST, Scanner
from pasokh.kernel.errors import PasokhError


@pytest.fixture(scope="module", params=["memory", "clamd"])
def scanner(request: pytest.FixtureRequest) -> Iterator[Scanner]:
    if request.param == "memory":
        yield MemoryScanner({"Eicar-Test": EICAR})
    elif PROGRAM is None:
        pytest.skip("no clamd: apt-get install clamav-daemon")
    else:
        with clamd() as url:
            found = scanner_of(url)
            assert found is not None
            yield found


@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 1_000, b"x" * LARGEST])
def test_what_is_harmless_is_clean(scanner: Scanner, content: bytes) -> None:
    assert scanner.scan(io.BytesIO(content)) == ""


@pytest.mark.parametrize("content", [EICAR, b"before " + EICAR + b" after", b"\n" * 1_000_000 + EICAR])
def test_what_is_not_is_named(scanner: Scanner, content: bytes) -> None:
    assert scanner.scan(io.BytesIO(content)).startswith("Eicar-Test")


def test_it_says_who_it_is(scanner: Scanner) -> None:
    assert scanner.probe()


def test_one_that_is_away_is_told(tmp_path: object) -> None:
    for url in (f"clamd://{tmp_path}/none", "clamd://127.0.0.1:1"):
        scanner = scanner_of(url, 2)
        assert scanner is not None
        with pytest.raises(PasokhError, match=r"scanner\.unreachable"):
            scanner.scan(io.BytesIO(b"x"))


@pytest.mark.parametrize("url", ["clamd:", "clamd://", "http://x", "x", "clamd://h:port", "clamd://h:99999"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(PasokhError, match=r"scanner\.bad_url"):
        scanner_of(url)
    assert scanner_of("") is None
