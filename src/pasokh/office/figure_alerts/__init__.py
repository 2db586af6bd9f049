"""Alarms about figures (R38): thresholds and what is unusual, told on the wall and by notices."""
