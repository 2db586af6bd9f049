"""extensions.conf: the way into the engine, what callers get without one, and the only ways out. Pure.

What a caller sends reaches an application's arguments only if it matched a pattern of digits or went through FILTER.

===================  ==================================================================================================
`from-trunk`         numbers; → `caller`
`from-station-ORG`   emergency numbers; any digits → the engine
`held`               music and another try every few seconds; then `message`
`outside-ORG`        where the organisation may call, E.164; → `dial-out-ORG`, carrier after carrier of its own
===================  ==================================================================================================
"""

from collections.abc import Iterator, Sequence

from pasokh.telephony.config.ini import Section, section, text
from pasokh.telephony.config.machine import Machine
from pasokh.telephony.config.models import Node, Number, Organisation, Site, Trunk
from pasokh.telephony.config.reporting import PRE_DIAL, report_contexts
from pasokh.telephony.config.rules import trunks_of
from pasokh.telephony.variables import ASIDE

LONGEST_DIALLED = 20
RING_SECONDS = 90
"""The longest a called number rings; the engine usually gives up sooner."""
STARS = "*#"
LOOP_CAUSE, FORBIDDEN_CAUSE, FULL_CAUSE, DOWN_CAUSE, UNKNOWN_CAUSE = 25, 21, 34, 38, 1
"""Q.850: exchange routing error, call rejected, no circuit, network out of order, unallocated number."""
FINAL_ANSWERS = "(404|410|484|485|6[0-9][0-9])"
"""Of SIP: the number is wrong, or the person declines, whoever carries the call."""

HUNG = f'$["${{GLOBAL({ASIDE}${{PASOKH_ORG}})}}" != ""]'
"""Whether the organisation's engine hangs, as the watchdog says: `Stasis` would hand callers to nobody."""

type Step = str
type Lines = list[tuple[str, object]]


def application(org: str) -> str:
    """The Stasis application of an organisation's engine."""
    return f"pasokh-{org}"


def trunk_context(site: Site, trunk: Trunk) -> str:
    """Where a carrier's calls come in."""
    own = any(trunk.key in number.trunks for number in site.numbers)
    return f"from-trunk-{trunk.key}" if own else "from-trunk"


def station_context(org: str) -> str:
    """Where calls of an organisation's stations come in."""
    return f"from-station-{org}"


def outside_context(org: str) -> str:
    """By which the engine calls a number for an organisation: ``Local/<E.164>@<this>/n``."""
    return f"outside-{org}"


def extensions_conf(site: Site, node: Node, machine: Machine) -> str:
    """extensions.conf of one node."""
    trunks = trunks_of(site, node)
    sections = [
        section("general", [("static", True), ("writeprotect", True), ("autofallthrough", True)]),
        *_from_trunk(site, trunks),
        _caller(),
        *report_contexts(),
        *(_settings(organisation) for organisation in site.organisations),
        _held(),
        _message(machine),
        *(_from_station(organisation) for organisation in site.organisations),
        _station_dials(),
        *(_outside(site, organisation) for organisation in site.organisations),
        *(_own_numbers(site, organisation) for organisation in site.organisations),
        _outside_call(),
        *(_dial_out(organisation, trunks) for organisation in site.organisations),
        *(_emergency(organisation, trunks) for organisation in site.organisations),
    ]
    return text(sections)


def _exten(pattern: str, steps: Sequence[Step]) -> Lines:
    """An extension with its steps; a step may begin with ``(label)``."""
    lines: Lines = []
    for number, step in enumerate(steps):
        label, rest = "", step
        if step.startswith("("):
            label, _, rest = step.partition(")")
            label += ")"
        if number:
            lines.append(("same", f"n{label},{rest}"))
        else:
            lines.append(("exten", f"{pattern},1{label},{rest}"))
    return lines


