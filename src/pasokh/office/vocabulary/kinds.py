"""Skills, outcomes and reasons as kinds of named things."""

from typing import Any

from django.urls import reverse

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language
from pasokh.office.setup.forms import NamesForm
from pasokh.office.setup.named import Cell, Kind, Row
from pasokh.office.supervise.models import Outcome, Reason, Skill
from pasokh.office.vocabulary import actions, selectors
from pasokh.office.vocabulary.forms import OutcomeForm, ReasonForm


def _number(count: int) -> str:
    return numbers.number(count, language())


def _skills() -> list[Row]:
    people, queues = selectors.people_by_skill(), selectors.queues_by_skill()
    return [
        Row(
            row.key,
            row.name,
            [Cell(_number(people[row.key]), f"{reverse('agents')}?skill={row.key}"), Cell(_number(queues[row.key]))],
            archived=bool(row.archived_at),
        )
        for row in Skill.objects.order_by("key")
    ]


def _outcomes() -> list[Row]:
    queues = selectors.queues_by_outcome()
    needed = message("setup.outcomes.needed", language())
    return [
        Row(
            row.key,
            row.name,
            [Cell(needed if row.needs_follow_up else "", kind="accent" if row.needs_follow_up else ""),
             Cell(_number(queues[row.key]))],
            depth,
            bool(row.archived_at),
        )
        for row, depth in selectors.in_tree_order(Outcome)
    ]  # fmt: skip


def _reasons() -> list[Row]:
    queues = selectors.queues_by_reason()
    return [
        Row(row.key, row.name, [Cell(_band(row)), Cell(_number(queues[row.key]))], depth, bool(row.archived_at))
        for row, depth in selectors.in_tree_order(Reason)
    ]


def _band(row: Reason) -> str:
    if row.band_low_s is None and row.band_high_s is None:
        return message("setup.reasons.inherited", language()) if row.parent_id is not None else ""
    ends = [
        "…" if end is None else numbers.duration(end * 1_000, language()) for end in (row.band_low_s, row.band_high_s)
    ]
    return " – ".join(ends)


def _skill_form(data: Any, key: str | None) -> NamesForm:  # noqa: ANN401 - a request's data
    return NamesForm(data, key=key, names=_known(Skill, key).name if key is not None else None)


def _known[M: (Skill, Outcome, Reason)](model: type[M], key: str) -> M:
    row = model.objects.filter(key=key[:80]).first()
    if row is None:
        kind = actions.kind_of(model)
        raise PasokhError(f"setup.unknown_{kind}", field=kind, value=key[:60])
    return row


SKILLS = Kind(
    name="skill",
    plural="skills",
    columns=("setup.skills.people", "setup.skills.queues"),
    rows=_skills,
    form=_skill_form,
    save=lambda actor, key, form: actions.do_save_skill(actor, key, form.names()),
    archive=lambda actor, key: actions.do_archive(actor, Skill, key),
    restore=lambda actor, key: actions.do_restore(actor, Skill, key),
)
OUTCOMES = Kind(
    name="outcome",
    plural="outcomes",
    columns=("setup.outcomes.follow_up", "setup.outcomes.queues"),
    rows=_outcomes,
    form=lambda data, key: OutcomeForm(data, _known(Outcome, key) if key is not None else None),
    save=lambda actor, key, form: actions.do_save_outcome(actor, key, form.draft()),
    archive=lambda actor, key: actions.do_archive(actor, Outcome, key),
    restore=lambda actor, key: actions.do_restore(actor, Outcome, key),
    move=lambda actor, key, by: actions.do_move(actor, Outcome, key, by),
)
REASONS = Kind(
    name="reason",
    plural="reasons",
    columns=("setup.reasons.band", "setup.reasons.queues"),
    rows=_reasons,
    form=lambda data, key: ReasonForm(data, _known(Reason, key) if key is not None else None),
    save=lambda actor, key, form: actions.do_save_reason(actor, key, form.draft()),
    archive=lambda actor, key: actions.do_archive(actor, Reason, key),
    restore=lambda actor, key: actions.do_restore(actor, Reason, key),
    move=lambda actor, key, by: actions.do_move(actor, Reason, key, by),
)
