"""A real mail server in a process of its own: STARTTLS, AUTH, refusals and broken connections on demand.

``with MailServer(folder) as server`` starts it on a free port; ``server.url`` is its address. What it takes lies in
``server.taken()``. The recipient decides how it behaves: `refused@…` gets 550, `later@…` 451 at RCPT, `full@…` 452
after DATA, `spam@…` 554 after DATA, `dropped@…` loses the connection after DATA the first time although the mail
was taken, `stuck@…` is never answered.
"""

import asyncio
import contextlib
import email
import json
import ssl
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Self

from tests.polling import until

USER, SECRET = "pasokh", "p@ss:word/1"


class MailServer:
    """The process. Start it again after `stop` on the same port: the server that was away is back."""

    def __init__(self, folder: Path, *, tls: bool = False, auth: bool = False) -> None:
        self.folder, self.tls, self.auth = folder, tls, auth
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        if self.tls and not (self.folder / "key.pem").exists():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "cert.pem"), "-days", "2",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                 "-addext", "keyUsage=critical,digitalSignature,keyCertSign"],
                check=True, capture_output=True,
            )  # fmt: skip
        wish = {"folder": str(self.folder), "port": self.port, "tls": self.tls, "auth": self.auth}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.mail_server", json.dumps(wish)],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    @property
    def url(self) -> str:
        who = f"{USER}:{SECRET.replace('@', '%40').replace(':', '%3A').replace('/', '%2F')}@" if self.auth else ""
        tls = f"?tls=starttls&ca={self.folder / 'cert.pem'}" if self.tls else ""
        return f"smtp://{who}127.0.0.1:{self.port}{tls}"

    def taken(self) -> list[EmailMessage]:
        """Every mail the server said yes to, or was cut off after."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=default) for path in files]  # type: ignore[arg-type,misc]

    def until_taken(self, count: int, seconds: float = 15) -> list[EmailMessage]:
        """Wait for so many mails."""
        until(lambda: len(self.taken()) >= count, seconds, told=lambda: [m["subject"] for m in self.taken()])
        return self.taken()


# -- the process -------------------------------------------------------------------------------------------------------
async def _serve(wish: dict[str, object]) -> None:
    from aiosmtpd.smtp import SMTP, AuthResult

    folder = Path(str(wish["folder"]))

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
            said = {"refused": "550 5.1.1 nobody of that name", "later": "451 4.7.1 greylisted"}
            if (local := address.partition("@")[0]) in said:
                return said[local]
            if local == "stuck":
                (folder / "stuck").touch()
                await asyncio.Event().wait()  # an answer never comes
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            local = envelope.rcpt_tos[0].partition("@")[0]
            if local == "full":
                return "452 4.2.2 mailbox full"
            if local == "spam":
                return "554 5.7.1 looks like spam"
            path = folder / f"{time.time_ns()}.eml"
            path.with_suffix(".part").write_bytes(envelope.content)
            path.with_suffix(".part").rename(path)
            if local == "dropped" and not (folder / "dropped").exists():
                (folder / "dropped").touch()
                server.transport.abort()
                return None
            return "250 OK"

    def check(server, session, envelope, mechanism, data):
        return AuthResult(handled=False, success=(data.login, data.password) == (USER.encode(), SECRET.encode()))

    context = None
    if wish["tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    def one() -> SMTP:
        return SMTP(
            Handler(), hostname="localhost", tls_context=context, require_starttls=bool(wish["tls"]),
            authenticator=check, auth_required=bool(wish["auth"]), auth_require_tls=bool(wish["tls"]),
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(one, "127.0.0.1", int(str(wish["port"])))
    print(server.sockets[0].getsockname()[1], flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
