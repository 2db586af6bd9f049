"""Telephony of a tenant of `tests.office_stage`: one of everything that calls need."""

from typing import Final

from pasokh.acd.model import Terms
from pasokh.office.telephony.actions import do_block_number, do_save_dial_policy, do_save_number, do_save_trunk
from pasokh.office.telephony.compiled import DialConfig, plain
from pasokh.office.telephony.compiling import recompile
from pasokh.office.telephony.flow_actions import do_publish_flow, do_save_draft
from pasokh.office.telephony.models import CallerLanguage, OutsideCall, OutsideDay, Prompt, PromptSound
from pasokh.office.telephony.prompt_actions import do_save_prompt
from pasokh.office.telephony.rules import (
    NumberDraft,
    PromptDraft,
    StationDraft,
    TrunkDraft,
    as_trunk,
    emergency_numbers,
)
from pasokh.office.telephony.station_actions import do_save_station
from pasokh.telephony.dial import OutboundPolicy

NUMBERS: Final = {"alpha": "982191001000", "beta": "982191002000"}
FLOW: Final = """
id = "line"
start = "hello"
languages = ["en"]

[nodes.hello]
kind = "say"
then = "help"
say = { prompt = "welcome" }

[nodes.help]
kind = "queue"
queue = "help"
offer = { after_s = 30, ways = [{ key = "2", way = "message", then = "message" }] }
otherwise = "message"

[nodes.message]
kind = "voicemail"
queue = "help"
then = "bye"

[nodes.bye]
kind = "hang_up"
"""
"""A greeting of the catalogue, a queue, a message."""


def trunk(org: str, **changed: object) -> TrunkDraft:
    """A carrier at an address of its own."""
    host = "127.0.0.2" if org == "alpha" else "127.0.0.4"
    said = {"host": host, "transport": "udp", "srtp": False, "qualify_seconds": 0, **changed}
    return TrunkDraft({"en": f"{org} carrier"}, as_trunk(said))


def furnish_telephony(org: str) -> None:
    """A carrier, a published flow with a prompt, a number, two telephones, a policy, a blocked caller."""
    do_save_trunk("system", "main", trunk(org))
    policy = OutboundPolicy(region="IR", countries=("IR",))
    do_save_dial_policy("system", DialConfig(policy=policy, emergency=emergency_numbers("IR")))
    do_save_prompt("system", "welcome", PromptDraft({"en": f"Welcome to {org}."}))
    do_save_draft("system", "line", {"en": f"{org} line"}, FLOW)
    do_publish_flow("system", "line")
    do_save_number("system", f"+{NUMBERS[org]}", NumberDraft("own", "line", "help", trunks=("main",)))
    do_save_station("system", f"{org}-agent.browser", StationDraft(f"{org}-agent", "webrtc"))
    do_save_station("system", f"{org}-agent.mobile", StationDraft(f"{org}-agent", "mobile", number="+989121234567"))
    do_block_number("system", "+98900*", f"{org} says no")
    CallerLanguage.objects.create(organisation_id=org, number="+989121112233", language="fa", spoken_at=1)
    PromptSound.objects.create(  # without the programs that look into a recording
        organisation_id=org, prompt=Prompt.objects.get(key="welcome"), language="en", kind="wav", sound=b"RIFF",
        digest="0" * 64, milliseconds=1_000, changed_at=1,
    )  # fmt: skip
    OutsideDay.objects.create(
        organisation_id=org, day="2023-11-14", month="1402-08", currency="IRR", purpose="transfer", calls=1,
    )  # fmt: skip
    OutsideCall.objects.create(
        organisation_id=org,
        call=f"{org}-away",
        purpose="transfer",
        terms=plain(Terms(currency="IRR", max_calls=5)),
        began_at=1,
    )
    recompile()
