"""Reads the environment into one value; `settings.py` only spells that value as Django settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from pasokh.channels.files.clamd import NAME as SCANNER
from pasokh.channels.files.clamd import scanner_of
from pasokh.channels.mail.address import NAME as MAIL_URL
from pasokh.channels.mail.address import parse_mail_url
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.office.post.rules import checked_mail_from, default_mail_from
from pasokh.store import schema
from pasokh.store.embedded import DATABASE, SUPERUSER

APP_ROLE = schema.APP
"""The database role of every request: it owns nothing, so row-level security binds it."""

SPOOL = "spool/recording"
"""Where a switch keeps what it records, below its own folder."""

OWNER_ROLE = schema.OWNER
"""The role that migrates and nothing else."""

_LIMITS = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the office takes from outside."""

    secret: str
    debug: bool
    public_url: str
    https: bool
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    database: dict[str, str]
    """libpq's parameters."""
    pool: int
    """Connections kept per process; 0 = none kept."""
    static_root: Path | None
    """Where collected files lie; None = served from the source folders, without a manifest."""
    language: str
    zone: str
    breach_list: str
    """Where lost passwords are looked up, in the format of Have I Been Pwned's range queries; empty = nowhere."""
    mail_url: str
    """Where mail is handed in (`pasokh.channels.mail.address`); empty = mail waits."""
    mail_from: str
    """Where mails come from that no organisation's own address sends."""
    home: Path
    """Where attached files are kept."""
    scanner_url: str
    """Who looks for viruses in them; empty = nobody."""
    prompts: Path
    """Where made voices lie: the switch plays the same files."""
    sip_host: str
    """Where desk phones register: the switch's name or address; empty = where the office is."""
    recordings_home: Path
    """Where sealed recordings are kept; nodes share it."""
    recordings_spool: Path
    """Where this node's switch leaves its recordings."""
    node: str
    """What this node's switch is called."""


def configure(env: Mapping[str, str], fresh_secret: Callable[[], str]) -> Configuration:
    """The configuration an environment asks for; raises `settings.*` naming the variable."""
    public_url = env.get("PASOKH_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PasokhError("settings.bad_url", name="PASOKH_PUBLIC_URL", value=public_url)
    hosts = ["127.0.0.1", "localhost", "[::1]", parts.hostname, *_listed(env.get("PASOKH_HOSTS", ""))]
    language = env.get("PASOKH_LANGUAGE", "en")
    if language not in LANGUAGES:
        raise PasokhError("settings.bad_choice", name="PASOKH_LANGUAGE", value=language, allowed=", ".join(LANGUAGES))
    static_root = env.get("PASOKH_STATIC_ROOT", "")
    home = Path(env.get("PASOKH_HOME", "") or Path.cwd() / "var").absolute()
    return Configuration(
        secret=env.get("PASOKH_SECRET_KEY") or fresh_secret(),
        debug=env.get("PASOKH_DEBUG", "") == "1",
        public_url=public_url,
        https=parts.scheme == "https",
        hosts=tuple(dict.fromkeys(hosts)),
        origins=tuple(dict.fromkeys([public_url, *_listed(env.get("PASOKH_ORIGINS", ""))])),
        database=_database(env.get("PASOKH_DATABASE_URL", "postgresql://127.0.0.1/pasokh")),
        pool=_count(env, "PASOKH_DATABASE_POOL", 8),
        static_root=Path(static_root) if static_root else None,
        language=language,
        zone=env.get("PASOKH_ZONE", "UTC"),
        breach_list=_address(env, "PASOKH_BREACH_LIST_URL"),
        scanner_url=_scanner_url(env),
        prompts=_switch_home(env) / "prompts",
        sip_host=env.get("PASOKH_SIP_HOST", "").strip(),
        mail_url=_mail_url(env),
        mail_from=checked_mail_from(env.get("PASOKH_MAIL_FROM", "")) or default_mail_from(parts.hostname),
        home=home,
        recordings_home=Path(env.get("PASOKH_RECORDINGS_HOME") or home / "recordings").absolute(),
        recordings_spool=Path(env.get("PASOKH_SWITCH_HOME") or home / "asterisk").expanduser().absolute() / SPOOL,
        node=env.get("PASOKH_SWITCH_NODE") or "node1",
    )


def _switch_home(env: Mapping[str, str]) -> Path:
    home = Path(env.get("PASOKH_HOME", "") or Path.cwd() / "var").absolute()
    return Path(env.get("PASOKH_SWITCH_HOME", "") or home / "asterisk").expanduser().absolute()


def _scanner_url(env: Mapping[str, str]) -> str:
    url = env.get(SCANNER, "")
    scanner_of(url)
    return url


def _mail_url(env: Mapping[str, str]) -> str:
    url = env.get(MAIL_URL, "")
    parse_mail_url(url)
    return url


def connection_parameters(c: Configuration, role: str) -> dict[str, str]:
    """Libpq's parameters for acting as `role`.

    On the embedded server by signing in as that role, so that there is no way back to the superuser; elsewhere the
    configured user must be a member of it.
    """
    known = dict(c.database)
    if known.get("user") == SUPERUSER and known.get("dbname") == DATABASE and known.get("host", "").startswith("/"):
        return {**known, "user": role}
    return {**known, "options": f"{known.get('options', '')} -c role={role}".strip()}


def django_database(c: Configuration, role: str, *, pool: int = 0, limits: bool = True) -> dict[str, object]:
    """One entry of Django's `DATABASES`; every connection acts as `role` from its start."""
    given = connection_parameters(c, role)
    if limits:
        given["options"] = f"{given.get('options', '')} {_LIMITS}".strip()
    options: dict[str, object] = {
        name: value for name, value in given.items() if name not in {"dbname", "user", "password", "host", "port"}
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.get("dbname", ""),
        "USER": given.get("user", ""),
        "PASSWORD": given.get("password", ""),
        "HOST": given.get("host", ""),
        "PORT": given.get("port", ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": True,  # a pool keeps connections over a restart of the database too
    }


def _database(url: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise PasokhError("settings.bad_url", name="PASOKH_DATABASE_URL", value="…") from error


def _address(env: Mapping[str, str], name: str) -> str:
    url = env.get(name, "").strip()
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise PasokhError("settings.bad_url", name=name, value=url)
    return url


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) > 1000:
        raise PasokhError("settings.bad_number", name=name, value=text)
    return int(text)
