"""The sections of what administration keeps: organisation, clients, people, vocabulary, queues, widgets, answers."""

from typing import Any

import msgspec

from pasokh.acd.model import Capacity, Ladder, Policy, PriorityClass, QueueConfig, Relaxation
from pasokh.channels.webchat.options import WidgetOptions, options_of
from pasokh.kernel.errors import PasokhError
from pasokh.office.canned.actions import AnswerDraft, do_archive_answer, do_save_answer
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope, cleaned_shortcut
from pasokh.office.exchange import shapes
from pasokh.office.exchange.sections import Items, Section, add_section, once, parents_first, shaped
from pasokh.office.people.actions import PersonDraft, do_change_agent, do_create_user
from pasokh.office.people.models import OwnRole, Team, User
from pasokh.office.people.role_actions import do_archive_role, do_restore_role, do_save_role
from pasokh.office.people.selectors import agent_config, all_people
from pasokh.office.people.team_actions import (
    BulkChange,
    do_archive_team,
    do_change_people,
    do_restore_team,
    do_save_team,
)
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Outcome, Queue, Reason, Skill, Widget
from pasokh.office.tenancy.actions import (
    OrganisationDraft,
    do_archive_client,
    do_change_organisation,
    do_restore_client,
    do_save_client,
)
from pasokh.office.tenancy.models import Client
from pasokh.office.tenancy.rules import OWN_CLIENT
from pasokh.office.tenancy.selectors import own_organisation
from pasokh.office.vocabulary import actions as vocabulary
from pasokh.office.vocabulary.selectors import in_tree_order
from pasokh.office.widgets.actions import do_save_widget, do_switch_widget

type Item = dict[str, Any]
NOT_CONFIGURATION = ("id", "version", "follow_up_outcomes", "overflow_now")
"""Parts of a queue that are its key, counted, derived, or switched in the hour."""
SPANS = frozenset(
    field.encode_name.removesuffix("_ms")
    for kind in (QueueConfig, Policy, Ladder, Relaxation, PriorityClass)
    for field in msgspec.structs.fields(kind)
    if field.encode_name.endswith("_ms")
)


# -- organisation and clients ------------------------------------------------------------------------------------------
def _organisation() -> Items:
    row = own_organisation()
    return {"": {"name": row.name, "zone": row.zone, "language": row.language, "colour": row.colour}}


def _write_organisation(actor: str, key: str, item: Item) -> None:  # noqa: ARG001 - a section's signature
    do_change_organisation(actor, OrganisationDraft(item["name"], item["zone"], item["language"], item["colour"]))


def _clients() -> Items:
    rows = Client.objects.order_by("key")
    return {row.key: {"name": row.name, "greeting": row.greeting, "archived": bool(row.archived_at)} for row in rows}


def _named(model: type[Skill] | type[Team]) -> Items:
    rows = model.objects.order_by("key").values_list("key", "name", "archived_at")
    return {key: {"name": name, "archived": bool(archived)} for key, name, archived in rows}


def _write_client(actor: str, key: str, item: Item) -> None:
    do_save_client(actor, key, item["name"], item["greeting"])
    if item["archived"] and not _archived(Client, key):
        do_archive_client(actor, key)
    elif not item["archived"]:
        do_restore_client(actor, key)


def _write_skill(actor: str, key: str, item: Item) -> None:
    vocabulary.do_save_skill(actor, key, item["name"])
    _set_archived(actor, Skill, key, item["archived"])


def _write_team(actor: str, key: str, item: Item) -> None:
    do_save_team(actor, key, item["name"])
    if item["archived"] and not _archived(Team, key):
        do_archive_team(actor, key)
    elif not item["archived"]:
        do_restore_team(actor, key)


# -- roles -------------------------------------------------------------------------------------------------------------
def _roles() -> Items:
    rows = OwnRole.objects.order_by("key")
    return {row.key: {"name": row.name, "rights": row.rights, "archived": bool(row.archived_at)} for row in rows}


def _write_role(actor: str, key: str, item: Item) -> None:
    do_save_role(actor, key, item["name"], once(item["rights"], "rights"))
    if item["archived"] and not _archived(OwnRole, key):
        do_archive_role(actor, key)
    elif not item["archived"]:
        do_restore_role(actor, key)


# -- outcomes and reasons ----------------------------------------------------------------------------------------------
def _outcomes() -> Items:
    return {
        row.key: {**_branch(row), "needs_follow_up": row.needs_follow_up, "archived": bool(row.archived_at)}
        for row, _ in in_tree_order(Outcome)
    }


def _reasons() -> Items:
    return {
        row.key: {
            **_branch(row),
            "normal_from_s": row.band_low_s,
            "normal_to_s": row.band_high_s,
            "archived": bool(row.archived_at),
        }
        for row, _ in in_tree_order(Reason)
    }