# -- in ----------------------------------------------------------------------------------------------------------------
def _from_trunk(site: Site, trunks: Sequence[Trunk]) -> Iterator[Section]:
    anywhere: Lines = []
    only: dict[str, Lines] = {trunk.key: [] for trunk in trunks}
    for number in site.numbers:
        lines = [line for form in _forms(number) for line in _exten(form, [_enter(number)])]
        if not number.trunks:
            anywhere += lines
        for key in number.trunks:
            if key in only:
                only[key] += lines
    # A context without a step is none for Asterisk; `i` is never dialled from outside.
    yield section("from-trunk", anywhere or _exten("i", [f"Hangup({UNKNOWN_CAUSE})"]))
    for trunk in trunks:
        if only[trunk.key]:
            yield section(f"from-trunk-{trunk.key}", [*only[trunk.key], ("include", "from-trunk")])


def _forms(number: Number) -> tuple[str, ...]:
    return tuple(dict.fromkeys((number.did, f"+{number.did}", *number.also)))


def _enter(number: Number) -> Step:
    return f"Gosub(caller,s,1({number.org},{number.did}))"


def _caller() -> Section:
    """The identity of a call is on its channel before anything else happens."""
    steps = [
        "Set(PASOKH_ORG=${ARG1})",
        "Set(PASOKH_NUMBER=${ARG2})",
        "Set(PASOKH_ROLE=caller)",
        "Set(PASOKH_CALL=${UNIQUEID})",
        "Set(PASOKH_SINCE=${STRFTIME(,UTC,%s%3q)})",
        "Set(CALLERID(num)=${FILTER(+0-9,${CALLERID(num)})})",
        "Set(CALLERID(ani)=${FILTER(+0-9,${CALLERID(ani)})})",
        "Set(GROUP(trunk)=${PASOKH_TRUNK})",
        f"GotoIf({HUNG}?held,s,1)",
        "Stasis(pasokh-${PASOKH_ORG},${PASOKH_NUMBER},${PASOKH_CALL})",
        "Goto(held,s,1)",
    ]
    return section("caller", _exten("s", steps))


def _settings(organisation: Organisation) -> Section:
    held, policy = organisation.held, organisation.policy
    steps = [
        f"Set(PASOKH_MUSIC={organisation.music})",
        f"Set(PASOKH_RETRY={held.retry_seconds})",
        f"Set(PASOKH_PATIENCE={held.minutes * 60})",
        f"Set(PASOKH_OVERFLOW={held.overflow})",
        f"Set(PASOKH_PROMPT={held.prompt})",
        f"Set(PASOKH_MESSAGE={held.message_seconds})",
        f"Set(PASOKH_OUTSIDE={policy.max_calls},{policy.max_seconds})",
        "Return()",
    ]
    return section(f"settings-{organisation.id}", _exten("s", steps))


def _held() -> Section:
    """Callers whom no engine has: music, another try, and another, and in the end a message."""
    steps = [
        'GotoIf($["${PASOKH_ROLE}" != "caller"]?end)',
        "Gosub(settings-${PASOKH_ORG},s,1)",
        "Set(PASOKH_HELD=${EPOCH})",
        "Answer(,i)",  # i: at once; without it Asterisk waits up to half a second for media
        "(music)StartMusicOnHold(${PASOKH_MUSIC})",
        "(wait)Wait(${PASOKH_RETRY})",
        f"GotoIf({HUNG}?aside)",
        # Music does not stop by itself when a call is bridged: an engine must not get it playing.
        "StopMusicOnHold()",
        "Stasis(pasokh-${PASOKH_ORG},${PASOKH_NUMBER},${PASOKH_CALL})",
        'ExecIf($["${STASISSTATUS}" = "SUCCESS"]?Set(PASOKH_HELD=${EPOCH}))',
        "GotoIf($[${EPOCH} - ${PASOKH_HELD} < ${PASOKH_PATIENCE}]?music:message,s,1)",
        "(aside)GotoIf($[${EPOCH} - ${PASOKH_HELD} < ${PASOKH_PATIENCE}]?wait:message,s,1)",
        "(end)Hangup()",
    ]
    return section("held", _exten("s", steps))


