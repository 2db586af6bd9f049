"""Which channels an exchange found when it took over: about them an earlier lead may have asked the core before."""

from collections.abc import Callable, Collection, Iterable

from pasokh.kernel.time import SECOND, Instant

LINGER_MS = 10 * SECOND
"""So long after the last of them has gone something may still be asked about it: longer than any question may wait."""


class Inherited:
    """Nothing is known until the first `found`."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        self._now = now
        self._channels: set[str] | None = None
        self._until: Instant = 0

    def found(self, channels: Iterable[str], undone: Collection[str] = ()) -> None:
        """Everything was taken over, with these channels; `undone` names interactions whose telephones may yet ring."""
        self._channels = set(channels)
        self._until = self._now() + LINGER_MS if self._channels or undone else 0

    def gone(self, channel: str) -> None:
        """A channel ended."""
        if self._channels and channel in self._channels:
            self._channels.discard(channel)
            self._until = self._now() + LINGER_MS

    def any(self) -> bool:
        """Whether something may be asked that an earlier lead was asked already."""
        return self._channels is None or bool(self._channels) or self._now() < self._until
