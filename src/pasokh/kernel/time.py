"""Instants and spans as plain integers, so that the core, the log and compiled code agree to the millisecond."""

type Instant = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

type Millis = int
"""A length of time in milliseconds; never negative unless a name says otherwise."""

SECOND: Millis = 1_000
MINUTE: Millis = 60_000
HOUR: Millis = 3_600_000
DAY: Millis = 86_400_000
FOREVER: Instant = 1 << 53
"""Later than any instant that is ever recorded; still exact in a JSON number."""
