"""The book of recordings in memory: rules by queue, and what was noted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pasokh.kernel.time import Instant
from pasokh.telephony.recording.book import Begin, Book, Sound
from pasokh.telephony.recording.rules import Policy, WhyNot, why_not


@dataclass
class Noted:
    """A recording as far as it is known."""

    began: Begin
    why_not: WhyNot | None
    paused: bool = False
    ended_at: Instant = 0
    sounded: bool = False
    """Whether any sound was ever to be kept."""

    @property
    def sound(self) -> Sound:
        """What is to become of the talk's sound now."""
        if not self.sounded:
            return Sound.NONE
        return Sound.SILENT if self.why_not is not None or self.paused else Sound.KEPT


@dataclass
class MemoryBook:
    """`pasokh.telephony.recording.book.Book` without a database."""

    rules: dict[str, Policy] = field(default_factory=dict)
    """By queue; others follow what holds for the number called."""
    disk_full: bool = False
    noted: dict[str, Noted] = field(default_factory=dict)

    async def begin(self, asked: Begin) -> Sound:
        """Whether sound is kept from now on."""
        queue = asked.queue or (self.noted[asked.recording].began.queue if asked.recording in self.noted else "")
        rule = self.rules.get(queue, Policy(record=asked.default))
        reason = why_not(rule, asked.agreed, disk_full=self.disk_full)
        found = self.noted.setdefault(asked.recording, Noted(asked, reason))
        found.why_not = reason
        found.sounded = found.sounded or reason is None
        return found.sound

    async def pause(self, recording: str, *, on: bool) -> Sound:
        """The agent pauses it, or lets it go on."""
        found = self.noted.get(recording)
        if found is None:
            return Sound.NONE
        found.paused = on
        return found.sound

    async def ended(self, recording: str, at: Instant) -> None:
        """The talk is over."""
        found = self.noted.get(recording)
        if found is not None:
            found.ended_at = found.ended_at or at

    async def consents(self) -> Mapping[str, str]:
        """Queues whose callers hear about it."""
        return {
            queue: rule.consent.value
            for queue, rule in self.rules.items()
            if rule.record and rule.consent.value != "none"
        }


_CONFORMS: type[Book] = MemoryBook
