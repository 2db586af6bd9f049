"""Limits on how often: a bucket that fills at a steady rate, and a bounded set of such buckets by name."""

from collections import OrderedDict


class Bucket:
    """Lets `burst` through at once and `rate` a second in the long run. Times are seconds of one monotonic clock."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._left, self._at = rate, burst, burst, now

    def take(self, now: float) -> bool:
        """Whether one more may pass now; if so it is counted."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def wait(self) -> float:
        """Seconds until the next may pass, as of the last `take`."""
        return max(0.0, (1 - self._left) / self._rate)


class Paces:
    """One bucket per name (an address, a person); remembers the `most` recently seen."""

    def __init__(self, rate: float, burst: float, most: int = 20_000) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, name: str, now: float) -> float:
        """0 when one more of `name` may pass now, else the seconds to wait."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(self._rate, self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(name)
        return 0.0 if bucket.take(now) else max(bucket.wait(), 0.001)
