"""Rows of a queue's form that may be any number: relaxations and priority classes."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from django import forms

from pasokh.acd.model import PriorityClass, Relaxation
from pasokh.i18n.digits import to_ascii
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.kernel.time import SECOND
from pasokh.office.errors import text_of
from pasokh.office.fields import Choices, WholeNumberField, label

MOST_ROWS = 40
LONGEST_S = 366 * 86_400


class Rows:
    """Numbered rows of a form. A row whose leading field is empty, or that is ticked off, does not count."""

    name: ClassVar[str]
    leading: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]
    code_twice: ClassVar[str]

    def __init__(self, form: forms.Form, shown: int) -> None:
        self._form = form
        count = shown
        if form.is_bound:
            given = to_ascii(str(form.data.get(f"{self.name}_count", "")))
            numbered = re.compile(rf"{self.name}_(\d{{1,3}})_")
            seen = [int(found[1]) for name in form.data if (found := numbered.match(name))]
            count = max([int(given) if given.isdecimal() else 0, *seen], default=0)
            if form.data.get("add") == self.name:
                count += 1
        elif form.data.get("add") == self.name:
            count += 1
        self.count = min(max(count, 0), MOST_ROWS)
        form.fields[f"{self.name}_count"] = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4)
        form.initial[f"{self.name}_count"] = str(self.count)
        for row in [*range(1, self.count + 1), 0]:
            self.add_row(row)
            form.fields[f"{self.name}_{row}_remove"] = forms.BooleanField(
                required=False, label=label("field.row_remove")
            )
        self.blank = [form[f"{self.name}_0_{part}"] for part in (*self.parts, "remove")]
        for part in (*self.parts, "remove"):  # the pattern that a script copies is no field of the form
            del form.fields[f"{self.name}_0_{part}"]

    def add_row(self, row: int) -> None:
        """Add the fields of one row to the form."""
        raise NotImplementedError

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields, a row each; the last of a row takes it away."""
        parts = (*self.parts, "remove")
        return [[self._form[f"{self.name}_{row}_{part}"] for part in parts] for row in range(1, self.count + 1)]

    @property
    def count_field(self) -> forms.BoundField:
        """How many rows are shown."""
        return self._form[f"{self.name}_count"]

    def given(self) -> list[tuple[int, dict[str, Any]]]:
        """Number and values of every row that counts."""
        cleaned = self._form.cleaned_data
        found = []
        for row in range(1, self.count + 1):
            values = {part: cleaned.get(f"{self.name}_{row}_{part}") for part in (*self.parts, "remove")}
            if not values["remove"] and values[self.leading] not in {None, ""}:
                found.append((row, values))
        return found

    def clean(self) -> None:
        """Refuse two rows alike, at the second."""
        seen: set[object] = set()
        for row, values in self.given():
            if values[self.leading] in seen:
                self._form.add_error(f"{self.name}_{row}_{self.leading}", text_of(PasokhError(self.code_twice)))
            seen.add(values[self.leading])


