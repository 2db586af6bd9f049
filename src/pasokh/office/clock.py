"""The office's clock: whatever the settings inject."""

from django.conf import settings

from pasokh.kernel.time import Instant


def now() -> Instant:
    """Milliseconds UTC."""
    return settings.CLOCK()
