"""Data that follows from the state alone: choosing tables and the agenda; built when asked for, dropped when stale."""

from pasokh.acd.agenda import Agenda
from pasokh.acd.routing.tables import Tables
from pasokh.acd.state import State


class Derived:
    """Everything that hangs on a state without being part of it."""

    def __init__(self, state: State) -> None:
        self.tables = Tables(state)
        self.agenda = Agenda(state)


def derived(state: State) -> Derived:
    """The derived data of a state, built if need be."""
    found = state.cache
    if not isinstance(found, Derived):
        found = state.cache = Derived(state)
    return found


def forget(state: State) -> None:
    """Drop derived data after a change of configuration."""
    state.cache = None
