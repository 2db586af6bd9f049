"""Chat widgets as a kind of named things."""

from typing import Any

from django.conf import settings

from pasokh.office.filters import words
from pasokh.office.setup.named import Cell, Kind, Row
from pasokh.office.supervise.models import Widget
from pasokh.office.widgets.actions import do_save_widget, do_switch_widget, known_widget
from pasokh.office.widgets.forms import WidgetForm


def _rows() -> list[Row]:
    return [
        Row(
            row.key,
            row.title,
            [Cell(words(row.queue.name)), Cell(" · ".join(row.origins))],
            archived=not row.is_active,
        )
        for row in Widget.objects.select_related("queue").order_by("key")
    ]


def _save(actor: str, key: str, form: WidgetForm) -> Widget:
    return do_save_widget(
        actor,
        key,
        form.cleaned_data["queue"],
        origins=form.origins_typed(),
        title=form.names(),
        options=form.options(),
    )


def _form(data: Any, key: str | None) -> WidgetForm:  # noqa: ANN401 - a request's data
    return WidgetForm(data, row=known_widget(key) if key is not None else None)


WIDGETS = Kind(
    name="widget",
    plural="widgets",
    columns=("widgets.queue", "widgets.origins"),
    rows=_rows,
    form=_form,
    save=_save,
    archive=lambda actor, key: do_switch_widget(actor, key, False),
    restore=lambda actor, key: do_switch_widget(actor, key, True),
    template="widgets/widget.html",
    context=lambda key: {"public_url": settings.PUBLIC_URL, "widget_key": key or ""},
)
