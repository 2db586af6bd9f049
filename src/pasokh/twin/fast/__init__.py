"""The compiled twin: whole replications as one compiled loop over arrays, choosing by the compiled routing kernel.

Only importing this package imports numba; nothing the live centre runs does.
"""

from pasokh.twin.fast.sweep import assignments, contacts_of, refuses, simulate

__all__ = ["assignments", "contacts_of", "refuses", "simulate"]
