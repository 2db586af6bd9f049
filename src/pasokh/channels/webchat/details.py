"""What visitors say about themselves in a form: read kindly, refused with the field's name."""

import re

import msgspec

from pasokh.channels.text import clean_line
from pasokh.channels.webchat.options import Asked, PrechatField
from pasokh.i18n.digits import to_ascii
from pasokh.kernel.errors import PasokhError

LONGEST = 200
_INVISIBLE = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x061C, 0x2060])
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,120}\.[^\s@<>()\[\]\\,;:\".]{2,63}")
_PHONE = re.compile(r"\+?[0-9]{4,15}")
_MARKS = dict.fromkeys(map(ord, " \t\u00a0\u202f().-–/"))


class Details(msgspec.Struct, frozen=True):
    """A visitor's words about themselves; empty where nothing was said."""

    name: str = ""
    email: str = ""
    phone: str = ""
    order: str = ""
    subject: str = ""

    @property
    def address(self) -> str:
        """Where the visitor can be reached besides the chat."""
        return self.email or self.phone


def read_details(given: Details, asked: tuple[PrechatField, ...] = ()) -> Details:
    """The details in one spelling; raises `chat.field_required`, `chat.bad_email`, `chat.bad_phone` naming `field`."""
    read = Details(
        name=_line(given.name),
        email=read_email(given.email) if given.email.strip() else "",
        phone=_phone(given.phone) if given.phone.strip() else "",
        order=to_ascii(_line(given.order)),
        subject=_line(given.subject),
    )
    for field in asked:
        if field.required and not getattr(read, field.key.value):
            raise PasokhError("chat.field_required", field=field.key.value)
    return read


def read_email(text: str, field: str = Asked.EMAIL.value) -> str:
    """An e-mail address; raises `chat.bad_email`."""
    plain = to_ascii(_line(text)).replace(" ", "")
    if not _EMAIL.fullmatch(plain):
        raise PasokhError("chat.bad_email", field=field)
    return plain


def _phone(text: str) -> str:
    plain = to_ascii(_line(text)).translate(_MARKS)
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    if not _PHONE.fullmatch(plain):
        raise PasokhError("chat.bad_phone", field=Asked.PHONE.value)
    return plain


def _line(text: str) -> str:
    return clean_line(text.translate(_INVISIBLE), LONGEST)


def reference(details: Details, words: dict[str, str]) -> str:
    """What an agent should see besides name and subject, one line each; `words` are the labels by field."""
    given = [(key, getattr(details, key)) for key in ("email", "phone", "order")]
    return "\n".join(f"{words[key]}: {value}" for key, value in given if value)
