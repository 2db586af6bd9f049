"""rtp.conf and musiconhold.conf. Pure."""

from pasokh.telephony.config.ini import Section, section, text
from pasokh.telephony.config.machine import Machine
from pasokh.telephony.config.models import Node, Site
from pasokh.telephony.config.rules import is_loopback

RTCP_MS = 2_000


def rtp_conf(node: Node, machine: Machine) -> str:
    """rtp.conf: ports, ICE, and which of the machine's addresses browsers are offered."""
    general = [
        ("rtpstart", node.rtp.first),
        ("rtpend", node.rtp.last),
        ("icesupport", True),
        ("strictrtp", True),
        ("rtpchecksums", True),
        ("dtmftimeout", 3_000),
        # Losses are known up to the latest RTCP report: of a short talk 5 s (the default) would be much.
        ("rtcpinterval", RTCP_MS),
    ]
    return text([section("general", general), _candidates(node, machine)])


def _candidates(node: Node, machine: Machine) -> Section:
    """Asterisk never offers 127.0.0.0/8 itself, and behind a NAT it does not know its address outside."""
    if is_loopback(node.address):
        offered = "127.0.0.1"
    elif node.public_address:
        offered = f"{node.public_address},include_local_address"
    else:
        return section("ice_host_candidates", [])
    return section("ice_host_candidates", [(address, offered) for address in machine.addresses])


def musiconhold_conf(site: Site, machine: Machine) -> str:
    """musiconhold.conf: a class for each folder; `default` is what came with Asterisk unless the site has its own."""
    classes = {music.key: (music.folder, music.shuffled) for music in site.music}
    classes.setdefault("default", (f"{machine.data}/moh", False))
    return text(
        [
            section(key, [("mode", "files"), ("directory", folder), ("sort", "random" if shuffled else "alpha")])
            for key, (folder, shuffled) in sorted(classes.items())
        ]
    )
