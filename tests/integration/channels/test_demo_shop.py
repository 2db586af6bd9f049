"""The demonstration shop: pages in three languages under a strict policy of its own."""

import re

import pytest
from tests.office_stage import Office
from tests.security.browser import Browser

from pasokh.i18n.catalogue import message
from pasokh.office.supervise.shop import GOODS


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_every_piece_has_a_page_in_the_visitors_language(office: Office, language: str) -> None:
    browser = Browser(HTTP_ACCEPT_LANGUAGE=language)
    home = browser.get("/demo/shop/")
    body = home.content.decode()
    assert re.search(r"&lt;script src=&quot;http://[^/]+/static/dist/widget\.js&quot;", body), body[-900:]
    for piece in GOODS:
        page = browser.get("/demo/shop/", {"item": piece}).content.decode()
        assert f"<h1>{message(f'shop.{piece}', language)}</h1>" in page
        assert message(f"shop.{piece}.price", language) in page
        assert f'?item={piece}"><svg' in body
        assert f'?item={piece}"><svg' not in page
    policy = home["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    for unknown in ("no-such-piece", "<script>alert(1)</script>"):
        other = browser.get("/demo/shop/", {"item": unknown})
        assert (other.status_code, other.templates[0].name) == (200, "supervise/shop.html")
        assert "<script>alert" not in other.content.decode()
