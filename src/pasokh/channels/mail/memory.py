"""Mail that stays in this process, for tests."""

from pasokh.channels.mail.ports import Parcel
from pasokh.kernel.errors import PasokhError


class MemoryTransport:
    """A `MailTransport` that keeps what it gets; `trouble` is raised instead while it is set."""

    def __init__(self) -> None:
        self.taken: list[Parcel] = []
        self.trouble: PasokhError | None = None

    def deliver(self, parcel: Parcel) -> None:
        """Keep the mail."""
        if self.trouble is not None:
            raise self.trouble
        self.taken.append(parcel)

    def probe(self) -> str:
        """Its name."""
        if self.trouble is not None:
            raise self.trouble
        return "memory"
