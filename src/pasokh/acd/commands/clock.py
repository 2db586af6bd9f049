"""The clock."""

from pasokh.kernel.messages import Command


class Tick(Command, tag="tick", frozen=True):
    """Let everything fall due that is due at the step's instant."""
