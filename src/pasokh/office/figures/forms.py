"""The form of a report."""

import re
from typing import Any, cast

from django import forms

from pasokh.i18n.bidi import isolate
from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import WEEKDAYS, week_days
from pasokh.i18n.digits import localise, to_ascii
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language
from pasokh.office.fields import LineField, RefusableForm, WholeNumberField, label
from pasokh.office.figures.actions import LONGEST_NAME, ReportDraft
from pasokh.office.figures.models import Report
from pasokh.office.figures.rhythm import RHYTHMS
from pasokh.office.figures.selectors import may_receive, views_of
from pasokh.office.people.models import User

_TIME = re.compile(r"(\d{1,2})[:.٫](\d{2})")
HERE = "here"
"""The choice of what the address of the page names, or the report shows already."""


class ReportForm(RefusableForm):
    """What, when, to whom, as what."""

    name = LineField(max_length=LONGEST_NAME, label=label("figures.view.name"))
    what = forms.ChoiceField(label=label("figures.report.what"), help_text=label("figures.report.what.help"))
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4_000)
    rhythm = forms.ChoiceField(
        label=label("figures.report.rhythm"),
        choices=[(each, label(f"figures.report.rhythm.{each}")) for each in RHYTHMS],
    )
    weekday = forms.ChoiceField(label=label("figures.report.weekday"), required=False)
    month_day = WholeNumberField(least=1, most=31, required=False, label=label("figures.report.month_day"))
    at = forms.CharField(
        max_length=8, label=label("figures.report.at"), help_text=label("figures.report.at.help"),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    people = forms.MultipleChoiceField(
        label=label("figures.report.people"), help_text=label("figures.report.people.help"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    as_pdf = forms.BooleanField(required=False, label=label("figures.report.pdf"))
    as_xlsx = forms.BooleanField(required=False, label=label("figures.report.xlsx"))

    def __init__(self, person: User, data: Any = None, row: Report | None = None, query: str = "") -> None:  # noqa: ANN401
        super().__init__(data, initial=_initial(person, row, query))
        spoken = language()
        views = [(str(each.view.pk), each.view.name) for each in views_of(person)]
        self.queries = {str(each.view.pk): each.view.query for each in views_of(person)}
        chosen = row is not None or query or (data and data.get("query"))
        self._choices("what", ([(HERE, message("figures.report.chosen", spoken))] if chosen else []) + views)
        self._choices("weekday", [(str(day), WEEKDAYS[spoken][day]) for day in week_days(spoken)])
        people = {each.username: isolate(each.name) for each in may_receive()}
        self._choices("people", [*people.items()])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean_at(self) -> int:
        """Minutes after midnight."""
        found = _TIME.fullmatch(to_ascii(self.cleaned_data["at"]).strip())
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            raise forms.ValidationError(message("figures.bad_time", language()))
        return int(found[1]) * 60 + int(found[2])

    def asked(self) -> ReportDraft:
        """What the valid form says; raises `figures.bad_rhythm` where the month's day is missing."""
        given = self.cleaned_data
        rhythm = given["rhythm"]
        on_day = int(given["weekday"] or 0) if rhythm == "weekly" else 0
        if rhythm == "monthly":
            if given["month_day"] is None:
                raise PasokhError("figures.bad_rhythm", field="month_day")
            on_day = given["month_day"]
        query = given["query"] if given["what"] == HERE else self.queries[given["what"]]
        return ReportDraft(
            given["name"], query, rhythm, on_day, given["at"], tuple(given["people"]), given["as_pdf"],
            given["as_xlsx"],
        )  # fmt: skip

    def field_for(self, name: str) -> str | None:
        """What the domain calls otherwise."""
        return {"on_day": "month_day", "kpi": "what", "by": "what"}.get(name)


def _initial(person: User, row: Report | None, query: str) -> dict[str, object]:
    if row is None:
        mine = [person.username] if person.email else []
        return {
            "rhythm": "daily", "at": localise("08:00", language()), "as_pdf": True, "as_xlsx": True, "people": mine,
            "query": query, "what": HERE, "month_day": localise("1", language()),
        }  # fmt: skip
    return {
        "name": row.name, "query": row.query, "what": HERE, "rhythm": row.rhythm,
        "weekday": str(row.on_day) if row.rhythm == "weekly" else None,
        "month_day": localise(str(row.on_day if row.rhythm == "monthly" else 1), language()),
        "at": localise(f"{row.minute // 60:02d}:{row.minute % 60:02d}", language()), "people": row.people,
        "as_pdf": row.as_pdf, "as_xlsx": row.as_xlsx,
    }  # fmt: skip
