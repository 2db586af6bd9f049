"""Every refusal of the hub and the web chat has a close code or status that means something, and words for people."""

import re
from pathlib import Path

import pytest

import pasokh
from pasokh.i18n.catalogue import has
from pasokh.live.refusals import close_code, http_status

ROOT = Path(pasokh.__file__).parent
SOURCES = [*(ROOT / "live").rglob("*.py"), *(ROOT / "channels").rglob("*.py")]
CODES = sorted(
    {code for path in SOURCES for code in re.findall(r'PasokhError\(\s*"([a-z_.]+)"', path.read_text("utf-8"))}
)


@pytest.mark.parametrize("code", [code for code in CODES if code != "interaction.closed"])
def test_every_code_has_words(code: str) -> None:
    assert has(code)


@pytest.mark.parametrize(
    ("code", "closed_with", "status"),
    [
        ("frame.malformed", 4400, 400),
        ("token.expired", 4401, 401),
        ("topic.refused", 4403, 403),
        ("origin.wrong", 4403, 403),
        ("hello.late", 4408, 408),
        ("socket.silent", 4408, 408),
        ("frame.too_large", 4413, 413),
        ("frame.too_fast", 4429, 429),
        ("socket.too_many", 4429, 429),
        ("live.not_ready", 4503, 503),
        ("store.unavailable", 4503, 503),
        ("something.else", 4400, 400),
    ],
)
def test_close_codes_and_statuses(code: str, closed_with: int, status: int) -> None:
    assert (close_code(code), http_status(code)) == (closed_with, status)
