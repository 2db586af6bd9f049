"""Business hours and holidays: calendars, what they mean for a queue, and who opens and closes it in time."""
