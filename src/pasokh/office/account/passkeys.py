"""Passkeys: the ceremonies of WebAuthn Level 3 through `fido2`, and which host name they are bound to."""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pasokh.kernel.errors import PasokhError
from pasokh.office.account.models import Passkey
from pasokh.office.people.models import User
from pasokh.office.tenancy import scope


def begin_registration(request: HttpRequest, user: User, known: list[Passkey]) -> tuple[dict[str, Any], Any]:
    """Options for the browser, and the state to keep for `finish_registration`; raises `passkey.needs_host_name`."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=user_handle(user), name=user.username, display_name=user.name),
        [_described(passkey) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def finish_registration(request: HttpRequest, state: object, answer: Mapping[str, Any]) -> AttestedCredentialData:
    """The new credential; raises `passkey.refused`."""
    try:
        data = _server(request).register_complete(state, answer)
    except PasokhError:
        raise
    except Exception as error:  # fido2 raises whatever its parsers meet in what a stranger sent
        raise PasokhError("passkey.refused") from error
    if data.credential_data is None:
        raise PasokhError("passkey.refused")
    return data.credential_data


def begin_assertion(request: HttpRequest, known: list[Passkey]) -> tuple[dict[str, Any], Any]:
    """Options for the browser, state for `check_assertion`; without known passkeys the browser offers its own."""
    options, state = _server(request).authenticate_begin(
        [_described(passkey) for passkey in known] or None, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options), state


def credential_of(answer: Mapping[str, Any]) -> str:
    """The id of the credential a browser answers with; raises `passkey.refused`."""
    try:
        return websafe_encode(AuthenticationResponse.from_dict(answer).raw_id)
    except Exception as error:
        raise PasokhError("passkey.refused") from error


def check_assertion(request: HttpRequest, state: object, passkey: Passkey, answer: Mapping[str, Any]) -> int:
    """The authenticator's counter after a good answer; raises `passkey.refused`, also for a counter that fell back."""
    try:
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(passkey.public))], answer)
        counter = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
    except PasokhError:
        raise
    except Exception as error:
        raise PasokhError("passkey.refused") from error
    if counter and counter <= passkey.counter:
        raise PasokhError("passkey.refused")  # WebAuthn 7.2, step 22: perhaps a copy
    return counter


def encoded(credential_id: bytes) -> str:
    """A credential's id as text."""
    return websafe_encode(credential_id)


def organisation_of_passkey(credential: str) -> str | None:
    """Whose passkey it is, through the narrow door `lookup_credential`: the one row with this id, and no other."""
    with transaction.atomic():
        scope.set_local("app.credential", credential)
        return Passkey.unfenced.filter(credential=credential).values_list("organisation_id", flat=True).first()


def user_handle(user: User) -> bytes:
    """What the authenticator keeps of whose passkey it is: nothing personal, the same for all of one person."""
    return f"{user.organisation_id}:{user.pk}".encode()


def usable_here(request: HttpRequest) -> bool:
    """Whether browsers offer passkeys at this address: a host name, over https or on localhost."""
    try:
        _server(request)
    except PasokhError:
        return False
    return True


def _server(request: HttpRequest) -> Fido2Server:
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    if _is_address(host) or not (request.is_secure() or host == "localhost" or host.endswith(".localhost")):
        raise PasokhError("passkey.needs_host_name")
    origin = f"{request.scheme}://{request.get_host()}"
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name="Pasokh"), verify_origin=lambda said: said == origin)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return not host
    return True


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(passkey.credential))
