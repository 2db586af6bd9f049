"""The form of a queue: seconds and per cent for people, milliseconds and thousandths for the core."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms

from pasokh.acd.model import Alternative, Criterion, Ladder, QueueConfig, Relaxation, Requirement
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.kernel.time import SECOND
from pasokh.office.fields import Choices, LineField, RefusableForm, WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.supervise.language import anyone_step, with_languages
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.rules import LONGEST_NAME
from pasokh.office.supervise.selectors import outcome_names, queue_names, skill_names

ORDER_PLACES = len(Criterion)
RELAXATIONS = 3
_LONGEST_S = 366 * 86_400
_LADDER = ("ideal", "good", "offer", "alarm", "never")


class QueueForm(RefusableForm):
    """A queue: names, service level, ladder, ringing and wrap-up, limits, order of agents, skills, relaxations."""

    target_s = WholeNumberField(most=_LONGEST_S, label=label("field.target_s"))
    target_percent = WholeNumberField(most=100, label=label("field.target_percent"))
    short_s = WholeNumberField(most=_LONGEST_S, label=label("field.short_s"))
    ring_s = WholeNumberField(least=1, most=3_600, label=label("field.ring_s"))
    ring_out_not_ready = forms.BooleanField(required=False, label=label("field.ring_out_not_ready"))
    wrap_up_s = WholeNumberField(most=_LONGEST_S, label=label("field.wrap_up_s"))
    max_wait_s = WholeNumberField(least=1, most=_LONGEST_S, required=False, label=label("field.max_wait_s"))
    max_waiting = WholeNumberField(most=1_000_000, required=False, label=label("field.max_waiting"))
    when_no_agents = forms.ChoiceField(label=label("field.when_no_agents"))
    speak_language = forms.BooleanField(required=False, label=label("field.speak_language"))
    anyone_after_s = WholeNumberField(least=1, most=_LONGEST_S, required=False, label=label("field.anyone_after_s"))
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
            self.fields[f"ladder_{rung}_s"] = WholeNumberField(most=_LONGEST_S, label=label(f"field.ladder_{rung}_s"))
        self._offer_choices(queue)
        for name, field in self.fields.items():  # what is published already is never refused for its range
            if isinstance(field, WholeNumberField):
                field.kept = self.initial.get(name)

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
                least=1, most=_LONGEST_S, required=False, label=label("field.relax_after_s")
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
            "policy.reject_pause_ms": "ring_out_not_ready", "languages": "speak_language",
        }  # fmt: skip
        found = fixed.get(name)
        return found if found in self.fields else None

    def config(self) -> QueueConfig:
        """The queue the valid form describes; what the form does not show, or rounds, stays as it was.

        Raises `setup.no_language_skill` when agents shall speak the customer's language and no skill is one.
        """
        given = self.cleaned_data
        base = self.base or QueueConfig(given["id"].strip())
        rungs = {f"{rung}_ms": getattr(base.ladder, f"{rung}_ms") for rung in _LADDER}
        changed = msgspec.structs.replace(
            base,
            name={language: given[f"name_{language}"] for language in LANGUAGES if given[f"name_{language}"]},
            requires=self._requires(base),
            target_ms=_span(given["target_s"], base.target_ms),
            target_permille=(
                base.target_permille
                if given["target_percent"] == base.target_permille // 10
                else given["target_percent"] * 10
            ),
            short_ms=_span(given["short_s"], base.short_ms),
            ladder=Ladder(**{f"{r}_ms": _span(given[f"ladder_{r}_s"], rungs[f"{r}_ms"]) for r in _LADDER}),
            ring_ms=_span(given["ring_s"], base.ring_ms),
            ring_out_not_ready=given["ring_out_not_ready"],
            wrap_up_ms=_span(given["wrap_up_s"], base.wrap_up_ms),
            max_wait_ms=None if given["max_wait_s"] is None else _span(given["max_wait_s"], base.max_wait_ms),
            max_waiting=given["max_waiting"],
            when_no_agents=given["when_no_agents"],
            alternatives=_chosen([Alternative(value) for value in given["alternatives"]], base.alternatives),
            outcomes=_chosen(given["outcomes"], base.outcomes),
            policy=msgspec.structs.replace(
                base.policy, agent_order=self._agent_order(), relaxations=self._relaxations(base)
            ),
        )
        return with_languages(
            changed, asked=given["speak_language"], anyone_after_s=given["anyone_after_s"], skills=self._skills
        )

    def _agent_order(self) -> tuple[Criterion, ...]:
        given = [self.cleaned_data[f"order_{n}"] for n in range(1, ORDER_PLACES + 1)]
        return tuple(Criterion(value) for value in given if value)

    def _requires(self, base: QueueConfig) -> tuple[Requirement, ...]:
        shown = {r.skill: r.level for r in base.requires}
        levels = {key: self.cleaned_data[f"requires_{key}"] for key in self._skills}
        kept = [r for r in base.requires if r.skill not in levels or levels[r.skill] == shown[r.skill]]
        new = [Requirement(key, level) for key, level in levels.items() if level and level != shown.get(key)]
        return (*kept, *new)

    def _relaxations(self, base: QueueConfig) -> tuple[Relaxation, ...]:
        known = base.policy.relaxations
        rows = [n for n in range(RELAXATIONS) if self.cleaned_data[f"relax_{n + 1}_after_s"] is not None]
        shown = [self._relaxation(n + 1, known[n] if n < len(known) else Relaxation(0)) for n in rows]
        return (*shown, *known[RELAXATIONS:])

    def _relaxation(self, row: int, base: Relaxation) -> Relaxation:
        given = self.cleaned_data
        return Relaxation(
            after_ms=_span(given[f"relax_{row}_after_s"], base.after_ms),
            lower_by=given[f"relax_{row}_lower_by"] or 0,
            drop=_chosen(given[f"relax_{row}_drop"], base.drop),
            overflow_to=_chosen(given[f"relax_{row}_overflow_to"], base.overflow_to),
        )


def _name_field(language: str) -> LineField:
    widget = forms.TextInput(attrs={"lang": language, "dir": "auto"})
    return LineField(max_length=LONGEST_NAME, required=False, label=NAMES[language], widget=widget)  # type: ignore[index]


def _many(key: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=False, choices=choices, label=label(key), widget=forms.CheckboxSelectMultiple
    )


def _span(seconds: int, known: int | None) -> int:
    """Milliseconds; the known ones where their whole seconds were left as shown."""
    return known if known is not None and seconds == known // SECOND else seconds * SECOND


def _chosen[T](ticked: Sequence[T], known: Sequence[T]) -> tuple[T, ...]:
    """What is ticked: what was known in its order, then what is new."""
    return (*(k for k in known if k in ticked), *(t for t in ticked if t not in known))


def _initial(queue: QueueConfig) -> dict[str, object]:
    ladder = queue.ladder
    anyone = anyone_step(queue)
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
        "speak_language": bool(queue.languages),
        "anyone_after_s": None if anyone is None else anyone.after_ms // SECOND,
        "alternatives": [a.value for a in queue.alternatives],
        "outcomes": list(queue.outcomes),
    }