def _branch(row: Outcome | Reason) -> Item:
    return {"name": row.name, "under": row.parent.key if row.parent is not None else "", "position": row.position}


def _write_outcome(actor: str, key: str, item: Item) -> None:
    draft = vocabulary.OutcomeDraft(item["name"], item["under"], item["needs_follow_up"], item["position"])
    vocabulary.do_save_outcome(actor, key, draft)
    _set_archived(actor, Outcome, key, item["archived"])


def _write_reason(actor: str, key: str, item: Item) -> None:
    draft = vocabulary.ReasonDraft(
        item["name"], item["under"], item["normal_from_s"], item["normal_to_s"], item["position"]
    )
    vocabulary.do_save_reason(actor, key, draft)
    _set_archived(actor, Reason, key, item["archived"])


# -- queues ------------------------------------------------------------------------------------------------------------
def queue_item(queue: QueueConfig) -> Item:
    """A queue as the file shows it: lengths of time in words, without what is no configuration."""
    built = msgspec.to_builtins(queue)
    words: Item = shapes.with_words(built)
    return {name: value for name, value in words.items() if name not in NOT_CONFIGURATION}


def _queue_shape(key: str, plain: Any) -> Item:  # noqa: ANN401 - a section's signature
    return queue_item(_queue(key, plain))


def _queue(key: str, plain: Any) -> QueueConfig:  # noqa: ANN401 - from a file
    if not isinstance(plain, dict):
        raise PasokhError("import.no_table")
    for name in NOT_CONFIGURATION:
        if name in plain:
            raise PasokhError("import.unknown_field", field=name, value=name)
    return msgspec.convert({**shapes.with_milliseconds(plain, SPANS), "id": key}, QueueConfig, strict=True)


def _prepare_queues(actor: str, items: Any) -> None:  # noqa: ANN401 - a section's signature
    """Queues that help each other must all exist before the first says so."""
    known = set(Queue.objects.values_list("key", flat=True))
    named = {q for item in items.values() for step in item["policy"]["relaxations"] for q in step["overflow_to"]}
    for key in (key for key in items if key in named - known):
        bare = _queue(key, items[key])
        steps = tuple(msgspec.structs.replace(step, overflow_to=()) for step in bare.policy.relaxations)
        alternatives = tuple(each for each in bare.alternatives if each != "overflow")
        policy = msgspec.structs.replace(bare.policy, relaxations=steps)
        do_publish_queue(actor, msgspec.structs.replace(bare, policy=policy, alternatives=alternatives))


# -- people ------------------------------------------------------------------------------------------------------------
def person_item(user: User) -> Item:
    """A person as the file shows them: nothing secret."""
    config = agent_config(user)
    return {
        "name": user.name,
        "role": user.role,
        "email": user.email,
        "language": user.language,
        "active": user.is_active,
        "handles_contacts": user.handles_contacts,
        "team": user.team.key if user.team is not None else "",
        "skills": dict(config.skills),
        "queues": list(config.queues),
        "capacity": {"voice": user.voice, "text": user.text, "mail": user.mail},
    }


def _person_shape(key: str, plain: Any) -> Item:  # noqa: ANN401, ARG001 - a section's signature
    item: Item = msgspec.to_builtins(msgspec.convert(plain, shapes.PersonItem, strict=True))
    item["queues"] = sorted(once(item["queues"], "queues"))
    item["skills"] = dict(sorted(item["skills"].items()))
    return item


def _write_person(actor: str, key: str, item: Item) -> None:
    draft = PersonDraft(
        name=item["name"], role=item["role"], language=item["language"], email=item["email"],
        is_active=item["active"], handles_contacts=item["handles_contacts"], team=item["team"],
        skills=item["skills"], queues=item["queues"], capacity=Capacity(**item["capacity"]),
    )  # fmt: skip
    if User.objects.filter(username=key).exists():
        do_change_agent(actor, key, draft)
    else:
        do_create_user(actor, key, None, draft)


# -- widgets and canned answers ----------------------------------------------------------------------------------------
def _widgets() -> Items:
    return {
        row.key: {
            "queue": row.queue.key,
            "title": row.title,
            "origins": row.origins,
            "active": row.is_active,
            "options": msgspec.to_builtins(options_of(row.options)),
        }
        for row in Widget.objects.select_related("queue").order_by("key")
    }


class _WidgetItem(shapes.Shape, frozen=True):
    """A chat widget."""

    queue: shapes.Key
    title: shapes.Names
    origins: tuple[str, ...] = ()
    active: bool = True
    options: WidgetOptions = WidgetOptions()


def _write_widget(actor: str, key: str, item: Item) -> None:
    do_save_widget(
        actor, key, item["queue"], origins=once(item["origins"], "origins"), title=item["title"],
        options=options_of(item["options"]),
    )  # fmt: skip
    do_switch_widget(actor, key, item["active"])


