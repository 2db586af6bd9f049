"""The form of a queue: seconds and per cent for people, milliseconds and thousandths for the core.

Every value of `QueueConfig` has a field. Lists of any length (relaxations, classes) are numbered rows: `ROWS_count`
says how many were shown, `add` asks for one more (without a script), an emptied or ticked-off row is gone.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.forms.utils import ErrorDict

from pasokh.acd.handlers.configuration import check_queue
from pasokh.acd.model import Alternative, Criterion, QueueConfig
from pasokh.i18n.languages import LANGUAGES, NAMES
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND
from pasokh.office.errors import text_of
from pasokh.office.fields import Choices, LineField, RefusableForm, WholeNumberField, label
from pasokh.office.filters import words
from pasokh.office.policy.definition import SPANS, known, plain, put
from pasokh.office.policy.language import anyone_step, with_languages
from pasokh.office.policy.rows import Classes, Relaxations
from pasokh.office.policy.selectors import client_names
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.rules import LONGEST_NAME, check_key
from pasokh.office.supervise.selectors import outcome_names, queue_names, reason_names, skill_names

ORDER_PLACES = len(Criterion)
LONGEST_S = 366 * 86_400
_LADDER = ("ideal", "good", "offer", "alarm", "never")
_BOOSTS = (
    "weight_s", "target_boost_s", "last_agent_hold_s", "last_agent_boost_s", "transfer_boost_s", "reject_pause_s",
)  # fmt: skip
_PLACES = {
    "ladder": "ladder_never_s", "ladder.offer_ms": "ladder_offer_s", "policy.agent_order": "order_1",
    "policy.relaxations": "relax_1_after_s", "relaxations": "relax_1_after_s", "name": "name_en",
    "key": "id", "policy.reject_pause_ms": "reject_pause_s", "languages": "speak_language",
    "policy.classes": "class_1_name",
}  # fmt: skip
"""Domain field → form field, where they are called differently."""


class QueueForm(RefusableForm):
    """Everything a queue is made of."""

    client = forms.ChoiceField(required=False, label=label("field.client"))
    target_percent = WholeNumberField(most=100, label=label("field.target_percent"))
    ring_out_not_ready = forms.BooleanField(required=False, label=label("field.ring_out_not_ready"))
    max_wait_s = WholeNumberField(least=1, most=LONGEST_S, required=False, label=label("field.max_wait_s"))
    max_waiting = WholeNumberField(most=1_000_000, required=False, label=label("field.max_waiting"))
    when_no_agents = forms.ChoiceField(label=label("field.when_no_agents"))
    callback_first = forms.ChoiceField(label=label("field.callback_first"))
    callback_attempts = WholeNumberField(least=1, most=20, label=label("field.callback_attempts"))
    seed = WholeNumberField(most=2_147_483_646, required=False, label=label("field.seed"))
    speak_language = forms.BooleanField(required=False, label=label("field.speak_language"))
    anyone_after_s = WholeNumberField(least=1, most=LONGEST_S, required=False, label=label("field.anyone_after_s"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - Django's
        *,
        queue: Queue | None,
        base: QueueConfig | None = None,
    ) -> None:
        """`base` is what the form starts from (a draft, an old version); the queue's own definition unless given."""
        self.base = base if base is not None else queue.config if queue is not None else None
        start = self.base or QueueConfig("new")
        version = {"version": queue.version if queue is not None else 0}
        super().__init__(data, initial=_initial(start) | version)
        self.is_calm = False
        named = {r.skill for r in start.requires} | {s for r in start.policy.relaxations for s in r.drop}
        named |= set(start.languages.values())
        usable = skill_names(archived=False)
        self.skills = {key: names for key, names in skill_names().items() if key in usable or key in named}
        first: dict[str, forms.Field] = {f"name_{language}": _name_field(language) for language in LANGUAGES}
        if queue is None:
            widget = forms.TextInput(attrs={"dir": "ltr"})
            first = {"id": forms.CharField(max_length=60, label=label("field.key"), widget=widget), **first}
        self.fields = {**first, **self.fields}
        for name, span in SPANS.items():
            self.fields[name] = WholeNumberField(least=span.least, most=LONGEST_S, label=label(f"field.{name}"))
        others = [(key, words(n)) for key, n in queue_names().items() if queue is None or key != queue.key]
        skills = [(key, words(names)) for key, names in self.skills.items()]
        self.relaxations = Relaxations(self, start.policy.relaxations, skills, others)
        self.classes = Classes(self, start.policy.classes)
        self._offer_choices(start, skills)
        for name, field in self.fields.items():  # what is published already is never refused for its range
            if isinstance(field, WholeNumberField):
                field.kept = self.initial.get(name)

    def _offer_choices(self, start: QueueConfig, skills: Choices) -> None:
        criteria = [(c.value, label(f"criterion.{c.value}")) for c in Criterion]
        for place in range(1, ORDER_PLACES + 1):
            self.fields[f"order_{place}"] = forms.ChoiceField(
                required=False, choices=[("", "–"), *criteria], label=label("field.order", n=place)
            )
        for key, names in self.skills.items():
            self.fields[f"requires_{key}"] = WholeNumberField(least=1, most=100, required=False, label=words(names))
        self.language_codes = list(dict.fromkeys([*LANGUAGES, *start.languages]))
        for code in self.language_codes:
            shown = NAMES.get(code, code)  # type: ignore[call-overload]
            choices = [("", "–"), *skills]
            self.fields[f"language_{code}"] = forms.ChoiceField(required=False, choices=choices, label=shown)
        self._choices("client", [(key, words(names)) for key, names in client_names().items()])
        self._choices("when_no_agents", [(v, label(f"no_agents.{v}")) for v in ("wait", "close")])
        self._choices("callback_first", [(v, label(f"callback_first.{v}")) for v in ("agent", "customer")])
        alternatives = [(a.value, label(f"alternative.{a.value}")) for a in Alternative]
        self.fields["alternatives"] = many("field.alternatives", alternatives)
        self.fields["outcomes"] = many("field.outcomes", _named(outcome_names(archived=False), start.outcomes))
        self.fields["reasons"] = many("field.reasons", _named(reason_names(archived=False), start.reasons))

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def calm(self) -> None:
        """Show what was typed without judging it yet."""
        self.is_calm = True
        self._errors = ErrorDict()

    # -- what the page shows ---------------------------------------------------------------------------------------
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
        return [self[f"requires_{key}"] for key in self.skills]

    @property
    def language_fields(self) -> list[forms.BoundField]:
        """Which skill speaks which language."""
        return [self[f"language_{code}"] for code in self.language_codes]

    @property
    def boost_fields(self) -> list[forms.BoundField]:
        """Head starts, holds and pauses."""
        return [self[name] for name in _BOOSTS]

    def field_for(self, name: str) -> str | None:
        """Where the errors of the core's fields belong."""
        found = _PLACES.get(name, name)
        return found if found in self.fields else None

    # -- what it means -----------------------------------------------------------------------------------------------
    def clean_id(self) -> str:
        """The id of a new queue, fit to be one."""
        try:
            return check_key(str(self.cleaned_data["id"]).strip())
        except PasokhError as error:
            raise forms.ValidationError(text_of(error)) from error

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself, each at its own field."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        rungs = [given.get(f"ladder_{rung}_s") for rung in _LADDER]
        for k, rung in enumerate(_LADDER[1:], 1):
            before, here = rungs[k - 1], rungs[k]
            if before is not None and here is not None and here < before:
                self.add_error(f"ladder_{rung}_s", text_of(PasokhError("queue.ladder_order")))
        seen: set[str] = set()
        for place in range(1, ORDER_PLACES + 1):
            value = given.get(f"order_{place}")
            if value and value in seen:
                self.add_error(f"order_{place}", text_of(PasokhError("queue.criterion_twice")))
            seen.add(value or "")
        self.relaxations.clean()
        self.classes.clean()
        if not self.errors:
            self._check()
        return given

    def _check(self) -> None:
        try:
            check_queue(self.config())
        except PasokhError as error:
            self.refuse(error)
        except msgspec.ValidationError as error:
            self.add_error(None, text_of(PasokhError("setup.bad_value", problem=str(error))))

    def config(self) -> QueueConfig:
        """The queue the valid form describes; what the form does not show, or rounds, stays as it was.

        Raises `setup.no_language_skill` when agents shall speak the customer's language and no skill is one.
        """
        given = self.cleaned_data
        base = self.base or QueueConfig(str(given["id"]).strip())
        if self.base is not None and "id" in given:
            base = msgspec.structs.replace(base, id=str(given["id"]).strip())
        found = plain(base)
        for name, span in SPANS.items():
            put(found, span.path, span_ms(given[name], known(found, span.path)))
        found["client"] = given["client"] or base.client
        found["name"] = {language: given[f"name_{language}"] for language in LANGUAGES if given[f"name_{language}"]}
        found["requires"] = self._requires(base)
        if given["target_percent"] != base.target_permille // 10:
            found["target_permille"] = given["target_percent"] * 10
        found["max_wait_ms"] = None if given["max_wait_s"] is None else span_ms(given["max_wait_s"], base.max_wait_ms)
        for name in ("ring_out_not_ready", "max_waiting", "when_no_agents", "callback_attempts", "callback_first"):
            found[name] = given[name]
        for name in ("alternatives", "outcomes", "reasons"):
            found[name] = chosen(given[name], found[name])
        found["policy"]["agent_order"] = [v for n in range(1, ORDER_PLACES + 1) if (v := given[f"order_{n}"])]
        found["policy"]["relaxations"] = self.relaxations.values()
        found["policy"]["classes"] = self.classes.values()
        found["policy"]["seed"] = given["seed"] or 0
        return self._speaking(msgspec.convert(found, QueueConfig), base)

    def _speaking(self, changed: QueueConfig, base: QueueConfig) -> QueueConfig:
        """With the customer's language asked for or not, and by which skills."""
        given = self.cleaned_data
        picked = {code: given[f"language_{code}"] for code in self.language_codes if given[f"language_{code}"]}
        if given["speak_language"] and picked and picked != base.languages:
            gone = set(base.languages.values()) - set(picked.values())
            step = anyone_step(base)
            changed = msgspec.structs.replace(changed, languages=picked)
            if step is not None:  # the step that lets anyone help goes on to let anyone help
                changed = _dropping(changed, step.after_ms, picked, gone)
        elif given["speak_language"] and not picked and base.languages:
            changed = msgspec.structs.replace(changed, languages={})
        return with_languages(
            changed, asked=given["speak_language"], anyone_after_s=given["anyone_after_s"], skills=self.skills
        )

    def _requires(self, base: QueueConfig) -> list[dict[str, Any]]:
        shown = {r.skill: r.level for r in base.requires}
        levels = {key: self.cleaned_data[f"requires_{key}"] for key in self.skills}
        kept = [r for r in base.requires if r.skill not in levels or levels[r.skill] == shown[r.skill]]
        new = [(key, level) for key, level in levels.items() if level and level != shown.get(key)]
        return [
            *({"skill": r.skill, "level": r.level} for r in kept),
            *({"skill": key, "level": level} for key, level in new),
        ]


