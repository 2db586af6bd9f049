"""Lighthouse's accessibility score of every screen of the office; ≥ 95 for the worst.

Starts a demonstration centre, signs in, and asks for every address that is a screen (`tests/e2e/screens.py` knows
which), for the desk as an agent and the rest as an administrator; detail pages are those the lists lead to.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from benchmarks.machine import report
from tests.e2e.conftest import PASSWORD, chromium
from tests.e2e.screens import NOT_OPENED, OF_AGENTS, OF_ANYBODY, all_routes, is_changing, name_of
from tests.integration.ops.centre import Centre

HERE = Path(__file__).resolve().parent
TOOL = HERE / "lighthouse_tool"
"""Lighthouse brings 200 packages: they are installed when somebody asks for it, not with the front end."""
LEAST = 95


class Person:
    """Somebody signed in, with a cookie jar."""

    def __init__(self, centre: Centre, username: str) -> None:
        self.centre, self.jar = centre, CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/login/"))
        if token is None:
            raise RuntimeError("the door has no form")
        form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        request = urllib.request.Request(
            f"{centre.url}/login/", urllib.parse.urlencode(form).encode(), {"Referer": f"{centre.url}/login/"}
        )
        self.browser.open(request, timeout=30).read()

    def get(self, path: str) -> str:
        """A page's text."""
        return str(self.browser.open(self.centre.url + path, timeout=30).read().decode())

    @property
    def cookie(self) -> str:
        """As a header."""
        return "; ".join(f"{each.name}={each.value}" for each in self.jar)


def screens_of(boss: Person) -> dict[str, str]:
    """Name and address of every screen behind the door that has something to show."""
    routes = {n: r for n, r in all_routes().items() if n not in (*NOT_OPENED, *OF_ANYBODY, *OF_AGENTS)}
    routes = {name: route for name, route in routes.items() if not is_changing(name)}
    found = {name: route for name, route in routes.items() if "<" not in route}
    for _ in range(2):
        for address in list(found.values()):
            for link in re.findall(r'href="(/[^"#]*)"', boss.get(address)):
                name = name_of(link)
                if name in routes:
                    found.setdefault(name, link.replace("&amp;", "&"))
    return found


def scores(centre: Centre, addresses: list[str], cookie: str) -> list[dict[str, object]]:
    """Ask Lighthouse about these addresses."""
    node = shutil.which("node") or str(HERE.parent / "var/tools/node/bin/node")
    if not (TOOL / "node_modules").is_dir():
        npm = shutil.which("npm") or str(HERE.parent / "var/tools/node/bin/npm")
        subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=TOOL, stdout=sys.stderr, check=True
        )
    asked = {"urls": [centre.url + each for each in addresses], "cookie": cookie, "chromium": chromium()}
    done = subprocess.run(
        [node, str(TOOL / "scores.mjs")], input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> int:
    """Run it; 0 when the worst screen reaches the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only addresses that contain this")
    only = parser.parse_args().only
    with Centre() as centre:
        centre.start()
        boss, agent = Person(centre, "admin"), Person(centre, "agent5")
        groups = (
            ([path for path in sorted(screens_of(boss).values()) if only in path], boss.cookie),
            ([all_routes()[name] for name in OF_AGENTS if only in all_routes()[name]], agent.cookie),
            ([all_routes()[name] for name in OF_ANYBODY if only in all_routes()[name]], ""),
        )
        found: dict[str, dict[str, object]] = {}
        for addresses, cookie in groups:
            for each in scores(centre, addresses, cookie) if addresses else []:
                path = str(each["url"]).removeprefix(centre.url)
                ended = str(each["final"]).removeprefix(centre.url)
                found[path] = {"score": each["score"], "missed": each["missed"]}
                if urllib.parse.urlsplit(ended).path != urllib.parse.urlsplit(path).path:
                    raise RuntimeError(f"{path} was sent on to {ended}: it would be another screen's score")
                print(f"{each['score']:>4}  {path}  {' '.join(each['missed'])}", file=sys.stderr)  # type: ignore[arg-type]
    worst = min(int(str(each["score"])) for each in found.values())
    below = {path: each for path, each in found.items() if int(str(each["score"])) < 100}
    report("lighthouse", screens=len(found), worst=worst, least=LEAST, below_100=below)
    return 0 if worst >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