def _answers() -> Items:
    rows = CannedAnswer.objects.select_related("team", "queue").filter(owner__isnull=True).order_by("shortcut")
    return {
        row.shortcut: {
            "title": row.title,
            "texts": row.texts,
            "scope": row.scope,
            "team": row.team.key if row.team is not None else "",
            "queue": row.queue.key if row.queue is not None else "",
            "tags": row.tags,
            "archived": bool(row.archived_at),
        }
        for row in rows
    }


def _write_answer(actor: str, key: str, item: Item) -> None:
    known = CannedAnswer.objects.filter(owner__isnull=True, shortcut=cleaned_shortcut(key)).first()
    draft = AnswerDraft(
        key, item["title"], item["texts"], Scope(item["scope"]), item["team"], item["queue"], item["tags"]
    )
    row = do_save_answer(actor, draft, number=known.pk if known is not None else None)
    do_archive_answer(actor, row.pk, None, archived=item["archived"])


def _retire_answer(actor: str, key: str) -> None:
    row = CannedAnswer.objects.get(owner__isnull=True, shortcut=key)
    do_archive_answer(actor, row.pk, None, archived=True)


# -- archives ----------------------------------------------------------------------------------------------------------
type Archivable = Client | Skill | Team | OwnRole | Outcome | Reason


def _archived(model: type[Archivable], key: str) -> bool:
    return model.objects.filter(key=key).exclude(archived_at=0).exists()


def _set_archived[M: (Skill, Outcome, Reason)](actor: str, model: type[M], key: str, archived: bool) -> None:
    if archived and not _archived(model, key):
        vocabulary.do_archive(actor, model, key)
    elif not archived and _archived(model, key):
        vocabulary.do_restore(actor, model, key)


def _retire_client(actor: str, key: str) -> None:
    if key != OWN_CLIENT:
        do_archive_client(actor, key)


def _deactivate(actor: str, key: str) -> None:
    do_change_people(actor, [key], BulkChange(is_active=False))


def add_own_sections() -> None:
    """Register every section of administration."""
    tree = {"parent": "under", "band_low_s": "normal_from_s", "band_high_s": "normal_to_s"}
    named = shaped(shapes.NamedItem)
    for section in (
        Section("organisation", 0, "The organisation: names, time zone, first language, brand colour.", _organisation,
                shaped(shapes.OrganisationItem), _write_organisation, single=True),
        Section("clients", 10, "Businesses it answers for; own = itself.", _clients,
                shaped(shapes.ClientItem), _write_client, _retire_client),
        Section("skills", 20, "What people can be good at.", lambda: _named(Skill), named, _write_skill,
                lambda a, k: vocabulary.do_archive(a, Skill, k)),
        Section("roles", 30, "Own roles beside agent, supervisor, administrator.", _roles, shaped(shapes.RoleItem),
                _write_role, do_archive_role),
        Section("teams", 40, "People who work and are measured together.", lambda: _named(Team), named, _write_team,
                do_archive_team),
        Section("outcomes", 50, "How contacts end; `under` makes the tree.", _outcomes, shaped(shapes.OutcomeItem),
                _write_outcome, lambda a, k: vocabulary.do_archive(a, Outcome, k), names=tree, in_order=parents_first),
        Section("reasons", 60, "Why customers get in touch; normal handling time in seconds.", _reasons,
                shaped(shapes.ReasonItem), _write_reason, lambda a, k: vocabulary.do_archive(a, Reason, k),
                names=tree, in_order=parents_first),
        Section("queues", 80, "Queues with their routing policy; lengths of time as 20 s, 5 min, 1 h.",
                lambda: {row.key: queue_item(row.config) for row in Queue.objects.order_by("key")}, _queue_shape,
                lambda a, k, item: do_publish_queue(a, _queue(k, item)), prepare=_prepare_queues,
                names={"ladder.offer_ms": "ladder.offer", "policy.reject_pause_ms": "policy.reject_pause",
                       "relaxations": "policy.relaxations"}),
        Section("people", 90, "People; nothing secret is here. Who is new gets in by an invitation.",
                lambda: {user.username: person_item(user) for user in all_people()}, _person_shape, _write_person,
                _deactivate, names={"is_active": "active", "rights": "role"}),
        Section("widgets", 100, "Chat widgets.", _widgets, shaped(_WidgetItem), _write_widget,
                lambda a, k: do_switch_widget(a, k, False),
                names={name: f"options.{name}" for name in ("colour", "prechat", "languages")}),
        Section("canned_answers", 110, "Canned answers by shortcut; {customer}, {agent}, … are filled in at the desk.",
                _answers, shaped(shapes.AnswerItem), _write_answer, _retire_answer),
    ):  # fmt: skip
        add_section(section)
