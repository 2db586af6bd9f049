"""Recordings of calls: which are made, where they lie sealed, who hears them, how long they are kept (R39)."""
