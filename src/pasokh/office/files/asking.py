"""Who asks for files: a visitor by the chat token, or staff by their session."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from pasokh.kernel.errors import PasokhError
from pasokh.live.tokens import TokenSigner
from pasokh.office import clock
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer with a chat token."""

    organisation: str
    contact: str
    origin: str


def bears_token(request: HttpRequest) -> bool:
    """Whether the request comes with a token rather than a session."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor of the request's token, from the page it is bound to; raises `token.*`, `chat.origin`."""
    token = request.headers.get("Authorization", "")[7:].strip()
    claims = TokenSigner([settings.SECRET_KEY]).verify(token, clock.now())
    if claims.kind != "visitor" or claims.contact is None:
        raise PasokhError("token.wrong_kind")
    origin = request.headers.get("Origin", "")
    if origin and origin != claims.origin:
        raise PasokhError("chat.origin", origin=origin[:200])
    if scope.current() not in {None, claims.org}:  # a session of another organisation came along
        raise PasokhError("token.wrong_kind")
    return Visitor(claims.org, claims.contact, claims.origin)


def staff_name(request: HttpRequest) -> str:
    """The signed-in person as records name them; raises `sign_in.required`, `right.missing`."""
    me = signed_in(request)
    if not me.may(Right.CONTACTS):
        raise PasokhError("right.missing", right=Right.CONTACTS.value)
    return f"user:{me.username}"
