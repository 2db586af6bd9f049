"""Queues, skills, outcomes, widgets, and the wallboard."""