def _message(machine: Machine) -> Section:
    file = f"{machine.folder('spool')}/voicemail/${{PASOKH_ORG}}/${{PASOKH_CALL}}_${{PASOKH_NUMBER}}"
    steps = [
        'GotoIf($["${PASOKH_OVERFLOW}" = ""]?tone)',
        "Gosub(call-outside,s,1(${PASOKH_ORG},${PASOKH_OVERFLOW},${PASOKH_OUTSIDE}))",
        'GotoIf($["${DIALSTATUS}" = "ANSWER"]?end)',
        '(tone)ExecIf($["${PASOKH_PROMPT}" != ""]?Playback(${PASOKH_PROMPT}))',
        # A tone of our own: Asterisk's beep is a file that an installation may lack.
        "Playtones(1400/400)",
        "Wait(0.4)",
        "StopPlaytones()",
        f"Record({file}_${{FILTER(0-9,${{CALLERID(num)}})}}.wav,10,${{PASOKH_MESSAGE}},kq)",
        "(end)Hangup()",
    ]
    return section("message", _exten("s", steps))


def _from_station(organisation: Organisation) -> Section:
    lines: Lines = []
    for number in organisation.policy.emergency:
        lines += _exten(number, [f"Gosub(emergency-{organisation.id},s,1({number}))", f"Hangup({DOWN_CAUSE})"])
    beginnings = ("_", "_+", *(f"_{star}" for star in STARS))
    for length in range(1, LONGEST_DIALLED + 1):
        for beginning in beginnings:
            pattern = beginning + "X" * length
            lines += _exten(pattern, [f"Gosub(station-dials,s,1({organisation.id},${{EXTEN}}))"])
    return section(station_context(organisation.id), lines)


def _station_dials() -> Section:
    """A station asks the engine; without an engine only emergency numbers work."""
    steps = [
        "Set(PASOKH_ORG=${ARG1})",
        "Set(PASOKH_NUMBER=${ARG2})",
        "Set(PASOKH_ROLE=agent)",
        "Set(PASOKH_CALL=${UNIQUEID})",
        "Set(PASOKH_SINCE=${STRFTIME(,UTC,%s%3q)})",
        f"GotoIf({HUNG}?down)",
        "Stasis(pasokh-${PASOKH_ORG},${PASOKH_NUMBER},${PASOKH_CALL})",
        f"(down)Hangup({DOWN_CAUSE})",
    ]
    return section("station-dials", _exten("s", steps))


# -- out ---------------------------------------------------------------------------------------------------------------
def _outside(site: Site, organisation: Organisation) -> Section:
    """Every pattern has a fixed length of nothing but digits: what is not listed does not exist."""
    policy = organisation.policy
    lines: Lines = []
    for number in site.numbers:  # a call to ourselves by way of a carrier is a loop
        lines += _exten(number.did, [f"Hangup({LOOP_CAUSE})"])
    call = f"Gosub(call-outside,s,1({organisation.id},${{EXTEN}},{policy.max_calls},{policy.max_seconds}))"
    for rule in policy.allowed:
        for length in range(max(rule.shortest, len(rule.prefix)), rule.longest + 1):
            lines += _exten(_pattern(rule.prefix, length), [call, "Hangup(${HANGUPCAUSE})"])
    for prefix in policy.denied:
        for length in range(max(3, len(prefix)), 16):
            lines += _exten(_pattern(prefix, length), [f"Hangup({FORBIDDEN_CAUSE})"])
    return section(outside_context(organisation.id), lines)


def _pattern(prefix: str, length: int) -> str:
    """Asterisk prefers the pattern that is narrower at the first difference: the longest prefix decides."""
    return f"_{prefix}" + "X" * (length - len(prefix))


def _own_numbers(site: Site, organisation: Organisation) -> Section:
    """What an organisation may show; any other caller id becomes its own."""
    own = [number.did for number in site.numbers if number.org == organisation.id]
    lines = [line for did in own for line in _exten(f"n{did}", ["Return()"])]
    default = organisation.policy.caller_id or (own[0] if own else "")
    return section(
        f"own-numbers-{organisation.id}", [*lines, *_exten("s", [f"Set(CALLERID(num)={default})", "Return()"])]
    )


