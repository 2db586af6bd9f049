"""The prompt catalogue: every text that is said, as files Asterisk plays; uploaded recordings go before made ones.

A made file's name follows from language, text and voice, so a changed text is another file and nothing is ever made
twice. Files appear whole or not at all, the WAV last: whoever was stopped in the middle goes on where it stopped, and
two who make the same prompt do not disturb each other.
"""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

import msgspec

from pasokh.flows.nodes import Program
from pasokh.flows.position import Piece
from pasokh.flows.saying import own_texts, texts_of
from pasokh.i18n import speech
from pasokh.i18n.languages import LANGUAGES, as_language
from pasokh.kernel.errors import PasokhError
from pasokh.telephony import synthesis
from pasokh.telephony.synthesis import VOICES, Level, Voice, level_of

LONGEST_TEXT: Final = 1_000
LARGEST_RECORDING: Final = 20 * 1024 * 1024
LONGEST_SECONDS: Final = 600.0
_LEAST_SECONDS: Final = 0.1
_FORMAT: Final = 1
"""Raised when files made before are to be made anew."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,79}")
_FOLDER = re.compile(r"(/[A-Za-z0-9_.+\-]+)+")
"""Nothing Asterisk would take for more than a path."""
_PART: Final = ".part-"
_STALE_SECONDS: Final = 3_600.0
"""Making one prompt takes less than this; older parts are nobody's."""


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to be said in a language; a recording uploaded under its key goes before it."""

    language: str
    text: str
    key: str = ""


class Made(msgspec.Struct, frozen=True):
    """What making brought: files made now, files that were there, prompts that could not be made with why."""

    made: int
    kept: int
    failed: tuple[tuple[Prompt, PasokhError], ...] = ()


class PromptCatalogue:
    """The prompts below one folder: ``made/LANGUAGE/…`` and ``recorded/LANGUAGE/…``."""

    def __init__(self, folder: Path, voices: Mapping[str, Voice] = VOICES, *, recordings: Path | None = None) -> None:
        """`recordings` = where uploaded ones lie, when several organisations share what is made.

        Raises `PasokhError` ``prompts.bad_folder`` for a path a switch could misread.
        """
        self._recordings = recordings or folder / "recorded"
        for path in (folder, self._recordings):
            if not _FOLDER.fullmatch(str(path)):
                raise PasokhError("prompts.bad_folder", field="folder", folder=str(path))
        self.folder = folder
        self.voices = voices

    # -- looking up ------------------------------------------------------------------------------------------------
    def sounds(self, pieces: Iterable[Piece]) -> tuple[list[str], list[Prompt]]:
        """What Asterisk plays for the pieces, in order, and the prompts that are still to be made for it."""
        found: list[str] = []
        missing: list[Prompt] = []
        for piece in pieces:
            prompt = Prompt(piece.language, piece.text, piece.prompt)
            sound = self.sound(prompt)
            if sound is None:
                missing.append(prompt)
            else:
                found.append(sound)
        return found, missing

    def sound(self, prompt: Prompt) -> str | None:
        """``sound:/path`` without ending, of the recording or the made file; None where neither is there."""
        if prompt.key and _KEY.fullmatch(prompt.key):
            recorded = self._recorded(prompt.language, prompt.key)
            if recorded is not None and _is_whole(recorded):
                return f"sound:{recorded}"
        if prompt.language not in self.voices:
            return None
        made = self._made(prompt)
        return f"sound:{made}" if _is_whole(made) else None

    def recorded(self) -> Iterator[tuple[str, str]]:
        """Language and key of every uploaded recording."""
        for named in sorted(self._recordings.glob("*/*.key")):
            yield named.parent.name, named.read_text("utf-8")

    # -- making ----------------------------------------------------------------------------------------------------
    def make(
        self,
        prompts: Iterable[Prompt],
        workers: int | None = None,
        told: Callable[[int, int], None] | None = None,
    ) -> Made:
        """Make what is not there yet, several at a time; `told` hears how many of how many are done.

        Raises `PasokhError` ``prompts.no_program`` before anything is made when espeak-ng or sox is absent; what one
        prompt lacks is reported with it and stops no other.
        """
        wanted = {(p.language, p.text): p for p in prompts if p.text.strip()}
        waiting = [p for p in wanted.values() if self._is_to_be_made(p)]
        if not waiting:
            return Made(0, len(wanted))
        synthesis.check_programs()
        failed: list[tuple[Prompt, PasokhError]] = []
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            running = {pool.submit(self._make_one, prompt): prompt for prompt in waiting}
            for done, future in enumerate(as_completed(running), 1):
                error = future.exception()
                if isinstance(error, PasokhError):
                    failed.append((running[future], error))
                elif error is not None:
                    pool.shutdown(cancel_futures=True)
                    raise error
                if told is not None:
                    told(done, len(waiting))
        return Made(len(waiting) - len(failed), len(wanted) - len(waiting), tuple(failed))

    def upload(self, language: str, key: str, recording: bytes) -> float:
        """Keep a recording (WAV, FLAC or Ogg) under a key, for every text with that key; gives its seconds.

        Raises `PasokhError` ``prompts.bad_key too_large bad_recording no_program cannot_write``; the recording before
        it stays unless the new one is good.
        """
        target = self._recorded(language, key)
        if not _KEY.fullmatch(key) or target is None:
            raise PasokhError("prompts.bad_key", field="key", key=key[:80])
        samples = read_recording(recording)
        self._place(samples, target)
        _write_whole(_with(target, ".key"), key.encode())
        return synthesis.length_seconds(samples)

    def forget(self, language: str, key: str) -> None:
        """Remove a recording; its text is made again in its place."""
        target = self._recorded(language, key)
        if target is not None:
            for ending in (".key", ".wav", ".sln16"):
                _with(target, ending).unlink(missing_ok=True)

    def sweep(self, prompts: Iterable[Prompt]) -> int:
        """Remove made files of no prompt any more, and what stopped making left behind; gives how many files."""
        kept = {self._made(p).name for p in prompts if p.language in self.voices}
        removed = 0
        for path in sorted((self.folder / "made").glob("*/*/*")):
            if path.name.startswith(_PART):
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                        shutil.rmtree(path, ignore_errors=True)
            elif path.name.split(".", 1)[0] not in kept:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    # -- one prompt ------------------------------------------------------------------------------------------------
    def _is_to_be_made(self, prompt: Prompt) -> bool:
        return prompt.language not in self.voices or not _is_whole(self._made(prompt))

    def _make_one(self, prompt: Prompt) -> None:
        if prompt.language not in self.voices:
            raise PasokhError("prompts.no_voice", field="language", language=prompt.language)
        if len(prompt.text) > LONGEST_TEXT:
            raise PasokhError("prompts.too_long", field="text", most=LONGEST_TEXT)
        samples = synthesis.wide(synthesis.spoken(prompt.text, self.voices[prompt.language]), trim=True)
        if synthesis.length_seconds(samples) < _LEAST_SECONDS:
            raise PasokhError("prompts.silent", field="text", text=prompt.text[:80])
        self._place(samples, self._made(prompt))

    def _made(self, prompt: Prompt) -> Path:
        voice = self.voices[prompt.language]
        text = " ".join(prompt.text.split())
        meant = f"{_FORMAT}\0{voice.name}\0{voice.pace}\0{voice.pitch}\0{text}"
        name = hashlib.sha256(meant.encode(errors="surrogatepass")).hexdigest()[:32]
        return self.folder / "made" / prompt.language / name[:2] / name

    def _recorded(self, language: str, key: str) -> Path | None:
        if as_language(language) != language:
            return None
        return self._recordings / language / hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:32]

    def _place(self, samples: bytes, target: Path) -> None:
        """Both files at once for whoever looks: the WAV, by which a prompt counts as there, comes last."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=_PART, dir=target.parent, ignore_cleanup_errors=True) as part:
                Path(part).chmod(0o755)
                wav, sln16 = Path(part) / "x.wav", Path(part) / "x.sln16"
                synthesis.write_pair(samples, wav, sln16)
                sln16.replace(_with(target, ".sln16"))
                wav.replace(_with(target, ".wav"))
        except OSError as error:
            raise PasokhError("prompts.cannot_write", folder=str(self.folder), reason=error.strerror or "") from error