def _dropping(queue: QueueConfig, after_ms: int, picked: dict[str, str], gone: set[str]) -> QueueConfig:
    steps = [
        msgspec.structs.replace(
            step,
            drop=tuple(dict.fromkeys([*(s for s in step.drop if s not in gone), *picked.values()])),
        )
        if step.after_ms == after_ms
        else step
        for step in queue.policy.relaxations
    ]
    policy = msgspec.structs.replace(queue.policy, relaxations=tuple(steps))
    return msgspec.structs.replace(queue, policy=policy)


def _name_field(language: str) -> LineField:
    widget = forms.TextInput(attrs={"lang": language, "dir": "auto"})
    return LineField(max_length=LONGEST_NAME, required=False, label=NAMES[language], widget=widget)  # type: ignore[index]


def _named(names: dict[str, dict[str, str]], kept: Sequence[str]) -> Choices:
    """What may be chosen, and what is chosen already though it may not be any more."""
    found = [(key, words(known_names)) for key, known_names in names.items()]
    return [*found, *((key, key) for key in kept if key not in names)]


def many(key: str, choices: Choices) -> forms.MultipleChoiceField:
    """Any number of choices, as ticks."""
    return forms.MultipleChoiceField(
        required=False, choices=list(choices), label=label(key), widget=forms.CheckboxSelectMultiple
    )