def _outside_call() -> Section:
    """Organisation, number, most calls, most seconds: the caps, the number shown, then the carriers."""
    steps = [
        "Set(GROUP(outside)=${ARG1})",
        "GotoIf($[${GROUP_COUNT(${ARG1}@outside)} > ${ARG3}]?full)",
        "Set(TIMEOUT(absolute)=${ARG4})",
        "Set(LOCAL(shown)=n${FILTER(0-9,${CALLERID(num)})})",
        'GotoIf($["${DIALPLAN_EXISTS(own-numbers-${ARG1},${shown},1)}" = "1"]?shown)',
        "Gosub(own-numbers-${ARG1},s,1)",
        "(shown)Set(CALLERID(num)=${FILTER(0-9,${CALLERID(num)})})",
        "Set(CALLERID(name)=)",
        "Gosub(dial-out-${ARG1},s,1(${ARG2}))",
        "Return()",
        f"(full)Set(HANGUPCAUSE={FULL_CAUSE})",
        f"Hangup({FULL_CAUSE})",
    ]
    return section("call-outside", _exten("s", steps))


def _own(organisation: Organisation, trunks: Sequence[Trunk]) -> list[Trunk]:
    """The carriers an organisation's calls may go out by: nobody else's."""
    return [trunk for trunk in trunks if trunk.org in ("", organisation.id)]


def _dial_out(organisation: Organisation, trunks: Sequence[Trunk]) -> Section:
    """One carrier after the other until one takes the call.

    The next is tried when this one cannot: it is away, full, or refuses us. Not when the called person cannot be had
    (busy, no answer), when the number is wrong, or when somebody declined for good (SIP 6xx): nobody is rung twice.
    """
    trunks = _own(organisation, trunks)
    steps: list[Step] = []
    for place, trunk in enumerate(trunks):
        following = f"t{place + 1}" if place + 1 < len(trunks) else "done"
        steps += [
            f"(t{place})Set(GROUP(trunk)={trunk.key})",
            f"GotoIf($[${{GROUP_COUNT({trunk.key}@trunk)}} > {trunk.max_calls}]?{following})",
            f'GotoIf($["${{GLOBAL({shut_variable(trunk.key)})}}" = "1"]?{following})',
            "HangupCauseClear()",
            f"Dial(PJSIP/{_dialled(trunk)}@trunk-{trunk.key},{RING_SECONDS},{PRE_DIAL})",
            f'GotoIf($["${{HANGUPCAUSE(${{HANGUPCAUSE_KEYS()}},tech):4:3}}" =~ "{FINAL_ANSWERS}"]?done)',
            f'GotoIf($["${{DIALSTATUS}}" = "CHANUNAVAIL" | "${{DIALSTATUS}}" = "CONGESTION"]?{following}:done)',
        ]
    return section(f"dial-out-{organisation.id}", _exten("s", [*steps, "(done)Return()"]))


def shut_variable(trunk: str) -> str:
    """The global that keeps calls away from a carrier while it is 1: for drills, and for a carrier in trouble."""
    return f"PASOKH_SHUT_{trunk.replace('-', '_')}"


def _dialled(trunk: Trunk) -> str:
    match trunk.dials:
        case "plus":
            return "+${ARG1}"
        case "plain":
            return "${ARG1}"
        case "zeros":
            return "00${ARG1}"
        case "national":
            size = len(trunk.country)
            return f'${{IF($["${{ARG1:0:{size}}}" = "{trunk.country}"]?0${{ARG1:{size}}}:00${{ARG1}})}}'


def _emergency(organisation: Organisation, trunks: Sequence[Trunk]) -> Section:
    """No policy, no cap, no number form: the carriers know it as it is."""
    trunks = _own(organisation, trunks)
    steps: list[Step] = []
    for place, trunk in enumerate(trunks):
        following = f"t{place + 1}" if place + 1 < len(trunks) else "done"
        steps += [
            f"(t{place})Dial(PJSIP/${{ARG1}}@trunk-{trunk.key},{RING_SECONDS})",
            f'GotoIf($["${{DIALSTATUS}}" = "CHANUNAVAIL" | "${{DIALSTATUS}}" = "CONGESTION"]?{following}:done)',
        ]
    return section(f"emergency-{organisation.id}", _exten("s", [*steps, "(done)Return()"]))
