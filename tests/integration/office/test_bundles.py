"""A page names at once all parts that its script would ask for one after another; the live pages carry a pass."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.live.tokens import TokenSigner
from pasokh.office import bundles

MANIFEST = {
    "src/desk/main.ts": {"file": "desk.js", "name": "desk", "isEntry": True, "imports": ["_a.js", "_b.js"]},
    "src/wall/main.ts": {"file": "wall.js", "name": "wall", "isEntry": True},
    "_a.js": {"file": "chunks/a-1.js", "name": "a", "imports": ["_c.js", "src/desk/main.ts"]},
    "_b.js": {"file": "chunks/b-2.js", "name": "b", "imports": ["_c.js"]},
    "_c.js": {"file": "chunks/c-3.js", "name": "c"},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(MANIFEST), "utf-8")
    monkeypatch.setattr(django_settings, "STATIC_ROOT", str(tmp_path))
    return folder


@pytest.mark.usefixtures("built")
def test_all_parts_are_named_once() -> None:
    found = bundles.imports_of("desk")
    assert sorted(found) == [f"/static/dist/chunks/{name}.js" for name in ("a-1", "b-2", "c-3")]
    assert bundles.imports_of("wall") == bundles.imports_of("nowhere") == ()


def test_a_new_build_is_seen_and_none_is_no_error(built: Path) -> None:
    before = bundles.imports_of("desk")
    changed = {**MANIFEST, "_c.js": {"file": "chunks/c-4.js", "name": "c"}}
    (built / "manifest.json").write_text(json.dumps(changed) + "\n", "utf-8")
    assert set(bundles.imports_of("desk")) - set(before) == {"/static/dist/chunks/c-4.js"}
    (built / "manifest.json").unlink()
    assert bundles.imports_of("desk") == ()


def passed(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="live-pass"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


@pytest.mark.parametrize(
    ("person", "path", "role"), [("agent", "/desk/", "agent"), ("supervisor", "/wall/", "supervisor")]
)
def test_a_live_page_carries_its_pass_and_is_not_kept(
    shared_office: Office, person: str, path: str, role: str, built: Path
) -> None:
    answer = signed_in(f"alpha-{person}").get(path)
    page, given = answer.content.decode(), passed(answer.content.decode())
    claims = TokenSigner([django_settings.SECRET_KEY]).verify(given["token"], shared_office.now)
    assert (claims.org, claims.subject, claims.role) == ("alpha", f"alpha-{person}", role)
    assert claims.origin == given["origin"] == "http://127.0.0.1"
    assert "no-store" in answer.headers["Cache-Control"]
    assert ('rel="modulepreload" href="/static/dist/chunks/a-1.js"' in page) is (path == "/desk/")
    assert built.exists()
