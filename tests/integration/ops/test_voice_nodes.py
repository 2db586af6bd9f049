"""A centre with two Asterisks and a Kamailio, each kept by its role: real calls, one node killed, one taken out."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import msgspec
import pytest
from tests.desk_phone import DeskPhone
from tests.integration.ops.centre import alive
from tests.integration.ops.test_voice import LINE, Voiced, street
from tests.nodes_stage import needs_proxy
from tests.polling import until
from tests.switch_stage import free_ports, needs_asterisk, needs_sipp

from pasokh.acd import commands as cmd
from pasokh.ops.switch.nodes import NodesFile, Reached
from pasokh.ops.switch.state import read_state
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.telephony.config.models import Listen, Node, PortRange, Proxy

pytestmark = [needs_asterisk, needs_sipp, needs_proxy, pytest.mark.timeout(400)]
ROLES = "db,switch,proxy,watchdog,engine,worker,connect,web"


class Clustered(Voiced):
    """The first node and the proxy are kept by the centre, the second by a role of its own, as on another machine."""

    def __init__(self):
        super().__init__()
        first, second, inside, http, web1, web2 = free_ports(6)
        self.second_home = self.home / "asterisk2"
        rtp = 30_000 + os.getpid() % 100 * 200
        nodes = tuple(
            Node(
                name=f"node{place}", entity_id=f"02:00:00:00:00:1{place}", address="127.0.0.1", udp_port=sip,
                tls_port=0, http=Listen(address="127.0.0.1", port=web),
                rtp=PortRange(first=rtp + place * 100, last=rtp + place * 100 + 99),
            )
            for place, (sip, web) in enumerate(((first, web1), (second, web2)), 1)
        )  # fmt: skip
        proxy = Proxy(
            address="127.0.0.1", udp_port=self.udp, tls_port=0, inside=Listen(address="127.0.0.1", port=inside),
            http=Listen(address="127.0.0.1", port=http),
        )  # fmt: skip
        homes = {"node1": str(self.home / "asterisk"), "node2": str(self.second_home)}
        self.file = NodesFile(nodes=nodes, proxy=proxy, ari={name: Reached(home=home) for name, home in homes.items()})
        (self.home / "nodes.json").write_bytes(msgspec.json.encode(self.file))
        self.environment |= {"PASOKH_SWITCH_NODES": str(self.home / "nodes.json"), "PASOKH_SWITCH_NODE": "node1"}
        self.second = None

    def begin(self):
        """Run everything until both nodes have the organisation's numbers and the proxy knows both."""
        self.start("--roles", ROLES)
        url = EmbeddedPostgres(self.home / "db").dsn()
        other = {"PASOKH_SWITCH_NODE": "node2", "PASOKH_SWITCH_HOME": str(self.second_home)}
        environment = self.environment | other | {"PASOKH_DATABASE_URL": url}
        environment["PASOKH_SECRET_KEY"] = (self.home / "secret_key").read_text().strip()
        with (self.home / "second.log").open("w") as log:
            self.second = subprocess.Popen(
                [sys.executable, "-m", "pasokh.ops.role", "switch"], env=environment, stdout=log, stderr=log
            )
        for home in (self.home / "asterisk", self.second_home):
            self.until(lambda home=home: (state := read_state(home / "keeper.json")) and state.asterisk, 90)
        self.until(lambda: "Kamailio runs after" in self.log or "Kamailio does not start" in self.log, 60)

    def pid(self, home):
        state = read_state(home / "keeper.json")
        return state.asterisk if state else 0

    def __exit__(self, *raised):
        pids = [self.pid(self.second_home)]
        with contextlib.suppress(OSError, ValueError):
            pids.append(int((self.home / "kamailio/run/kamailio.pid").read_text()))
        if self.second is not None:
            self.second.terminate()
            self.second.wait(20)
        super().__exit__(*raised)
        for pid in pids:
            if pid and alive(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def centre():
    with Clustered() as made:
        made.begin()
        yield made


def served(centre, before):
    """A whole call: through the proxy, a node, the flow, the queue, to the agent's telephone at the proxy."""
    with street(centre, "speaks", LINE, hold_ms=8_000) as caller:
        centre.until(lambda: len(centre.events("offer.accepted")) > before, 40)
        caller.finish(60)


def test_calls_go_through_the_proxy_to_a_node_and_an_agents_telephone(centre):
    user, password = centre.change("station", "agent3")
    centre.until(lambda: user in (centre.home / "kamailio/etc/users").read_text(), 60)
    centre.until(lambda: user in (centre.second_home / "etc/pjsip.conf").read_text(), 60)
    with DeskPhone(centre.udp, user, password) as desk:
        centre.ask_core(cmd.SignIn("agent3"))
        centre.ask_core(cmd.SetPresence("agent3", ready=True))
        served(centre, 0)
        until(lambda: desk.ended == 1, 20)
        begun = time.monotonic()
        dead = centre.pid(centre.second_home)
        os.kill(dead, signal.SIGKILL)
        for _ in range(2):
            with street(centre, "speaks", LINE, hold_ms=500) as caller:
                caller.finish(60)
        assert time.monotonic() - begun < 60
        centre.until(lambda: centre.pid(centre.second_home) not in {0, dead}, 40)
    children = centre.children()
    assert {"switch", "proxy", "watchdog", "engine"} <= set(children)
    assert "Kamailio runs after" in centre.log
