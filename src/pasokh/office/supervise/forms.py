"""The form of a queue: seconds and per cent for people, milliseconds and thousandths for the core."""

from typing import Any

import msgspec
from django import forms

from pasokh.acd.model import Alternative, Criterion, Ladder, QueueConfig, Relaxation, Requirement
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.kernel.time import SECOND
from pasokh.office.fields import Choices, LineField, RefusableForm, WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.rules import LONGEST_NAME
from pasokh.office.supervise.selectors import outcome_names, queue_names, skill_names

ORDER_PLACES = 4
RELAXATIONS = 3
_DAY_S = 86_400
_LADDER = ("ideal", "good", "offer", "alarm", "never")


class QueueForm(RefusableForm):
    """A queue: names, service level, ladder, ringing and wrap-up, limits, order of agents, skills, relaxations."""

    target_s = WholeNumberField(most=_DAY_S, label=label("field.target_s"))
    target_percent = WholeNumberField(most=100, label=label("field.target_percent"))
    short_s = WholeNumberField(most=_DAY_S, label=label("field.short_s"))
    ring_s = WholeNumberField(least=1, most=3_600, label=label("field.ring_s"))
    ring_out_not_ready = forms.BooleanField(required=False, label=label("field.ring_out_not_ready"))
    wrap_up_s = WholeNumberField(most=_DAY_S, label=label("field.wrap_up_s"))
    max_wait_s = WholeNumberField(least=1, most=31 * _DAY_S, required=False, label=label("field.max_wait_s"))
    max_waiting = WholeNumberField(most=1_000_000, required=False, label=label("field.max_waiting"))
    when_no_agents = forms.ChoiceField(label=label("field.when_no_agents"))
    alternatives = forms.MultipleChoiceField(
        required=False, label=label("field.alternatives"), widget=forms.CheckboxSelectMultiple
    )
    outcomes = forms.MultipleChoiceField(
        required=False, label=label("field.outcomes"), widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, queue: Queue | None) -> None:  # noqa: ANN401 - Django's
        self.base = queue.config if queue is not None else None
        version = {"version": queue.version if queue is not None else 0}
        super().__init__(data, initial=_initial(self.base or QueueConfig("new")) | version)
        self._skills = skill_names()
        names = {language: _name_field(language) for language in LANGUAGES}
        first: dict[str, forms.Field] = {f"name_{language}": field for language, field in names.items()}
        if queue is None:
            widget = forms.TextInput(attrs={"dir": "ltr"})
            first = {"id": forms.CharField(max_length=60, label=label("field.key"), widget=widget), **first}
        self.fields = {**first, **self.fields}
        for rung in _LADDER:
            self.fields[f"ladder_{rung}_s"] = WholeNumberField(most=_DAY_S, label=label(f"field.ladder_{rung}_s"))
        self._offer_choices(queue)

    def _offer_choices(self, queue: Queue | None) -> None:
        criteria = [(c.value, label(f"criterion.{c.value}")) for c in Criterion]
        for place in range(1, ORDER_PLACES + 1):
            self.fields[f"order_{place}"] = forms.ChoiceField(
                required=False, choices=[("", "–"), *criteria], label=label("field.order", n=place)
            )
        for key, names in self._skills.items():
            self.fields[f"requires_{key}"] = WholeNumberField(least=1, most=100, required=False, label=words(names))
        others = [(key, words(n)) for key, n in queue_names().items() if queue is None or key != queue.key]
        skills = [(key, words(names)) for key, names in self._skills.items()]
        for row in range(1, RELAXATIONS + 1):
            self.fields[f"relax_{row}_after_s"] = WholeNumberField(
                least=1, most=_DAY_S, required=False, label=label("field.relax_after_s")
            )
            self.fields[f"relax_{row}_lower_by"] = WholeNumberField(
                most=100, required=False, label=label("field.relax_lower_by")
            )
            self.fields[f"relax_{row}_drop"] = _many("field.relax_drop", skills)
            self.fields[f"relax_{row}_overflow_to"] = _many("field.relax_overflow_to", others)
        self._choices("when_no_agents", [(v, label(f"no_agents.{v}")) for v in ("wait", "close")])
        self._choices("alternatives", [(a.value, label(f"alternative.{a.value}")) for a in Alternative])
        self._choices("outcomes", [(key, words(names)) for key, names in outcome_names().items()])

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def name_fields(self) -> list[forms.BoundField]:
        """The names, one a language."""
        return [self[f"name_{language}"] for language in LANGUAGES]

    @property
    def ladder_fields(self) -> list[forms.BoundField]:
        """The rungs in order."""
        return [self[f"ladder_{rung}_s"] for rung in _LADDER]

    @property
    def agent_order_fields(self) -> list[forms.BoundField]:
        """The criteria, first decides first."""
        return [self[f"order_{place}"] for place in range(1, ORDER_PLACES + 1)]

    @property
    def skill_fields(self) -> list[forms.BoundField]:
        """One field a skill: the least level asked, empty = not asked."""
        return [self[f"requires_{key}"] for key in self._skills]

    @property
    def relaxation_rows(self) -> list[list[forms.BoundField]]:
        """What loosens with the wait, a row a step."""
        parts = ("after_s", "lower_by", "drop", "overflow_to")
        return [[self[f"relax_{row}_{part}"] for part in parts] for row in range(1, RELAXATIONS + 1)]

    def field_for(self, name: str) -> str | None:
        """Where the errors of the core's fields belong."""
        fixed = {
            "ladder": "ladder_never_s", "ladder.offer_ms": "ladder_offer_s", "policy.agent_order": "order_1",
            "policy.relaxations": "relax_1_after_s", "relaxations": "relax_1_after_s", "name": "name_en",
        }  # fmt: skip
        found = fixed.get(name)
        return found if found in self.fields else None

    def config(self) -> QueueConfig:
        """The queue the valid form describes; what the form does not show stays as it was."""
        given = self.cleaned_data
        base = self.base or QueueConfig(given["id"].strip())
        policy = msgspec.structs.replace(
            base.policy,
            agent_order=tuple(
                Criterion(given[f"order_{n}"]) for n in range(1, ORDER_PLACES + 1) if given[f"order_{n}"]
            ),
            relaxations=tuple(self._relaxation(row) for row in range(1, RELAXATIONS + 1) if self._asked(row))
            + base.policy.relaxations[RELAXATIONS:],
        )
        return msgspec.structs.replace(
            base,
            name={language: given[f"name_{language}"] for language in LANGUAGES},
            requires=tuple(
                Requirement(key, given[f"requires_{key}"]) for key in self._skills if given[f"requires_{key}"]
            ),
            target_ms=given["target_s"] * SECOND,
            target_permille=given["target_percent"] * 10,
            short_ms=given["short_s"] * SECOND,
            ladder=Ladder(**{f"{rung}_ms": given[f"ladder_{rung}_s"] * SECOND for rung in _LADDER}),
            ring_ms=given["ring_s"] * SECOND,
            ring_out_not_ready=given["ring_out_not_ready"],
            wrap_up_ms=given["wrap_up_s"] * SECOND,
            max_wait_ms=_milliseconds(given["max_wait_s"]),
            max_waiting=given["max_waiting"],
            when_no_agents=given["when_no_agents"],
            alternatives=tuple(Alternative(value) for value in given["alternatives"]),
            outcomes=tuple(given["outcomes"]),
            policy=policy,
        )

    def _asked(self, row: int) -> bool:
        return self.cleaned_data[f"relax_{row}_after_s"] is not None

    def _relaxation(self, row: int) -> Relaxation:
        given = self.cleaned_data
        return Relaxation(
            after_ms=given[f"relax_{row}_after_s"] * SECOND,
            lower_by=given[f"relax_{row}_lower_by"] or 0,
            drop=tuple(given[f"relax_{row}_drop"]),
            overflow_to=tuple(given[f"relax_{row}_overflow_to"]),
        )


