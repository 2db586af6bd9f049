"""A circuit breaker: a carrier that keeps failing is left alone for a while, then tried with one effect."""

import time
from collections.abc import Callable


class Breaker:
    """Opens after `failures` failures in a row; after `rest_s` lets one caller through to find out."""

    def __init__(self, failures: int = 5, rest_s: float = 5.0, steady: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._rest_s = rest_s
        self._steady = steady
        self._failed = 0
        self._closed_at = 0.0

    @property
    def open(self) -> bool:
        """Whether callers are being held back."""
        return self._failed >= self._limit

    def hold_back_s(self) -> float:
        """0 = go ahead; else look again after so many seconds. Going ahead while open takes the one probe."""
        if not self.open:
            return 0.0
        rest = self._closed_at - self._steady()
        if rest > 0:
            return rest
        self._closed_at = self._steady() + self._rest_s
        return 0.0

    def succeeded(self) -> None:
        """The outside works."""
        self._failed = 0

    def failed(self) -> None:
        """The outside did not answer, or not well."""
        self._failed += 1
        if self.open:
            self._closed_at = self._steady() + self._rest_s