class Relaxations(Rows):
    """What loosens with the wait; sorted by themselves."""

    name = "relax"
    leading = "after_s"
    parts = ("after_s", "lower_by", "drop", "overflow_to")
    code_twice = "queue.relaxation_order"

    def __init__(self, form: forms.Form, known: Sequence[Relaxation], skills: Choices, queues: Choices) -> None:
        self._known, self._skills, self._queues = known, skills, queues
        super().__init__(form, len(known))
        for row, step in enumerate(known, 1):
            form.initial.update(
                {
                    f"relax_{row}_after_s": step.after_ms // SECOND,
                    f"relax_{row}_lower_by": step.lower_by or None,
                    f"relax_{row}_drop": list(step.drop),
                    f"relax_{row}_overflow_to": list(step.overflow_to),
                }
            )

    def add_row(self, row: int) -> None:
        """Wait, levels, skills that fall away, queues that help."""
        fields = self._form.fields
        fields[f"relax_{row}_after_s"] = WholeNumberField(
            least=1, most=LONGEST_S, required=False, label=label("field.relax_after_s")
        )
        fields[f"relax_{row}_lower_by"] = WholeNumberField(
            most=100, required=False, label=label("field.relax_lower_by")
        )
        for part, choices in (("drop", self._skills), ("overflow_to", self._queues)):
            fields[f"relax_{row}_{part}"] = forms.MultipleChoiceField(
                required=False,
                choices=list(choices),
                label=label(f"field.relax_{part}"),
                widget=forms.CheckboxSelectMultiple,
            )

    def clean(self) -> None:
        """Besides: a step that loosens nothing is refused at its wait, and whole seconds may hide two equal waits."""
        if [v["after_s"] for _, v in self.given()] != [s.after_ms // SECOND for s in self._known]:
            super().clean()

    def values(self) -> list[dict[str, Any]]:
        """The steps in order of their wait; one left as shown keeps its exact milliseconds."""
        steps = [self._step(row, values) for row, values in self.given()]
        return sorted(steps, key=lambda step: int(step["after_ms"]))

    def _step(self, row: int, values: dict[str, Any]) -> dict[str, Any]:
        base = self._known[row - 1] if row <= len(self._known) else None
        same = base is not None and base.after_ms // SECOND == values["after_s"]
        return {
            "after_ms": base.after_ms if base is not None and same else values["after_s"] * SECOND,
            "lower_by": values["lower_by"] or 0,
            "drop": _chosen(values["drop"], base.drop if base else ()),
            "overflow_to": _chosen(values["overflow_to"], base.overflow_to if base else ()),
        }


class Classes(Rows):
    """Priority classes, in the order in which contacts name them."""

    name = "class"
    leading = "name"
    parts = ("name", "head_start_s", "ageing_percent")
    code_twice = "queue.class_twice"

    def __init__(self, form: forms.Form, known: Sequence[PriorityClass]) -> None:
        self._known = known
        super().__init__(form, len(known))
        form.fields["class_places"] = forms.BooleanField(required=False, label=label("field.class_places"))
        for row, each in enumerate(known, 1):
            form.initial.update(
                {
                    f"class_{row}_name": each.name,
                    f"class_{row}_head_start_s": each.head_start_ms // SECOND,
                    f"class_{row}_ageing_percent": each.ageing_permille // 10,
                }
            )

    def add_row(self, row: int) -> None:
        """Name, head start, ageing."""
        fields = self._form.fields
        widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})
        fields[f"class_{row}_name"] = forms.CharField(
            required=False, max_length=60, label=label("field.class_name"), widget=widget
        )
        fields[f"class_{row}_head_start_s"] = WholeNumberField(
            most=LONGEST_S, required=False, label=label("field.class_head_start_s")
        )
        fields[f"class_{row}_ageing_percent"] = WholeNumberField(
            most=10_000, required=False, label=label("field.class_ageing_percent")
        )

    def clean(self) -> None:
        """A name is an id, there is at least one, and ageing is never zero."""
        rows = self.given()
        if [v["name"] for _, v in rows] != [c.name for c in self._known]:
            super().clean()
        for row, values in rows:
            if not ID_PATTERN.fullmatch(values["name"]):
                error = PasokhError("setup.bad_key", value=values["name"][:60])
                self._form.add_error(f"class_{row}_name", text_of(error))
            if values["ageing_percent"] == 0 and self._same(row, values, "ageing_permille", 10) is None:
                refused = PasokhError("number.out_of_range", least=1, most=10_000)
                self._form.add_error(f"class_{row}_ageing_percent", text_of(refused))
        if not rows:
            self._form.add_error(None, text_of(PasokhError("queue.no_classes")))
        elif not self._form.errors and (moved := self._moved()) and not self._form.cleaned_data.get("class_places"):
            self._form.add_error("class_places", text_of(PasokhError("queue.class_places", moves=" · ".join(moved))))

    def _moved(self) -> list[str]:
        """What becomes of contacts, which name a class by its place, where a known class is gone: `vip → normal`."""
        rows = self.given()
        left = [row for row, _ in rows if row <= len(self._known)]
        moves = []
        for place, each in enumerate(self._known):
            row, values = rows[min(place, len(rows) - 1)]
            if len(left) < len(self._known) and row != place + 1:
                moves.append(f"\u2068{each.name}\u2069 → \u2068{values['name']}\u2069")
        return moves

    def values(self) -> list[dict[str, Any]]:
        """The classes; a value left as shown keeps its exact length."""
        found = []
        for row, values in self.given():
            head, ageing = values["head_start_s"], values["ageing_percent"]
            kept_head = self._same(row, values, "head_start_ms", SECOND)
            kept_ageing = self._same(row, values, "ageing_permille", 10)
            found.append({
                "name": values["name"],
                "head_start_ms": kept_head if kept_head is not None else (head or 0) * SECOND,
                "ageing_permille": kept_ageing if kept_ageing is not None else 1_000 if ageing is None else ageing * 10,
            })  # fmt: skip
        return found

    def _same(self, row: int, values: dict[str, Any], name: str, unit: int) -> int | None:
        """The known value where the shown one was left."""
        if row > len(self._known):
            return None
        exact: int = msgspec.structs.asdict(self._known[row - 1])[name]
        shown = values["head_start_s" if name == "head_start_ms" else "ageing_percent"]
        return exact if shown == exact // unit else None


def _chosen(ticked: Sequence[str], known: Sequence[str]) -> list[str]:
    """What is ticked: what was known in its order, then what is new."""
    return [*(k for k in known if k in ticked), *(t for t in ticked if t not in known)]
