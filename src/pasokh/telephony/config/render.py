"""A site as the files of one node: file name → text. Pure; the same site gives the same bytes."""

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.base import asterisk_conf, call_records, fixed, logger_conf
from pasokh.telephony.config.dialplan import extensions_conf, outside_context
from pasokh.telephony.config.machine import Machine
from pasokh.telephony.config.media import musiconhold_conf, rtp_conf
from pasokh.telephony.config.models import Mobile, Node, Site, Station
from pasokh.telephony.config.modules import modules_conf
from pasokh.telephony.config.pjsip import pjsip_conf
from pasokh.telephony.config.web import ari_conf, http_conf, prometheus_conf

type Files = dict[str, str]


def render(site: Site, node: Node, machine: Machine) -> Files:
    """Every file of the node's configuration folder, in the order of their names."""
    if node not in site.nodes:
        raise PasokhError("site.which_node", nodes=", ".join(each.name for each in site.nodes))
    files = {
        "asterisk.conf": asterisk_conf(node, machine),
        "modules.conf": modules_conf(machine, call_records=site.call_records),
        "logger.conf": logger_conf(),
        "http.conf": http_conf(node),
        "ari.conf": ari_conf(node, machine),
        "prometheus.conf": prometheus_conf(machine),
        "pjsip.conf": pjsip_conf(site, node),
        "extensions.conf": extensions_conf(site, node, machine),
        "rtp.conf": rtp_conf(node, machine),
        "musiconhold.conf": musiconhold_conf(site, machine),
        **call_records(site),
        **fixed(),
    }
    return dict(sorted(files.items()))


def dial_string(station: Station) -> str:
    """What ARI originates to in order to reach a station."""
    if isinstance(station, Mobile):
        return outside_dial_string(station.org, station.number)
    return f"PJSIP/{station.key}"


def outside_dial_string(org: str, number: str) -> str:
    """What ARI originates to in order to call a number (E.164 digits) under an organisation's dial policy.

    ``/n`` keeps the channel that the engine named: an optimised one vanishes when the call is answered.
    """
    if not (number.isascii() and number.isdigit() and len(number) <= 15):
        raise PasokhError("site.bad_number", number=number[:20])
    return f"Local/{number}@{outside_context(org)}/n"
