"""Providers of single sign-on on this machine: a real one from a library, and one that lies as told."""

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """An HTTP server on a free port; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class Quiet(BaseHTTPRequestHandler):
    """Answers without a word on the console."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def answer(self, body: bytes, status: int = 200, kind: str = "application/json") -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Liar:
    """A provider that signs whatever it is told: `claims` over what is right, with `key` or a strange one."""

    def __init__(self) -> None:
        self.key, self.strange = RSAKey.generate_key(2048, private=True), RSAKey.generate_key(2048, private=True)
        self.claims: dict[str, Any] = {}
        self.sign_strangely = False
        self.issuer = self.said_issuer = ""
        self.asked: dict[str, list[str]] = {}
        self.authorization: str | None = None
        self.token_status = 200
        self.now = 0
        self.nonce = ""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.said_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def token(self) -> str:
        claims = {
            "iss": self.issuer, "aud": "pasokh", "sub": "s1", "exp": self.now // 1000 + 60, "iat": self.now // 1000,
            "nonce": self.nonce, "email": "alpha-supervisor@example.org", "email_verified": True,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256"}, claims, self.strange if self.sign_strangely else self.key)


@contextmanager
def lying() -> Iterator[Liar]:
    """A liar that serves."""
    liar = Liar()

    class Handler(Quiet):
        def do_GET(self) -> None:
            if self.path == "/keys":
                self.answer(json.dumps({"keys": [liar.key.as_dict(private=False)]}).encode())
            elif self.path == "/.well-known/openid-configuration":
                self.answer(json.dumps(liar.discovery()).encode())
            else:
                self.answer(b"{}", 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            liar.asked, liar.authorization = urllib.parse.parse_qs(body), self.headers["Authorization"]
            said = {"id_token": liar.token()} if liar.token_status == 200 else {"error": "invalid_grant"}
            self.answer(json.dumps(said).encode(), liar.token_status)

    with served(Handler) as url:
        liar.issuer = url
        yield liar


def put(url: str, body: dict[str, Any]) -> None:
    """PUT JSON."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="PUT")
    urllib.request.urlopen(request, timeout=10).close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def agreed(url: str, subject: str, action: str = "") -> str:
    """What a person does at the provider's form; where the browser is sent back to."""
    form = urllib.parse.urlencode({"sub": subject, **({"action": action} if action else {})}).encode()
    try:
        urllib.request.build_opener(_Stay).open(url, form, timeout=10).close()
    except urllib.error.HTTPError as error:
        redirect = error
    else:
        raise AssertionError("no redirect")
    with redirect:
        assert redirect.code in {302, 303}, redirect.read()
        return str(redirect.headers["Location"])