def _name_field(language: str) -> LineField:
    widget = forms.TextInput(attrs={"lang": language, "dir": "auto"})
    return LineField(max_length=LONGEST_NAME, required=False, label=NAMES[language], widget=widget)  # type: ignore[index]


def _many(key: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=False, choices=choices, label=label(key), widget=forms.CheckboxSelectMultiple
    )


def _milliseconds(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * SECOND


def _initial(queue: QueueConfig) -> dict[str, object]:
    ladder = queue.ladder
    relaxed: dict[str, object] = {}
    for row, step in enumerate(queue.policy.relaxations[:RELAXATIONS], 1):
        relaxed |= {
            f"relax_{row}_after_s": step.after_ms // SECOND,
            f"relax_{row}_lower_by": step.lower_by or None,
            f"relax_{row}_drop": list(step.drop),
            f"relax_{row}_overflow_to": list(step.overflow_to),
        }
    return {
        **{f"name_{language}": name for language, name in queue.name.items()},
        **{f"ladder_{rung}_s": getattr(ladder, f"{rung}_ms") // SECOND for rung in _LADDER},
        **{f"order_{n}": c.value for n, c in enumerate(queue.policy.agent_order[:ORDER_PLACES], 1)},
        **{f"requires_{r.skill}": r.level for r in queue.requires},
        **relaxed,
        "target_s": queue.target_ms // SECOND,
        "target_percent": queue.target_permille // 10,
        "short_s": queue.short_ms // SECOND,
        "ring_s": queue.ring_ms // SECOND,
        "ring_out_not_ready": queue.ring_out_not_ready,
        "wrap_up_s": queue.wrap_up_ms // SECOND,
        "max_wait_s": None if queue.max_wait_ms is None else queue.max_wait_ms // SECOND,
        "max_waiting": queue.max_waiting,
        "when_no_agents": queue.when_no_agents,
        "alternatives": [a.value for a in queue.alternatives],
        "outcomes": list(queue.outcomes),
    }
