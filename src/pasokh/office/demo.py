"""Makes the demonstration organisation, all or nothing.

A second time it adds what an older release did not know yet and changes the widgets' addresses; what people have
changed since stays theirs.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from pasokh.acd.model import (
    Alternative,
    Capacity,
    Criterion,
    Policy,
    QueueConfig,
    Relaxation,
    Requirement,
)  # fmt: skip
from pasokh.channels.webchat.options import WidgetOptions
from pasokh.flows.examples import example_texts
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.time import SECOND
from pasokh.office import demo_people as demo
from pasokh.office import demo_phones as phones
from pasokh.office import demo_words as words
from pasokh.office.canned.actions import AnswerDraft, do_save_answer
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope
from pasokh.office.crm.actions import do_introduce_customer
from pasokh.office.crm.models import Customer
from pasokh.office.crm.rules import region_of
from pasokh.office.day.actions import BreakDraft, do_plan_breaks
from pasokh.office.day.models import BreakPlan
from pasokh.office.hours.actions import do_assign_calendar, do_save_calendar
from pasokh.office.hours.models import Calendar
from pasokh.office.hours.rules import DAY_MINUTES, CalendarConfig, Span
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.people.team_actions import BulkChange, do_change_people, do_save_team
from pasokh.office.recordings.actions import do_save_rule
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Queue, Reason, Widget
from pasokh.office.telephony.actions import do_save_dial_policy, do_save_number, do_save_trunk
from pasokh.office.telephony.compiled import DialConfig
from pasokh.office.telephony.compiling import compiled_once
from pasokh.office.telephony.flow_actions import do_publish_flow, do_save_draft
from pasokh.office.telephony.models import Trunk
from pasokh.office.telephony.rules import NumberDraft, TrunkDraft, as_trunk, emergency_numbers
from pasokh.office.telephony.station_actions import do_give_browser_station
from pasokh.office.tenancy.actions import do_create_organisation, do_save_client
from pasokh.office.tenancy.models import Client, Organisation
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.vocabulary.actions import (
    OutcomeDraft,
    ReasonDraft,
    do_save_outcome,
    do_save_reason,
    do_save_skill,
)  # fmt: skip
from pasokh.office.widgets.actions import do_save_widget
from pasokh.telephony.dial import OutboundPolicy
from pasokh.telephony.recording.rules import Policy as RecordingPolicy

ACTOR = "system"
HOME_ZONE = "Asia/Tehran"
"""Where the demonstration is, unless the installation names another time zone than UTC."""
ALWAYS, OFFICE_HOURS = "always", "office-hours"
_ORDER = (Criterion.LAST_AGENT, Criterion.LONGEST_IDLE)


def do_create_demo() -> None:
    """Let the demonstration exist: people, words, queues of two clients, hours, customers, the widgets."""
    with organisation_scope(demo.ORGANISATION):
        if not Organisation.objects.filter(pk=demo.ORGANISATION).exists():
            _create()
        for is_missing, add in _ADDITIONS:
            if is_missing():
                add()
        for key, queue, title, greeting in (
            (demo.WIDGET, "support", words.SHOP, words.SHOP_GREETING),
            (words.FLORIST, words.FLORIST, words.FLORIST_NAME, words.FLORIST_GREETING),
        ):
            _widget(key, queue, title, greeting)


def _create() -> None:
    do_create_organisation(demo.ORGANISATION, words.SHOP, zone=_zone(), language=settings.LANGUAGE_CODE)
    for key, names in words.SKILLS.items():
        do_save_skill(ACTOR, key, names)
    for key, names in words.OUTCOMES.items():
        do_save_outcome(ACTOR, key, OutcomeDraft(names, needs_follow_up=key == words.NEEDS_FOLLOW_UP))
    _add_reasons()
    for key, names in words.TEAMS.items():
        do_save_team(ACTOR, key, names)
    for queue in queues():
        do_publish_queue(ACTOR, msgspec.structs.replace(queue, policy=Policy(agent_order=_ORDER)))
    for queue in queues():  # overflow names other queues, so they exist by now
        do_publish_queue(ACTOR, queue)
    do_save_rule(ACTOR, "", "", RecordingPolicy(record=True, retention_days=30, own=True))
    for person in (*demo.STAFF, *demo.TRAFFIC):
        password = demo.PASSWORD if person in demo.STAFF else None
        do_create_user(ACTOR, person.username, password, _draft(person))


def _zone() -> str:
    return settings.ZONE if settings.ZONE != "UTC" else HOME_ZONE


def _draft(person: demo.Person) -> PersonDraft:
    return PersonDraft(
        name=person.name,
        role=Role(person.role),
        language=person.language,
        handles_contacts=bool(person.queues),
        skills=person.skills,
        queues=person.queues,
        team=person.language if person.queues else "",
        capacity=Capacity() if person.queues else Capacity(0, 0, 0),
        email=f"{person.username}@example.org" if person in demo.STAFF else "",
    )


# -- what came later ---------------------------------------------------------------------------------------------------
def _add_reasons() -> None:
    for why in words.REASONS:
        do_save_reason(ACTOR, why.key, ReasonDraft(why.names, why.under, why.low, why.high))


def _ask_for_reasons() -> None:
    """Let the queues of an older demonstration ask for reasons, and a promise keep its date."""
    _add_reasons()
    follow_up = OutcomeDraft(words.OUTCOMES[words.NEEDS_FOLLOW_UP], needs_follow_up=True)
    do_save_outcome(ACTOR, words.NEEDS_FOLLOW_UP, follow_up)
    for row in Queue.objects.filter(key__in=demo.ALL):
        if not row.config.reasons:
            do_publish_queue(ACTOR, msgspec.structs.replace(row.config, reasons=words.BRANCH_OF[row.key]))


def _add_florist() -> None:
    do_save_client(ACTOR, words.FLORIST, words.FLORIST_NAME, words.FLORIST_ANSWERED)
    do_publish_queue(ACTOR, _queue(words.FLORIST, ("sold", "solved", "follow_up", "complaint"), "sales", "support"))
    helping = (*demo.HELPS_FLORIST, *(person.username for person in demo.TRAFFIC if "sales" in person.queues))
    known = User.objects.filter(username__in=helping, is_active=True).values_list("username", flat=True)
    if known:
        do_change_people(ACTOR, known, BulkChange(add_queues=(words.FLORIST,)))


def _add_answers() -> None:
    for each in words.ANSWERS:
        scope = Scope.QUEUE if each.queue else Scope.EVERYONE
        do_save_answer(
            ACTOR, AnswerDraft(each.shortcut, each.title, each.texts, scope, queue=each.queue, tags=each.tags)
        )


def _add_hours() -> None:
    """The shop never closes, so that it can be tried at any hour; the florist keeps the hours of Iran."""
    whole_day = (Span(0, DAY_MINUTES),)
    do_save_calendar(ACTOR, ALWAYS, words.ALWAYS, CalendarConfig(_zone(), (whole_day,) * 7))
    day, short, closed = (Span(8 * 60, 20 * 60),), (Span(8 * 60, 14 * 60),), ()
    week = (day, day, day, short, closed, day, day)
    iran = CalendarConfig(HOME_ZONE, week, ("IR",))
    do_save_calendar(ACTOR, OFFICE_HOURS, words.OFFICE_HOURS, iran)
    for key in demo.ALL:
        do_assign_calendar(ACTOR, key, ALWAYS)
    do_assign_calendar(ACTOR, words.FLORIST, OFFICE_HOURS)


def _add_breaks() -> None:
    for pause in words.BREAKS:
        do_plan_breaks(ACTOR, BreakDraft(f"team:{pause.team}", tuple(range(7)), pause.begins, pause.ends, pause.name))


def _add_customers() -> None:
    for each in demo.CUSTOMERS:
        known = {"name": each.name, "language": each.language, "needs": each.needs, "vip": each.vip}
        do_introduce_customer(ACTOR, each.key, {**known, "notes": each.notes}, each.address)


def _add_telephony() -> None:
    """Numbers in three languages with the example flows, a carrier on this very machine, a telephone for everybody."""
    with compiled_once():
        carrier = {"host": phones.CARRIER_ADDRESS, "transport": "udp", "srtp": False, "qualify_seconds": 0}
        do_save_trunk(ACTOR, phones.CARRIER, TrunkDraft(words.CARRIER, as_trunk(carrier)))
        policy = OutboundPolicy(region=region_of(_zone(), settings.LANGUAGE_CODE) or "IR", countries=phones.COUNTRIES)
        do_save_dial_policy(ACTOR, DialConfig(policy=policy, emergency=emergency_numbers(policy.region)))
        for flow in ("how-was-it", *dict.fromkeys(line.flow for line in phones.LINES)):
            # The shop never closes, so that it can be tried at any hour.
            do_save_draft(ACTOR, flow, words.FLOWS[flow], example_texts()[flow].replace('"office"', f'"{ALWAYS}"'))
            do_publish_flow(ACTOR, flow)
        for line in phones.LINES:
            draft = NumberDraft(line.client, line.flow, line.last_resort, languages=line.languages)
            do_save_number(ACTOR, line.number, draft)
        for person in demo.STAFF:
            if person.queues:
                do_give_browser_station(ACTOR, User.objects.get(username=person.username))


def _add_lead() -> None:
    do_create_user(ACTOR, demo.LEAD.username, None, _draft(demo.LEAD))


_ADDITIONS: tuple[tuple[Callable[[], bool], Callable[[], None]], ...] = (
    (lambda: not Reason.objects.exists(), _ask_for_reasons),
    (lambda: not Client.objects.filter(key=words.FLORIST).exists(), _add_florist),
    (lambda: not CannedAnswer.objects.exists(), _add_answers),
    (lambda: not Calendar.objects.exists(), _add_hours),
    (lambda: not BreakPlan.objects.exists(), _add_breaks),
    (lambda: not Customer.objects.filter(key=demo.CUSTOMERS[0].key).exists(), _add_customers),
    (lambda: not Trunk.objects.exists(), _add_telephony),
    (lambda: not User.objects.filter(username=demo.LEAD.username).exists(), _add_lead),
)
"""What is added where it is missing, by whether it is."""


# -- queues and widgets ------------------------------------------------------------------------------------------------
def queues() -> list[QueueConfig]:
    """The shop's own queues."""
    return [
        _queue("sales", ("sold", "not_sold", "follow_up", "wrong"), "sales", "support"),
        _queue("support", ("solved", "follow_up", "complaint", "wrong"), "support", "sales"),
        _queue("billing", ("paid", "refund", "follow_up", "complaint"), "billing", "support"),
    ]