def read_recording(recording: bytes) -> bytes:
    """The 16 kHz samples of a recording (WAV, FLAC or Ogg).

    Raises `PasokhError` ``prompts.too_large bad_recording no_program``.
    """
    if len(recording) > LARGEST_RECORDING:
        raise PasokhError("prompts.too_large", field="recording", most_mib=LARGEST_RECORDING // 1024 // 1024)
    kind = synthesis.kind_of(recording)
    synthesis.check_programs()
    try:
        samples = synthesis.wide(recording, kind, trim=False)
    except PasokhError as error:
        if error.code == "prompts.failed":
            reason = str(error.params["reason"])
            raise PasokhError("prompts.bad_recording", field="recording", reason=reason) from error
        raise
    seconds = synthesis.length_seconds(samples)
    if not _LEAST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise PasokhError("prompts.bad_recording", field="recording", reason=f"{seconds:.1f} s")
    return samples


def recording_level(recording: bytes) -> Level:
    """How loud a recording is as it was given; raises `PasokhError` ``prompts.*``."""
    return level_of(recording, synthesis.kind_of(recording))


def standard_prompts(languages: Iterable[str] = LANGUAGES) -> Iterator[Prompt]:
    """What every centre says: Pasokh's own words, and the words numbers, days, money and waits are made of."""
    for language in languages:
        spoken = as_language(language)
        if spoken is None:
            continue
        for key, text in own_texts(spoken).items():
            yield Prompt(spoken, text, key)
        for key, text in speech.vocabulary(spoken).items():
            yield Prompt(spoken, text, f"speech.{key}")


def prompts_of(program: Program) -> Iterator[Prompt]:
    """What a flow and its subflows say between their slots."""
    for language, text, key in texts_of(program):
        yield Prompt(language, text, key)


def _with(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_whole(path: Path) -> bool:
    return _with(path, ".wav").is_file() and _with(path, ".sln16").is_file()


def _write_whole(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=_PART, dir=path.parent)
    with os.fdopen(descriptor, "wb") as part:
        part.write(data)
    Path(name).replace(path)
