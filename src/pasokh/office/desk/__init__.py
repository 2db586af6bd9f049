"""The agent's desk and the history of contacts, projected from the log."""
