"""The files that say little of a site: folders, logs, tones, what is off. Pure."""

from pasokh.telephony.config.ini import HEAD, section, text
from pasokh.telephony.config.machine import Machine
from pasokh.telephony.config.models import Node, Site

CEL_FIELDS = (
    "${CSV_QUOTE(${eventtype})}",
    "${CSV_QUOTE(${eventtime})}",
    "${CSV_QUOTE(${CHANNEL(uniqueid)})}",
    "${CSV_QUOTE(${CHANNEL(linkedid)})}",
    "${CSV_QUOTE(${CALLERID(num)})}",
    "${CSV_QUOTE(${CHANNEL(exten)})}",
    "${CSV_QUOTE(${CHANNEL(context)})}",
    "${CSV_QUOTE(${CHANNEL(channame)})}",
    "${CSV_QUOTE(${BRIDGEPEER})}",
    "${CSV_QUOTE(${eventextra})}",
)
"""Columns of the CEL file."""


def asterisk_conf(node: Node, machine: Machine) -> str:
    """asterisk.conf: where everything lies, and who this node is."""
    lib = machine.folder("lib")
    return text(
        [
            section(
                "directories",
                [
                    ("astetcdir", machine.folder("etc")),
                    ("astmoddir", machine.modules),
                    ("astvarlibdir", lib),
                    ("astdbdir", lib),
                    ("astkeydir", lib),
                    ("astdatadir", machine.data),
                    ("astagidir", f"{lib}/agi-bin"),
                    ("astspooldir", machine.folder("spool")),
                    ("astrundir", machine.folder("run")),
                    ("astlogdir", machine.folder("log")),
                ],
            ),
            section(
                "options",
                [
                    ("systemname", node.name),
                    ("entityid", node.entity_id),
                    ("verbose", 0),
                    ("documentation_language", "en_US"),
                    ("live_dangerously", False),  # no ARI or dialplan call reaches files or the shell
                    ("hideconnect", True),
                ],
            ),
        ]
    )


def logger_conf() -> str:
    """logger.conf: complaints in one file, attempts of strangers in another, in a form that fail2ban knows."""
    return text(
        [
            section("general", [("dateformat", "%F %T.%3q"), ("use_callids", True), ("logger_queue_limit", 5_000)]),
            section("logfiles", [("messages.log", "notice,warning,error"), ("security.log", "security")]),
        ]
    )


def call_records(site: Site) -> dict[str, str]:
    """cdr.conf, cel.conf and cel_custom.conf."""
    on = site.call_records
    csv = [("usegmtime", True), ("loguniqueid", True), ("loguserfield", True), ("accountlogs", False)]
    events = "CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT,APP_START,APP_END"
    cel = [("apps", "stasis,record"), ("events", events)] if on else []
    files = {
        "cdr.conf": text([section("general", [("enable", on)]), *([section("csv", csv)] if on else [])]),
        "cel.conf": text([section("general", [("enable", on), *cel])]),
    }
    if on:
        files["cel_custom.conf"] = f"{HEAD}\n[mappings]\nMaster.csv => {','.join(CEL_FIELDS)}\n"
    return files


def fixed() -> dict[str, str]:
    """The files that are the same everywhere; AMI is off."""
    general = text([section("general", [])])
    return {
        "acl.conf": HEAD,
        "ccss.conf": general,
        "chan_websocket.conf": HEAD,
        "features.conf": general,
        "manager.conf": text([section("general", [("enabled", False), ("webenabled", False)])]),
        "pjproject.conf": text([section("startup", [("log_level", "default")])]),
        "stasis.conf": text([section("threadpool", [("initial_size", 5), ("idle_timeout_sec", 20), ("max_size", 50)])]),
        "udptl.conf": general,
        "websocket_client.conf": HEAD,
        "indications.conf": text(
            [
                section("general", [("country", "eu")]),
                section(
                    "eu",  # ITU-T E.180
                    [
                        ("description", "Europe"),
                        ("ringcadence", "1000,4000"),
                        ("dial", "425"),
                        ("busy", "425/500,0/500"),
                        ("ring", "425/1000,0/4000"),
                        ("congestion", "425/250,0/250"),
                    ],
                ),
            ]
        ),
    }