def span_ms(seconds: int, before: int | None) -> int:
    """Milliseconds; the known ones where their whole seconds were left as shown."""
    return before if before is not None and seconds == before // SECOND else seconds * SECOND


def chosen[T](ticked: Sequence[T], before: Sequence[T]) -> list[T]:
    """What is ticked: what was known in its order, then what is new."""
    return [*(k for k in before if k in ticked), *(t for t in ticked if t not in before)]


def _initial(queue: QueueConfig) -> dict[str, object]:
    found = plain(queue)
    anyone = anyone_step(queue)
    return {
        **{f"name_{language}": name for language, name in queue.name.items()},
        **{name: known(found, span.path) // SECOND for name, span in SPANS.items()},
        **{f"order_{n}": c.value for n, c in enumerate(queue.policy.agent_order[:ORDER_PLACES], 1)},
        **{f"requires_{r.skill}": r.level for r in queue.requires},
        **{f"language_{code}": skill for code, skill in queue.languages.items()},
        **{name: found[name] for name in ("client", "ring_out_not_ready", "max_waiting", "when_no_agents")},
        **{name: list(found[name]) for name in ("alternatives", "outcomes", "reasons")},
        "callback_attempts": queue.callback_attempts,
        "callback_first": queue.callback_first,
        "target_percent": queue.target_permille // 10,
        "max_wait_s": None if queue.max_wait_ms is None else queue.max_wait_ms // SECOND,
        "seed": queue.policy.seed or None,
        "speak_language": bool(queue.languages),
        "anyone_after_s": None if anyone is None else anyone.after_ms // SECOND,
    }
