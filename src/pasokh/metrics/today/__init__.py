"""Facts of days that have not ended: rows of PostgreSQL, written as events come, put into files when a day is over."""
