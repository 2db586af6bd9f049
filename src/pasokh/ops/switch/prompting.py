"""Prompts in the background: everything flows say is made once, recordings are laid where the switch finds them."""

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from pasokh.flows.nodes import Program
from pasokh.kernel.errors import PasokhError
from pasokh.office.telephony.compiled import Document, program_of
from pasokh.ops.plant.numbers import recordings_home
from pasokh.store.postgres.database import Database
from pasokh.telephony.prompts import Prompt, PromptCatalogue, prompts_of, standard_prompts

log = logging.getLogger(__name__)

NICE = 15
"""Calls and people go first."""
TOLD_EVERY = 200
AT_ONCE = 10
"""Whoever stops the switch waits for so many at the most."""
_SOUND = """
SELECT s.sound FROM telephony_promptsound s JOIN telephony_prompt p ON p.id = s.prompt_id
 WHERE s.organisation_id = %s AND p.key = %s AND s.language = %s AND s.digest = %s
"""


class Prompting:
    """One task at once; what is asked for meanwhile comes after it."""

    def __init__(self, home: Path, database: Database) -> None:
        self._home, self._database = home, database
        self._wanted: tuple[Document, ...] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = threading.Event()
        self.total = 0
        self.there = 0
        self.trouble: PasokhError | None = None

    def want(self, documents: Sequence[Document]) -> None:
        """Let there be everything these documents say."""
        self._wanted = tuple(documents)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="prompts")

    async def close(self) -> None:
        """Stop after the prompt that is being made."""
        self._stop.set()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        while (documents := self._wanted) is not None:
            self._wanted = None
            try:
                for document in documents:
                    await self._lay_recordings(document)
                await asyncio.to_thread(self._make, list(wanted_prompts(documents)))
                self.trouble = None
            except PasokhError as error:
                self.trouble = error
                log.error("prompts are not complete: %s", error)  # noqa: TRY400 - its code says it all

    def _make(self, prompts: list[Prompt]) -> None:
        with contextlib.suppress(OSError):  # its threads and programs inherit it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        catalogue = PromptCatalogue(self._home)
        self.total = len({(p.language, p.text) for p in prompts if p.text.strip()})
        missing = [prompt for prompt in prompts if prompt.text.strip() and catalogue.sound(prompt) is None]
        self.there = self.total - len({(p.language, p.text) for p in missing})
        if not missing:
            return
        log.info("making %d prompts in the background; until then callers hear what is there", self.total - self.there)
        failed = 0
        for first in range(0, len(missing), AT_ONCE):
            if self._stop.is_set():
                return
            done = catalogue.make(missing[first : first + AT_ONCE], workers=1)
            self.there += done.made
            failed += len(done.failed)
            if first % TOLD_EVERY == 0 and first:
                log.info("prompts: %d of %d", self.there, self.total)
            for prompt, error in done.failed:
                log.warning("a prompt in %s cannot be made: %s", prompt.language, error)
        log.info("prompts: %d of %d are there", self.there, self.total)
        if failed:
            raise PasokhError("prompts.incomplete", missing=failed)

    async def _lay_recordings(self, document: Document) -> None:
        """Uploaded recordings as files; what was removed goes."""
        folder = recordings_home(self._home, document.org)
        catalogue = PromptCatalogue(self._home, recordings=folder)
        laid = folder / "laid"
        for sound in document.sounds:
            mark = laid / sound.language / f"{sound.digest}.{sound.key.encode().hex()}"
            if mark.exists():
                continue
            given = (document.org, sound.key, sound.language, sound.digest)
            found = await self._database.run(_SOUND, given)
            if not found:
                continue  # replaced meanwhile: the next document names the new one
            try:
                await asyncio.to_thread(catalogue.upload, sound.language, sound.key, bytes(found[0][0]))
            except PasokhError as error:
                log.warning("the recording %s of %s cannot be used: %s", sound.key, document.org, error)
                continue
            for old in mark.parent.glob(f"*.{sound.key.encode().hex()}"):
                old.unlink(missing_ok=True)
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        kept = {(sound.language, sound.key) for sound in document.sounds}
        for language, key in list(catalogue.recorded()):
            if (language, key) not in kept:
                catalogue.forget(language, key)
                for old in (laid / language).glob(f"*.{key.encode().hex()}"):
                    old.unlink(missing_ok=True)


def wanted_prompts(documents: Iterable[Document]) -> Iterable[Prompt]:
    """What the numbers of these documents say, and Pasokh's own words in their languages."""
    languages: set[str] = set()
    for document in documents:
        for key, prompt in document.prompts.items():
            for language, text in prompt.text.items():
                yield Prompt(language, text, key)
        for number in document.numbers:
            program: Program = program_of(document.flows, number.flow, number.languages)
            languages.update(program.languages)
            yield from prompts_of(program)
    yield from standard_prompts(sorted(languages))
