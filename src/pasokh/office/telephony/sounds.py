"""How prompts sound in a browser: uploaded recordings, else the made voice, made when it is first wanted."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from django.conf import settings
from django.urls import reverse
from msgspec import Meta

from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.office.telephony.models import PromptSound
from pasokh.telephony.prompts import LONGEST_TEXT, Prompt, PromptCatalogue
from pasokh.telephony.synthesis import check_programs

_MADE = re.compile(r"[0-9a-f]{32}")


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of speech: its language, its text, the prompt it belongs to."""

    language: Annotated[str, Meta(max_length=8)]
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)]
    prompt: Annotated[str, Meta(max_length=80)] = ""


def catalogue() -> PromptCatalogue:
    """Where made voices lie, those of calls too."""
    return PromptCatalogue(Path(settings.PROMPTS_HOME).resolve())


def addresses(pieces: Sequence[Wanted]) -> list[str]:
    """Where a browser gets the sound of each piece that has one; raises ``prompts.*`` when none can be made."""
    found: list[str] = []
    recorded = _recorded({piece.prompt for piece in pieces if piece.prompt})
    texts = [Prompt(piece.language, piece.text) for piece in pieces if piece.text.strip()]
    made = catalogue()
    told = made.make([text for text in texts if as_language(text.language) == text.language])
    for piece in pieces:
        if (piece.prompt, piece.language) in recorded:
            found.append(reverse("prompt_sound", args=[piece.prompt, piece.language]))
        elif sound := made.sound(Prompt(piece.language, piece.text)):
            found.append(reverse("voice_sound", args=[piece.language, Path(sound.removeprefix("sound:")).name]))
    if not found and told.failed:
        raise told.failed[0][1]
    return found


def voice_file(language: str, name: str) -> Path:
    """The file of a made voice; raises `prompts.unknown_sound`."""
    path = catalogue().folder / "made" / language / name[:2] / f"{name}.wav"
    if as_language(language) != language or not _MADE.fullmatch(name) or not path.is_file():
        raise PasokhError("prompts.unknown_sound", field="name")
    return path


def etag(data: bytes) -> str:
    """What tells two sounds apart."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _recorded(keys: set[str]) -> set[tuple[str, str]]:
    rows = PromptSound.objects.filter(prompt__key__in=keys)
    return set(rows.values_list("prompt__key", "language"))


def can_speak() -> bool:
    """Whether the programs that make voices are here."""
    try:
        check_programs()
    except PasokhError:
        return False
    return True
