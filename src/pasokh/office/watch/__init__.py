"""Watching over the running day: the wallboard, alarms and their history, switches and staffing from the wall."""
