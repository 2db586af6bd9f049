"""What figures mean: patience, the best handling time, busy hours, goals, topics, alarms. Pure functions over facts."""
