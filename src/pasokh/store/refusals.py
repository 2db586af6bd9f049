"""Refusals that every adapter words alike."""

from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Lease


def fenced(lease: Lease) -> PasokhError:
    """The refusal of every write under a lease that is not the latest, or ran out."""
    return PasokhError("store.fenced", shard=lease.shard, epoch=lease.epoch)
