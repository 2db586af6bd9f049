"""How a leg tells the engine what became of its sound: a hang-up handler on every telephone and carrier. Pure.

At that moment Asterisk's counters are complete, whoever hung up, and whether the leg was called, calls, or never was
answered. The handler shows the dying channel to the engine's application once more, with the figures as arguments: no
request, no subscription, no file. Without an engine it does nothing.
"""

from typing import Final

from pasokh.telephony.ari.reports import REPORT
from pasokh.telephony.config.ini import Section, section

HANDLER: Final = "leg-report"
OUTGOING: Final = "outgoing"
FOR_ORG, FOR_LEG = "PASOKH_OUT_ORG", "PASOKH_OUT_LEG"
"""On the outside half of a leg. Not `PASOKH_ORG`: whoever lists channels must not take it for a leg of its own."""

HANDLED: Final = ("set_var", f"CHANNEL(hangup_handler_push)={HANDLER},s,1")
"""In pjsip.conf, at every endpoint."""
PRE_DIAL: Final = f"b({OUTGOING}^s^1(${{PASOKH_ORG}}^${{CHANNEL(uniqueid)}}))"
"""An option of Dial()."""


def report_contexts() -> list[Section]:
    """The handler, and what a dialled outside half is told of whom it serves."""
    safe = r"FILTER(0-9A-Za-z@._:\x2d,${CHANNEL(pjsip,call-id)})"
    sound = ("${CHANNEL(rtcp,all)}", "${CHANNEL(rtp,src)}", "${CHANNEL(rtp,dest)}", "${CHANNEL(audionativeformat)}")
    end = (f"${{{safe}}}", "${PASOKH_SIP}", "${CHANNEL(hangupsource)}", "${HANGUPCAUSE}")
    silent = ("",) * len(sound)
    handler = [
        f'Set(PASOKH_REPORTS=${{IF($["${{{FOR_ORG}}}" = ""]?${{PASOKH_ORG}}:${{{FOR_ORG}}})}})',
        'GotoIf($["${PASOKH_REPORTS}" = ""]?done)',
        "Set(PASOKH_SIP=)",
        # Asked for a channel it knows nothing of, HANGUPCAUSE complains in the log.
        'GotoIf($["${HANGUPCAUSE_KEYS()}" != "${CHANNEL(name)}"]?tell)',
        r"Set(PASOKH_SIP=${FILTER(0-9A-Za-z\x20,${HANGUPCAUSE(${CHANNEL(name)},tech)})})",
        # A call that nobody answered has no sound to be asked for.
        '(tell)GotoIf($["${CHANNEL(state)}" != "Up"]?silent)',
        _stasis(*sound, *end),
        "Return()",
        f"(silent){_stasis(*silent, *end)}",
        "(done)Return()",
    ]
    told = [f"Set({FOR_ORG}=${{ARG1}})", f"Set({FOR_LEG}=${{ARG2}})", "Return()"]
    return [section(HANDLER, _steps(handler)), section(OUTGOING, _steps(told))]


def _stasis(*facts: str) -> str:
    return f"Stasis(pasokh-${{PASOKH_REPORTS}},{REPORT},${{{FOR_LEG}}},{','.join(facts)})"


def _steps(steps: list[str]) -> list[tuple[str, object]]:
    lines: list[tuple[str, object]] = []
    for number, step in enumerate(steps):
        label, rest = "", step
        if step.startswith("("):
            label, _, rest = step.partition(")")
            label += ")"
        lines.append(("same", f"n{label},{rest}") if number else ("exten", f"s,1{label},{rest}"))
    return lines
