"""Pages of what figures mean: patience, handling times, busy hours, topics."""