def _queue(key: str, outcomes: tuple[str, ...], skill: str, helped_by: str) -> QueueConfig:
    """Asks for the customer's language; after 30 s anyone serves, after 35 s another queue helps: within a minute."""
    languages: dict[str, str] = {language: f"lang-{language}" for language in LANGUAGES}
    relaxations = (
        Relaxation(30 * SECOND, lower_by=30, drop=tuple(languages.values())),
        Relaxation(35 * SECOND, lower_by=100, overflow_to=(helped_by,)),
    )
    return QueueConfig(
        key,
        name=words.FLORIST_NAME if key == words.FLORIST else words.SKILLS[key],
        client=words.FLORIST if key == words.FLORIST else "own",
        requires=(Requirement(skill, 50),),
        languages=languages,
        outcomes=outcomes,
        reasons=words.BRANCH_OF[key],
        alternatives=(Alternative.CALLBACK, Alternative.MESSAGE),
        policy=Policy(agent_order=_ORDER, relaxations=relaxations),
    )


def _widget(key: str, queue: str, title: words.Names, greeting: words.Names) -> None:
    known = Widget.objects.filter(key=key).select_related("queue").first()
    if known is not None:
        do_save_widget(ACTOR, key, known.queue.key, origins=_origins(), title=known.title)
        return
    options = msgspec.convert({"greeting": greeting}, WidgetOptions)
    do_save_widget(ACTOR, key, queue, origins=_origins(), title=title, options=options)


def _origins() -> list[str]:
    """Where the shop may be opened: the centre's own address, by each name of the local machine too."""
    own = urlsplit(settings.PUBLIC_URL)
    port = f":{own.port}" if own.port else ""
    names = dict.fromkeys([own.hostname or "127.0.0.1", "127.0.0.1", "localhost"])
    return [f"{own.scheme}://{name}{port}" for name in names]
