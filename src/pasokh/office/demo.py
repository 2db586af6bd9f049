"""Makes the demonstration organisation. All or nothing; a second time changes only the widget's addresses."""

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
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.time import SECOND
from pasokh.office import demo_people as demo
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.people.rules import Role
from pasokh.office.people.team_actions import do_save_team
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.tenancy.actions import do_create_organisation
from pasokh.office.tenancy.models import Organisation
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.vocabulary.actions import do_save_outcome, do_save_skill
from pasokh.office.widgets.actions import do_save_widget

ACTOR = "system"
_NAME = {"fa": "فروشگاه نمونه", "uk": "Демо-крамниця", "en": "Demo shop"}
_SKILLS = {
    "sales": {"fa": "فروش", "uk": "Продажі", "en": "Sales"},
    "support": {"fa": "پشتیبانی", "uk": "Підтримка", "en": "Support"},
    "billing": {"fa": "امور مالی", "uk": "Оплата", "en": "Billing"},
    "lang-fa": {"fa": "فارسی", "uk": "Перська", "en": "Persian"},
    "lang-uk": {"fa": "اوکراینی", "uk": "Українська", "en": "Ukrainian"},
    "lang-en": {"fa": "انگلیسی", "uk": "Англійська", "en": "English"},
}
_OUTCOMES = {
    "solved": {"fa": "حل شد", "uk": "Вирішено", "en": "Solved"},
    "follow_up": {"fa": "پیگیری لازم است", "uk": "Потрібне продовження", "en": "Follow-up needed"},
    "sold": {"fa": "فروش انجام شد", "uk": "Продано", "en": "Sold"},
    "not_sold": {"fa": "فروش نشد", "uk": "Не продано", "en": "Not sold"},
    "paid": {"fa": "پرداخت شد", "uk": "Сплачено", "en": "Paid"},
    "refund": {"fa": "بازپرداخت", "uk": "Повернення коштів", "en": "Refund"},
    "complaint": {"fa": "شکایت", "uk": "Скарга", "en": "Complaint"},
    "wrong": {"fa": "اشتباه تماس گرفته بود", "uk": "Помилкове звернення", "en": "Wrong address"},
}
_TEAMS = {
    "fa": {"fa": "گروه فارسی", "uk": "Перська команда", "en": "Persian team"},
    "uk": {"fa": "گروه اوکراینی", "uk": "Українська команда", "en": "Ukrainian team"},
    "en": {"fa": "گروه انگلیسی", "uk": "Англійська команда", "en": "English team"},
}
_ORDER = (Criterion.LAST_AGENT, Criterion.LONGEST_IDLE)


def do_create_demo() -> None:
    """Let the demonstration exist: people, skills, outcomes, three queues, the shop's widget."""
    with organisation_scope(demo.ORGANISATION):
        if not Organisation.objects.filter(pk=demo.ORGANISATION).exists():
            _create()
        do_save_widget(ACTOR, demo.WIDGET, "support", origins=_origins(), title=_NAME)


def _create() -> None:
    do_create_organisation(demo.ORGANISATION, _NAME, zone=settings.ZONE, language=settings.LANGUAGE_CODE)
    for key, names in _SKILLS.items():
        do_save_skill(ACTOR, key, names)
    for key, names in _OUTCOMES.items():
        do_save_outcome(ACTOR, key, names)
    for key, names in _TEAMS.items():
        do_save_team(ACTOR, key, names)
    for queue in _queues():
        do_publish_queue(ACTOR, msgspec.structs.replace(queue, policy=Policy(agent_order=_ORDER)))
    for queue in _queues():  # overflow names other queues, so they exist by now
        do_publish_queue(ACTOR, queue)
    for person in (*demo.STAFF, *demo.TRAFFIC):
        password = demo.PASSWORD if person in demo.STAFF else None
        do_create_user(ACTOR, person.username, password, _draft(person))


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
    )


def _queues() -> list[QueueConfig]:
    return [
        _queue("sales", ("sold", "not_sold", "follow_up", "wrong"), helped_by="support"),
        _queue("support", ("solved", "follow_up", "complaint", "wrong"), helped_by="sales"),
        _queue("billing", ("paid", "refund", "follow_up", "complaint"), helped_by="support"),
    ]


def _queue(key: str, outcomes: tuple[str, ...], helped_by: str) -> QueueConfig:
    """Asks for the customer's language; after 30 s anyone serves, after 35 s another queue helps: within a minute."""
    languages: dict[str, str] = {language: f"lang-{language}" for language in LANGUAGES}
    relaxations = (
        Relaxation(30 * SECOND, lower_by=30, drop=tuple(languages.values())),
        Relaxation(35 * SECOND, lower_by=100, overflow_to=(helped_by,)),
    )
    return QueueConfig(
        key,
        name=_SKILLS[key],
        requires=(Requirement(key, 50),),
        languages=languages,
        outcomes=outcomes,
        alternatives=(Alternative.CALLBACK, Alternative.MESSAGE),
        policy=Policy(agent_order=_ORDER, relaxations=relaxations),
    )


def _origins() -> list[str]:
    """Where the shop may be opened: the centre's own address, by each name of the local machine too."""
    own = urlsplit(settings.PUBLIC_URL)
    port = f":{own.port}" if own.port else ""
    names = dict.fromkeys([own.hostname or "127.0.0.1", "127.0.0.1", "localhost"])
    return [f"{own.scheme}://{name}{port}" for name in names]
