"""http.conf, ari.conf, prometheus.conf: who asks the switch by HTTP. Pure."""

from pasokh.telephony.config.ini import host_port, section, text
from pasokh.telephony.config.machine import Machine
from pasokh.telephony.config.models import Node
from pasokh.telephony.config.rules import is_loopback
from pasokh.telephony.variables import CHANNEL_VARIABLES

ENGINE_USER, WATCHDOG_USER, METRICS_USER = "pasokh", "watchdog", "metrics"
MOST_SESSIONS = 4_096
"""Each browser and each kept connection takes one; Asterisk's own limit is 100."""
KEEP_ALIVE_MS = 60_000


def http_conf(node: Node) -> str:
    """http.conf."""
    lines: list[tuple[str, object]] = [
        ("servername", "pasokh"),
        ("enabled", True),
        ("bindaddr", node.http.address),
        ("bindport", node.http.port),
        ("enable_static", False),
        ("enable_status", False),
        ("sessionlimit", MOST_SESSIONS),
        ("session_inactivity", KEEP_ALIVE_MS),
        ("session_keep_alive", KEEP_ALIVE_MS),
    ]
    if node.https is not None and node.certificate is not None:
        lines += [
            ("tlsenable", True),
            ("tlsbindaddr", host_port(node.https.address, node.https.port)),
            ("tlscertfile", node.certificate.combined),
            ("tlsdisablev1", True),
            ("tlsdisablev11", True),
        ]
    return text([section("general", lines)])


def ari_conf(node: Node, machine: Machine) -> str:
    """ari.conf: the engine, and the watchdog that rescues calls from an engine that hangs."""
    general = [
        ("enabled", True),
        ("pretty", False),
        ("channelvars", ",".join(CHANNEL_VARIABLES)),  # a second line would replace the first
        ("websocket_write_timeout", 1_000),
    ]
    fence: list[tuple[str, object]] = []
    if node.https is not None and not is_loopback(node.https.address):
        # Browsers share this server with ARI: a password alone is not enough for the whole world.
        fence = [("deny", "0.0.0.0/0"), ("deny", "::/0")]
        fence += [("permit", network) for network in ("127.0.0.0/8", "::1/128", *node.ari_networks)]
    users = [
        section(
            name,
            [("type", "user"), ("read_only", False), ("password", machine.passwords[secret]), *fence],
        )
        for name, secret in ((ENGINE_USER, "ari"), (WATCHDOG_USER, "watchdog"))
    ]
    return text([section("general", general), *users])


def prometheus_conf(machine: Machine) -> str:
    """prometheus.conf: Asterisk's own figures at ``/metrics``, with a password of their own."""
    lines = [
        ("enabled", True),
        ("core_metrics_enabled", True),
        ("uri", "metrics"),
        ("auth_username", METRICS_USER),
        ("auth_password", machine.passwords["metrics"]),
    ]
    return text([section("general", lines)])
