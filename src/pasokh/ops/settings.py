"""One typed value for everything the environment says, and the secrets made on the first start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import urlsplit

from pasokh.channels.files.clamd import scanner_of
from pasokh.channels.mail.address import parse_mail_url
from pasokh.i18n.languages import LANGUAGES, Language
from pasokh.kernel.errors import PasokhError
from pasokh.office.post.rules import checked_mail_from
from pasokh.ops.switch.settings import SwitchSettings, load_switch, wants_voice

type Role = Literal[
    "db", "switch", "proxy", "watchdog", "engine", "worker", "facts", "connect", "recorder", "web", "traffic"
]

ROLES: Final[tuple[Role, ...]] = (
    "db", "switch", "proxy", "watchdog", "engine", "worker", "facts", "connect", "recorder", "web", "traffic",
)  # fmt: skip
"""In the order they start; they stop in the opposite order."""
SERVING: Final[tuple[Role, ...]] = ("engine", "worker", "facts", "connect", "web")
"""What a centre consists of besides its database."""
SECRET_BYTES = 48
SOCKET = "PASOKH_SOCKET_FD"
"""The inherited socket the web listens on."""
DEMO = "PASOKH_DEMO"
"""1 = preparing makes the demo organisation."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every role is started with. Nothing else reads the environment, but Django's settings."""

    home: Path
    """Data, secrets and the embedded database lie here."""
    database_url: str
    """Empty = the embedded PostgreSQL in `home`."""
    secret_key: str
    """Signs sessions and live tokens; every node of a centre has the same."""
    secret_is_own: bool
    """Whether the secret was made in this home, so that no other node has it."""
    host: str
    port: int
    public_url: str
    """How browsers reach the centre; empty = ``http://host:port``."""
    language: Language
    zone: str
    log_format: Literal["text", "json"]
    log_level: str
    mail_url: str
    """Where mail is handed in; empty = it waits."""
    scanner_url: str
    """Who looks for viruses in attachments; empty = nobody."""
    mail_from: str
    """Where mails come from that no organisation's own address sends; empty = the centre's host."""
    stop_seconds: float
    """How long a child may take to stop before it is killed."""
    switch: SwitchSettings
    """Telephone calls: this machine's Asterisk."""
    metrics: str = ""
    """Where the supervisor tells all roles' figures to Prometheus (``127.0.0.1:9464``); empty = nowhere."""

    @property
    def embedded(self) -> bool:
        """Whether Pasokh runs its own PostgreSQL."""
        return not self.database_url

    @property
    def database_home(self) -> Path:
        """Where the embedded PostgreSQL keeps its files."""
        return self.home / "db"

    @property
    def run_home(self) -> Path:
        """Lock and state of a running supervisor."""
        return self.home / "run"

    def url(self, port: int) -> str:
        """The centre's address for people when it listens on `port`."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def environment(self, database_url: str, public_url: str) -> dict[str, str]:
        """What children read: the same settings with the database and the address filled in."""
        return {
            "PASOKH_HOME": str(self.home),
            "PASOKH_DATABASE_URL": database_url,
            "PASOKH_SECRET_KEY": self.secret_key,
            "PASOKH_HOST": self.host,
            "PASOKH_PORT": str(self.port),
            "PASOKH_PUBLIC_URL": public_url,
            "PASOKH_LANGUAGE": self.language,
            "PASOKH_ZONE": self.zone,
            "PASOKH_LOG_FORMAT": self.log_format,
            "PASOKH_LOG_LEVEL": self.log_level,
            "PASOKH_STOP_SECONDS": str(self.stop_seconds),
            "PASOKH_SMTP_URL": self.mail_url,
            "PASOKH_MAIL_FROM": self.mail_from,
            "PASOKH_SCANNER_URL": self.scanner_url,
            **self.switch.said,
            "PASOKH_VOICE": self.switch.voice,
            "PASOKH_METRICS": self.metrics,
        }


def load(env: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises `PasokhError` ``settings.*`` that names the variable.

    Makes the secret in ``PASOKH_HOME/secret_key`` (mode 0600) when neither it nor ``PASOKH_SECRET_KEY`` exists.
    """
    values = os.environ if env is None else env
    home = Path(values.get("PASOKH_HOME") or _default_home()).expanduser().absolute()
    url = values.get("PASOKH_PUBLIC_URL", "").rstrip("/")
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise PasokhError("settings.bad_url", name="PASOKH_PUBLIC_URL", value=url)
    database_url = values.get("PASOKH_DATABASE_URL", "")
    if database_url and not database_url.startswith(("postgresql://", "postgres://")) and "=" not in database_url:
        raise PasokhError("settings.bad_url", name="PASOKH_DATABASE_URL", value="…")
    secret = values.get("PASOKH_SECRET_KEY", "")
    if secret and len(secret) < 32:
        raise PasokhError("settings.weak_secret", name="PASOKH_SECRET_KEY", least=32)
    mail_url, mail_from = values.get("PASOKH_SMTP_URL", ""), values.get("PASOKH_MAIL_FROM", "")
    parse_mail_url(mail_url)
    scanner_url = values.get("PASOKH_SCANNER_URL", "")
    scanner_of(scanner_url)
    if mail_from:
        checked_mail_from(mail_from)
    return Settings(
        home=home,
        database_url=database_url,
        secret_key=secret or kept_secret(home, "secret_key"),
        secret_is_own=not secret,
        host=values.get("PASOKH_HOST", "127.0.0.1"),
        port=_whole(values, "PASOKH_PORT", 8000, 0, 65_535),
        public_url=url,
        language=cast("Language", _choice(values, "PASOKH_LANGUAGE", LANGUAGES, "en")),
        zone=values.get("PASOKH_ZONE", "UTC"),
        log_format=cast('Literal["text", "json"]', _choice(values, "PASOKH_LOG_FORMAT", ("text", "json"), "text")),
        log_level=_choice(values, "PASOKH_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        mail_url=mail_url,
        mail_from=mail_from,
        scanner_url=scanner_url,
        stop_seconds=float(_whole(values, "PASOKH_STOP_SECONDS", 10, 1, 600)),
        switch=load_switch(values, home),
        metrics=_listen(values, "PASOKH_METRICS"),
    )


def with_listen(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the command line's address, where one is given."""
    if port is not None and not 0 <= port <= 65_535:
        raise PasokhError("settings.bad_number", name="--port", value=str(port))
    return replace(settings, host=host or settings.host, port=settings.port if port is None else port)


def with_voice(settings: Settings, given: bool | None) -> Settings:
    """The settings with the question of telephone calls decided: by the command line, else by what is there."""
    voice = wants_voice(settings.switch, given)
    return replace(settings, switch=replace(settings.switch, voice="on" if voice else "off"))


def chosen_roles(text: str | None, settings: Settings, *, traffic: bool) -> tuple[Role, ...]:
    """The roles to run: those listed with commas, else all that are needed; in starting order."""
    if text is None:
        wanted = {*SERVING, *(("db",) if settings.embedded else ())}
        if settings.switch.voice == "on":
            wanted |= {"switch", "watchdog", "recorder"}
    else:
        wanted = {word.strip() for word in text.split(",") if word.strip()}
        for word in wanted:
            if word not in ROLES:
                raise PasokhError("settings.unknown_role", role=word, roles=", ".join(ROLES))
        if not wanted:
            raise PasokhError("settings.unknown_role", role="", roles=", ".join(ROLES))
        if settings.embedded and "db" not in wanted:
            raise PasokhError("settings.no_database", name="PASOKH_DATABASE_URL")
        if not settings.embedded and "db" in wanted:
            raise PasokhError("settings.two_databases", name="PASOKH_DATABASE_URL")
    if traffic:
        wanted.add("traffic")
    return tuple(role for role in ROLES if role in wanted)


def kept_secret(home: Path, name: str) -> str:
    """The secret in a file of `home` that only its owner can read, made when it does not exist."""
    path = home / name
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        text = path.read_text("ascii").strip()
        if len(text) < 32:
            raise PasokhError("settings.weak_secret", name=str(path), least=32) from None
        return text
    with os.fdopen(descriptor, "w") as file:
        file.write(made := secrets.token_urlsafe(SECRET_BYTES))
    return made


def _default_home() -> Path:
    """``var/`` of the checkout this code runs from, else ``~/.local/share/pasokh``."""
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").exists():
        return checkout / "var"
    return Path.home() / ".local/share/pasokh"


def _whole(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = values.get(name) or str(default)
    try:
        number = int(float(text))
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise PasokhError("settings.bad_number", name=name, value=text)
    return number


def _listen(values: Mapping[str, str], name: str) -> str:
    """``host:port``, or nothing."""
    text = values.get(name, "").strip()
    host, colon, port = text.rpartition(":")
    if text and not (host and colon and port.isdecimal() and 0 < int(port) <= 65_535):
        raise PasokhError("settings.bad_listen", name=name, value=text)
    return text


def _choice(values: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    text = values.get(name) or default
    if text not in allowed:
        raise PasokhError("settings.bad_choice", name=name, value=text, allowed=", ".join(allowed))
    return text
