"""Form fields that read what people type: any digits, any spelling, with errors from the catalogue."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr

from pasokh.i18n.catalogue import message
from pasokh.i18n.digits import parse_int
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, text_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

type Choices = Sequence[tuple[str, str | StrPromise]]
"""Values and their labels."""
LARGEST = 2**62


def label(key: str, **fields: object) -> "StrPromise":
    """A text of the catalogue, in the language of whoever sees it."""
    return lazystr(_Later(lambda: message(key, language(), **fields)))


class _Later:
    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text()


def whole_number(text: str | None, field: str) -> int | None:
    """A number of a query string, any digits; raises `number.not_whole` naming the field."""
    if not text:
        return None
    try:
        value = parse_int(text)
    except PasokhError as error:
        raise PasokhError(error.code, **{**error.params, "field": field}) from error
    if not 0 <= value <= LARGEST:
        raise PasokhError("number.out_of_range", field=field, least=0, most=LARGEST)
    return value


class WholeNumberField(forms.Field):
    """A whole number in any digits (۱۲, ١٢, 12) between `least` and `most`."""

    widget = forms.TextInput

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"})
        )
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.kept: object = None
        """A value that is let pass whatever the bounds: what stands there already."""

    def to_python(self, value: object) -> int | None:
        """The number; None where nothing was typed."""
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        try:
            number = parse_int(text)
        except PasokhError as error:
            raise ValidationError(text_of(error)) from error
        if number != self.kept and not self.least <= number <= self.most:
            refused = PasokhError("number.out_of_range", least=self.least, most=self.most)
            raise ValidationError(text_of(refused))
        return number


class LineField(forms.CharField):
    """One line of text in one spelling: ي/ی and ك/ک unified, direction overrides and invisible characters removed."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - Django's
        """The normalised text."""
        return normalise(super().to_python(value) or "")


class RefusableForm(forms.Form):
    """A form that shows a domain error at the field it names."""

    def refuse(self, error: PasokhError) -> None:
        """Put the error's sentence at its field; above the form where the field is not to be seen."""
        name = str(error.params.get("field", ""))
        field: str | None = name if name in self.fields else self.field_for(name)
        if field is not None and self[field].is_hidden:
            field = None
        self.add_error(field, text_of(error))

    def field_for(self, name: str) -> str | None:  # noqa: ARG002 - forms override it
        """The form's field for a domain field of another name."""
        return None
