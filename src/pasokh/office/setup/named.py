"""Lists and forms of things that have a key and names: skills, outcomes, reasons, teams, clients, roles.

A feature describes its kind; the views here are the same for all: list with search, form, archive with undo.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.text import matches
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import RefusableForm
from pasokh.office.filters import words
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.settling import Fate, after_change
from pasokh.office.setup.listing import asked, page_of_list


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a row: a text, and where it leads."""

    text: str
    url: str = ""
    kind: str = ""
    """A class of the badge it is shown as; "" = plain text."""
    live: bool = False
    """Shown anew every few seconds while the page is open."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thing in its list."""

    key: str
    name: dict[str, str]
    cells: Sequence[Cell] = ()
    depth: int = 0
    archived: bool = False
    fixed: bool = False
    """Cannot be changed: shown without a link to a form."""
    is_named_by_key: bool = False
    """The name says the key already: it is not shown twice."""


class NamedForm(Protocol):
    """What the form of a kind can do."""

    cleaned_data: dict[str, Any]

    def is_valid(self) -> bool:
        """Whether it can be saved."""

    def refuse(self, error: PasokhError) -> None:
        """Show an error at its field."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of named things. Texts: `setup.KIND.…`; addresses: KINDs, KIND_new, KIND, KIND_archive, KIND_restore."""

    name: str
    plural: str
    columns: Sequence[str]
    """Headings after the name: keys of texts."""
    rows: Callable[[], list[Row]]
    form: Callable[[Any, str | None], RefusableForm]
    """`form(data, key)`: key None for a new one; raises what "unknown" means for the kind."""
    save: Callable[[str, str, Any], object]
    """`save(actor, key, valid form)`."""
    archive: Callable[[str, str], None]
    restore: Callable[[str, str], None]
    move: Callable[[str, str, int], None] | None = None
    right: Right = Right.EDIT_SETUP
    template: str = "setup/named_form.html"
    context: Callable[[str | None], dict[str, Any]] = field(default=lambda _: {})


def addresses(kind: Kind, prefix: str) -> list[URLPattern]:
    """Every address of a kind under `prefix`."""
    views = _Views(kind)
    item = f"{prefix}<str:{kind.name}>/"
    both = require_http_methods(["GET", "POST"])
    found = [
        path(prefix, needs(Right.READ_SETUP)(views.listed), name=kind.plural),
        path(f"{prefix}new/", needs(kind.right)(both(views.new)), name=f"{kind.name}_new"),
        path(item, needs(kind.right)(both(views.edited)), name=kind.name),
        path(f"{item}archive/", needs(kind.right)(require_POST(views.archived)), name=f"{kind.name}_archive"),
        path(f"{item}restore/", needs(kind.right)(require_POST(views.restored)), name=f"{kind.name}_restore"),
    ]  # fmt: skip
    if kind.move is not None:
        found.append(path(f"{item}move/", needs(kind.right)(require_POST(views.moved)), name=f"{kind.name}_move"))
    return found


class _Views:
    """The views of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def listed(self, request: HttpRequest) -> HttpResponse:
        """Every thing that fits the search; archived ones on demand."""
        query = asked(request, "q", "archived", "undo")
        rows = self.kind.rows()
        hidden = sum(row.archived for row in rows)
        fitting = [row for row in rows if _fits(row, query["q"])]
        shown = [row for row in fitting if row.archived == (query["archived"] == "1")]
        undo = next((row for row in rows if row.archived and row.key == query["undo"]), None)
        return render(
            request,
            "setup/named_list.html",
            {
                "kind": self.kind,
                "page": page_of_list(request, shown),
                "asked": query,
                "hidden": hidden,
                "undo": undo,
                "nothing_yet": not rows,
                "may_edit": request.user.may(self.kind.right),  # type: ignore[union-attr]
                "urls": self._urls,
                "moves": self.kind.move is not None,
            },
        )

    def new(self, request: HttpRequest) -> HttpResponse:
        """Create one."""
        return self._edit(request, None)

    def edited(self, request: HttpRequest, /, **ids: str) -> HttpResponse:
        """Change one."""
        return self._edit(request, ids[self.kind.name])

    def archived(self, request: HttpRequest, /, **ids: str) -> HttpResponse:
        """Put one away; the list then offers to undo it."""
        key = ids[self.kind.name]
        try:
            self.kind.archive(actor_of(request), key)
        except PasokhError as error:
            if status_of(error.code) == 404:
                raise
            messages.error(request, text_of(error))
            return redirect(self.kind.plural)
        target = f"{reverse(self.kind.plural)}?{urlencode({'undo': key})}"
        return after_change(request, actor_of(request), lambda fate: self._told(request, redirect(target), fate))

    def restored(self, request: HttpRequest, /, **ids: str) -> HttpResponse:
        """Take one back into use."""
        key = ids[self.kind.name]
        self.kind.restore(actor_of(request), key)
        messages.success(request, message("setup.restored", language()))
        return after_change(
            request, actor_of(request), lambda fate: self._told(request, redirect(self.kind.plural), fate)
        )

    def moved(self, request: HttpRequest, /, **ids: str) -> HttpResponse:
        """Move one among its siblings."""
        if self.kind.move is not None:
            self.kind.move(actor_of(request), ids[self.kind.name], -1 if request.POST.get("by") == "up" else 1)
        return redirect(self.kind.plural)

    def _edit(self, request: HttpRequest, key: str | None) -> HttpResponse:
        form = self.kind.form(request.POST or None, key)
        status = 200
        if request.method == "POST":
            status = 400
            if form.is_valid():
                wanted = key if key is not None else str(form.cleaned_data["key"]).strip()
                try:
                    self._refuse_taken(key, wanted)
                    self.kind.save(actor_of(request), wanted, form)
                except PasokhError as error:
                    form.refuse(error)
                    status = status_of(error.code)
                else:
                    messages.success(request, message("setup.saved", language()))
                    done = redirect(self.kind.plural)
                    return after_change(request, actor_of(request), lambda fate: self._told(request, done, fate))
        row = next((row for row in self.kind.rows() if row.key == key), None)
        context = {"kind": self.kind, "form": form, "row": row, "urls": self._urls, **self.kind.context(key)}
        return render(request, self.kind.template, context, status=status)

    def _refuse_taken(self, key: str | None, wanted: str) -> None:
        if key is None and any(row.key == wanted for row in self.kind.rows()):
            raise PasokhError("setup.key_taken", field="key", value=wanted[:60])

    def _told(self, request: HttpRequest, response: HttpResponse, fate: Fate) -> HttpResponse:
        if fate.error is not None:
            messages.error(request, text_of(fate.error))
        elif fate.waiting:
            messages.warning(
                request, message("saved.waiting", language(), name=message(f"setup.{self.kind.plural}", language()))
            )
        return response

    @property
    def _urls(self) -> dict[str, str]:
        name = self.kind.name
        return {"list": self.kind.plural, "new": f"{name}_new", "edit": name, "archive": f"{name}_archive",
                "restore": f"{name}_restore", "move": f"{name}_move"}  # fmt: skip


def _fits(row: Row, query: str) -> bool:
    return not query or matches(query, " ".join((row.key, *row.name.values(), *(words(c.text) for c in row.cells))))
